//! Whether a model that was read is the model that was written, shown by rows that the original program has scored.

pub(crate) mod coverage;
pub(crate) mod distinct;
mod rounding;
pub(crate) mod rows;

use std::ops::RangeInclusive;

use amparo_datasets::{Problem, Problems};
use amparo_models::imported::Asked;
use amparo_models::probability::sigmoid;
use amparo_models::{Candidate, Model};
use serde::{Deserialize, Serialize};

use crate::foreign::Scale;
use crate::mapping::Columns;
use crate::{Error, ForeignModel, Lowered};

use coverage::Coverage;
use distinct::Distinct;
use rounding::allowed;

/// Combinations of answers that no row has which an error tells.
const TOLD: usize = 10;

/// What the original program said of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The probability of the event.
    Probability,
    /// The log-odds, also called margin or raw score.
    LogOdds,
}

impl Compared {
    /// As a file says it: `probability` or `log_odds`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::LogOdds => "log_odds",
        }
    }

    /// The numbers that it may be.
    pub(crate) fn range(self) -> RangeInclusive<f64> {
        match self {
            Self::Probability => 0.0..=1.0,
            Self::LogOdds => f64::MIN..=f64::MAX,
        }
    }

    /// The same in words.
    pub(crate) fn expected(self) -> &'static str {
        match self {
            Self::Probability => "a probability from 0 to 1",
            Self::LogOdds => "a finite number",
        }
    }
}

/// Rows that the original program scored: a text for each row in each column.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// The columns of the model, and any others.
    pub columns: &'a [(&'a str, &'a [String])],
    /// What the program said of each row.
    pub predictions: &'a [String],
    /// What that is.
    pub compared: Compared,
}

/// That a model agrees with the original program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Rows that were compared.
    pub n_rows: usize,
    /// The largest difference.
    pub largest_difference: f64,
    /// What rounding explains in the row where the largest share of it was used.
    pub allowed_there: f64,
}

/// Rows for the original program to score, as columns of texts: every answer to every question, and every combination of answers to the
/// questions on each path of a tree. The text of a missing value is empty.
pub fn probes(model: &ForeignModel, columns: &Columns, lowered: &Lowered) -> Vec<(String, Vec<String>)> {
    let rows = Coverage::of(&lowered.model, &Distinct::of(columns, model.arithmetic)).rows();
    rows::texts(&model.inputs, columns, &rows)
}

/// Columns of texts as a CSV table.
///
/// # Errors
/// [`Error::Csv`] if the rows are not as many in each column.
pub fn csv(columns: &[(String, Vec<String>)]) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| name))?;
    for row in 0..columns.first().map_or(0, |(_, cells)| cells.len()) {
        writer.write_record(columns.iter().filter_map(|(_, cells)| cells.get(row)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
}

/// Compares a model with the original program, row by row.
///
/// # Errors
/// [`Error::Check`] with every cell that no answer has, every prediction that is none, and what the rows do not show: an answer, a combination of
/// answers on a path, a leaf. [`Error::Differs`] with the first row whose numbers differ by more than rounding.
pub fn agreement(
    model: &ForeignModel,
    columns: &Columns,
    lowered: &Lowered,
    scored: &Scored<'_>,
) -> Result<Agreement, Error> {
    let mut problems = Problems::default();
    if model.scale == Scale::Probability && scored.compared == Compared::LogOdds {
        let message = "the model gives a mean of shares, which has no log-odds: pass the probabilities that the program predicts";
        problems.push(Problem::new("predictions", message));
    }
    let predictions = predictions(scored, &mut problems);
    let rows = rows::codes(&model.inputs, model.arithmetic, columns, scored, &mut problems);
    if !problems.0.is_empty() {
        return Err(Error::Check(problems));
    }
    let mut coverage = Coverage::of(&lowered.model, &Distinct::of(columns, model.arithmetic));
    let mut found = Agreement { n_rows: rows.len(), largest_difference: 0.0, allowed_there: 0.0 };
    let mut used = 0.0;
    for (number, (row, theirs)) in rows.iter().zip(predictions).enumerate() {
        coverage.see(row);
        let ours = said(&lowered.model, row, model.scale, scored.compared);
        let allowed = allowed(&lowered.model, row, model, scored.compared);
        let difference = (ours - theirs).abs();
        // A number that is none differs too.
        if difference.is_nan() || difference > allowed {
            let (row, compared) = (number + 1, scored.compared.name());
            return Err(Error::Differs { row, compared, ours, theirs, difference, allowed });
        }
        found.largest_difference = found.largest_difference.max(difference);
        if difference / allowed >= used {
            (used, found.allowed_there) = (difference / allowed, allowed);
        }
    }
    let mut missing = coverage.missing();
    // A single answer that no row has is in all of its combinations too.
    missing.sort_by_key(Vec::len);
    if missing.is_empty() { Ok(found) } else { Err(Error::Check(not_shown(&missing, &lowered.asks))) }
}

/// What the model says of a row, as the original program would put it.
fn said(model: &Candidate, row: &[u8], scale: Scale, compared: Compared) -> f64 {
    let sum = model.score(row);
    match (scale, compared) {
        (Scale::LogOdds, Compared::Probability) => sigmoid(sum),
        _ => sum,
    }
}

pub(crate) fn predictions(scored: &Scored<'_>, problems: &mut Problems) -> Vec<f64> {
    let (range, expected) = (scored.compared.range(), scored.compared.expected());
    let mut found = Vec::with_capacity(scored.predictions.len());
    for (row, text) in scored.predictions.iter().enumerate() {
        match text.trim().parse::<f64>().ok().filter(|number| range.contains(number)) {
            Some(number) => found.push(number),
            None => {
                let message = format!("prediction is `{text}`, expected {expected}");
                problems.push(Problem::new("predictions", message).at_row(row + 1));
            }
        }
    }
    found
}

pub(crate) fn not_shown(missing: &[Vec<(usize, u8)>], asks: &[Asked]) -> Problems {
    let told = |answers: &Vec<(usize, u8)>| {
        let each = answers.iter().map(|(j, code)| {
            let Asked { indicator, answers } = &asks[*j];
            format!("`{indicator}` = `{}`", answers[usize::from(*code)])
        });
        Problem::new("rows", format!("no row has {}", each.collect::<Vec<_>>().join(" and ")))
    };
    let mut problems = Problems(missing.iter().take(TOLD).map(told).collect());
    let message = format!(
        "{} combinations of answers that the model tells apart are in no row; let the program score the rows that `--probes` writes as well",
        missing.len()
    );
    problems.push(Problem::new("rows", message));
    problems
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
