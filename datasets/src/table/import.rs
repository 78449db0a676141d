//! A foreign table to a cohort, as its source describes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use polars_core::prelude::StringChunked;
use sha2::{Digest, Sha256};

use super::raw::{self, Raw};
use crate::instrument::hex;
use crate::source::{DateColumn, GroupColumn, OutcomeColumns, Reading, ScoreColumn, Source};
use crate::{
    Answers, Cohort, CohortParts, Error, ForeignScore, Group, Outcome, Problem, Problems, Provenance, Status,
};

/// Reads a foreign CSV table as its source describes.
///
/// # Errors
/// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with every column that is missing; else every cell whose text
/// the source does not list, every row whose outcome columns contradict each other and every case that occurs twice,
/// each with its row (the first one below the header is 1).
pub fn import(source: &Source, csv: &Path) -> Result<Cohort, Error> {
    let bytes = raw::read(csv)?;
    let input_digest = hex(&Sha256::digest(&bytes));
    let raw = Raw::csv(csv, bytes)?;
    let what = || format!("table `{}` read as `{}`", csv.display(), source.id);
    let mut problems = Problems::default();
    raw.require(source.columns(), &mut problems);
    problems.or(what(), ())?;

    let mut notes = source.notes.clone();
    let mut table = Table::new(&raw, source, &mut notes)?;
    if table.rows.is_empty() {
        let message = format!("none of {} rows is kept by the source, expected at least one", raw.n_rows());
        return Err(Error::invalid(what(), Problem::new("rows", message)));
    }
    let cases = table.cases(source)?;
    let dates = source.date.as_ref().map(|date| table.dates(date)).transpose()?;
    let codes = table.codes(source)?;
    let groups = source.groups.iter().map(|g| table.group(g)).collect::<Result<_, _>>()?;
    let scores = source.scores.iter().map(|s| table.score(s)).collect::<Result<_, _>>()?;
    let mut outcomes = Vec::with_capacity(source.outcomes.len());
    for outcome in &source.outcomes {
        outcomes.push(table.outcome(outcome, &mut notes)?);
    }
    let Table { rows, mut problems, .. } = table;
    problems.0.sort_by_key(|problem| problem.row);
    problems.or(what(), ())?;

    let parts = CohortParts {
        answers: Answers::from_codes(Arc::clone(&source.instrument), codes)?,
        cases,
        dates,
        weights: vec![1.0; rows.len()],
        outcomes,
        groups,
        scores,
        oracles: vec![],
        provenance: Provenance {
            title: source.title.clone(),
            synthetic: None,
            source: Some(source.id.clone()),
            input_digest: Some(input_digest),
            notes,
        },
    };
    Cohort::new(parts).map_err(|error| in_raw_rows(error, &rows, what()))
}

/// Rows of a cohort are counted among those kept; a person looks for them in the table.
fn in_raw_rows(error: Error, rows: &[usize], what: String) -> Error {
    let Error::Invalid { mut problems, .. } = error else { return error };
    for problem in &mut problems.0 {
        problem.row = problem.row.and_then(|row| rows.get(row - 1)).map(|row| row + 1);
    }
    Error::Invalid { what, problems }
}

/// The rows that are kept, and what is wrong with them so far.
struct Table<'a> {
    raw: &'a Raw,
    rows: Vec<usize>,
    problems: Problems,
}

impl<'a> Table<'a> {
    fn new(raw: &'a Raw, source: &Source, notes: &mut Vec<String>) -> Result<Self, Error> {
        let mut table = Self { raw, rows: (0..raw.n_rows()).collect(), problems: Problems::default() };
        for filter in &source.rows {
            let Some(texts) = table.texts(&filter.column)? else { continue };
            let before = table.rows.len();
            // A line that ends early is kept, to be reported where its cells are read.
            let left_out = |cell: &str| filter.is_not.iter().any(|text| text == cell);
            table.rows.retain(|row| !texts.get(*row).is_some_and(left_out));
            if before > table.rows.len() {
                notes.push(format!("{} rows left out: {}", before - table.rows.len(), filter.reason));
            }
        }
        Ok(table)
    }

    fn texts(&mut self, column: &str) -> Result<Option<StringChunked>, Error> {
        self.raw.text(column, &mut self.problems)
    }

    /// Reads the kept cells of a column; a cell of which nothing can be made is noted, and has the default.
    fn read<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, Error> {
        let Some(texts) = self.texts(column)? else { return Ok(vec![]) };
        let mut found = Vec::with_capacity(self.rows.len());
        for &row in &self.rows {
            // A line that ends early has no cell here at all.
            let cell = texts.get(row).ok_or_else(|| "no cell, expected as many as the header has".to_owned());
            found.push(cell.and_then(&read).unwrap_or_else(|message| {
                let message = format!("column `{column}` holds {message}");
                self.problems.push(Problem::new(column, message).at_row(row + 1));
                T::default()
            }));
        }
        Ok(found)
    }

    fn cases(&mut self, source: &Source) -> Result<Vec<String>, Error> {
        let column = &source.case.column;
        let cases = self.read(column, |text| match text {
            "" => Err("nothing, expected a case id".to_owned()),
            case => Ok(case.to_owned()),
        })?;
        if source.case.unique {
            let mut first: HashMap<&str, usize> = HashMap::new();
            for (&row, case) in self.rows.iter().zip(&cases).filter(|(_, case)| !case.is_empty()) {
                if let Some(earlier) = first.insert(case, row) {
                    let message = format!("case `{case}` was in row {} before, expected once", earlier + 1);
                    self.problems.push(Problem::new(column, message).at_row(row + 1));
                }
            }
        }
        Ok(cases)
    }

    fn dates(&mut self, date: &DateColumn) -> Result<Vec<Date>, Error> {
        self.read(&date.column, |text| {
            let DateColumn { format, append, .. } = date;
            let whole = format!("{text}{append}");
            Date::strptime(format, &whole).map_err(|_| format!("`{text}`, expected a day written `{format}`"))
        })
    }

    fn codes(&mut self, source: &Source) -> Result<Vec<u8>, Error> {
        let n = source.indicators.len();
        let mut codes = vec![0; self.rows.len() * n];
        for (at, indicator) in source.indicators.iter().enumerate() {
            let column = self.read(&indicator.column, |text| code(&indicator.reading, text))?;
            column.into_iter().enumerate().for_each(|(row, code)| codes[row * n + at] = code);
        }
        Ok(codes)
    }

    fn group(&mut self, group: &GroupColumn) -> Result<Group, Error> {
        let mut labels = group.values.values().cloned().collect::<Vec<_>>();
        labels.sort();
        labels.dedup();
        let place = |label: &String| labels.iter().position(|l| l == label).unwrap_or_default() as u16;
        let codes = self.read(&group.column, |text| listed(&group.values, text).map(place))?;
        Ok(Group { name: group.name.clone(), labels, codes })
    }

    fn score(&mut self, score: &ScoreColumn) -> Result<ForeignScore, Error> {
        let values = self.read(&score.column, |text| match &score.values {
            _ if score.unknown.iter().any(|unknown| unknown == text) => Ok(None),
            Some(values) => listed(values, text).map(|number| Some(*number)),
            None => number(text).map(Some),
        })?;
        Ok(ForeignScore { name: score.name.clone(), values, levels: score.levels.clone() })
    }

    fn outcome(&mut self, outcome: &OutcomeColumns, notes: &mut Vec<String>) -> Result<Outcome, Error> {
        let name = &outcome.name;
        let mut columns = BTreeMap::new();
        for column in outcome.rule_columns() {
            columns.insert(column, self.read(column, |text| Ok(text.to_owned()))?);
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
            status.push(agreed.unwrap_or_else(|| {
                let cells = columns.iter().map(|(column, texts)| format!("`{column}` = `{}`", texts[at]));
                let cells = cells.collect::<Vec<_>>().join(" with ");
                let why =
                    if fitting.is_empty() { "which no rule allows" } else { "on which its rules disagree" };
                let message = format!("outcome `{name}` reads {cells}, {why}");
                self.problems.push(Problem::new(name, message).at_row(self.rows[at] + 1));
                Status::Censored
            }));
        }
        for (rule, n) in outcome.rules.iter().zip(noted).filter(|(_, n)| *n > 0) {
            notes.extend(rule.note.iter().map(|note| format!("outcome `{name}`, {n} rows: {note}")));
        }
        for missing in [Status::NoEvent, Status::Event] {
            if !status.contains(&missing) {
                let id = super::write::status_id(missing);
                notes.push(format!("outcome `{name}` has no row with {id}: nothing can be fitted to it"));
            }
        }
        let days = outcome.days.as_ref().map(|column| self.read(column, number)).transpose()?;
        Ok(Outcome { name: name.clone(), horizon_days: outcome.horizon_days, status, days })
    }
}

fn code(reading: &Reading, text: &str) -> Result<u8, String> {
    match reading {
        Reading::Values(values) => listed(values, text).copied(),
        Reading::Bins { unknown: (texts, code), .. } if texts.iter().any(|unknown| unknown == text) => {
            Ok(*code)
        }
        Reading::Bins { edges, most, unit, .. } => {
            let value = number(text)?;
            let bin = edges.partition_point(|(from, _)| *from <= value).checked_sub(1);
            let bin = bin.filter(|_| value <= *most);
            let least = edges.first().map_or(f64::NAN, |(from, _)| *from);
            bin.map(|bin| edges[bin].1).ok_or_else(|| format!("`{text}`, expected {least} to {most} {unit}"))
        }
    }
}

fn listed<'v, T>(values: &'v BTreeMap<String, T>, text: &str) -> Result<&'v T, String> {
    values.get(text).ok_or_else(|| {
        let known = values.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        format!("`{text}`, expected one of {known}")
    })
}

fn number(text: &str) -> Result<f64, String> {
    let parsed = text.parse::<f64>().ok().filter(|number| number.is_finite());
    parsed.ok_or_else(|| format!("`{text}`, expected a number"))
}
