//! Digests in the file: 32 bytes each, not 64 characters.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use crate::canonical::{bytes_of, hexadecimal};

/// A text that is a SHA-256 in lower-case hexadecimal, as this software writes all of them.
///
/// Whatever else somebody put in its place is kept as the text it is: nothing is lost, and verification finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest(pub String);

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(bytes_of(&self.0).map_or_else(|| self.0.as_str().into(), |bytes| bytes.to_vec().into()))
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Text(_) => value.as_str().map(|text| Self(text.to_owned())),
            ValueRef::Blob(bytes) => Ok(Self(hexadecimal(bytes))),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Err(FromSqlError::InvalidType),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_digest_is_32_bytes_and_anything_else_stays_what_it_is() {
        let kept = |text: &str| {
            let digest = Digest(text.to_owned());
            let sql = digest.to_sql().unwrap();
            let value = match &sql {
                ToSqlOutput::Borrowed(value) => *value,
                ToSqlOutput::Owned(value) => ValueRef::from(value),
                other => panic!("{other:?}"),
            };
            let is_text = matches!(value, ValueRef::Text(_));
            assert_eq!(Digest::column_result(value).unwrap(), digest);
            is_text
        };
        assert!(!kept(crate::GENESIS));
        assert!(!kept("328c998822bdee1098aaed53d311b91adef596026ba7b51369d640534b7f70d7"));
        for other in ["", "d", &crate::GENESIS[1..], &"A".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert!(kept(other), "{other}");
        }
    }
}
