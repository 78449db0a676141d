//! The days of a foreign table: those of the assessments, and those on which answers were known.

use jiff::civil::Date;

use super::column_text::CellKind;
use super::import::KeptRows;
use crate::source::DateColumn;
use crate::{Error, LateAnswers};

impl KeptRows<'_> {
    /// The day of each assessment, unknown where the source says so; `None` if it is unknown in all.
    pub(super) fn dates(&mut self, notes: &mut Vec<String>) -> Result<Option<Vec<Option<Date>>>, Error> {
        let Some(date) = &self.source.date else { return Ok(None) };
        let days = self.days(&date.column, date)?;
        let n_unknown = days.iter().filter(|day| day.is_none()).count();
        if n_unknown == days.len() {
            notes.push("the day of no row is known, so the cohort cannot be divided by time".to_owned());
            return Ok(None);
        }
        if n_unknown > 0 {
            notes.push(format!(
                "the day of {n_unknown} of {} rows is not known: their cases are in no part of a temporal split",
                days.len()
            ));
        }
        Ok(Some(days))
    }

    /// The indicators some of whose answers were known only after the assessment, with a note on each.
    ///
    /// A row of which either day is unknown is not compared.
    pub(super) fn late_answers(
        &mut self,
        dates: Option<&[Option<Date>]>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<LateAnswers>, Error> {
        let Some(date) = &self.source.date else { return Ok(Vec::new()) };
        let mut late = Vec::new();
        for (indicator, column) in self.source.days_of_answers() {
            let known = self.days(column, date)?;
            let assessed = dates.unwrap_or_default().iter().zip(&known);
            let both: Vec<_> = assessed.filter_map(|(assessed, known)| assessed.zip(*known)).collect();
            let found = LateAnswers {
                indicator: indicator.to_owned(),
                n_late: both.iter().filter(|(assessed, known)| known > assessed).count() as u64,
                n_dated: both.len() as u64,
            };
            notes.push(format!("{found}, by column `{column}`"));
            late.extend((found.n_late > 0).then_some(found));
        }
        Ok(late)
    }

    /// The days of a column, unknown where the source says so.
    fn days(&mut self, column: &str, date: &DateColumn) -> Result<Vec<Option<Date>>, Error> {
        let DateColumn { format, append, unknown, .. } = date;
        self.read(column, |cell| {
            if cell.is_one_of(unknown) {
                return Ok(None);
            }
            // A typed day is the day it says, however the source writes days in texts.
            if cell.kind == CellKind::Day {
                let day = cell.text.get(..10).and_then(|day| day.parse().ok());
                return day.map(Some).ok_or_else(|| "a day".to_owned());
            }
            let whole = format!("{}{append}", cell.text);
            let day = Date::strptime(format, &whole);
            day.map(Some).map_err(|_| format!("a day written `{format}`"))
        })
    }
}
