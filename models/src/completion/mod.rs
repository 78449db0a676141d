//! How far a score could move if the unknown answers were known.

use amparo_datasets::{Instrument, Polarity};

use crate::monotone::Proof;
use crate::{Error, Model};

/// Most ways of answering that are tried one by one.
const MAX_COMPLETIONS: usize = 1 << 16;

/// Lowest and highest log-odds over all ways of answering the unknown questions with a known answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lowest log-odds.
    pub low: f64,
    /// Highest log-odds.
    pub high: f64,
}

/// The exact range of a row's score over its completions.
///
/// Indicators proved monotone are set to their lowest and highest end (the score is monotone in each of them whatever
/// the others are, so the corners are the extremes); the others are tried one by one. Without unknown answers both ends
/// are the score itself.
///
/// `unknown` is an answer of its own to a model, so the score of the row as it stands may lie outside the range.
/// `proof` is of this model and instrument.
///
/// # Errors
/// [`Error::Invalid`] if more than 65,536 completions would have to be tried: the range is then not known, and said so.
pub fn range(model: &dyn Model, instrument: &Instrument, proof: &Proof, row: &[u8]) -> Result<Range, Error> {
    let (mut lowest, mut highest) = (row.to_vec(), row.to_vec());
    let mut open = Vec::new();
    for (j, indicator) in instrument.indicators().iter().enumerate() {
        if row[j] != indicator.unknown() {
            continue;
        }
        let last = indicator.unknown() - 1;
        match indicator.polarity {
            Polarity::Risk if proof.covers(j) => (lowest[j], highest[j]) = (0, last),
            Polarity::Protective if proof.covers(j) => (lowest[j], highest[j]) = (last, 0),
            _ => open.push((j, indicator.n_known())),
        }
    }
    let n = open
        .iter()
        .try_fold(1_usize, |n, (_, known)| n.checked_mul(*known).filter(|n| *n <= MAX_COMPLETIONS));
    let Some(n) = n else {
        let problem = format!(
            "{} unanswered questions without a proved direction have more than {MAX_COMPLETIONS} completions",
            open.len()
        );
        return Err(Error::invalid("range over unknown answers", problem));
    };
    let mut range = Range { low: f64::INFINITY, high: f64::NEG_INFINITY };
    for mut number in 0..n {
        for &(j, known) in &open {
            (lowest[j], highest[j]) = ((number % known) as u8, (number % known) as u8);
            number /= known;
        }
        range.low = range.low.min(model.score(&lowest));
        range.high = range.high.max(model.score(&highest));
    }
    Ok(range)
}

#[cfg(test)]
mod tests;
