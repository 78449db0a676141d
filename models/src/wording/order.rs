//! Whether the answers that weigh most would stay in their order with other cases to compare with, in words.

use amparo_datasets::Text;

use super::fill::joined;
use super::{Facts, Glossary, LEAST, MOST};
use crate::assess::{Contribution, StableValue};
use crate::explain::OrReason;
use crate::{Assessment, Error};

impl Glossary {
    /// One sentence about the answers that are named on either side; none where nothing is known, or fewer than two are
    /// named. Where it was not asked for, that is said.
    ///
    /// The order of an answer could change where its range of ranks overlaps that of another one on its side.
    pub(super) fn order(&self, facts: &Facts<'_>, assessment: &Assessment) -> Result<Option<Text>, Error> {
        let values = &assessment.explanation.values;
        let on_side =
            |sign: f64, v: &Contribution| sign * v.value >= LEAST && assessment.has_learned(&v.indicator);
        let named = [1.0, -1.0].map(|sign| values.iter().filter(|v| on_side(sign, v)).count().min(MOST));
        if named.iter().sum::<usize>() < 2 {
            return Ok(None);
        }
        let stability = match &assessment.explanation.stability {
            None => return Ok(Some(self.phrases.order_not_asked())),
            Some(OrReason::Undefined(_)) => return Ok(None),
            Some(OrReason::Value(stability)) => stability,
        };
        let mut open = Vec::new();
        for (sign, named) in [1.0, -1.0].into_iter().zip(named) {
            let pairs = values.iter().zip(&stability.values);
            let mut side: Vec<(&Contribution, &StableValue)> =
                pairs.filter(|(v, _)| on_side(sign, v)).collect();
            side.sort_by_key(|(_, stable)| stable.rank);
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
        Ok(Some(if open.is_empty() {
            self.phrases.order_holds()
        } else {
            self.phrases.order_moves(&joined(open, "; "))
        }))
    }
}
