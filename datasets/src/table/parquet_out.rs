//! Columns into a Parquet file, a row group at a time.

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

/// The cells of one column that is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Column<'a> {
    /// Texts, none missing.
    Texts(Vec<&'a str>),
    /// Texts, of which some rows have none.
    OptionalTexts(Vec<Option<&'a str>>),
    /// Whole numbers, none missing.
    Integers(&'a [i64]),
    /// Whole numbers, of which some rows have none.
    OptionalIntegers(&'a [Option<i64>]),
    /// Truths, none missing.
    Booleans(&'a [bool]),
    /// Numbers, none missing.
    Floats(&'a [f64]),
    /// Numbers, of which some rows have none.
    OptionalFloats(Cow<'a, [Option<f64>]>),
}

impl Column<'_> {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::OptionalTexts(texts) => texts.len(),
            Self::Integers(numbers) => numbers.len(),
            Self::OptionalIntegers(numbers) => numbers.len(),
            Self::Booleans(truths) => truths.len(),
            Self::Floats(floats) => floats.len(),
            Self::OptionalFloats(floats) => floats.len(),
        }
    }

    fn field(&self, name: &str) -> Result<Type> {
        let (physical, logical, repetition) = match self {
            Self::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            Self::OptionalTexts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::OPTIONAL),
            Self::Integers(_) => (Physical::INT64, None, Repetition::REQUIRED),
            Self::OptionalIntegers(_) => (Physical::INT64, None, Repetition::OPTIONAL),
            Self::Booleans(_) => (Physical::BOOLEAN, None, Repetition::REQUIRED),
            Self::Floats(_) => (Physical::DOUBLE, None, Repetition::REQUIRED),
            Self::OptionalFloats(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        };
        let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        builder.with_logical_type(logical).build()
    }
}

/// How a file is compressed.
pub(super) enum Packing {
    /// Small: for a file that is kept.
    Small,
    /// Fast: for one that is read once and removed.
    Fast,
}

/// A file that is being written; the same columns give the same bytes.
pub(super) struct ParquetOut<W: Write + Send>(SerializedFileWriter<W>);

impl<W: Write + Send> ParquetOut<W> {
    /// Begins a file with the columns of its first row group, which is not written yet.
    pub fn new(
        to: W,
        first: &[(String, Column<'_>)],
        packing: &Packing,
        metadata: Option<(&str, String)>,
    ) -> Result<Self> {
        let fields = first.iter().map(|(name, column)| column.field(name).map(Arc::new));
        let fields = fields.collect::<Result<_>>()?;
        let schema = Type::group_type_builder("table").with_fields(fields).build()?;
        let compression = match packing {
            Packing::Small => Compression::ZSTD(ZstdLevel::default()),
            Packing::Fast => Compression::SNAPPY,
        };
        let pairs = metadata.map(|(key, value)| vec![KeyValue::new(key.to_owned(), value)]);
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_key_value_metadata(pairs)
            .build();
        Ok(Self(SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))?))
    }

    /// Adds a row group: the columns of the first one, all of one length.
    pub fn write(&mut self, columns: &[(String, Column<'_>)]) -> Result<()> {
        let n_rows = columns.first().map_or(0, |(_, column)| column.n_rows());
        let mut group = self.0.next_row_group()?;
        for (name, column) in columns {
            if column.n_rows() != n_rows {
                let message =
                    format!("column `{name}` has {} rows, expected {n_rows} as the first", column.n_rows());
                return Err(ParquetError::General(message));
            }
            let mut writer = group
                .next_column()?
                .ok_or_else(|| ParquetError::General(format!("column `{name}` was not announced")))?;
            match column {
                Column::Texts(texts) => {
                    let cells: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
                    writer.typed::<ByteArrayType>().write_batch(&cells, None, None)?;
                }
                Column::OptionalTexts(texts) => {
                    let known: Vec<ByteArray> =
                        texts.iter().flatten().map(|text| ByteArray::from(*text)).collect();
                    writer.typed::<ByteArrayType>().write_batch(&known, Some(&levels(texts)), None)?;
                }
                Column::Integers(numbers) => {
                    writer.typed::<Int64Type>().write_batch(numbers, None, None)?;
                }
                Column::OptionalIntegers(numbers) => {
                    let known: Vec<i64> = numbers.iter().flatten().copied().collect();
                    writer.typed::<Int64Type>().write_batch(&known, Some(&levels(numbers)), None)?;
                }
                Column::Booleans(truths) => {
                    writer.typed::<BoolType>().write_batch(truths, None, None)?;
                }
                Column::Floats(floats) => {
                    writer.typed::<DoubleType>().write_batch(floats, None, None)?;
                }
                Column::OptionalFloats(floats) => {
                    let known: Vec<f64> = floats.iter().filter_map(|cell| *cell).collect();
                    writer.typed::<DoubleType>().write_batch(&known, Some(&levels(floats)), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Writes the footer.
    pub fn finish(self) -> Result<()> {
        self.0.close().map(|_| ())
    }
}

/// Whether each cell is there, as Parquet says it.
fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}
