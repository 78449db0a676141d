//! What became of the rows of a foreign table.

use std::collections::BTreeMap;

use super::column_text::CellText;
use super::import::KeptRows;
use super::write::status_id;
use crate::source::{Blank, Followed, OutcomeColumns, TimeColumn};
use crate::{Error, Numbers, Outcome, Status};

impl KeptRows<'_> {
    /// Status of every row, by the rules of the source; where there is a time, with the days and as the horizon sees it.
    pub(super) fn outcome(
        &mut self,
        outcome: &OutcomeColumns,
        notes: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let OutcomeColumns { name, horizon_days, .. } = outcome;
        let ruled = self.ruled(outcome, notes)?;
        let (status, days) = match (&outcome.time, horizon_days) {
            (Some(time), Some(horizon)) => {
                let times = self.times(name, time, &ruled)?;
                let of_rows =
                    ruled.iter().zip(&times).map(|(status, days)| at_horizon(*status, *days, *horizon));
                let status: Vec<Status> = of_rows.collect();
                notes.extend(about_time(name, *horizon, &ruled, &status));
                (status, Some(times))
            }
            _ => (ruled.iter().map(|status| status.unwrap_or(Status::Censored)).collect(), None),
        };
        let n_excluded = status.iter().filter(|status| **status == Status::Excluded).count();
        if n_excluded > 0 {
            notes.push(format!("outcome `{name}`, {n_excluded} rows: excluded from this outcome"));
        }
        for missing in [Status::NoEvent, Status::Event] {
            if !status.contains(&missing) {
                let id = status_id(missing);
                notes.push(format!("outcome `{name}` has no row with {id}: nothing can be fitted to it"));
            }
        }
        let classes = match &outcome.classes {
            Some(column) => Some(self.classes(name, column, (&ruled, &status), notes)?),
            None => None,
        };
        Ok(Outcome { name: name.clone(), horizon_days: *horizon_days, status, days, classes })
    }

    /// What the rules say of every row; `None`, with the problem noted, where they say nothing or contradict each other.
    fn ruled(
        &mut self,
        outcome: &OutcomeColumns,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Option<Status>>, Error> {
        let name = &outcome.name;
        let mut columns = BTreeMap::new();
        for column in outcome.rule_columns() {
            columns.insert(column, self.read(column, |cell| Ok(cell.text.to_owned()))?);
        }
        if columns.values().any(|texts| texts.len() != self.rows.len()) {
            // A column that cannot be shown as text was noted; no rule can be asked.
            return Ok(vec![None; self.rows.len()]);
        }
        let mut noted = vec![0_usize; outcome.rules.len()];
        let mut status = Vec::with_capacity(self.rows.len());
        for at in 0..self.rows.len() {
            let holds = |rule: &BTreeMap<String, String>| {
                rule.iter().all(|(column, text)| columns[column.as_str()].get(at) == Some(text))
            };
            let fitting = outcome.rules.iter().enumerate().filter(|(_, rule)| holds(&rule.when));
            let fitting = fitting.collect::<Vec<_>>();
            fitting.iter().for_each(|(rule, _)| noted[*rule] += 1);
            let agreed = fitting.first().map(|(_, rule)| rule.status);
            let agreed = agreed.filter(|first| fitting.iter().all(|(_, rule)| rule.status == *first));
            if agreed.is_none() {
                let cells = columns.iter().map(|(column, texts)| format!("`{column}` = `{}`", texts[at]));
                let cells = cells.collect::<Vec<_>>().join(" with ");
                let why =
                    if fitting.is_empty() { "which no rule allows" } else { "on which its rules disagree" };
                let before = format!("outcome `{name}` reads ");
                self.causes.push(name, &before, cells, &format!(", {why}"), self.rows[at] + 1);
            }
            status.push(agreed);
        }
        for (rule, n) in outcome.rules.iter().zip(noted).filter(|(_, n)| *n > 0) {
            notes.extend(rule.note.iter().map(|note| format!("outcome `{name}`, {n} rows: {note}")));
        }
        Ok(status)
    }

    /// Days to the event or to the end of follow-up, one a row; what cannot be is noted.
    fn times(&mut self, name: &str, time: &TimeColumn, ruled: &[Option<Status>]) -> Result<Vec<f64>, Error> {
        let column = &time.column;
        let owned = |cell: CellText<'_>| Ok((cell.text.to_owned(), cell.numbers));
        let cells = self.read(column, owned)?;
        let followed = match &time.blank {
            Some(Blank { followed: Followed::Column(followed), .. }) => {
                Some((followed, self.read(followed, owned)?))
            }
            _ => None,
        };
        let mut days = Vec::with_capacity(self.rows.len());
        for (at, status) in ruled.iter().enumerate() {
            let (Some(status), Some((cell, numbers))) = (status, cells.get(at)) else {
                // What is wrong was noted.
                days.push(0.0);
                continue;
            };
            if *status == Status::Excluded {
                days.push(0.0);
                continue;
            }
            let is_blank = time.blank.as_ref().filter(|blank| blank.texts.contains(cell));
            let read = match (status, &time.blank, is_blank) {
                (Status::Event, _, Some(_)) => {
                    Err((column, cell, format!("the time at which outcome `{name}` happened")))
                }
                (_, Some(blank), None) if *status != Status::Event => {
                    let texts =
                        blank.texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ");
                    Err((column, cell, format!("{texts} where outcome `{name}` did not happen")))
                }
                (_, _, Some(Blank { followed: Followed::Units(units), .. })) => Ok(*units),
                (_, _, Some(_)) => {
                    match followed.as_ref().and_then(|(column, cells)| Some((*column, cells.get(at)?))) {
                        Some((column, (cell, numbers))) => {
                            duration(numbers, cell).map_err(|e| (column, cell, e))
                        }
                        None => Ok(0.0),
                    }
                }
                _ => duration(numbers, cell).map_err(|expected| (column, cell, expected)),
            };
            days.push(match read {
                Ok(units) => units * time.unit_days,
                Err((column, cell, expected)) => {
                    let (before, found) = (format!("column `{column}` holds "), format!("`{cell}`"));
                    self.causes.push(
                        column,
                        &before,
                        found,
                        &format!(", expected {expected}"),
                        self.rows[at] + 1,
                    );
                    0.0
                }
            });
        }
        Ok(days)
    }
}

/// A number of 0 or more.
fn duration(numbers: &Numbers, text: &str) -> Result<f64, String> {
    let time = numbers.read(text)?;
    if time >= 0.0 { Ok(time) } else { Err("a time of 0 or more".to_owned()) }
}

/// An event after the horizon is none within it; without the event, whoever was followed for less is censored.
fn at_horizon(ruled: Option<Status>, days: f64, horizon: u32) -> Status {
    let horizon = f64::from(horizon);
    match ruled {
        Some(Status::Event) if days <= horizon => Status::Event,
        Some(Status::Event) => Status::NoEvent,
        Some(Status::Excluded) => Status::Excluded,
        _ if days < horizon => Status::Censored,
        _ => Status::NoEvent,
    }
}

/// What the horizon made of the rows, in sentences.
fn about_time(name: &str, horizon: u32, ruled: &[Option<Status>], status: &[Status]) -> Vec<String> {
    let late = ruled.iter().zip(status).filter(|(r, s)| **r == Some(Status::Event) && **s == Status::NoEvent);
    let censored = status.iter().filter(|status| **status == Status::Censored);
    let told = [
        (
            late.count(),
            format!("the event came after the horizon of {horizon} days and is no event within it"),
        ),
        (censored.count(), format!("followed for less than {horizon} days without the event, so censored")),
    ];
    let told = told.into_iter().filter(|(n, _)| *n > 0);
    told.map(|(n, what)| format!("outcome `{name}`, {n} rows: {what}")).collect()
}
