//! Universal Binary JSON, draft 12, as XGBoost writes it. Whatever the bytes say, no more is allocated than a multiple of what is really there.

use serde_json::{Map, Value};

use crate::Error;
use crate::json::MAX_OBJECTS;

/// As deep as JSON may be.
const MAX_DEPTH: usize = 128;

/// Reads a document. Numbers that are not finite are `null`.
pub(crate) fn document(format: &'static str, bytes: &[u8]) -> Result<Value, Error> {
    let mut reader = Reader { format, bytes, place: 0, n_objects: 0 };
    let marker = reader.marker()?;
    let value = reader.value(marker, MAX_DEPTH)?;
    if reader.place < bytes.len() {
        return Err(reader.malformed("more bytes", "the end of the file"));
    }
    Ok(value)
}

struct Reader<'a> {
    format: &'static str,
    bytes: &'a [u8],
    place: usize,
    n_objects: usize,
}

impl Reader<'_> {
    fn malformed(&self, found: impl Into<String>, expected: &str) -> Error {
        Error::malformed(self.format, format!("byte {}", self.place), found, expected)
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.place)
    }

    fn take(&mut self, n: usize) -> Result<&[u8], Error> {
        let end = self.place.checked_add(n);
        let Some(taken) = end.and_then(|end| self.bytes.get(self.place..end)) else {
            return Err(self.malformed("the end of the file", "more bytes"));
        };
        self.place += n;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    /// The next marker that is not `N`, which means nothing.
    fn marker(&mut self) -> Result<u8, Error> {
        loop {
            let [marker] = self.array()?;
            if marker != b'N' {
                return Ok(marker);
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.place).copied()
    }

    fn value(&mut self, marker: u8, depth: usize) -> Result<Value, Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.malformed("more levels", "at most 128 levels"));
        };
        match marker {
            b'Z' => Ok(Value::Null),
            b'T' => Ok(Value::Bool(true)),
            b'F' => Ok(Value::Bool(false)),
            b'd' => Ok(f64::from(f32::from_be_bytes(self.array()?)).into()),
            b'D' => Ok(f64::from_be_bytes(self.array()?).into()),
            b'i' | b'U' | b'I' | b'l' | b'L' => Ok(self.whole(marker)?.into()),
            b'C' => Ok(char::from(self.array::<1>()?[0]).to_string().into()),
            b'S' => Ok(self.text()?.into()),
            b'[' => self.list(depth),
            b'{' => self.object(depth),
            _ => Err(self.unknown(marker)),
        }
    }

    fn unknown(&self, marker: u8) -> Error {
        self.malformed(format!("the marker `{}`", marker.escape_ascii()), "a marker of UBJSON")
    }

    fn whole(&mut self, marker: u8) -> Result<i64, Error> {
        Ok(match marker {
            b'i' => i8::from_be_bytes(self.array()?).into(),
            b'U' => self.array::<1>()?[0].into(),
            b'I' => i16::from_be_bytes(self.array()?).into(),
            b'l' => i32::from_be_bytes(self.array()?).into(),
            b'L' => i64::from_be_bytes(self.array()?),
            _ => {
                return Err(
                    self.malformed(format!("the marker `{}`", marker.escape_ascii()), "a whole number")
                );
            }
        })
    }

    /// A length; what it counts has at least one byte each.
    fn length(&mut self) -> Result<usize, Error> {
        let marker = self.marker()?;
        let length = self.whole(marker)?;
        let left = self.left();
        let fits = usize::try_from(length).ok().filter(|&n| n <= left);
        fits.ok_or_else(|| self.malformed(format!("a length of {length}"), &format!("at most {left}")))
    }

    fn text(&mut self) -> Result<String, Error> {
        let length = self.length()?;
        let text = String::from_utf8(self.take(length)?.to_vec());
        text.map_err(|_| self.malformed("other bytes", "text in UTF-8"))
    }

    /// What stands before the items: their marker, if they share one, and their number, if it is known.
    fn counts(&mut self) -> Result<(Option<u8>, Option<usize>), Error> {
        let mut shared = None;
        if self.peek() == Some(b'$') {
            self.place += 1;
            let [marker] = self.array()?;
            shared = Some(marker);
        }
        if self.peek() == Some(b'#') {
            self.place += 1;
            return Ok((shared, Some(self.length()?)));
        }
        if shared.is_some() {
            return Err(self.malformed("no number of items", "`#`"));
        }
        Ok((None, None))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        match self.counts()? {
            (Some(marker), Some(count)) => {
                // A shared marker of values without bytes would make long lists of nothing.
                let size = match marker {
                    b'i' | b'U' | b'C' => 1,
                    b'I' => 2,
                    b'l' | b'd' => 4,
                    b'L' | b'D' => 8,
                    _ => return Err(self.unknown(marker)),
                };
                if count > self.left() / size {
                    return Err(self.malformed(format!("{count} items"), "as many as there are bytes for"));
                }
                items.reserve_exact(count);
                for _ in 0..count {
                    items.push(self.value(marker, depth)?);
                }
            }
            (_, Some(count)) => {
                for _ in 0..count {
                    let marker = self.marker()?;
                    items.push(self.value(marker, depth)?);
                }
            }
            (_, None) => loop {
                let marker = self.marker()?;
                if marker == b']' {
                    break;
                }
                items.push(self.value(marker, depth)?);
            },
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Result<Value, Error> {
        self.n_objects += 1;
        if self.n_objects > MAX_OBJECTS {
            return Err(self.malformed("more objects", &format!("at most {MAX_OBJECTS}")));
        }
        let mut fields = Map::new();
        let (None, mut left) = self.counts()? else {
            return Err(self.malformed("an object of one type", "a marker before each value"));
        };
        loop {
            if left == Some(0) {
                break;
            }
            if left.is_none() && self.peek() == Some(b'}') {
                self.place += 1;
                break;
            }
            let name = self.text()?;
            let marker = self.marker()?;
            fields.insert(name, self.value(marker, depth)?);
            left = left.map(|left| left - 1);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Value, String> {
        document("UBJSON", bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn values_of_every_kind() {
        let bytes = b"{i\x01aSi\x02xyi\x01b[ZTFd\x3f\x00\x00\x00Nl\xff\xff\xff\xfe]\
            i\x01c[$d#L\0\0\0\0\0\0\0\x02\x7f\x80\0\0\x3f\x80\0\0i\x01d[#i\x01U\xffi\x01e{#i\x01i\x01fI\x01\0}";
        let expected = json!({"a": "xy", "b": [null, true, false, 0.5, -2], "c": [null, 1.0], "d": [255], "e": {"f": 256}});
        assert_eq!(read(bytes).unwrap(), expected);
    }

    #[test]
    fn lengths_beyond_the_file_are_refused_before_anything_is_allocated() {
        for bytes in [
            &b"[$d#L\x00\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"[..],
            b"[$d#i\x02\0\0\0\0",
            b"[#L\x7f\xff\xff\xff\xff\xff\xff\xffZ",
            b"[#i\xff",
            b"SL\x7f\xff\xff\xff\xff\xff\xff\xffabc",
            b"{L\x7f\xff\xff\xff\xff\xff\xff\xffabc",
            b"[$Z#i\x00",
            b"[$[#i\x00",
            b"{$i#i\x00",
            b"[$d",
            b"[$dd",
            b"Hi\x012",
            b"",
            b"ZZ",
            b"Si\x02\xff\xff",
            b"SS",
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn objects_have_a_limit() {
        let many = |n: usize| read(&[&b"["[..], &b"{}".repeat(n), b"]"].concat());
        assert!(many(MAX_OBJECTS).is_ok());
        assert!(many(MAX_OBJECTS + 1).unwrap_err().contains("more objects, expected at most 1048576"));
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert!(read(&deep(128)).is_ok());
        assert!(read(&deep(129)).unwrap_err().contains("at most 128 levels"));
        assert!(read(&vec![b'['; 1_000_000]).is_err());
        assert!(read(&b"{i\x01a".repeat(100_000)).is_err());
    }
}
