//! Resamples of cases, each from its own random stream.

use std::collections::BTreeMap;

use amparo_datasets::splitmix;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::input::Input;

/// How the cases of an input are drawn: within strata, if it was drawn by strata.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    n_cases: usize,
    /// The cases of each stratum; empty when all are one stratum.
    strata: Vec<Vec<u32>>,
}

impl Draw {
    pub(crate) fn new(input: &Input) -> Self {
        let mut strata: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut seen = vec![false; input.n_cases()];
        for (case, stratum) in input.cases().iter().zip(input.columns().strata.iter().flatten()) {
            if !std::mem::replace(&mut seen[*case as usize], true) {
                strata.entry(*stratum).or_default().push(*case);
            }
        }
        let several = strata.len() > 1;
        Self { n_cases: input.n_cases(), strata: strata.into_values().filter(|_| several).collect() }
    }

    /// How often each case is in resample number `replicate`: every stratum keeps its number of cases.
    ///
    /// The stream depends on seed and replicate only, so results do not depend on threads or order.
    pub(crate) fn times(&self, seed: u64, replicate: u64) -> Vec<u32> {
        if self.strata.is_empty() {
            return multiplicities(seed, replicate, self.n_cases);
        }
        let mut rng = stream(seed, replicate);
        let mut times = vec![0; self.n_cases];
        for cases in &self.strata {
            for _ in 0..cases.len() {
                times[cases[rng.random_range(0..cases.len())] as usize] += 1;
            }
        }
        times
    }
}

/// Draws `n_cases` cases with replacement: how often each case is in resample number `replicate`.
pub(crate) fn multiplicities(seed: u64, replicate: u64, n_cases: usize) -> Vec<u32> {
    let mut rng = stream(seed, replicate);
    let mut times = vec![0; n_cases];
    for _ in 0..n_cases {
        times[rng.random_range(0..n_cases)] += 1;
    }
    times
}

/// State and increment both from a hash of the pair: streams of PCG that share a state are correlated.
fn stream(seed: u64, replicate: u64) -> Pcg64 {
    let mut state = splitmix(splitmix(seed) ^ replicate);
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_exact_mut(8) {
        state = splitmix(state);
        chunk.copy_from_slice(&state.to_le_bytes());
    }
    Pcg64::from_seed(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::input::Columns;

    #[test]
    fn a_resample_has_as_many_cases_and_depends_on_seed_and_replicate() {
        let one = multiplicities(7, 0, 1000);
        assert_eq!(one.iter().sum::<u32>(), 1000);
        assert_eq!(one, multiplicities(7, 0, 1000));
        assert_ne!(one, multiplicities(7, 1, 1000));
        assert_ne!(one, multiplicities(8, 0, 1000));
        // A share 1/e of the cases is absent: sd 0.0096 at 1000 cases.
        let absent = one.iter().filter(|times| **times == 0).count() as f64 / 1000.0;
        assert!((absent - 0.3679).abs() <= 0.05, "{absent}");
    }

    #[test]
    fn strata_keep_their_sizes_and_one_stratum_is_none() {
        let of = |strata: Option<Vec<u32>>| {
            let columns = Columns {
                y: (0..60).map(|i| i % 2 == 0).collect(),
                weight: vec![1.0; 60],
                cluster: (0..60).collect(),
                strata,
                ..Columns::default()
            };
            Draw::new(&Input::new(columns).unwrap())
        };
        let split = of(Some((0..60).map(|row| u32::from(row >= 20) * 9).collect()));
        let first = |times: Vec<u32>| times[..20].iter().sum::<u32>();
        assert!((0..50).all(|replicate| first(split.times(3, replicate)) == 20));
        // Without strata the number varies, so a draw that ignored them would fail.
        assert!((0..50).any(|replicate| first(of(None).times(3, replicate)) != 20));
        assert_eq!(of(Some(vec![4; 60])).times(3, 1), multiplicities(3, 1, 60));
    }
}
