//! How many messages a file holds, before any of them is read.
//!
//! A message of a few bytes takes some hundreds in memory, so that their number has a limit of its own beside the length of the file.

use prost::encoding::{WireType, decode_key, decode_varint};

use super::FORMAT;
use crate::Error;

/// More messages than a graph of 100,000 nodes needs.
const MOST: usize = 1 << 20;

/// More in attributes and tensors, which are the largest.
const MOST_LARGE: usize = 1 << 18;

/// Kinds of messages, as far as others stand in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Sparse,
    Info,
    Type,
    TensorType,
    Shape,
    Element,
    Map,
    Leaf,
}

impl Kind {
    /// The kind of the message in a field.
    fn inner(self, field: u32) -> Option<Self> {
        Some(match (self, field) {
            (Self::Model, 7) | (Self::Attribute, 6 | 11) => Self::Graph,
            (Self::Model, 8 | 14)
            | (Self::Graph, 16)
            | (Self::Node, 9)
            | (Self::Tensor, 13 | 16)
            | (Self::Info, 4)
            | (Self::Shape, 1) => Self::Leaf,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) | (Self::Sparse, 1 | 2) => Self::Tensor,
            (Self::Graph, 11..=13) => Self::Info,
            (Self::Graph, 15) | (Self::Attribute, 22 | 23) => Self::Sparse,
            (Self::Node, 5) => Self::Attribute,
            (Self::Attribute, 14 | 15) | (Self::Info, 2) | (Self::Element, 1) | (Self::Map, 2) => Self::Type,
            (Self::Type, 1 | 8) => Self::TensorType,
            (Self::Type, 4 | 9) => Self::Element,
            (Self::Type, 5) => Self::Map,
            (Self::TensorType, 2) => Self::Shape,
            _ => return None,
        })
    }
}

/// Refuses a file of more messages than are read.
///
/// # Errors
/// That, or that the bytes are no messages.
pub(crate) fn checked(bytes: &[u8]) -> Result<(), Error> {
    let (mut n, mut n_large) = (0, 0);
    let mut waiting = vec![(Kind::Model, bytes)];
    while let Some((kind, mut rest)) = waiting.pop() {
        n += 1;
        n_large += usize::from(matches!(kind, Kind::Attribute | Kind::Tensor));
        while !rest.is_empty() {
            let Some((field, inside)) = next(&mut rest) else {
                let at = bytes.len() - rest.len().min(bytes.len());
                let place = if kind == Kind::Model { format!("byte {at}") } else { "the graph".to_owned() };
                return Err(Error::malformed(
                    FORMAT,
                    place,
                    "other bytes or the end of the file",
                    "fields of protobuf",
                ));
            };
            if let (Some(inner), Some(inside)) = (kind.inner(field), inside) {
                waiting.push((inner, inside));
            }
        }
        if n + waiting.len() > MOST || n_large > MOST_LARGE {
            let found = "more nodes, settings and constants";
            let expected = format!("at most {MOST} parts, and {MOST_LARGE} settings and constants");
            return Err(Error::malformed(FORMAT, "the file", found, expected));
        }
    }
    Ok(())
}

/// The number of the next field, and its bytes if it has a length.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u32, Option<&'a [u8]>)> {
    let (field, wire) = decode_key(rest).ok()?;
    let n = match wire {
        WireType::Varint => {
            decode_varint(rest).ok()?;
            return Some((field, None));
        }
        WireType::SixtyFourBit => 8,
        WireType::ThirtyTwoBit => 4,
        WireType::LengthDelimited => usize::try_from(decode_varint(rest).ok()?).ok()?,
        WireType::StartGroup | WireType::EndGroup => return None,
    };
    let (inside, after) = rest.split_at_checked(n)?;
    *rest = after;
    Some((field, (wire == WireType::LengthDelimited).then_some(inside)))
}
