//! A cohort to its file.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use polars_core::prelude::{Column, DataFrame, NamedFrom, PolarsResult, Series};
use polars_io::parquet::write::{KeyValueMetadata, ParquetCompression, ParquetWriter};

use super::meta::{KEY, Meta};
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

fn fill(cohort: &Cohort, json: String, file: &mut File) -> PolarsResult<()> {
    let first = batch(cohort, 0..cohort.n_rows().min(BATCH))?;
    let mut writer = ParquetWriter::new(file)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![(KEY.to_owned(), json)])))
        .batched(first.schema())?;
    writer.write_batch(&first)?;
    drop(first);
    for start in (BATCH..cohort.n_rows()).step_by(BATCH) {
        writer.write_batch(&batch(cohort, start..cohort.n_rows().min(start + BATCH))?)?;
    }
    writer.finish()?;
    Ok(())
}

fn batch(cohort: &Cohort, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let mut columns = vec![texts("case", cohort.cases()[rows.clone()].iter().map(String::as_str).collect())];
    if let Some(dates) = cohort.dates() {
        let days = dates[rows.clone()].iter().map(ToString::to_string).collect::<Vec<_>>();
        columns.push(texts("date", days.iter().map(String::as_str).collect()));
    }
    columns.push(floats("weight", &cohort.weights()[rows.clone()]));
    for (at, indicator) in cohort.instrument().indicators().iter().enumerate() {
        let cells = rows.clone().map(|row| cohort.answers().row(row)[at]);
        let cells = cells.map(|code| indicator.answers()[usize::from(code)].id.as_str()).collect();
        columns.push(texts(&indicator.id, cells));
    }
    for outcome in cohort.outcomes() {
        let name = format!("outcome.{}", outcome.name);
        columns.push(texts(&name, outcome.status[rows.clone()].iter().map(|s| status_id(*s)).collect()));
        if let Some(days) = &outcome.days {
            columns.push(floats(&format!("{name}.days"), &days[rows.clone()]));
        }
    }
    for group in cohort.groups() {
        let cells = group.codes[rows.clone()].iter().map(|code| group.labels[usize::from(*code)].as_str());
        columns.push(texts(&format!("group.{}", group.name), cells.collect()));
    }
    for score in cohort.scores() {
        let name = format!("score.{}", score.name);
        columns.push(Series::new(name.into(), &score.values[rows.clone()]).into());
    }
    for oracle in cohort.oracles() {
        columns.push(floats(&format!("oracle.{}", oracle.outcome), &oracle.probability[rows.clone()]));
    }
    DataFrame::new(rows.len(), columns)
}

/// The name of a status in a file.
pub(super) fn status_id(status: Status) -> &'static str {
    match status {
        Status::NoEvent => "no_event",
        Status::Event => "event",
        Status::Censored => "censored",
    }
}

fn texts(name: &str, values: Vec<&str>) -> Column {
    Series::new(name.into(), values).into()
}

fn floats(name: &str, values: &[f64]) -> Column {
    Series::new(name.into(), values).into()
}

pub(super) fn failed(path: &Path, error: impl std::fmt::Display) -> Error {
    let source = std::io::Error::other(error.to_string());
    Error::Io { action: "write", path: path.to_owned(), source }
}
