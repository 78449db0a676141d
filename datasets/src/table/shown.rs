//! Columns of a foreign Parquet table, as the texts that a CSV table would hold.

use std::fmt::{Debug, Display};

use polars_core::prelude::{ArrowDataType, Column, DataType, PolarsResult};

/// What can be shown as text, for messages. Days, categories and small integers are types that this polars is built without.
pub(super) const EXPECTED: &str = "text, booleans, integers of 32 or 64 bits or floats";

/// Whether a column of this type can be shown.
pub(super) fn can_be_shown(found: &ArrowDataType) -> bool {
    use ArrowDataType::{Boolean, Float32, Float64, Int32, Int64, LargeUtf8, UInt32, UInt64, Utf8, Utf8View};
    let integer = matches!(found, Int32 | Int64 | UInt32 | UInt64);
    integer || matches!(found, Utf8 | LargeUtf8 | Utf8View | Boolean | Float32 | Float64)
}

/// The cells as text: an empty cell as the empty text, a float with its point (`99.0`) and no more digits than tell it
/// from its neighbours.
pub(super) fn shown(column: &Column) -> PolarsResult<Vec<String>> {
    Ok(match column.dtype() {
        DataType::Boolean => plain(column.bool()?.iter()),
        DataType::Int32 => plain(column.i32()?.iter()),
        DataType::Int64 => plain(column.i64()?.iter()),
        DataType::UInt32 => plain(column.u32()?.iter()),
        DataType::UInt64 => plain(column.u64()?.iter()),
        DataType::Float32 => pointed(column.f32()?.iter()),
        DataType::Float64 => pointed(column.f64()?.iter()),
        _ => plain(column.str()?.iter()),
    })
}

fn plain<T: Display>(cells: impl Iterator<Item = Option<T>>) -> Vec<String> {
    cells.map(|cell| cell.map_or_else(String::new, |cell| cell.to_string())).collect()
}

fn pointed<T: Debug>(cells: impl Iterator<Item = Option<T>>) -> Vec<String> {
    cells.map(|cell| cell.map_or_else(String::new, |cell| format!("{cell:?}"))).collect()
}
