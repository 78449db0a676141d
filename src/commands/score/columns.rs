//! Forms of a block as columns of scores.

use std::sync::Arc;

use amparo_datasets::Answers;
use amparo_datasets::table::{Cells, Forms};
use amparo_models::{Error, Explanation, OutcomeModel, Version};
use rayon::prelude::*;

/// Rows that one thread scores at once.
const CHUNK: usize = 1 << 10;

/// Scores a block on all cores; each row's numbers are those it has alone. `each` is told the rows that are done.
pub fn scored(
    version: &Version,
    forms: Forms,
    explain: bool,
    each: &(impl Fn(usize) + Sync),
) -> Result<Vec<(String, Cells)>, Error> {
    let (part, levels) = (version.recidivism(), version.protocol().levels());
    let n_indicators = forms.answers.n_indicators();
    let chunks: Vec<Chunk> = forms
        .answers
        .codes()
        .par_chunks(CHUNK * n_indicators)
        .map(|codes| {
            let rows: Vec<&[u8]> = codes.chunks_exact(n_indicators).collect();
            let chunk = Chunk::of(version, part, &rows, explain)?;
            each(rows.len());
            Ok(chunk)
        })
        .collect::<Vec<Result<_, Error>>>()
        .into_iter()
        // The first in the order of rows, not of time.
        .collect::<Result<_, Error>>()?;

    let numbers =
        |pick: &dyn Fn(&Chunk) -> &[f64]| Cells::Number(chunks.iter().flat_map(pick).copied().collect());
    let level = |&at: &usize| levels[at].id.clone();
    let mut columns = Vec::new();
    columns.extend(forms.cases.map(|cases| ("case".to_owned(), Cells::Text(cases))));
    columns.push(("probability".to_owned(), numbers(&|chunk| &chunk.probability)));
    columns.push(("probability.low".to_owned(), numbers(&|chunk| &chunk.low)));
    columns.push(("probability.high".to_owned(), numbers(&|chunk| &chunk.high)));
    let of_levels = chunks.iter().flat_map(|chunk| &chunk.level).map(level);
    columns.push(("computed_level".to_owned(), Cells::Text(of_levels.collect())));
    columns.push(("log_odds".to_owned(), numbers(&|chunk| &chunk.log_odds)));
    let unlearned = chunks.iter().flat_map(|chunk| &chunk.unlearned).cloned();
    columns.push(("unlearned_answers".to_owned(), Cells::Text(unlearned.collect())));
    if explain {
        columns.push(("base".to_owned(), numbers(&|chunk| &chunk.base)));
        for (j, indicator) in version.instrument().indicators().iter().enumerate() {
            columns.push((format!("value.{}", indicator.id), numbers(&|chunk| &chunk.values[j])));
        }
    }
    Ok(columns)
}

/// What some rows score, by column.
#[derive(Default)]
struct Chunk {
    log_odds: Vec<f64>,
    probability: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    /// Place of the level in the protocol.
    level: Vec<usize>,
    /// Indicators whose answer the version has not learned from, with a space between them; empty if there is none.
    unlearned: Vec<String>,
    base: Vec<f64>,
    /// By indicator, then row; empty if nothing is explained, as `base` is.
    values: Vec<Vec<f64>>,
}

impl Chunk {
    fn of(version: &Version, part: &OutcomeModel, rows: &[&[u8]], explain: bool) -> Result<Self, Error> {
        let mut chunk = Self::default();
        for row in rows {
            let log_odds = part.score(row);
            let calibrated = part.calibrate(log_odds);
            chunk.log_odds.push(log_odds);
            chunk.probability.push(calibrated.probability);
            chunk.low.push(calibrated.low);
            chunk.high.push(calibrated.high);
            // Refused here too, where the protocol refuses them.
            let unlearned = version.unlearned_answers(row)?;
            let of_score = unlearned.iter().filter(|answer| answer.outcome == part.outcome());
            chunk.unlearned.push(of_score.map(|a| a.indicator.as_str()).collect::<Vec<_>>().join(" "));
            chunk.level.push(version.protocol().level_of(calibrated.probability));
        }
        if explain {
            chunk.values = vec![Vec::with_capacity(rows.len()); version.instrument().indicators().len()];
            for Explanation { base, values } in explained(version, part, rows)? {
                chunk.base.push(base);
                chunk.values.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            }
        }
        Ok(chunk)
    }
}

/// The explanation of each row, refused unless it adds up to the row's score.
fn explained(version: &Version, part: &OutcomeModel, rows: &[&[u8]]) -> Result<Vec<Explanation>, Error> {
    let answers = Answers::from_codes(Arc::clone(version.instrument()), rows.concat())?;
    part.explain_batch(&answers).map(|parts| parts.map(|parts| parts.total)).collect()
}
