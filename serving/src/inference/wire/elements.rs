//! The elements of a tensor, flat, in row-major order.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::head::{Data, Input};
use super::{Datatype, Problem};

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub enum Element<'a> {
    /// `null` or NaN.
    Missing,
    /// A whole number.
    Whole(i128),
    /// Another number, or one that is written like another.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
}

impl<'a> Input<'a> {
    /// The elements: as many as the shape says, and of its datatype.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn elements(&self) -> Result<Vec<Element<'a>>, Problem> {
        let wrong = |message: String| Problem::new(format!("inputs.{}", self.name), message);
        let n = self.shape.iter().try_fold(1_usize, |n, length| n.checked_mul(*length));
        let n =
            n.ok_or_else(|| wrong(format!("input `{}` has more elements than can be counted", self.name)))?;
        let read = match self.data {
            Data::Json(data) => in_json(data, self.datatype, &self.shape, n),
            Data::Binary(bytes) => match self.datatype.size() {
                Some(size) => numbers(bytes, self.datatype, size, n),
                None => texts(bytes, n),
            },
        };
        read.map_err(|problem| wrong(format!("input `{}`: {problem}", self.name)))
    }
}

/// Elements as they lie in memory, little-endian.
fn numbers<'a>(bytes: &[u8], datatype: Datatype, size: usize, n: usize) -> Result<Vec<Element<'a>>, String> {
    if n.checked_mul(size) != Some(bytes.len()) {
        let name = datatype.name();
        return Err(format!(
            "{} bytes found, expected {n} elements of {name}, of {size} bytes each",
            bytes.len()
        ));
    }
    let of = |bytes: &[u8]| {
        let mut padded = [0; 8];
        padded[..size].copy_from_slice(bytes);
        let unsigned = u64::from_le_bytes(padded);
        // The sign is that of the highest bit of its own size.
        let signed = |bits: u32| i128::from((unsigned << (64 - bits)).cast_signed() >> (64 - bits));
        match datatype {
            Datatype::Fp32 => float(f64::from(f32::from_bits(unsigned as u32))),
            Datatype::Fp64 => float(f64::from_bits(unsigned)),
            Datatype::Int8 => Element::Whole(signed(8)),
            Datatype::Int16 => Element::Whole(signed(16)),
            Datatype::Int32 => Element::Whole(signed(32)),
            Datatype::Int64 => Element::Whole(signed(64)),
            Datatype::Bytes | Datatype::Uint8 | Datatype::Uint16 | Datatype::Uint32 | Datatype::Uint64 => {
                Element::Whole(i128::from(unsigned))
            }
        }
    };
    Ok(bytes.chunks_exact(size).map(of).collect())
}

/// Texts, each behind its length in four bytes.
fn texts(mut bytes: &[u8], n: usize) -> Result<Vec<Element<'_>>, String> {
    // Each takes four bytes at least.
    let mut texts = Vec::with_capacity(n.min(bytes.len() / 4));
    for k in 0..n {
        let short = || format!("its bytes end within element {k}, expected {n} elements");
        let (length, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| short())?;
        let (text, rest) = rest.split_at_checked(length).ok_or_else(short)?;
        let text = str::from_utf8(text).map_err(|_| format!("element {k} is not UTF-8"))?;
        texts.push(Element::Text(Cow::Borrowed(text)));
        bytes = rest;
    }
    if bytes.is_empty() { Ok(texts) } else { Err(format!("{} bytes follow its {n} elements", bytes.len())) }
}

fn float<'a>(number: f64) -> Element<'a> {
    if number.is_nan() { Element::Missing } else { Element::Number(number) }
}

/// A list of all elements, or lists of lists as the shape says.
fn in_json<'a>(
    data: &'a RawValue,
    datatype: Datatype,
    shape: &[usize],
    n: usize,
) -> Result<Vec<Element<'a>>, String> {
    let mut walk = Walk { elements: Vec::new(), flat: None, datatype, shape, n };
    let mut reader = serde_json::Deserializer::from_str(data.get());
    let place = Place { walk: &mut walk, depth: 0 };
    place.deserialize(&mut reader).map_err(|error| {
        let said = error.to_string();
        // Where in the list of elements is of no use to anybody who sent a tensor.
        said.rsplit_once(" at line ").map_or(said.clone(), |(said, _)| said.to_owned())
    })?;
    match walk.elements.len() {
        found if found == n => Ok(walk.elements),
        found => Err(format!("{found} elements found, expected {n}, as its shape says")),
    }
}

struct Walk<'a, 's> {
    elements: Vec<Element<'a>>,
    /// Whether the outermost list holds elements, and not lists; none before the first.
    flat: Option<bool>,
    datatype: Datatype,
    shape: &'s [usize],
    n: usize,
}

/// What stands in as many lists as `depth`.
struct Place<'w, 'a, 's> {
    walk: &'w mut Walk<'a, 's>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Place<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Place<'_, 'de, '_> {
    fn element<E: de::Error>(self, element: Element<'de>) -> Result<(), E> {
        let Walk { elements, flat, datatype, shape, n } = self.walk;
        let is_flat = self.depth == 1;
        if self.depth == 0 {
            return Err(E::custom("`data` is no list"));
        }
        if self.depth != shape.len() && !(is_flat && *flat.get_or_insert(true)) {
            return Err(E::custom(format!(
                "a list holds elements, expected lists as the shape {shape:?} says"
            )));
        }
        let fits = match &element {
            Element::Missing => true,
            Element::Text(_) => *datatype == Datatype::Bytes,
            Element::Whole(_) | Element::Number(_) => *datatype != Datatype::Bytes,
        };
        if !fits {
            let (at, name) = (elements.len(), datatype.name());
            let found = if matches!(element, Element::Text(_)) { "a text" } else { "a number" };
            return Err(E::custom(format!("element {at} is {found}, expected {name}")));
        }
        if elements.len() == *n {
            return Err(E::custom(format!("more than {n} elements found, expected {n}, as its shape says")));
        }
        elements.push(element);
        Ok(())
    }
}

impl<'de> Visitor<'de> for Place<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, null, or a list of them")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.element(Element::Missing)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.element(Element::Whole(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.element(Element::Whole(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.element(float(number))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<(), E> {
        self.element(Element::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.element(Element::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { walk, depth } = self;
        if depth == 1 && *walk.flat.get_or_insert(false) {
            return Err(de::Error::custom("a list stands beside elements"));
        }
        let mut n = 0;
        while list.next_element_seed(Place { walk: &mut *walk, depth: depth + 1 })?.is_some() {
            n += 1;
        }
        // A flat list has as many elements as there are, which is looked at in the end.
        let is_flat = depth == 0 && walk.flat != Some(false);
        if !is_flat && walk.shape.get(depth) != Some(&n) {
            let shape = walk.shape;
            return Err(de::Error::custom(format!(
                "a list has {n} members, expected lists as the shape {shape:?} says"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
