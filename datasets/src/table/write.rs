//! A cohort to its file.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use parquet::errors::Result as ParquetResult;

use super::day_texts::DayTexts;
use super::meta::{FOLD, KEY, Meta, SPLIT};
use super::parquet_out::{Column, Packing, ParquetOut};
use super::replace::replace;
use crate::{Cohort, Error, Problem, Problems, Status};

/// Rows that are laid out in memory at once, and one row group of the file.
const BATCH: usize = 1 << 17;

/// Writes a cohort as Parquet, whole or not at all.
///
/// # Errors
/// [`Error::Invalid`] if two columns would have the same name; [`Error::Io`]; in both cases nothing is left behind.
pub fn write_cohort(cohort: &Cohort, path: &Path) -> Result<(), Error> {
    let meta = Meta::of(cohort);
    let names = meta.columns();
    let mut problems = Problems::default();
    for (at, (name, purpose)) in names.iter().enumerate() {
        if let Some((_, other)) = names[..at].iter().find(|(earlier, _)| earlier == name) {
            let message = format!("column `{name}` would hold both {other} and {purpose}");
            problems.push(Problem::new(name, message));
        }
    }
    problems.or("cohort", ())?;
    let json = serde_json::to_string(&meta).map_err(|e| failed(path, e))?;
    replace(path, |file| fill(cohort, json, file).map_err(|e| failed(path, e)))
}

/// Writes columns of one length as a Parquet file that pandas and polars read as it is, whole or not at all.
///
/// # Errors
/// [`Error::Io`] if it cannot be written, two columns have one name or differ in length; nothing is left behind then.
pub fn write_columns(path: &Path, columns: &[(String, Column<'_>)]) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    if let Some((name, _)) = columns.iter().find(|(name, _)| !names.insert(name)) {
        return Err(failed(path, format!("two columns are named `{name}`")));
    }
    replace(path, |file| {
        let written = ParquetOut::new(file, columns, &Packing::Small, None).and_then(|mut writer| {
            writer.write(columns)?;
            writer.finish()
        });
        written.map_err(|e| failed(path, e))
    })
}

fn fill(cohort: &Cohort, json: String, file: &mut File) -> ParquetResult<()> {
    let days = cohort.dates().map(DayTexts::of);
    let first = batch(cohort, days.as_ref(), 0..cohort.n_rows().min(BATCH));
    let mut writer = ParquetOut::new(file, &first, &Packing::Small, Some((KEY, json)))?;
    writer.write(&first)?;
    drop(first);
    for start in (BATCH..cohort.n_rows()).step_by(BATCH) {
        writer.write(&batch(cohort, days.as_ref(), start..cohort.n_rows().min(start + BATCH)))?;
    }
    writer.finish()
}

/// Some rows of a cohort as the columns of its file; `days` are its dates.
pub(super) fn batch<'c>(
    cohort: &'c Cohort,
    days: Option<&'c DayTexts>,
    rows: Range<usize>,
) -> Vec<(String, Column<'c>)> {
    let texts = |cells: &'c [String]| Column::Texts(cells.iter().map(String::as_str).collect());
    let mut columns = vec![("case".to_owned(), texts(&cohort.cases()[rows.clone()]))];
    if let Some(days) = days {
        columns.push(("date".to_owned(), days.column(rows.clone())));
    }
    columns.push(("weight".to_owned(), Column::Floats(&cohort.weights()[rows.clone()])));
    if let Some(sides) = &cohort.assigned().sides {
        let ids = sides[rows.clone()].iter().map(|side| side.id()).collect();
        columns.push((SPLIT.to_owned(), Column::Texts(ids)));
    }
    if let Some(folds) = &cohort.assigned().folds {
        let name = |code: u16| folds.names[usize::from(code)].as_str();
        let names = folds.codes[rows.clone()].iter().map(|code| code.map(name)).collect();
        columns.push((FOLD.to_owned(), Column::OptionalTexts(names)));
    }
    for (at, indicator) in cohort.instrument().indicators().iter().enumerate() {
        let cells = rows.clone().map(|row| cohort.answers().row(row)[at]);
        let cells = cells.map(|code| indicator.answers()[usize::from(code)].id.as_str()).collect();
        columns.push((indicator.id.clone(), Column::Texts(cells)));
    }
    for outcome in cohort.outcomes() {
        let name = format!("outcome.{}", outcome.name);
        let status = outcome.status[rows.clone()].iter().map(|s| status_id(*s)).collect();
        columns.push((name.clone(), Column::Texts(status)));
        if let Some(days) = &outcome.days {
            let known =
                rows.clone().map(|row| (outcome.status[row] != Status::Excluded).then_some(days[row]));
            let is_for_all = !outcome.status.contains(&Status::Excluded);
            let cells = match is_for_all {
                true => Column::Floats(&days[rows.clone()]),
                false => Column::OptionalFloats(known.collect()),
            };
            columns.push((format!("{name}.days"), cells));
        }
        if let Some(classes) = &outcome.classes {
            let id = |code: u8| classes.ids[usize::from(code)].as_str();
            let cells = classes.codes[rows.clone()].iter().map(|code| code.map(id)).collect();
            columns.push((format!("{name}.class"), Column::OptionalTexts(cells)));
        }
    }
    for group in cohort.groups() {
        let cells = group.codes[rows.clone()].iter().map(|code| group.labels[usize::from(*code)].as_str());
        columns.push((format!("group.{}", group.name), Column::Texts(cells.collect())));
    }
    for score in cohort.scores() {
        let values = Column::OptionalFloats(Cow::Borrowed(&score.values[rows.clone()]));
        columns.push((format!("score.{}", score.name), values));
    }
    for oracle in cohort.oracles() {
        let probability = Column::Floats(&oracle.probability[rows.clone()]);
        columns.push((format!("oracle.{}", oracle.outcome), probability));
    }
    columns
}

/// The name of a status in a file.
pub(super) fn status_id(status: Status) -> &'static str {
    match status {
        Status::NoEvent => "no_event",
        Status::Event => "event",
        Status::Censored => "censored",
        Status::Excluded => "excluded",
    }
}

pub(super) fn failed(path: &Path, error: impl std::fmt::Display) -> Error {
    let source = std::io::Error::other(error.to_string());
    Error::Io { action: "write", path: path.to_owned(), source }
}
