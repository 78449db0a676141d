use amparo_models::calibrator::VennAbers;

use super::*;
use crate::Error;

/// Both fits at a score as the definition has them: the case is added to the rows, and all are pooled.
fn by_two_fits(at: f64, scores: &[f64], events: &[bool], weights: &[f64]) -> [f64; 2] {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    [false, true].map(|event| {
        let mut rows: Vec<(f64, bool, f64)> =
            scores.iter().zip(events).zip(weights).map(|((s, e), w)| (*s, *e, w / mean)).collect();
        rows.push((at, event, 1.0));
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut values, mut sizes, mut place) = (vec![], vec![], 0);
        for tied in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let weight: f64 = tied.iter().map(|row| row.2).sum();
            if tied[0].0.total_cmp(&at).is_eq() {
                place = values.len();
            }
            values.push(tied.iter().filter(|row| row.1).map(|row| row.2).sum::<f64>() / weight);
            sizes.push(weight);
        }
        pool_adjacent_violators(&values, &sizes)[place]
    })
}

/// Every score of a row, the middle between two, and scores beyond both ends.
fn everywhere(scores: &[f64]) -> Vec<f64> {
    let mut at = scores.to_vec();
    at.sort_by(f64::total_cmp);
    at.dedup();
    let between: Vec<f64> = at.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    [at[0] - 1.0, at[at.len() - 1] + 1.0].into_iter().chain(between).chain(at).collect()
}

fn ends(tables: &VennAbers, at: f64) -> [f64; 2] {
    let calibrated = Calibrator::VennAbers(tables.clone()).calibrate(at);
    [calibrated.low, calibrated.high]
}

/// The worst difference from two fits, over all scores.
fn off(tables: &VennAbers, scores: &[f64], events: &[bool], weights: &[f64]) -> f64 {
    everywhere(scores).into_iter().fold(0.0, |worst, at| {
        let expected = by_two_fits(at, scores, events, weights);
        let found = ends(tables, at);
        [0, 1].into_iter().map(|k| (found[k] - expected[k]).abs()).fold(worst, f64::max)
    })
}

#[test]
fn the_tables_are_two_isotonic_fits_at_every_score() {
    for sample in 0..120 {
        let n = 4 + sample % 40;
        let at = |i: usize| 7_000_000 + sample * 10_000 + i * 3;
        // Some with ties, some without.
        let grain = [1.0, 4.0, 1e6][sample % 3];
        let x: Vec<f64> = (0..n).map(|i| (uniform(at(i)) * 3.0 * grain).round() / grain).collect();
        let y: Vec<bool> = x.iter().enumerate().map(|(i, x)| uniform(at(i) + 1) < x / 3.0).collect();
        let w: Vec<f64> =
            (0..n).map(|i| if sample % 2 == 0 { 1.0 } else { 0.2 + uniform(at(i) + 2) }).collect();
        let Ok(tables) = venn_abers(&x, &y, &w, "again") else { continue };
        Calibrator::VennAbers(tables.clone()).check().unwrap();
        let worst = off(&tables, &x, &y, &w);
        assert!(worst <= 1e-11, "sample {sample}: {worst:e}");
    }
}

#[test]
fn a_table_of_one_fit_of_the_rows_alone_would_be_seen() {
    let (x, y, w) = drawn(60);
    let tables = venn_abers(&x, &y, &w, "again").unwrap();
    assert!(off(&tables, &x, &y, &w) <= 1e-11);
    // A case of no weight, a case of half a weight, and the tables of other weights.
    let heavy: Vec<f64> = w.iter().map(|w| w * 2.0).collect();
    assert!(off(&tables, &x, &y, &heavy) <= 1e-11, "weights are brought to mean 1");
    assert!(off(&tables, &x, &y, &[1.0; 60]) > 1e-3);
    let mut doubled = tables.clone();
    doubled.low.iter_mut().for_each(|low| *low *= 1.01);
    assert!(off(&doubled, &x, &y, &w) > 1e-3);
}

/// PyPI venn-abers 1.5.4: `VennAbers().fit(p_cal, y)`, `predict_proba(p_test)` with `p = np.column_stack([1 - s, s])`,
/// `s = 1 / (1 + np.exp(-x))` of the 300 drawn rows in tenths, at -2.5 + 0.5 k, k = 0..=10: p0, p1, and the merged probability.
const PACKAGE: [[f64; 3]; 11] = [
    [0.0, 0.13333333333333333, 0.11764705882352941],
    [0.06666666666666667, 0.13333333333333333, 0.125],
    [0.13725490196078433, 0.1568627450980392, 0.15384615384615385],
    [0.30864197530864196, 0.32098765432098764, 0.31707317073170727],
    [0.30864197530864196, 0.32098765432098764, 0.31707317073170727],
    [0.41025641025641024, 0.4358974358974359, 0.42500000000000004],
    [0.5777777777777777, 0.59375, 0.5844155844155844],
    [0.5777777777777777, 0.59375, 0.5844155844155844],
    [0.6774193548387096, 0.7096774193548387, 0.6875],
    [0.7692307692307693, 0.8333333333333334, 0.783132530120482],
    [0.7692307692307693, 1.0, 0.8125],
];

#[test]
fn the_probabilities_are_those_of_the_package() {
    let (x, y, _) = drawn(300);
    let tenths: Vec<f64> = x.iter().map(|x| (x * 10.0).round() / 10.0).collect();
    let tables = Calibrator::VennAbers(venn_abers(&tenths, &y, &[1.0; 300], "again").unwrap());
    for (k, expected) in (0..).zip(PACKAGE) {
        let found = tables.calibrate(-2.5 + 0.5 * f64::from(k));
        assert!(
            close(&[found.low, found.high, found.probability], &expected, 1e-12),
            "{k}: {found:?} {expected:?}"
        );
        // The middle of the two is another number.
        assert!(!close(&[f64::midpoint(found.low, found.high)], &[expected[2]], 1e-5), "{k}");
    }
}

#[test]
fn it_is_quick_and_its_tables_are_short() {
    let (x, y, _) = drawn(100_000);
    let started = std::time::Instant::now();
    let tables = venn_abers(&x, &y, &vec![1.0; x.len()], "again").unwrap();
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    assert!(tables.low.len() + tables.high.len() < 5_000, "{} and {}", tables.low.len(), tables.high.len());
    // Not so short that it would be the isotonic fit of a few blocks.
    assert!(tables.low.len() > 20);
}

#[test]
fn what_does_not_rise_is_refused() {
    let refused = |scores: &[f64], events: &[bool]| {
        let error = venn_abers(scores, events, &vec![1.0; scores.len()], "again").unwrap_err();
        assert!(matches!(error, Error::NotRising { .. }), "{error}");
    };
    refused(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]);
    refused(&[2.0; 4], &[true, false, true, false]);
    refused(&[1.0, 2.0], &[true, true]);
    // A threshold between the classes is none too much for it.
    assert!(venn_abers(&[1.0, 2.0], &[false, true], &[1.0; 2], "again").is_ok());
}
