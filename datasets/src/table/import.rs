//! A foreign table to a cohort, as its source describes.

use std::path::Path;
use std::sync::Arc;

use super::column_text::{CellKind, CellText};
use super::forms::Wrong;
use super::kept::{few_cases, kept, once};
use super::opened::{ENCODING, Opened, SEPARATOR, SHEET};
use super::raw::Raw;
use crate::cases::row_case;
use crate::error::Causes;
use crate::identity::CaseNumber;
use crate::source::{CaseIds, GroupColumn, ScoreColumn, Source, Spelling, case_id, code, listed};
use crate::{
    Answers, Cohort, CohortParts, Error, ForeignScore, Group, Numbers, Problem, Problems, Provenance,
};

/// The note of a cohort whose source states no outcome.
const NO_OUTCOME: &str = "the source states no outcome: these cases can be scored, but no model can be fitted to them or judged by them";

/// Reads a foreign table as its source describes: CSV (`.csv`, `.tsv`, either with `.gz`) or Parquet, by the ending of its name.
///
/// # Errors
/// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with every column that is missing; else every cell whose text
/// the source does not list, every row whose outcome columns contradict each other and every case that occurs twice,
/// each with its row (the first one below the header is 1).
pub fn import(source: &Source, path: &Path) -> Result<Cohort, Error> {
    let mut table = open(source, path)?;
    let what = || format!("table `{}` read as `{}`", path.display(), source.id);
    let mut problems = Problems::default();
    if let Some(zone) = source.date.as_ref().and_then(|date| date.zone.as_ref()) {
        source.day_columns().for_each(|column| table.in_zone(column, zone, &mut problems));
    }
    table.require(source.columns(), &source.repeated, &mut problems);
    problems.or(what(), ())?;
    let raw = table.window(0..table.n_rows())?;
    let (mut problems, mut causes) = (Problems::default(), Causes::default());
    for column in &source.repeated {
        raw.check_repeated(column, &mut problems, &mut causes)?;
    }

    let mut notes = source.notes.clone();
    notes.extend(table.notes());
    let rows = kept(&raw, source, &mut notes, &mut problems)?;
    if rows.is_empty() {
        let message = format!("none of {} rows is kept by the source, expected at least one", raw.n_rows());
        problems.push(Problem::new("rows", message));
        return Err(Error::invalid(what(), problems));
    }
    let mut read = KeptRows { source, raw: &raw, rows, first: 0, problems, causes };
    let cases = read.cases(&source.case, &mut notes)?;
    let dates = read.dates(&mut notes)?;
    let late_answers = read.late_answers(dates.as_deref(), &mut notes)?;
    let weights = read.weights(source.weight.as_deref(), &mut notes)?;
    let assigned = read.assigned(&cases, &mut notes)?;
    let codes = read.codes(source)?;
    let groups = source.groups.iter().map(|g| read.group(g)).collect::<Result<_, _>>()?;
    let scores = source.scores.iter().map(|s| read.score(s)).collect::<Result<_, _>>()?;
    if source.outcomes.is_empty() {
        notes.push(NO_OUTCOME.to_owned());
    }
    let mut outcomes = Vec::with_capacity(source.outcomes.len());
    for outcome in &source.outcomes {
        outcomes.push(read.outcome(outcome, &mut notes)?);
    }
    let KeptRows { rows, mut problems, causes, .. } = read;
    problems.0.append(&mut causes.into_problems().0);
    problems.0.sort_by_key(|problem| problem.row);
    problems.or(what(), ())?;
    let input_digest = table.digest()?;
    table.check_unchanged()?;

    let parts = CohortParts {
        answers: Answers::from_codes(Arc::clone(&source.instrument), codes)?,
        cases,
        dates,
        weights,
        assigned,
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
            late_answers,
        },
    };
    // A person looks for a row in the table, not among those kept.
    Cohort::numbered(parts, what(), |row| rows[row] + 1)
}

/// The table, with a word about where its separator, its encoding and its sheet are stated.
pub(super) fn open(source: &Source, path: &Path) -> Result<Opened, Error> {
    let opened = Opened::open(path, &source.dialect);
    let Err(Error::Invalid { what, mut problems }) = opened else { return opened };
    for problem in &mut problems.0 {
        let section = match problem.field.as_str() {
            SEPARATOR | ENCODING => "csv",
            SHEET => "xlsx",
            _ => continue,
        };
        problem.message.push_str(&format!(" (the source says which under {section}.{})", problem.field));
    }
    Err(Error::Invalid { what, problems })
}

/// The ids of cases, if the table has any, and the answers.
type CasesAndAnswers = (Option<Vec<String>>, Answers);

/// The forms of some rows, of which the first is `first` of the table (from 0), read as [`import`] reads them; `None` if
/// something is wrong with them.
pub(super) fn forms_by(
    source: &Source,
    raw: &Raw<'_>,
    first: usize,
    wrong: &mut Wrong,
) -> Result<Option<CasesAndAnswers>, Error> {
    let Wrong { mut problems, mut causes } = std::mem::take(wrong);
    let read = source.columns_of_forms();
    for column in source.repeated.iter().filter(|name| read.iter().any(|(column, _)| column == name)) {
        raw.check_repeated(column, &mut problems, &mut causes)?;
    }
    let rows = (0..raw.n_rows()).collect();
    let mut read = KeptRows { source, raw, rows, first, problems, causes };
    let cases = match &source.case {
        CaseIds::RowNumber => None,
        // The same case may be scored as often as it is asked for.
        CaseIds::Column { column, numbers, .. } => Some(read.case_ids(column, numbers)?),
    };
    let codes = read.codes(source)?;
    let KeptRows { problems, causes, .. } = read;
    *wrong = Wrong { problems, causes };
    if !wrong.is_empty() {
        return Ok(None);
    }
    Ok(Some((cases, Answers::from_codes(Arc::clone(&source.instrument), codes)?)))
}

/// The rows that are kept, and what is wrong with them so far.
pub(super) struct KeptRows<'a> {
    pub(super) source: &'a Source,
    raw: &'a Raw<'a>,
    pub(super) rows: Vec<usize>,
    /// The row of the whole table at which `raw` begins, from 0.
    first: usize,
    /// What is wrong with columns.
    problems: Problems,
    /// What is wrong with rows.
    pub(super) causes: Causes,
}

impl KeptRows<'_> {
    /// Reads the kept cells of a column; a cell of which nothing can be made is noted with what was expected, and has the
    /// default.
    pub(super) fn read<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(CellText<'_>) -> Result<T, String>,
    ) -> Result<Vec<T>, Error> {
        self.read_or_tell(column, |cell| {
            read(cell).map_err(|expected| (format!("`{}`", cell.text), expected))
        })
    }

    /// Notes what is wrong with a column.
    pub(super) fn problem(&mut self, column: &str, message: String) {
        self.problems.push(Problem::new(column, message));
    }

    /// The same, where the message may say something else than the text that was found.
    fn read_or_tell<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(CellText<'_>) -> Result<T, (String, String)>,
    ) -> Result<Vec<T>, Error> {
        let Some(cells) = self.raw.shown(column, &mut self.problems)? else { return Ok(vec![]) };
        let spelling = Spelling::of(self.source, column);
        let mut found = Vec::with_capacity(self.rows.len());
        for &row in &self.rows {
            let kind = cells.kind(row);
            let text = spelling.read(&cells.texts[row], kind);
            let numbers = if kind == CellKind::Text { self.source.numbers } else { Numbers::default() };
            let cell = CellText { text: &text, kind, numbers };
            found.push(read(cell).unwrap_or_else(|(found, expected)| {
                let before = format!("column `{column}` holds ");
                self.causes.push(
                    column,
                    &before,
                    found,
                    &format!(", expected {expected}"),
                    self.first + row + 1,
                );
                T::default()
            }));
        }
        Ok(found)
    }

    fn cases(&mut self, ids: &CaseIds, notes: &mut Vec<String>) -> Result<Vec<String>, Error> {
        let CaseIds::Column { column, unique, numbers } = ids else {
            notes.push(
                "the table has no case ids: each row counts as a case of its own, although a person may have several"
                    .to_owned(),
            );
            return Ok(self.rows.iter().map(|row| row_case(row + 1)).collect());
        };
        let cases = self.case_ids(column, numbers)?;
        if *unique {
            once(column, &cases, &self.rows, &mut self.causes);
        } else {
            notes.extend(few_cases(column, &cases));
        }
        Ok(cases)
    }

    fn case_ids(&mut self, column: &str, numbers: &[CaseNumber]) -> Result<Vec<String>, Error> {
        let told = |(found, expected): (String, &str)| (found, expected.to_owned());
        self.read_or_tell(column, |cell| case_id(cell.text, numbers).map_err(told))
    }

    /// The sampling weights, 1 each where the source names no column of them.
    fn weights(&mut self, column: Option<&str>, notes: &mut Vec<String>) -> Result<Vec<f64>, Error> {
        let Some(column) = column else { return Ok(vec![1.0; self.rows.len()]) };
        let weights = self.read(column, |cell| {
            let weight = cell.number().ok().filter(|weight| weight.is_finite() && *weight > 0.0);
            weight.ok_or_else(|| "a weight above 0".to_owned())
        })?;
        let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
        let most = weights.iter().copied().fold(0.0, f64::max);
        notes
            .push(format!("the rows have the sampling weights of column `{column}`, from {least} to {most}"));
        Ok(weights)
    }

    fn codes(&mut self, source: &Source) -> Result<Vec<u8>, Error> {
        let n = source.indicators.len();
        let mut codes = vec![0; self.rows.len() * n];
        for (at, indicator) in source.indicators.iter().enumerate() {
            let column = self.read(&indicator.column, |cell| code(&indicator.reading, cell))?;
            column.into_iter().enumerate().for_each(|(row, code)| codes[row * n + at] = code);
        }
        Ok(codes)
    }

    fn group(&mut self, group: &GroupColumn) -> Result<Group, Error> {
        let mut labels = group.values.values().cloned().collect::<Vec<_>>();
        labels.sort();
        labels.dedup();
        // Last, as `unknown` is of every list of answers; no label of the others has its name.
        labels.extend((!group.unknown.is_empty()).then(|| Group::UNKNOWN.to_owned()));
        let place = |label: &str| labels.iter().position(|l| l == label).unwrap_or_default() as u16;
        let codes = self.read(&group.column, |cell| match cell.is_one_of(&group.unknown) {
            true => Ok(place(Group::UNKNOWN)),
            false => listed(&group.values, cell.text).map(|label| place(label)),
        })?;
        Ok(Group { name: group.name.clone(), labels, codes, reference: group.reference.clone() })
    }

    fn score(&mut self, score: &ScoreColumn) -> Result<ForeignScore, Error> {
        let values = self.read(&score.column, |cell| match &score.values {
            _ if cell.is_one_of(&score.unknown) => Ok(None),
            Some(values) => listed(values, cell.text).map(|number| Some(*number)),
            None => cell.number().map(Some),
        })?;
        Ok(ForeignScore {
            name: score.name.clone(),
            values,
            levels: score.levels.clone(),
            is_probability: score.is_probability,
        })
    }
}
