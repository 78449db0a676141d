//! What a version says of many forms at once, each as if it were alone.

use std::sync::Arc;

use amparo_datasets::Answers;
use amparo_models::explain::{OrReason, Undefined};
use amparo_models::{Error, Explanation, OutcomeModel, Version};
use rayon::prelude::*;

/// Rows that one thread scores at once.
const CHUNK: usize = 1 << 10;

/// Columns of scores, one entry a form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// Score before calibration.
    pub log_odds: Vec<f64>,
    /// Calibrated probability of the outcome, in [0, 1].
    pub probability: Vec<f64>,
    /// Lower end of its interval.
    pub low: Vec<f64>,
    /// Upper end of its interval.
    pub high: Vec<f64>,
    /// Place in the protocol of the level that the probability alone gives.
    pub level: Vec<usize>,
    /// Indicators whose answer the version has not learned from, with a space between them; empty if there is none.
    pub unlearned: Vec<String>,
    /// Mean log-odds of the reference population; empty if nothing is explained.
    pub base: Vec<f64>,
    /// What each answer adds, by indicator, then form; empty if nothing is explained.
    pub values: Vec<Vec<f64>>,
}

impl Scores {
    /// Scores forms on all cores, with their explanations if they are asked for; each form's numbers are those it has alone. `each` is told how many are
    /// done.
    ///
    /// # Errors
    /// [`Error::UnlearnedAnswers`] if the protocol refuses answers that the version has not learned from; [`Error::Additivity`]. The first in the
    /// order of the forms.
    pub fn of(
        version: &Version,
        answers: &Answers,
        explain: bool,
        each: &(impl Fn(usize) + Sync),
    ) -> Result<Self, Error> {
        let n_indicators = answers.n_indicators();
        let chunks: Vec<Result<Self, Error>> = answers
            .codes()
            .par_chunks(CHUNK * n_indicators)
            .map(|codes| {
                let rows: Vec<&[u8]> = codes.chunks_exact(n_indicators).collect();
                let chunk = Self::of_rows(version, &rows, explain)?;
                each(rows.len());
                Ok(chunk)
            })
            .collect();
        let mut all = Self::default();
        for chunk in chunks {
            // The first error in the order of rows, not of time.
            all.append(chunk?);
        }
        Ok(all)
    }

    fn of_rows(version: &Version, rows: &[&[u8]], explain: bool) -> Result<Self, Error> {
        let part = version.recidivism();
        let mut found = Self::default();
        for row in rows {
            let log_odds = part.score(row);
            let calibrated = part.calibrate(log_odds);
            found.log_odds.push(log_odds);
            found.probability.push(calibrated.probability);
            found.low.push(calibrated.low);
            found.high.push(calibrated.high);
            // Refused here too, where the protocol refuses them.
            let unlearned = version.unlearned_answers(row)?;
            let of_score = unlearned.iter().filter(|answer| answer.outcome == part.outcome());
            found.unlearned.push(of_score.map(|a| a.indicator.as_str()).collect::<Vec<_>>().join(" "));
            found.level.push(version.protocol().level_of(calibrated.probability));
        }
        if explain {
            found.values = vec![Vec::with_capacity(rows.len()); version.instrument().indicators().len()];
            for Explanation { base, values } in explained(version, part, rows)? {
                found.base.push(base);
                found.values.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            }
        }
        Ok(found)
    }

    /// Adds the scores of more forms of the same version.
    pub fn append(&mut self, more: Self) {
        self.log_odds.extend(more.log_odds);
        self.probability.extend(more.probability);
        self.low.extend(more.low);
        self.high.extend(more.high);
        self.level.extend(more.level);
        self.unlearned.extend(more.unlearned);
        self.base.extend(more.base);
        self.values.resize_with(more.values.len().max(self.values.len()), Vec::new);
        self.values.iter_mut().zip(more.values).for_each(|(all, values)| all.extend(values));
    }
}

/// How far each value of some forms could move with another population of the same kind: its standard deviation in log-odds, by form, then indicator.
///
/// # Errors
/// Why that is not known.
pub fn margins(version: &Version, answers: &Answers, scores: &Scores) -> Result<Vec<Vec<f64>>, Undefined> {
    let rows: Vec<(usize, &[u8])> = answers.rows().enumerate().collect();
    let of_row = |(at, row): &(usize, &[u8])| {
        let values = scores.values.iter().map(|values| values[*at]).collect();
        let explanation = Explanation { base: scores.base[*at], values };
        match version.recidivism().stability(row, &explanation) {
            OrReason::Value(stability) => Ok(stability.values.iter().map(|value| value.sd).collect()),
            OrReason::Undefined(undefined) => Err(undefined),
        }
    };
    // The first in the order of rows, not of time.
    rows.par_iter().map(of_row).collect::<Vec<_>>().into_iter().collect()
}

/// The explanation of each row, refused unless it adds up to the row's score.
fn explained(version: &Version, part: &OutcomeModel, rows: &[&[u8]]) -> Result<Vec<Explanation>, Error> {
    let answers = Answers::from_codes(Arc::clone(version.instrument()), rows.concat())?;
    part.explain_batch(&answers).map(|parts| parts.map(|parts| parts.total)).collect()
}
