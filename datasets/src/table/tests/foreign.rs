//! Parquet tables as other programs write them, of types that this project never writes itself.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

/// Cells of a column, some of them missing.
#[derive(Clone)]
pub(super) enum Foreign {
    Text(Vec<Option<&'static str>>),
    Bytes(Vec<Option<&'static [u8]>>),
    Boolean(Vec<Option<bool>>),
    Int32(Vec<Option<i32>>),
    UInt32(Vec<Option<u32>>),
    Int64(Vec<Option<i64>>),
    Float32(Vec<Option<f32>>),
    Float64(Vec<Option<f64>>),
    /// Nanoseconds since 1970, in UTC or as a clock on the wall shows them.
    Moment(bool, Vec<Option<i64>>),
    /// Days since 1970.
    Day(Vec<Option<i32>>),
    /// Whole numbers with so many digits behind the point, in nine bytes as pyarrow writes them.
    Decimal(i32, Vec<Option<i64>>),
    /// Rows without anything, of the type that pandas gives a column without any value.
    Nothing,
}

/// Writes columns in row groups of so many rows.
pub(super) fn write(path: &Path, columns: &[(&str, Foreign)], n_rows: usize, row_group: usize) {
    write_beside(path, columns, n_rows, row_group, None);
}

/// The same, with the schema of Arrow beside that of Parquet.
pub(super) fn write_beside(
    path: &Path,
    columns: &[(&str, Foreign)],
    n_rows: usize,
    row_group: usize,
    arrow: Option<&str>,
) {
    let fields = columns.iter().map(|(name, column)| Arc::new(column.field(name))).collect();
    let schema = Type::group_type_builder("schema").with_fields(fields).build().unwrap();
    let file = std::fs::File::create(path).unwrap();
    let pairs = arrow.map(|schema| vec![KeyValue::new("ARROW:schema".to_owned(), schema.to_owned())]);
    let properties = Arc::new(WriterProperties::builder().set_key_value_metadata(pairs).build());
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties).unwrap();
    for start in (0..n_rows).step_by(row_group) {
        let mut group = writer.next_row_group().unwrap();
        let rows = start..n_rows.min(start + row_group);
        for (_, column) in columns {
            column.write(&mut group, rows.clone());
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

impl Foreign {
    fn field(&self, name: &str) -> Type {
        let (physical, logical) = match self {
            Self::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Bytes(_) => (Physical::BYTE_ARRAY, None),
            Self::Boolean(_) => (Physical::BOOLEAN, None),
            Self::Int32(_) => (Physical::INT32, None),
            Self::UInt32(_) => (Physical::INT32, Some(LogicalType::integer(32, false))),
            Self::Int64(_) => (Physical::INT64, None),
            Self::Float32(_) => (Physical::FLOAT, None),
            Self::Float64(_) => (Physical::DOUBLE, None),
            Self::Moment(utc, _) => {
                (Physical::INT64, Some(LogicalType::timestamp(*utc, parquet::basic::TimeUnit::NANOS)))
            }
            Self::Day(_) => (Physical::INT32, Some(LogicalType::Date)),
            Self::Decimal(scale, _) => {
                (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::decimal(*scale, 20)))
            }
            Self::Nothing => (Physical::INT32, Some(LogicalType::Unknown)),
        };
        let (length, scale, precision) = match self {
            Self::Decimal(scale, _) => (9, *scale, 20),
            _ => (-1, -1, -1),
        };
        let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        let builder = builder.with_length(length).with_scale(scale).with_precision(precision);
        builder.with_logical_type(logical).with_converted_type(ConvertedType::NONE).build().unwrap()
    }

    fn write(&self, group: &mut SerializedRowGroupWriter<'_, std::fs::File>, rows: std::ops::Range<usize>) {
        match self {
            Self::Text(cells) => {
                put::<ByteArrayType, _>(group, &cells[rows], |text| ByteArray::from(*text));
            }
            Self::Bytes(cells) => {
                put::<ByteArrayType, _>(group, &cells[rows], |bytes| ByteArray::from(bytes.to_vec()));
            }
            Self::Boolean(cells) => put::<BoolType, _>(group, &cells[rows], |x| *x),
            Self::Int32(cells) => put::<Int32Type, _>(group, &cells[rows], |x| *x),
            Self::UInt32(cells) => put::<Int32Type, _>(group, &cells[rows], |x| x.cast_signed()),
            Self::Int64(cells) | Self::Moment(_, cells) => put::<Int64Type, _>(group, &cells[rows], |x| *x),
            Self::Day(cells) => put::<Int32Type, _>(group, &cells[rows], |x| *x),
            Self::Decimal(_, cells) => put::<FixedLenByteArrayType, _>(group, &cells[rows], |x| {
                FixedLenByteArray::from(i128::from(*x).to_be_bytes()[7..].to_vec())
            }),
            Self::Nothing => put::<Int32Type, _>(group, &vec![None::<i32>; rows.len()], |x| *x),
            Self::Float32(cells) => put::<FloatType, _>(group, &cells[rows], |x| *x),
            Self::Float64(cells) => put::<DoubleType, _>(group, &cells[rows], |x| *x),
        }
    }
}

fn put<T: DataType, C>(
    group: &mut SerializedRowGroupWriter<'_, std::fs::File>,
    cells: &[Option<C>],
    of: impl Fn(&C) -> T::T,
) {
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let known: Vec<T::T> = cells.iter().flatten().map(of).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(&known, Some(&levels), None).unwrap();
    column.close().unwrap();
}
