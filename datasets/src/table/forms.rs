//! Forms to be scored: answers without outcomes.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::blocks::FormBlocks;
use super::opened::Opened;
use super::raw::Raw;
use crate::answers::not_an_answer;
use crate::dialect::Dialect;
use crate::error::Causes;
use crate::{Answers, Error, Instrument, Problems};

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

/// Reads forms from a table (CSV, Parquet or, with the feature `xlsx`, a workbook of one sheet): one column an indicator, holding ids of
/// answers, and optionally `case`.
///
/// A table that may not fit in memory is read by [`FormBlocks`].
///
/// # Errors
/// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with every column that is missing, or the cells that hold no
/// answer of their indicator: by row, or counted where there are many.
pub fn read_forms(path: &Path, instrument: &Arc<Instrument>) -> Result<Forms, Error> {
    FormBlocks::open(path, &Dialect::default(), instrument, NonZeroUsize::MAX)?.block(0)
}

/// What is wrong with a table: with columns as a whole, and with rows of the whole table.
#[derive(Default)]
pub(super) struct Wrong {
    pub problems: Problems,
    pub causes: Causes,
}

impl Wrong {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.problems.0.is_empty() && self.causes.n_rows() == 0
    }

    /// All of it.
    pub fn into_problems(self) -> Problems {
        let Self { mut problems, causes } = self;
        problems.0.append(&mut causes.into_problems().0);
        problems
    }
}

/// The forms of some rows, of which the first is `first` of the table (from 0), whose columns are known to exist; `None` if
/// something is wrong with them.
pub(super) fn forms(
    table: &Opened,
    raw: &Raw<'_>,
    instrument: &Arc<Instrument>,
    first: usize,
    wrong: &mut Wrong,
) -> Result<Option<Forms>, Error> {
    let mut cases = None;
    if table.names().iter().any(|name| name == "case")
        && let Some(texts) = raw.text("case", &mut wrong.problems)?
    {
        let mut found = Vec::with_capacity(texts.len());
        for (row, cell) in texts.iter().enumerate() {
            match cell.filter(|case| !case.is_empty()) {
                Some(case) => found.push(case.to_owned()),
                None => wrong.causes.push("case", "the case id is ", "empty".to_owned(), "", first + row + 1),
            }
        }
        cases = Some(found);
    }
    let answers = answers(raw, instrument, first, wrong)?;
    let (Some(answers), true) = (answers, wrong.is_empty()) else { return Ok(None) };
    Ok(Some(Forms { cases, answers, ignored: ignored(table, instrument) }))
}

/// Columns that are neither `case` nor an indicator.
pub(super) fn ignored(table: &Opened, instrument: &Instrument) -> Vec<String> {
    let ignored = table.names().iter().filter(|name| *name != "case" && instrument.position(name).is_none());
    ignored.cloned().collect()
}

/// The answers of some rows, of which the first is `first` of the table (from 0), whose columns are known to exist; `None`
/// with the bad cells noted.
pub(super) fn answers(
    raw: &Raw<'_>,
    instrument: &Arc<Instrument>,
    first: usize,
    wrong: &mut Wrong,
) -> Result<Option<Answers>, Error> {
    let indicators = instrument.indicators();
    let mut codes = vec![0; raw.n_rows() * indicators.len()];
    let mut sound = true;
    for (at, indicator) in indicators.iter().enumerate() {
        let Some(texts) = raw.text(&indicator.id, &mut wrong.problems)? else {
            sound = false;
            continue;
        };
        for (row, cell) in texts.iter().enumerate() {
            if let Some(code) = cell.and_then(|answer| indicator.code(answer)) {
                codes[row * indicators.len() + at] = code;
                continue;
            }
            sound = false;
            let found = format!("`{}`", cell.unwrap_or_default());
            let after = not_an_answer(&indicator.id, &indicator.answer_list());
            wrong.causes.push(&indicator.id, "answer ", found, &after, first + row + 1);
        }
    }
    if sound { Answers::from_codes(Arc::clone(instrument), codes).map(Some) } else { Ok(None) }
}
