//! Agreement of levels as an ordered scale: versions against officers, experts or the version in force.

use crate::estimate::{Contingency, Counted, small};
use crate::input::{Input, Kind, Scored};
use crate::metrics::{Distance, kappa, ranked_probability_of_levels};
use crate::reason::{Reason, SmallCell};
use crate::report::Agreement;

/// The levels of a version and of another on the same rows.
pub(crate) struct Pair<'a> {
    pub(crate) version: &'a Scored,
    pub(crate) other: &'a Scored,
    levels: [&'a [u8]; 2],
    k: usize,
}

/// Every version with every foreign column and with the reference, where both have as many levels.
pub(crate) fn pairs<'a>(scored: &'a [Scored], reference: &str) -> Vec<Pair<'a>> {
    let versions = scored.iter().filter(|one| one.kind != Kind::Foreign);
    versions
        .flat_map(|version| {
            let others = scored.iter().filter(move |other| {
                other.name != version.name && (other.kind == Kind::Foreign || other.name == reference)
            });
            others.filter_map(move |other| {
                let (a, b) = version.levels.as_ref().zip(other.levels.as_ref())?;
                let as_many = a.ids.len() == b.ids.len();
                as_many.then(|| Pair { version, other, levels: [&a.codes, &b.codes], k: a.ids.len() })
            })
        })
        .collect()
}

/// The agreement of a pair from its counts.
pub(crate) fn agreement(pair: &Pair<'_>, counted: &Counted, input: &Input, smallest_cell: u64) -> Agreement {
    let n: u64 = counted.assessments(0..counted.n_cells());
    let columns = input.columns();
    let events = columns.repeats.assessments(columns.y.iter().filter(|y| **y).count() as f64);
    let hidden = small(smallest_cell, [(n as f64, SmallCell::Rows)], []);
    let measure = |at: usize, undefined: Reason| counted.estimate(at, (n, events), hidden, undefined);
    Agreement {
        name: pair.version.name.clone(),
        against: pair.other.name.clone(),
        kappa_linear: measure(0, Reason::OneLevel),
        kappa_quadratic: measure(1, Reason::OneLevel),
        ranked_probability_score: measure(2, Reason::NoWeight),
    }
}

impl Contingency for Pair<'_> {
    fn n_cells(&self) -> usize {
        self.k * self.k
    }

    fn cell(&self, row: usize) -> usize {
        usize::from(self.levels[0][row]) * self.k + usize::from(self.levels[1][row])
    }

    /// Linear kappa, quadratic kappa, ranked probability score.
    fn values(&self, cells: &[f64]) -> Vec<f64> {
        let numbers = [
            kappa(cells, self.k, Distance::Linear),
            kappa(cells, self.k, Distance::Quadratic),
            ranked_probability_of_levels(cells, self.k),
        ];
        numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect()
    }
}
