//! The cells of single columns, read as an import reads them, for those who hold a table in memory.

use std::collections::BTreeMap;

use super::cell::{CellKind, CellText};
use super::spelling::Spelling;
use super::{CaseIds, GroupColumn, IndicatorColumn, OutcomeColumns, Reading, Source};
use crate::identity::{CaseNumber, document};
use crate::{Group, Numbers, Status};

/// How the cells of a column are read as the answers to an indicator.
pub struct AnswerReader<'s> {
    of: &'s IndicatorColumn,
    spelling: Spelling<'s>,
    numbers: Numbers,
    /// Whether no number stands for nothing, so that each is in a bin or is refused.
    all_in_bins: bool,
}

/// How the cells of a column are read as what became of a row.
pub struct StatusReader<'s> {
    column: &'s str,
    values: BTreeMap<String, Status>,
    spelling: Spelling<'s>,
}

/// How the cells of a column are read as the labels of a group.
pub struct GroupReader<'s> {
    of: &'s GroupColumn,
    spelling: Spelling<'s>,
}

/// How the cells of a column are read as the ids of cases.
pub struct CaseReader<'s> {
    column: &'s str,
    written: &'s [CaseNumber],
    spelling: Spelling<'s>,
}

impl Source {
    /// How each indicator is read, in the order of the form.
    pub fn answer_readers(&self) -> impl Iterator<Item = AnswerReader<'_>> {
        self.indicators.iter().map(|of| AnswerReader {
            of,
            spelling: Spelling::of(self, &of.column),
            numbers: self.numbers,
            all_in_bins: match &of.reading {
                Reading::Values(_) => false,
                Reading::Number { unknown, .. } => {
                    unknown.iter().all(|text| Numbers::default().read(text).is_err())
                }
            },
        })
    }

    /// How an outcome is read, if the rules for it look at one column and no time.
    pub fn status_reader(&self, outcome: &str) -> Option<StatusReader<'_>> {
        let of = self.outcomes.iter().find(|of| of.name == outcome)?;
        let OutcomeColumns { time: None, rules, .. } = of else { return None };
        let column = *Some(of.rule_columns()).filter(|columns| columns.len() == 1)?.first()?;
        let values = rules.iter().filter_map(|rule| Some((rule.when.get(column)?.clone(), rule.status)));
        Some(StatusReader { column, values: values.collect(), spelling: Spelling::of(self, column) })
    }

    /// How each group is read, in the order of the source.
    pub fn group_readers(&self) -> impl Iterator<Item = GroupReader<'_>> {
        self.groups.iter().map(|of| GroupReader { of, spelling: Spelling::of(self, &of.column) })
    }

    /// How the ids of cases are read, if a column holds them.
    pub fn case_reader(&self) -> Option<CaseReader<'_>> {
        let CaseIds::Column { column, numbers, .. } = &self.case else { return None };
        Some(CaseReader { column, written: numbers, spelling: Spelling::of(self, column) })
    }
}

impl AnswerReader<'_> {
    /// The column of the table.
    pub fn column(&self) -> &str {
        &self.of.column
    }

    /// The code of the answer that a cell gives.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(&self, text: &str, kind: CellKind) -> Result<u8, String> {
        let numbers = if kind == CellKind::Text { self.numbers } else { Numbers::default() };
        let text = self.spelling.read(text, kind);
        code(&self.of.reading, CellText { text: &text, kind, numbers })
    }

    /// The code of the answer that a typed number gives.
    ///
    /// # Errors
    /// What was expected.
    pub fn read_number(&self, number: f64) -> Result<u8, String> {
        match &self.of.reading {
            Reading::Number { indicator, .. } if self.all_in_bins => indicator.code_of_number(number),
            // As a table shows a float: with its point, and no more digits than tell it from its neighbours.
            _ => self.read(&format!("{number:?}"), CellKind::Value),
        }
    }
}

impl StatusReader<'_> {
    /// The column of the table.
    pub fn column(&self) -> &str {
        self.column
    }

    /// What a cell says.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(&self, text: &str, kind: CellKind) -> Result<Status, String> {
        listed(&self.values, &self.spelling.read(text, kind)).copied()
    }
}

impl GroupReader<'_> {
    /// The name of the group.
    pub fn name(&self) -> &str {
        &self.of.name
    }

    /// The column of the table.
    pub fn column(&self) -> &str {
        &self.of.column
    }

    /// The label that a cell gives; [`Group::UNKNOWN`] where nothing was recorded.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(&self, text: &str, kind: CellKind) -> Result<&str, String> {
        let text = self.spelling.read(text, kind);
        if self.of.unknown.iter().any(|unknown| *unknown == text) {
            return Ok(Group::UNKNOWN);
        }
        listed(&self.of.values, &text).map(String::as_str)
    }
}

impl CaseReader<'_> {
    /// The column of the table.
    pub fn column(&self) -> &str {
        self.column
    }

    /// The id that a cell holds.
    ///
    /// # Errors
    /// What was found, without what may name a person, and what was expected.
    pub fn read(&self, text: &str, kind: CellKind) -> Result<String, (String, &'static str)> {
        case_id(&self.spelling.read(text, kind), self.written)
    }
}

/// The code of the answer that a cell gives, in the spelling of the source.
pub(crate) fn code(reading: &Reading, cell: CellText<'_>) -> Result<u8, String> {
    match reading {
        Reading::Values(values) => listed(values, cell.text).copied(),
        Reading::Number { indicator, unknown } if cell.is_one_of(unknown) => Ok(indicator.unknown()),
        Reading::Number { indicator, .. } => indicator.code_of_number(cell.number()?),
    }
}

/// What a text stands for, or what was expected.
pub(crate) fn listed<'v, T>(values: &'v BTreeMap<String, T>, text: &str) -> Result<&'v T, String> {
    values.get(text).ok_or_else(|| {
        let known = values.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        format!("one of {known}")
    })
}

/// A case id as it stands in a cell: a case number as the authority writes them, or a pseudonym.
///
/// # Errors
/// What was found, without what may name a person, and what was expected.
pub(crate) fn case_id(text: &str, numbers: &[CaseNumber]) -> Result<String, (String, &'static str)> {
    if text.is_empty() {
        return Err(("nothing".to_owned(), "a case id"));
    }
    if numbers.iter().any(|number| number.fits(text)) {
        return Ok(text.to_owned());
    }
    match document(text) {
        Some(what) => {
            Err((format!("what looks like {what}"), "a pseudonym: documents of identity are never accepted"))
        }
        None => Ok(text.to_owned()),
    }
}
