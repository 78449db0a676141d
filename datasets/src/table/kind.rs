//! What a column of a Parquet file holds, as far as this project reads it.

use parquet::basic::{ConvertedType, LogicalType, Type};
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
    /// Anything else, by the name that messages use.
    Other(String),
}

/// What can be shown as text, for messages.
pub(super) const SHOWN: &str = "text, booleans, integers or floats";

impl Kind {
    /// The type of a leaf of the schema.
    pub fn of(column: &ColumnDescriptor) -> Self {
        if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
            return Self::Other("a nested type".to_owned());
        }
        let (logical, converted) = (column.logical_type_ref(), column.converted_type());
        match (column.physical_type(), logical, converted) {
            (Type::BOOLEAN, ..) => Self::Boolean,
            (Type::FLOAT, ..) => Self::Float32,
            (Type::DOUBLE, ..) => Self::Float64,
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

    /// As messages name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Boolean => "booleans",
            Self::Integer => "integers",
            Self::Unsigned => "unsigned integers",
            Self::Float32 => "floats of 32 bits",
            Self::Float64 => "floats",
            Self::Other(name) => name,
        }
    }
}
