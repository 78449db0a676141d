//! Which answers a model has learned from, and what the others count as.
//!
//! A fit gives every answer some number, also one that hardly any row had, and what it gives then is an accident of the
//! family: 0 by a table, the way of another answer by a tree. An answer with fewer fit rows than the config asks for is
//! therefore *unlearned*, and gets the average effect of the learned answers to the same question, whatever the family; see
//! [`StandIn`] for the rule and [`Scorer::averaged`](crate::Scorer::averaged) for each form. Rows of unequal weights count as
//! the rows of one weight that tell as much ([`EffectiveRows`]).
//! [`Learned`] is what a version keeps: counts, and never of few rows.

mod check;

use amparo_datasets::{Indicator, Instrument, MAX_TOLD_APART};
use serde::{Deserialize, Serialize};

pub use crate::compared::Compared;
pub use crate::stand_in::{Counts, EffectiveRows, StandIn};

use crate::pooling::{Pooling, Pools};
use crate::stand_in::Standing;

/// How many fit rows, and how many events, stand behind each answer of a published model.
///
/// Sums only, and no small ones: a number of rows or events from 1 to `needed - 1` is withheld, as are the events of an
/// answer almost all of whose rows are events. What is withheld of one indicator counts `needed` rows or more altogether
/// where it can, so that it does not follow from the other numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learned {
    /// Fit rows that an answer needs to count as learned, at least 1.
    pub needed: u64,
    /// Which number of rows was compared with it: where no answer's weights make a difference, the rows, which is not written.
    #[serde(default, skip_serializing_if = "Compared::is_rows")]
    pub compared: Compared,
    /// Counts by indicator and code.
    pub answers: Vec<Vec<AnswerCount>>,
}

/// What stands behind one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerCount {
    /// Fit rows with this answer.
    pub rows: Rows,
    /// Events among them; null where that is withheld.
    pub events: Option<u64>,
    /// Whole effective rows among them, at most their number; only where these were compared and the rows are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<u64>,
}

/// A number of fit rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rows {
    /// None, or as many as are needed and more.
    Number(u64),
    /// Some, but too few to be told.
    Few {
        /// There are fewer than this.
        fewer_than: u64,
    },
}

impl Learned {
    /// What is kept of the counts of a fit.
    pub fn of(counts: &Counts, needed: u64) -> Self {
        let of_indicator = |(rows, events): (&Vec<u64>, &Vec<u64>)| withheld(rows, events, needed);
        let mut answers: Vec<Vec<AnswerCount>> =
            counts.rows.iter().zip(&counts.events).map(of_indicator).collect();
        let differs = |(j, of): (usize, &Vec<u64>)| {
            (0..of.len()).any(|code| counts.effective_rows(j, code) != of[code])
        };
        if !counts.rows.iter().enumerate().any(differs) {
            return Self { needed, compared: Compared::Rows, answers };
        }
        for (j, of) in answers.iter_mut().enumerate() {
            for (code, count) in of.iter_mut().enumerate() {
                let is_told = matches!(count.rows, Rows::Number(_));
                count.effective = is_told.then(|| counts.effective_rows(j, code));
            }
        }
        Self { needed, compared: Compared::EffectiveRows, answers }
    }

    /// Whether an answer was learned.
    ///
    /// # Panics
    /// If there is no such answer.
    pub fn is_learned(&self, indicator: usize, code: u8) -> bool {
        self.answers[indicator][usize::from(code)].is_learned(self.needed)
    }

    /// Every answer that was not learned, in the form's order.
    pub fn unlearned(&self) -> impl Iterator<Item = (usize, u8)> {
        let codes = |j: usize| (0..self.answers[j].len() as u8).map(move |code| (j, code));
        (0..self.answers.len()).flat_map(codes).filter(|&(j, code)| !self.is_learned(j, code))
    }

    /// Fewer fit rows than this had an answer that was not learned, and which rows these are: 1 if there was none.
    pub fn fewer_than(&self, indicator: usize, code: u8) -> (u64, Compared) {
        let count = self.answers[indicator][usize::from(code)];
        match (count.rows, count.effective) {
            (Rows::Number(rows), Some(effective)) if effective < rows => {
                (effective + 1, Compared::EffectiveRows)
            }
            (Rows::Number(rows), _) => (rows + 1, Compared::Rows),
            (Rows::Few { fewer_than }, _) => (fewer_than, Compared::Rows),
        }
    }

    /// Fewest rows behind any number here that is not 0.
    pub fn smallest_cell(&self) -> Option<u64> {
        let numbers = |count: &AnswerCount| {
            let Rows::Number(rows) = count.rows else { return [0; 3] };
            let events = count.events.unwrap_or(0);
            [rows, events, if count.events.is_some() { rows - events } else { 0 }]
        };
        self.answers.iter().flatten().flat_map(numbers).filter(|&n| n > 0).min()
    }

    /// The standing of each answer to an indicator on the pooled form. A pool is learned; the answers that are in none are rare
    /// however many they are.
    pub(crate) fn standing(&self, indicator: &Indicator, j: usize, pooling: &Pooling) -> Vec<Standing> {
        let of = |code: usize| match self.answers[j][code] {
            AnswerCount { rows: Rows::Number(0), .. } => Standing::Never,
            count if count.is_learned(self.needed) => Standing::Learned,
            _ => Standing::Few,
        };
        let n_pooled = pooling.of(j).map_or(indicator.n_known(), Pools::n_known);
        let of_pooled = |pooled: usize| {
            let all: Vec<Standing> = pooling.stands_for(indicator, j, pooled).into_iter().map(of).collect();
            let among = |standing: Standing| all.contains(&standing).then_some(standing);
            among(Standing::Learned).or_else(|| among(Standing::Few)).unwrap_or(Standing::Never)
        };
        (0..=n_pooled).map(of_pooled).collect()
    }

    /// The indicators that have unlearned answers, each with their ids; see [`crate::OutcomeModel::unlearned_ids`].
    pub(crate) fn unlearned_ids<'a>(
        &self,
        instrument: &'a Instrument,
        counts: impl Fn(usize) -> bool,
    ) -> Vec<(&'a str, String)> {
        let of_indicator = |(j, indicator): (usize, &'a Indicator)| {
            let codes = (0..indicator.n_answers()).filter(|&code| !self.is_learned(j, code as u8));
            let said = |code: usize| {
                let (id, count) = (&indicator.answers()[code].id, self.answers[j][code]);
                match (count.rows, count.effective) {
                    (Rows::Number(n), Some(effective)) if n > 0 => {
                        format!("{id} [n = {n}, n_eff = {effective}]")
                    }
                    _ => id.clone(),
                }
            };
            let ids: Vec<String> = codes.map(said).collect();
            let listed = ids[..ids.len().min(MAX_TOLD_APART + 1)].join(", ");
            let more = ids.len() > MAX_TOLD_APART + 1;
            let text = if more { format!("{listed}, ... ({} in all)", ids.len()) } else { listed };
            (!ids.is_empty()).then_some((indicator.id.as_str(), text))
        };
        instrument
            .indicators()
            .iter()
            .enumerate()
            .filter(|(j, _)| counts(*j))
            .filter_map(of_indicator)
            .collect()
    }
}

impl AnswerCount {
    /// Whether these are as many rows as are needed, by the number that was compared.
    fn is_learned(&self, needed: u64) -> bool {
        let Rows::Number(rows) = self.rows else { return false };
        rows > 0 && self.effective.unwrap_or(rows) >= needed
    }
}

/// The counts of one indicator without the small ones.
fn withheld(rows: &[u64], events: &[u64], needed: u64) -> Vec<AnswerCount> {
    let is_small = |n: u64| n > 0 && n < needed;
    let mut hidden: Vec<bool> =
        rows.iter().zip(events).map(|(&n, &e)| is_small(n) || is_small(e) || is_small(n - e)).collect();
    let behind =
        |hidden: &[bool]| -> u64 { rows.iter().zip(hidden).filter(|(_, h)| **h).map(|(n, _)| n).sum() };
    // A few events that alone are left out would be the difference to the others.
    while is_small(behind(&hidden)) {
        let shown = (0..rows.len()).filter(|&code| !hidden[code] && rows[code] > 0);
        let Some(fewest) = shown.min_by_key(|&code| rows[code]) else { break };
        hidden[fewest] = true;
    }
    let count = |((&n, &e), &hidden): ((&u64, &u64), &bool)| AnswerCount {
        rows: if is_small(n) { Rows::Few { fewer_than: needed } } else { Rows::Number(n) },
        events: (!hidden).then_some(e),
        effective: None,
    };
    rows.iter().zip(events).zip(&hidden).map(count).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
