//! Forms to be scored: answers without outcomes.

use std::path::Path;
use std::sync::Arc;

use super::raw::Raw;
use crate::answers::unknown_answer;
use crate::{Answers, Error, Instrument, Problem, Problems};

/// Filled-in forms from a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Forms {
    /// Case id of each row, if the table has a column `case`.
    pub cases: Option<Vec<String>>,
    /// The answers.
    pub answers: Answers,
    /// Columns that are neither `case` nor an indicator, and so were not read.
    pub ignored: Vec<String>,
}

/// Reads forms from a CSV or Parquet table: one column an indicator, holding ids of answers, and optionally `case`.
///
/// # Errors
/// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with every column that is missing, or every cell that holds no
/// answer of its indicator, by row.
pub fn read_forms(path: &Path, instrument: &Arc<Instrument>) -> Result<Forms, Error> {
    let raw = Raw::open(path)?;
    let what = || format!("forms `{}`", path.display());
    let mut problems = Problems::default();
    let wanted = instrument.indicators().iter().map(|i| (i.id.as_str(), format!("indicator `{}`", i.id)));
    raw.require(wanted, &mut problems);
    problems.or(what(), ())?;

    let mut problems = Problems::default();
    let mut cases = None;
    if raw.names().iter().any(|name| name == "case")
        && let Some(texts) = raw.text("case", &mut problems)?
    {
        let mut found = Vec::with_capacity(texts.len());
        for (row, cell) in texts.iter().enumerate() {
            match cell.filter(|case| !case.is_empty()) {
                Some(case) => found.push(case.to_owned()),
                None => problems.push(Problem::new("case", "the case id is empty").at_row(row + 1)),
            }
        }
        cases = Some(found);
    }
    let answers = answers(&raw, instrument, &mut problems)?;
    let (Some(answers), true) = (answers, problems.0.is_empty()) else {
        return Err(Error::invalid(what(), problems));
    };
    let ignored = raw.names().iter().filter(|name| *name != "case" && instrument.position(name).is_none());
    Ok(Forms { cases, answers, ignored: ignored.cloned().collect() })
}

/// The answers of a table whose columns are known to exist; `None` with every bad cell noted, in the order of rows.
pub(super) fn answers(
    raw: &Raw,
    instrument: &Arc<Instrument>,
    problems: &mut Problems,
) -> Result<Option<Answers>, Error> {
    let indicators = instrument.indicators();
    let mut codes = vec![0; raw.n_rows() * indicators.len()];
    let mut bad = Problems::default();
    for (at, indicator) in indicators.iter().enumerate() {
        let Some(texts) = raw.text(&indicator.id, &mut bad)? else { continue };
        for (row, cell) in texts.iter().enumerate() {
            match cell.and_then(|answer| indicator.code(answer)) {
                Some(code) => codes[row * indicators.len() + at] = code,
                None => {
                    let found = cell.unwrap_or_default();
                    let message = unknown_answer(found, &indicator.id, &indicator.answer_list());
                    bad.push(Problem::new(&indicator.id, message).at_row(row + 1));
                }
            }
        }
    }
    let sound = bad.0.is_empty();
    // Columns are read one by one, but a person mends a table row by row.
    bad.0.sort_by_key(|problem| problem.row);
    problems.0.append(&mut bad.0);
    if sound { Answers::from_codes(Arc::clone(instrument), codes).map(Some) } else { Ok(None) }
}
