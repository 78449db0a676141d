//! Whether the answers that weigh most would stay in their order with other cases to compare with, in words.

use amparo_datasets::Text;

use super::fill::joined;
use super::{Facts, Glossary, LEAST, MOST};
use crate::assess::{Contribution, StableValue};
use crate::explain::OrReason;
use crate::{Assessment, Error};

impl Glossary {
    /// One sentence about the answers that are named on either side; none where nothing is known, or fewer than two are
    /// named.
    ///
    /// The order of an answer could change where its range of ranks overlaps that of another one on its side.
    pub(super) fn order(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Option<Text>, Error> {
        let OrReason::Value(stability) = &assessment.explanation.stability else { return Ok(None) };
        let mut open = Vec::new();
        let mut n_named = 0;
        for sign in [1.0, -1.0] {
            let values = assessment.explanation.values.iter().zip(&stability.values);
            let mut side: Vec<(&Contribution, &StableValue)> = values
                .filter(|(v, _)| sign * v.value >= LEAST && assessment.has_learned(&v.indicator))
                .collect();
            side.sort_by_key(|(_, stable)| stable.rank);
            let named = side.len().min(MOST);
            n_named += named;
            for (k, (value, stable)) in side.iter().take(named).enumerate() {
                let others = side.iter().enumerate().filter(|(other, _)| *other != k);
                let overlaps = |other: &StableValue| {
                    other.rank_from <= stable.rank_to && stable.rank_from <= other.rank_to
                };
                if others.map(|(_, (_, other))| other).any(|other| overlaps(other)) {
                    open.push(self.answer(facts, (*value).into())?);
                }
            }
        }
        Ok(match (n_named, open.is_empty()) {
            (0 | 1, _) => None,
            (_, true) => Some(self.phrases.order_holds()),
            (_, false) => Some(self.phrases.order_moves(&joined(open, "; "))),
        })
    }
}
