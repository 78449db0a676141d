//! What the elements of a tensor are.

/// A datatype that is read; texts and numbers, of which a code may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datatype {
    /// Texts in UTF-8.
    Bytes,
    /// Signed whole numbers of one byte.
    Int8,
    /// Of two.
    Int16,
    /// Of four.
    Int32,
    /// Of eight.
    Int64,
    /// Whole numbers from zero, of one byte.
    Uint8,
    /// Of two.
    Uint16,
    /// Of four.
    Uint32,
    /// Of eight.
    Uint64,
    /// Floating-point numbers of four bytes.
    Fp32,
    /// Of eight.
    Fp64,
}

impl Datatype {
    /// All that are read.
    pub const ALL: [Self; 11] = [
        Self::Bytes,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
        Self::Fp32,
        Self::Fp64,
    ];

    /// As the protocol names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "BYTES",
            Self::Int8 => "INT8",
            Self::Int16 => "INT16",
            Self::Int32 => "INT32",
            Self::Int64 => "INT64",
            Self::Uint8 => "UINT8",
            Self::Uint16 => "UINT16",
            Self::Uint32 => "UINT32",
            Self::Uint64 => "UINT64",
            Self::Fp32 => "FP32",
            Self::Fp64 => "FP64",
        }
    }

    /// The datatype of that name, if it is read.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|datatype| datatype.name() == name)
    }

    /// Bytes of an element; none for texts, each of which says its own length.
    pub fn size(self) -> Option<usize> {
        match self {
            Self::Bytes => None,
            Self::Int8 | Self::Uint8 => Some(1),
            Self::Int16 | Self::Uint16 => Some(2),
            Self::Int32 | Self::Uint32 | Self::Fp32 => Some(4),
            Self::Int64 | Self::Uint64 | Self::Fp64 => Some(8),
        }
    }
}
