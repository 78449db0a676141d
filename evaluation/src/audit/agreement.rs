//! How far two levels of the same proposals agree.

use rayon::prelude::*;

use super::Settings;
use crate::estimate::{measured, multiplicities, of_replicates, small};
use crate::metrics::{Distance, kappa, ranked_probability_of_levels};
use crate::reason::{Reason, SmallCell};
use crate::report::Agreement;

/// Two levels of a proposal as places on a scale, with the number of its case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub case: u32,
    pub level: usize,
    pub against: usize,
}

/// Kappa and ranked probability score of pairs of `k` levels, with percentile intervals by case. Fewer pairs than the smallest cell are
/// suppressed as `few`.
pub(super) fn agreement(
    k: usize,
    pairs: &[Pair],
    (name, against): (&str, &str),
    few: SmallCell,
    settings: Settings,
) -> Agreement {
    let cell = |pair: &Pair| pair.level * k + pair.against;
    let mut cases: Vec<u32> = pairs.iter().map(|pair| pair.case).collect();
    cases.sort_unstable();
    cases.dedup();
    let values = |times: &[u32]| {
        let mut table = vec![0.0; k * k];
        for pair in pairs {
            table[cell(pair)] += f64::from(times[cases.partition_point(|other| *other < pair.case)]);
        }
        [
            kappa(&table, k, Distance::Linear),
            kappa(&table, k, Distance::Quadratic),
            ranked_probability_of_levels(&table, k),
        ]
    };
    let n = pairs.len() as u64;
    let differ = pairs.iter().filter(|pair| pair.level != pair.against).count() as u64;
    let point = values(&vec![1; cases.len()]);
    let enough = n >= settings.smallest_cell;
    let replicates = if enough { settings.replicates } else { 0 };
    let drawn: Vec<_> = (0..replicates)
        .into_par_iter()
        .map(|replicate| values(&multiplicities(settings.seed, u64::from(replicate), cases.len())))
        .collect();
    let hidden = small(settings.smallest_cell, [(n as f64, few)], []);
    let measure = |at: usize| {
        let value = hidden.map_or_else(|| point[at].ok_or(Reason::OneLevel), Err);
        let of_resample = |one: &[Option<f64>; 3]| one[at].unwrap_or(f64::NAN);
        measured(value, (n, differ), |_| of_replicates(drawn.iter().map(of_resample).collect()))
    };
    Agreement {
        name: name.to_owned(),
        against: against.to_owned(),
        kappa_linear: measure(0),
        kappa_quadratic: measure(1),
        ranked_probability_score: measure(2),
    }
}
