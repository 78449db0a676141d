//! What a column of a Parquet file holds, as far as this project reads it.

use jiff::tz::TimeZone;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

use super::column_text::CellKind;
use crate::zone::{self, is_utc};

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
    /// Moments, as a clock in a zone shows them; a second has so many of their units.
    Zoned(i64, TimeZone),
    /// Moments of which the file says nothing but that they are counted in UTC: their day depends on where they were noted.
    Utc(i64),
    /// Nothing in any row.
    Nothing,
    /// Anything else, by the name that messages use.
    Other(String),
}

/// What can be shown as text, for messages.
pub(super) const SHOWN: &str = "text, booleans, numbers, days, local times or moments of a zone";

impl Kind {
    /// The type of a leaf of the schema; `zone` is what the file says of moments besides that they are in UTC.
    pub fn of(column: &ColumnDescriptor, zone: Option<&str>) -> Self {
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
            (Type::INT64, Some(LogicalType::Timestamp(moment)), _) => {
                let units = match moment.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                };
                match moment.is_adjusted_to_u_t_c {
                    true => Self::moments(units, zone),
                    false => Self::WallClock(units),
                }
            }
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

    fn moments(units: i64, zone: Option<&str>) -> Self {
        let Some(name) = zone.filter(|name| !is_utc(name)) else { return Self::Utc(units) };
        match zone::named(name) {
            Some(zone) => Self::Zoned(units, zone),
            None => Self::Other(format!("moments of the zone `{name}`, which is not known")),
        }
    }

    /// Whether its cells can be shown as text.
    pub fn can_be_shown(&self) -> bool {
        self.can_be_decoded() && !matches!(self, Self::Utc(_))
    }

    /// Whether its cells can be told from blank ones.
    pub fn can_be_decoded(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// What its cells are, as far as the reading of their texts depends on it.
    pub fn of_cells(&self) -> CellKind {
        match self {
            Self::Text => CellKind::Text,
            Self::Day | Self::WallClock(_) | Self::Zoned(..) => CellKind::Day,
            _ => CellKind::Value,
        }
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
            Self::Zoned(..) => "moments of a zone",
            Self::Utc(_) => {
                "moments in UTC, whose day depends on a zone that the file does not say (for the day of assessment, the source states it under date.zone)"
            }
            Self::Nothing => "nothing",
            Self::Other(name) => name,
        }
    }
}
