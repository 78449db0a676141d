//! When an answer counts as learned, and what it counts as otherwise.

use amparo_datasets::{Indicator, Instrument, Polarity};
use amparo_models::learned::{Counts, Learned, StandIn};
use amparo_models::pooling::Pooling;

use crate::TrainingSet;

/// The part of a config that says which answers count as learned; it is applied to whatever was fitted, of every family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LearnedRule<'a> {
    /// Fit rows that an answer needs: effective ones, which unequal weights make fewer.
    pub(crate) least_rows: u64,
    /// Indicators whose direction is not enforced: an average need not keep their order.
    pub(crate) not_monotone: &'a [String],
}

impl LearnedRule<'_> {
    /// What the unlearned answers of a fit count as, by how often its rows have each answer of the form that it is fitted on.
    pub(crate) fn stand_ins(self, counts: &Counts, form: &Instrument) -> Vec<StandIn> {
        let is_ordered = |indicator: &Indicator| {
            indicator.polarity != Polarity::Neutral && !self.not_monotone.contains(&indicator.id)
        };
        StandIn::all(form, counts, self.least_rows, is_ordered)
    }

    /// The same for a fit in which every row counts alike: the weights of the rows say only what is the average of the population.
    pub(crate) fn stand_ins_of_sample(self, set: &TrainingSet, pooling: &Pooling) -> Vec<StandIn> {
        let counts = pooling.counts(&counts(set).fitted_alike());
        self.stand_ins(&counts, &pooling.form(set.answers().instrument()))
    }

    /// What a version keeps of how often the fit rows have each answer.
    pub(crate) fn learned(self, set: &TrainingSet) -> Learned {
        Learned::of(&counts(set), self.least_rows)
    }
}

/// How often the rows of a set have each answer.
pub(crate) fn counts(set: &TrainingSet) -> Counts {
    Counts::of(set.answers(), set.events(), set.weights())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
