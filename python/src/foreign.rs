//! A data frame as a foreign table: the text of every cell, as a CSV file would hold it.

use std::fmt::Write;

use amparo_datasets::{ForeignColumn, ForeignKind, ForeignTable};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, Schema};

use crate::frame::Wrong;

/// The text of an array's cells; nothing is the empty text.
///
/// # Errors
/// The name of a type that has no text.
pub fn texts(array: &dyn Array) -> Result<Vec<String>, String> {
    let shown = |of: &dyn Fn(usize) -> String| -> Vec<String> {
        (0..array.len()).map(|row| if array.is_null(row) { String::new() } else { of(row) }).collect()
    };
    let kind = array.data_type();
    Ok(match kind {
        DataType::Utf8 => shown(&|row| array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => shown(&|row| array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => shown(&|row| array.as_string_view().value(row).to_owned()),
        DataType::Float64 => shown(&|row| float(array.as_primitive::<Float64Type>().value(row))),
        DataType::Float32 => shown(&|row| {
            let number = array.as_primitive::<Float32Type>().value(row);
            if number.is_nan() { String::new() } else { format!("{number:?}") }
        }),
        DataType::Float16 => {
            let wide = arrow_cast::cast(array, &DataType::Float32).map_err(|error| error.to_string())?;
            return texts(&wide);
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let values = texts(dictionary.values().as_ref())?;
            let keys = dictionary.normalized_keys();
            // An array of keys that are all missing may have no value at all.
            shown(&|row| values[keys[row]].clone())
        }
        DataType::Null => vec![String::new(); array.len()],
        _ if kind.is_integer() || is_shown(kind) || *kind == DataType::Boolean => {
            let options = options(array);
            let formatter = ArrayFormatter::try_new(array, &options).map_err(|error| error.to_string())?;
            shown(&|row| formatter.value(row).to_string())
        }
        other => return Err(format!("values of type {other}")),
    })
}

/// Types whose values are known by their text alone.
pub fn is_shown(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..)
            | DataType::Date32
            | DataType::Date64
            | DataType::Timestamp(..)
    )
}

/// Types whose values programs write as text in several ways.
pub fn is_typed(kind: &DataType) -> bool {
    let kind = if let DataType::Dictionary(_, values) = kind { values.as_ref() } else { kind };
    kind.is_integer() || kind.is_floating() || is_shown(kind) || *kind == DataType::Boolean
}

/// A frame as a foreign table; numbers that are infinite are noted.
pub fn table(batches: &[RecordBatch], schema: &Schema, wrong: &mut Wrong) -> ForeignTable {
    let column = |(at, field): (usize, &std::sync::Arc<Field>)| {
        let pieces: Vec<&ArrayRef> = batches.iter().map(|batch| batch.column(at)).collect();
        column(field, &pieces, wrong)
    };
    let columns = schema.fields().iter().enumerate().map(column).collect();
    ForeignTable { n_rows: batches.iter().map(RecordBatch::num_rows).sum(), n_blank: 0, columns }
}

fn column(field: &Field, pieces: &[&ArrayRef], wrong: &mut Wrong) -> ForeignColumn {
    let name = field.name().clone();
    let mut cells = Vec::new();
    for piece in pieces {
        match texts(piece.as_ref()) {
            Ok(mut texts) => cells.append(&mut texts),
            Err(why) => return ForeignColumn { name, kind: ForeignKind::Unreadable(why), cells: vec![] },
        }
    }
    if field.data_type().is_floating() {
        let infinite = cells.iter().enumerate().filter(|(_, cell)| cell.trim_start_matches('-') == "inf");
        infinite.for_each(|(row, cell)| wrong.push(Some(row), &name, cell.clone(), "a finite number"));
    }
    let kind = kind(field, pieces, &cells);
    ForeignColumn { name, kind, cells }
}

/// What the cells of a column are.
fn kind(field: &Field, pieces: &[&ArrayRef], cells: &[String]) -> ForeignKind {
    match field.data_type() {
        DataType::Dictionary(_, _) => {
            let mut all: Vec<String> = Vec::new();
            for piece in pieces {
                let values = texts(piece.as_any_dictionary().values().as_ref()).unwrap_or_default();
                for value in values.into_iter().filter(|value| !value.is_empty()) {
                    if !all.contains(&value) {
                        all.push(value);
                    }
                }
            }
            ForeignKind::Categories { all, ordered: field.dict_is_ordered().unwrap_or(false) }
        }
        // Parts of a second are written by no format that a day is looked for in.
        DataType::Timestamp(..) if cells.iter().any(|cell| cell.contains('.')) => ForeignKind::Day,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => ForeignKind::Text,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => ForeignKind::Text,
        _ => ForeignKind::Typed,
    }
}

/// A float as CSV files hold it: with its point, and no more digits than tell it from its neighbours.
fn float(number: f64) -> String {
    let mut text = String::new();
    if !number.is_nan() {
        let _ = write!(text, "{number:?}");
    }
    text
}

/// Moments without the hour if each is at the beginning of a day, as pandas writes them.
fn options(array: &dyn Array) -> FormatOptions<'static> {
    const MOMENT: &str = "%Y-%m-%d %H:%M:%S%.f";
    let plain = FormatOptions::new()
        .with_date_format(Some("%Y-%m-%d"))
        .with_datetime_format(Some("%Y-%m-%d"))
        .with_timestamp_format(Some(MOMENT))
        .with_timestamp_tz_format(Some(MOMENT));
    let Ok(formatter) = ArrayFormatter::try_new(array, &plain) else { return plain };
    let mut known = (0..array.len()).filter(|row| !array.is_null(*row));
    let days = matches!(array.data_type(), DataType::Timestamp(..))
        && known.all(|row| formatter.value(row).to_string().ends_with(" 00:00:00"));
    if days {
        plain.with_timestamp_format(Some("%Y-%m-%d")).with_timestamp_tz_format(Some("%Y-%m-%d"))
    } else {
        plain
    }
}
