//! Cases as rows of answer codes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Error, FormAnswer, Indicator, Instrument, Problem, Problems};

/// A table of answers, `n_rows` x `n_indicators`, one `u8` code a cell, checked against its instrument.
///
/// A code is the place of the answer in the indicator's list; the last one is `unknown`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    instrument: Arc<Instrument>,
    codes: Vec<u8>,
}

impl Answers {
    /// Takes row-major codes, checking that each is an answer of its indicator.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each cell that is not, or the length if it is no whole number of rows.
    pub fn from_codes(instrument: Arc<Instrument>, codes: Vec<u8>) -> Result<Self, Error> {
        let indicators = instrument.indicators();
        let mut problems = Problems::default();
        if !codes.len().is_multiple_of(indicators.len()) {
            let message = format!(
                "{} codes found, expected a multiple of {} indicators",
                codes.len(),
                indicators.len()
            );
            problems.push(Problem::new("codes", message));
            return problems.or("answers", Self { instrument: Arc::clone(&instrument), codes: Vec::new() });
        }
        for (row, cells) in codes.chunks_exact(indicators.len()).enumerate() {
            for (indicator, &code) in indicators.iter().zip(cells) {
                if usize::from(code) >= indicator.n_answers() {
                    let id = &indicator.id;
                    let message =
                        format!("code {code} of indicator `{id}` is not below {}", indicator.n_answers());
                    problems.push(Problem::new(id, message).at_row(row + 1));
                }
            }
        }
        problems.or("answers", Self { instrument: Arc::clone(&instrument), codes })
    }

    /// The form that was answered.
    pub fn instrument(&self) -> &Arc<Instrument> {
        &self.instrument
    }

    /// Number of cases.
    pub fn n_rows(&self) -> usize {
        self.codes.len() / self.n_indicators()
    }

    /// Number of indicators.
    pub fn n_indicators(&self) -> usize {
        self.instrument.indicators().len()
    }

    /// The codes of one case.
    ///
    /// # Panics
    /// If `row` is not below `n_rows`.
    pub fn row(&self, row: usize) -> &[u8] {
        let n = self.n_indicators();
        &self.codes[row * n..(row + 1) * n]
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.codes.chunks_exact(self.n_indicators())
    }

    /// All codes, row-major.
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// The answers to some of the indicators only, on a form that asks nothing else.
    ///
    /// # Panics
    /// If a place is not one of an indicator.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        let codes = self.rows().flat_map(|row| places.iter().map(|&place| row[place])).collect();
        Self { instrument: Arc::new(self.instrument.only(places)), codes }
    }

    /// The given rows, in the given order (a row may be named twice).
    ///
    /// # Panics
    /// If a row is not below `n_rows`.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut codes = Vec::with_capacity(rows.len() * self.n_indicators());
        rows.iter().for_each(|&row| codes.extend_from_slice(self.row(row)));
        Self { instrument: Arc::clone(&self.instrument), codes }
    }
}

/// One filled-in form, indicator id -> answer, as a row of codes.
///
/// An indicator that asks for a number may be answered with it: it counts as the answer of the bin it is in. Every indicator must be answered, with `unknown` where nobody knows: a missing answer is never filled in.
///
/// # Errors
/// [`Error::Invalid`] with every indicator that is missing, not on the form, or answered with something it does not allow.
pub fn encode_form(instrument: &Instrument, form: &BTreeMap<String, FormAnswer>) -> Result<Vec<u8>, Error> {
    let mut problems = Problems::default();
    let mut codes = Vec::with_capacity(instrument.indicators().len());
    let mut on_the_form = 0;
    for indicator in instrument.indicators() {
        let id = &indicator.id;
        let answer = form.get(id);
        on_the_form += usize::from(answer.is_some());
        match answer {
            None => {
                let message =
                    format!("indicator `{id}` is not answered, expected one of {}", expected(indicator));
                problems.push(Problem::new(id, message));
            }
            Some(FormAnswer::Id(answer)) => match indicator.code(answer) {
                Some(code) => codes.push(code),
                None => problems.push(Problem::new(id, unknown_answer(answer, id, &expected(indicator)))),
            },
            Some(FormAnswer::Number(number)) => match indicator.code_of_number(*number) {
                Ok(code) => codes.push(code),
                Err(expected) => {
                    let message =
                        format!("answer to indicator `{id}` is the number {number}, expected {expected}");
                    problems.push(Problem::new(id, message));
                }
            },
        }
    }
    if on_the_form < form.len() {
        for id in form.keys().filter(|id| instrument.position(id).is_none()) {
            let message = format!("indicator `{id}` is not on the form `{}`", instrument.id());
            problems.push(Problem::new(id, message));
        }
    }
    problems.or("answers", codes)
}

/// All that an indicator may be answered with, for messages.
pub fn expected(indicator: &Indicator) -> String {
    let number = indicator.bins().map(|bins| format!(", or a number: {}", bins.range()));
    format!("{}{}", indicator.answer_list(), number.unwrap_or_default())
}

/// The one wording for an answer that an indicator does not allow.
pub(crate) fn unknown_answer(found: &str, indicator: &str, expected: &str) -> String {
    format!("answer `{found}`{}", not_an_answer(indicator, expected))
}

/// What the message says behind the answer that was found.
pub(crate) fn not_an_answer(indicator: &str, expected: &str) -> String {
    format!(" to indicator `{indicator}` is none of {expected}")
}

#[cfg(test)]
mod tests;
