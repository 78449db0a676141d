//! What a column of a Parquet file holds, as far as this project reads it.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text; also categories, which a Parquet file holds as the texts they stand for.
    Text,
    /// Booleans.
    Boolean,
    /// Whole numbers with a sign.
    Integer,
    /// Whole numbers without a sign, stored in the bits of those with one.
    Unsigned,
    /// Numbers of 32 bits.
    Float32,
    /// Numbers of 64 bits.
    Float64,
    /// Whole numbers of which so many digits stand behind the point.
    Decimal(u32),
    /// Days, counted from 1970.
    Day,
    /// Days with a time of day, as a clock on the wall shows it; a second has so many of its units.
    WallClock(i64),
    /// Nothing in any row.
    Nothing,
    /// Anything else, by the name that messages use.
    Other(String),
}

/// What can be shown as text, for messages.
pub(super) const SHOWN: &str = "text, booleans, numbers, days or local times";

impl Kind {
    /// The type of a leaf of the schema.
    pub fn of(column: &ColumnDescriptor) -> Self {
        if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
            return Self::Other("a nested type".to_owned());
        }
        let (logical, converted) = (column.logical_type_ref(), column.converted_type());
        match (column.physical_type(), logical, converted) {
            (_, Some(LogicalType::Unknown), _) => Self::Nothing,
            (Type::BOOLEAN, ..) => Self::Boolean,
            (Type::FLOAT, ..) => Self::Float32,
            (Type::DOUBLE, ..) => Self::Float64,
            (
                Type::INT32 | Type::INT64 | Type::FIXED_LEN_BYTE_ARRAY | Type::BYTE_ARRAY,
                Some(LogicalType::Decimal(decimal)),
                _,
            ) => u32::try_from(decimal.scale)
                .map_or_else(|_| Self::Other("decimals of a negative scale".to_owned()), Self::Decimal),
            (Type::INT32, Some(LogicalType::Date), _) | (Type::INT32, None, ConvertedType::DATE) => Self::Day,
            (Type::INT64, Some(LogicalType::Timestamp(moment)), _) => match moment.is_adjusted_to_u_t_c {
                true => Self::Other(
                    "moments in UTC, whose day depends on a zone that is not read (local times or days are)"
                        .to_owned(),
                ),
                false => Self::WallClock(match moment.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                }),
            },
            (Type::INT32 | Type::INT64, Some(LogicalType::Integer(integer)), _) => match integer.is_signed {
                true => Self::Integer,
                false => Self::Unsigned,
            },
            (Type::INT32 | Type::INT64, None, ConvertedType::NONE) => Self::Integer,
            (Type::BYTE_ARRAY, Some(LogicalType::String | LogicalType::Enum), _)
            | (Type::BYTE_ARRAY, None, ConvertedType::UTF8 | ConvertedType::ENUM) => Self::Text,
            (Type::BYTE_ARRAY, None, ConvertedType::NONE) => Self::Other("bytes".to_owned()),
            (_, Some(logical), _) => Self::Other(format!("{logical:?}").to_lowercase()),
            (physical, None, ConvertedType::NONE) => Self::Other(physical.to_string().to_lowercase()),
            (_, None, converted) => Self::Other(converted.to_string().to_lowercase()),
        }
    }

    /// Whether its cells can be shown as text.
    pub fn can_be_shown(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether its cells say a day, however a source writes days in texts.
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day | Self::WallClock(_))
    }

    /// As messages name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Boolean => "booleans",
            Self::Integer => "integers",
            Self::Unsigned => "unsigned integers",
            Self::Float32 => "floats of 32 bits",
            Self::Float64 => "floats",
            Self::Decimal(_) => "decimals",
            Self::Day => "days",
            Self::WallClock(_) => "local times",
            Self::Nothing => "nothing",
            Self::Other(name) => name,
        }
    }
}
