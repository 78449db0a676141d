//! How far a score could move if the unknown answers were known.

mod highest;
mod terms;

use amparo_datasets::{Instrument, Polarity};
use serde::{Deserialize, Serialize};

use crate::monotone::Proof;
use crate::{Model, Scorer};

pub(crate) use highest::{Highest, highest};
pub(crate) use terms::{Open, Terms, codes};

/// Log-odds closer than this are taken as one: far more than the terms of a model round apart when added in another order.
pub const ROUNDING: f64 = 1e-10;

/// Lowest and highest log-odds over all ways of answering the unknown questions with a known answer.
///
/// ```text
/// low <= attained_low <= score of any completion (but for 1e-10) <= attained_high <= high
/// ```
/// `attained_low` and `attained_high` are scores of completions. The range is exact if they are its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// No completion scores lower, in log-odds.
    pub low: f64,
    /// No completion scores higher.
    pub high: f64,
    /// Lowest score of a completion that was found.
    pub attained_low: f64,
    /// Highest score of a completion that was found.
    pub attained_high: f64,
    /// Sets of completions that were bounded to prove it, both ends together.
    pub nodes: usize,
}

/// What is proved about a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// Both ends are reached by a completion, and none goes further.
    Exact,
    /// No completion goes further, but the ends may be too wide: the search was cut off.
    Bounds,
}

impl Range {
    /// Whether the ends are reached.
    pub fn certificate(&self) -> Certificate {
        let exact = self.low >= self.attained_low && self.high <= self.attained_high;
        if exact { Certificate::Exact } else { Certificate::Bounds }
    }
}

/// The range of a row's score over its completions.
///
/// Indicators proved monotone are set to their lowest and highest end: the score is monotone in each of them whatever the
/// others are, so the corners are the extremes. Over the others each end is found by branch and bound: answers are fixed
/// one by one, and a set of completions is dropped when its bound, the best answer of each table plus the best leaf of
/// each tree that can still be reached, is no better than a completion already found. Without trees the bound is reached
/// at once. The work is limited, by a count and never by a clock; past it the bound of what was not searched is given.
/// Without unknown answers both ends are the score itself.
///
/// `unknown` is an answer of its own to a model, so the score of the row as it stands may lie outside the range.
/// `scorer` has passed [`Scorer::check`], `proof` is of this scorer and instrument.
///
/// # References
/// Land and Doig, "An automatic method of solving discrete programming problems", Econometrica 28, 1960.
pub fn range(scorer: &Scorer, instrument: &Instrument, proof: &Proof, row: &[u8]) -> Range {
    range_within(scorer, instrument, proof, row, highest::WORK)
}

fn range_within(scorer: &Scorer, instrument: &Instrument, proof: &Proof, row: &[u8], work: usize) -> Range {
    let (mut lowest, mut top) = (row.to_vec(), row.to_vec());
    let mut open = Vec::new();
    for (j, indicator) in instrument.indicators().iter().enumerate() {
        if row[j] != indicator.unknown() {
            continue;
        }
        let last = indicator.unknown() - 1;
        match indicator.polarity {
            Polarity::Risk if proof.covers(j) => (lowest[j], top[j]) = (0, last),
            Polarity::Protective if proof.covers(j) => (lowest[j], top[j]) = (last, 0),
            _ => open.push(Open::known(j, indicator)),
        }
    }
    let mut nodes = 0;
    // The furthest score in one direction that was found, and the bound of all that were not looked at.
    let mut end = |row: &mut Vec<u8>, sign: f64| {
        if open.is_empty() {
            let score = scorer.score(row);
            return (score, score);
        }
        let terms = Terms::of(scorer, row, &open, sign);
        let found: Highest = highest(&terms, work);
        nodes += found.nodes;
        open.iter().zip(&found.codes).for_each(|(open, code)| row[open.indicator] = *code);
        let score = scorer.score(row);
        let bound = if found.proved { score } else { sign * (found.bound + ROUNDING) };
        (score, bound)
    };
    let (attained_low, low) = end(&mut lowest, -1.0);
    let (attained_high, high) = end(&mut top, 1.0);
    Range { low: low.min(attained_low), high: high.max(attained_high), attained_low, attained_high, nodes }
}

#[cfg(test)]
mod tests;
