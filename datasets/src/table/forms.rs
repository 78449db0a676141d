//! Forms to be scored: answers without outcomes.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::blocks::FormBlocks;
use super::dialect::CsvDialect;
use super::opened::Opened;
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
/// A table that may not fit in memory is read by [`FormBlocks`].
///
/// # Errors
/// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with every column that is missing, or the first 100 cells that
/// hold no answer of their indicator, by row.
pub fn read_forms(path: &Path, instrument: &Arc<Instrument>) -> Result<Forms, Error> {
    FormBlocks::open(path, &CsvDialect::default(), instrument, NonZeroUsize::MAX)?.block(0)
}

/// The forms of an open table whose columns are known to exist, or up to `most` bad cells a column.
pub(super) fn forms(
    table: &Opened,
    raw: &Raw<'_>,
    instrument: &Arc<Instrument>,
    most: usize,
    what: impl FnOnce() -> String,
) -> Result<Forms, Error> {
    let mut problems = Problems::default();
    let mut cases = None;
    if table.names().iter().any(|name| name == "case")
        && let Some(texts) = raw.text("case", &mut problems)?
    {
        let mut found = Vec::with_capacity(texts.len());
        let mut empty = Vec::new();
        for (row, cell) in texts.iter().enumerate() {
            match cell.filter(|case| !case.is_empty()) {
                Some(case) => found.push(case.to_owned()),
                None if empty.len() < most => empty.push(row + 1),
                None => {}
            }
        }
        let problem = |row| Problem::new("case", "the case id is empty").at_row(row);
        problems.0.extend(empty.into_iter().map(problem));
        cases = Some(found);
    }
    let answers = answers(raw, instrument, most, &mut problems)?;
    let (Some(answers), true) = (answers, problems.0.is_empty()) else {
        return Err(Error::invalid(what(), problems));
    };
    Ok(Forms { cases, answers, ignored: ignored(table, instrument) })
}

/// Columns that are neither `case` nor an indicator.
pub(super) fn ignored(table: &Opened, instrument: &Instrument) -> Vec<String> {
    let ignored = table.names().iter().filter(|name| *name != "case" && instrument.position(name).is_none());
    ignored.cloned().collect()
}

/// The answers of a table whose columns are known to exist; `None` with the bad cells noted, up to `most` a column, in the
/// order of rows.
pub(super) fn answers(
    raw: &Raw<'_>,
    instrument: &Arc<Instrument>,
    most: usize,
    problems: &mut Problems,
) -> Result<Option<Answers>, Error> {
    let indicators = instrument.indicators();
    let mut codes = vec![0; raw.n_rows() * indicators.len()];
    let mut bad = Problems::default();
    for (at, indicator) in indicators.iter().enumerate() {
        let Some(texts) = raw.text(&indicator.id, &mut bad)? else { continue };
        let mut n_bad = 0;
        for (row, cell) in texts.iter().enumerate() {
            match cell.and_then(|answer| indicator.code(answer)) {
                Some(code) => codes[row * indicators.len() + at] = code,
                None if n_bad < most => {
                    n_bad += 1;
                    let found = cell.unwrap_or_default();
                    let message = unknown_answer(found, &indicator.id, &indicator.answer_list());
                    bad.push(Problem::new(&indicator.id, message).at_row(row + 1));
                }
                None => {}
            }
        }
    }
    let sound = bad.0.is_empty();
    // Columns are read one by one, but a person mends a table row by row.
    bad.0.sort_by_key(|problem| problem.row);
    problems.0.append(&mut bad.0);
    if sound { Answers::from_codes(Arc::clone(instrument), codes).map(Some) } else { Ok(None) }
}
