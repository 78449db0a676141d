//! What a version says of many forms at once, each as if it were alone.

use std::sync::Arc;

use amparo_datasets::Answers;
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
        let chunks: Vec<Self> = answers
            .codes()
            .par_chunks(CHUNK * n_indicators)
            .map(|codes| {
                let rows: Vec<&[u8]> = codes.chunks_exact(n_indicators).collect();
                let chunk = Self::of_rows(version, &rows, explain)?;
                each(rows.len());
                Ok(chunk)
            })
            .collect::<Vec<Result<_, Error>>>()
            .into_iter()
            // The first in the order of rows, not of time.
            .collect::<Result<_, Error>>()?;
        Ok(Self::joined(chunks, if explain { n_indicators } else { 0 }))
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

    fn joined(chunks: Vec<Self>, n_values: usize) -> Self {
        let mut all = Self { values: vec![Vec::new(); n_values], ..Self::default() };
        for chunk in chunks {
            all.log_odds.extend(chunk.log_odds);
            all.probability.extend(chunk.probability);
            all.low.extend(chunk.low);
            all.high.extend(chunk.high);
            all.level.extend(chunk.level);
            all.unlearned.extend(chunk.unlearned);
            all.base.extend(chunk.base);
            all.values.iter_mut().zip(chunk.values).for_each(|(all, values)| all.extend(values));
        }
        all
    }
}

/// The explanation of each row, refused unless it adds up to the row's score.
fn explained(version: &Version, part: &OutcomeModel, rows: &[&[u8]]) -> Result<Vec<Explanation>, Error> {
    let answers = Answers::from_codes(Arc::clone(version.instrument()), rows.concat())?;
    part.explain_batch(&answers).map(|parts| parts.map(|parts| parts.total)).collect()
}
