//! A cohort from its file.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::forms::{Wrong, answers};
use super::meta::{ClassesMeta, FOLD, FORMAT, KEY, Meta, OLDEST, OutcomeMeta, SPLIT, ScoreMeta};
use super::opened::Opened;
use super::raw::Raw;
use super::write::status_id;
use crate::{
    Assigned, AssignedFolds, Classes, Cohort, CohortParts, Error, ForeignScore, Group, Oracle, Outcome,
    Problem, Problems, Side, Status,
};

/// What messages say of an empty cell.
const NOTHING: &str = "nothing";

/// Reads a cohort that [`write_cohort`](super::write_cohort) wrote, and verifies that it is the same.
///
/// # Errors
/// [`Error::Io`]; [`Error::Format`] if it is no Parquet file or no cohort; [`Error::Invalid`] with every column that is
/// missing or not described, every cell that cannot be read (by row), or a fingerprint that differs.
pub fn read_cohort(path: &Path) -> Result<Cohort, Error> {
    let table = Opened::cohort(path)?;
    let meta = read_meta(&table, path)?;
    let what = || format!("cohort `{}`", path.display());
    let mut problems = Problems::default();
    let expected = meta.columns();
    table.require(
        expected.iter().map(|(name, purpose)| (name.as_str(), purpose.clone())),
        &[],
        &mut problems,
    );
    for name in table.names().iter().filter(|name| !expected.iter().any(|(e, _)| e == *name)) {
        problems.push(Problem::new(name, format!("column `{name}` is not described in the file's metadata")));
    }
    problems.or(what(), ())?;

    let raw = table.window(0..table.n_rows())?;
    let mut wrong = Wrong::default();
    let mut cells = Cells { raw: &raw, wrong: &mut wrong };
    let cases = cells.parse("case", "a case id", |text| Some(text.to_owned()))?;
    let dates = match meta.dates {
        true => Some(cells.days_of_assessment(meta.format)?),
        false => None,
    };
    let weights = cells.floats("weight")?;
    let sides = match meta.split {
        true => Some(cells.parse(SPLIT, "train, test or left_out", read_side)?),
        false => None,
    };
    let folds = match meta.folds {
        Some(names) => Some(cells.folds(names)?),
        None => None,
    };
    let assigned = Assigned { sides, folds };
    let instrument = Arc::new(meta.instrument);
    let mut outcomes = Vec::with_capacity(meta.outcomes.len());
    for outcome in meta.outcomes {
        let column = format!("outcome.{}", outcome.name);
        let status = cells.parse(&column, "no_event, event, censored or excluded", read_status)?;
        let days = match outcome.days {
            true => Some(cells.days(&format!("{column}.days"), &status)?),
            false => None,
        };
        let classes = match outcome.classes {
            Some(ClassesMeta { ids, from }) => {
                let codes = cells.codes(&format!("{column}.class"), &ids)?;
                Some(Classes { ids, from, codes: codes.iter().map(|code| code.map(|at| at as u8)).collect() })
            }
            None => None,
        };
        let OutcomeMeta { name, horizon_days, .. } = outcome;
        outcomes.push(Outcome { name, horizon_days, status, days, classes });
    }
    let mut groups = Vec::with_capacity(meta.groups.len());
    for group in meta.groups {
        let expected = format!("one of {}", group.labels.join(", "));
        let place = |text: &str| group.labels.iter().position(|l| l == text).map(|at| at as u16);
        let codes = cells.parse(&format!("group.{}", group.name), &expected, place)?;
        groups.push(Group { name: group.name, labels: group.labels, codes, reference: group.reference });
    }
    let mut scores = Vec::with_capacity(meta.scores.len());
    for score in meta.scores {
        let values = cells.optional_floats(&format!("score.{}", score.name))?;
        let ScoreMeta { name, levels, is_probability } = score;
        scores.push(ForeignScore { name, values, levels, is_probability });
    }
    let mut oracles = Vec::with_capacity(meta.oracles.len());
    for outcome in meta.oracles {
        let probability = cells.floats(&format!("oracle.{outcome}"))?;
        oracles.push(Oracle { outcome, probability });
    }
    let answers = answers(&raw, &instrument, 0, &mut wrong)?;
    let (Some(answers), true) = (answers, wrong.is_empty()) else {
        return Err(Error::invalid(what(), wrong.into_problems()));
    };
    let provenance = meta.provenance;
    let cohort = Cohort::new(CohortParts {
        answers,
        cases,
        dates,
        weights,
        assigned,
        outcomes,
        groups,
        scores,
        oracles,
        provenance,
    })?;
    let found = cohort.fingerprint();
    if found != meta.fingerprint {
        let message = format!(
            "fingerprint `{found}` found, expected `{}`: the rows are not the ones that were written",
            meta.fingerprint
        );
        return Err(Error::invalid(what(), Problem::new("fingerprint", message)));
    }
    Ok(cohort)
}

fn read_meta(table: &Opened, path: &Path) -> Result<Meta, Error> {
    let refuse = |message| Error::Format { path: path.to_owned(), expected: "a cohort", message };
    let json = table.metadata(KEY).ok_or_else(|| refuse(format!("its metadata has no `{KEY}`")))?;
    // The format is looked at first, so that a later layout is named as such and not as a broken one.
    let value: serde_json::Value =
        serde_json::from_str(json).map_err(|e| refuse(format!("`{KEY}` is not JSON: {e}")))?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if (u64::from(OLDEST)..=u64::from(FORMAT)).contains(&format) => {}
        found => {
            let found = found.map_or("none".to_owned(), |f| f.to_string());
            return Err(refuse(format!("format {found} found, expected {OLDEST} to {FORMAT}")));
        }
    }
    serde_json::from_value(value).map_err(|e| refuse(format!("`{KEY}` cannot be read: {e}")))
}

fn read_status(text: &str) -> Option<Status> {
    let all = [Status::NoEvent, Status::Event, Status::Censored, Status::Excluded];
    all.into_iter().find(|status| status_id(*status) == text)
}

fn read_side(text: &str) -> Option<Side> {
    [Side::Train, Side::Test, Side::LeftOut].into_iter().find(|side| side.id() == text)
}

/// Columns of an open table, read cell by cell, with every cell that cannot be read noted by row.
struct Cells<'a> {
    raw: &'a Raw<'a>,
    wrong: &'a mut Wrong,
}

impl Cells<'_> {
    fn parse<T>(
        &mut self,
        column: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        self.parse_or_nothing(column, expected, |cell| cell.and_then(&read))
    }

    /// The same, where a cell may hold nothing.
    fn parse_or_nothing<T>(
        &mut self,
        column: &str,
        expected: &str,
        read: impl Fn(Option<&str>) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        let Some(texts) = self.raw.text(column, &mut self.wrong.problems)? else { return Ok(vec![]) };
        let mut values = Vec::with_capacity(texts.len());
        for (row, cell) in texts.iter().enumerate() {
            match read(cell) {
                Some(value) => values.push(value),
                None => {
                    let found = cell.map_or(NOTHING.to_owned(), |text| format!("`{text}`"));
                    self.holds(column, found, expected, row);
                }
            }
        }
        Ok(values)
    }

    /// Notes a cell that cannot be read.
    fn holds(&mut self, column: &str, found: String, expected: &str, row: usize) {
        let (before, after) = (format!("column `{column}` holds "), format!(", expected {expected}"));
        self.wrong.causes.push(column, &before, found, &after, row + 1);
    }

    /// The days of assessment; since format 4, an empty cell is a row without one.
    fn days_of_assessment(&mut self, format: u32) -> Result<Vec<Option<Date>>, Error> {
        self.parse_or_nothing("date", "a day such as 2025-03-31", |cell| match cell {
            None => (format >= 4).then_some(None),
            Some(text) => text.parse().ok().map(Some),
        })
    }

    /// The table's own folds; an empty cell is a row in no fold.
    fn folds(&mut self, names: Vec<String>) -> Result<AssignedFolds, Error> {
        let codes = self.codes(FOLD, &names)?;
        Ok(AssignedFolds { names, codes })
    }

    /// Places among some names; an empty cell has none.
    fn codes(&mut self, column: &str, names: &[String]) -> Result<Vec<Option<u16>>, Error> {
        let expected = format!("one of {}", names.join(", "));
        let place = |text: &str| names.iter().position(|name| name == text).map(|at| at as u16);
        self.parse_or_nothing(column, &expected, |cell| match cell {
            None => Some(None),
            Some(text) => place(text).map(Some),
        })
    }

    fn optional_floats(&mut self, column: &str) -> Result<Vec<Option<f64>>, Error> {
        Ok(self.raw.float(column, &mut self.wrong.problems)?.unwrap_or_default())
    }

    /// Days of follow-up; of a row that is excluded there are none.
    fn days(&mut self, column: &str, status: &[Status]) -> Result<Vec<f64>, Error> {
        let mut cells = self.optional_floats(column)?;
        for (row, cell) in
            cells.iter_mut().enumerate().filter(|(row, _)| status.get(*row) == Some(&Status::Excluded))
        {
            if let Some(days) = cell.replace(0.0) {
                let expected = format!("nothing in a row with status {}", status_id(Status::Excluded));
                self.holds(column, days.to_string(), &expected, row);
            }
        }
        self.all(column, cells)
    }

    fn floats(&mut self, column: &str) -> Result<Vec<f64>, Error> {
        let cells = self.optional_floats(column)?;
        self.all(column, cells)
    }

    /// Every cell, of which none may be empty.
    fn all(&mut self, column: &str, cells: Vec<Option<f64>>) -> Result<Vec<f64>, Error> {
        for (row, _) in cells.iter().enumerate().filter(|(_, cell)| cell.is_none()) {
            self.holds(column, NOTHING.to_owned(), "a number", row);
        }
        Ok(cells.into_iter().flatten().collect())
    }
}
