//! One text for one value, and its digest.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Canonical JSON: keys sorted, no space, numbers as `serde_json` writes them.
///
/// Sorted here and not by `serde_json`, whose own order changes with a feature that any crate may switch on.
///
/// # Errors
/// What `serde_json` cannot write (a map whose keys are no strings).
pub fn json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    write(&serde_json::to_value(value)?, &mut out)?;
    // What `serde_json` writes is UTF-8.
    String::from_utf8(out).map_err(serde::ser::Error::custom)
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    sha256_of(text.as_bytes())
}

/// SHA-256 of bytes in lower-case hexadecimal.
pub fn sha256_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of texts one after the other, which are not copied into one, in lower-case hexadecimal.
pub(crate) fn sha256_of_parts<const N: usize>(parts: [&str; N]) -> String {
    hexadecimal(&parts.iter().fold(Sha256::new(), |sum, part| sum.chain_update(part)).finalize())
}

/// Bytes in lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(digits).collect()
}

/// The 32 bytes that a text gives in lower-case hexadecimal; `None` if it is anything else.
pub(crate) fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.0.len() != bytes.len() || !pairs.1.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs.0) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            out.push(b'{');
            for (n, (name, value)) in fields.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            serde_json::to_writer(&mut *out, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn sorts_keys_at_every_depth_and_escapes() {
        let value = serde_json::json!({"b": [{"z": 1, "a": null}], "a": "\"\n", "é": 0.1});
        assert_eq!(json(&value).unwrap(), r#"{"a":"\"\n","b":[{"a":null,"z":1}],"é":0.1}"#);
    }

    #[test]
    fn digest_is_the_published_one() {
        // FIPS 180-4 example: SHA-256("abc")
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256("abc"), published);
        assert_eq!(sha256_of_parts(["a", "", "bc"]), published);
        assert_ne!(sha256_of_parts(["bc", "a"]), published);
    }
}
