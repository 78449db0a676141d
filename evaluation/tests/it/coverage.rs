//! Nominal 95 % intervals cover the truth, at equality too; the long run is `cargo bench -p amparo-evaluation --bench coverage`.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;

use crate::simulate::{LABELS, Rows, rows, trial};

/// At a true coverage of 95 % an interval covers 380 of 400 on average (sd 4.4); at 90 %, 360 (sd 6.0), of which 366 are reached one time in six.
const TRIALS: u64 = 400;
const FEWEST: u32 = 366;

#[test]
fn intervals_cover_equality() {
    let trials: Vec<_> = (0..TRIALS).into_par_iter().map(|seed| trial(seed, 600, 200)).collect();
    let mut covered: BTreeMap<&str, u32> = BTreeMap::new();
    for (name, covers) in trials.iter().flatten() {
        // No interval is no promise kept.
        *covered.entry(name).or_default() += u32::from(*covers == Some(true));
    }
    let under: Vec<_> = covered.iter().filter(|(_, count)| **count < FEWEST).collect();
    assert!(under.is_empty(), "of {TRIALS}: {under:?}");
    // A bound that nothing can miss would show nothing: a signed interval misses now and then.
    assert!(covered.values().any(|count| u64::from(*count) < TRIALS), "{covered:?}");
}

#[test]
fn a_percentile_interval_of_a_spread_never_covers_equality() {
    let covered = (0..25).filter(|seed| naive_spread(*seed).0 <= 0.0).count();
    assert_eq!(covered, 0, "the smallest of positive numbers is positive");
}

/// The percentile interval of highest less lowest recall over the labels, as it is usually done.
fn naive_spread(seed: u64) -> (f64, f64) {
    let Rows { y, codes, one, .. } = rows(seed, 500);
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut spreads: Vec<f64> = (0..200)
        .map(|_| {
            let mut sums = vec![[0.0; 2]; usize::from(LABELS)];
            for _ in 0..y.len() {
                let row = rng.random_range(0..y.len());
                if y[row] {
                    sums[usize::from(codes[row])][0] += f64::from(u8::from(one[row] >= 0.2));
                    sums[usize::from(codes[row])][1] += 1.0;
                }
            }
            let recalls = sums.iter().map(|[found, all]| found / all);
            recalls.clone().fold(0.0, f64::max) - recalls.fold(1.0, f64::min)
        })
        .collect();
    spreads.sort_by(f64::total_cmp);
    (spreads[5], spreads[194])
}
