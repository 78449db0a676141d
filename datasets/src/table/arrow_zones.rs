//! The zones of a Parquet file's moments, which stand only in the schema that Arrow keeps beside Parquet's own.
//!
//! Parquet says of a moment that it is in UTC and nothing else. What pandas, polars and everything else on Arrow write has a
//! schema of Arrow's under the key `ARROW:schema`: a message of its inter-process format, in base64. Of it, only the names
//! and the zones of the columns are read, by the layout of FlatBuffers. A schema that is damaged says nothing, so that its
//! moments are refused and never read in another zone.
//!
//! # References
//! Apache Arrow, `format/Message.fbs` and `format/Schema.fbs`, version 1.5; FlatBuffers, "FlatBuffer Internals".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The key of the file's metadata.
pub(super) const KEY: &str = "ARROW:schema";

/// What stands before the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// `MessageHeader.Schema` and `Type.Timestamp`.
const SCHEMA: u8 = 1;
const TIMESTAMP: u8 = 10;

/// Name of each column, and the zone of those that hold moments with one, in the schema's order; `None` if it cannot be read.
pub(super) fn zones(schema: &str) -> Option<Vec<(String, Option<String>)>> {
    let bytes = STANDARD.decode(schema.trim()).ok()?;
    // Writers before Arrow 0.15 leave out the mark before the length.
    let message = bytes.strip_prefix(&CONTINUATION).unwrap_or(&bytes).get(4..)?;
    let message = Table { bytes: message, at: 0 }.referred(0)?;
    if message.byte(1)? != SCHEMA {
        return None;
    }
    let fields = message.table(2)?.tables(1)?;
    fields.iter().map(column).collect()
}

fn column(field: &Table<'_>) -> Option<(String, Option<String>)> {
    let name = field.text(0)?;
    let zone = match field.byte(2)? {
        // A moment without a zone is a local time.
        TIMESTAMP => field.table(3)?.text_if_there(1)?,
        _ => None,
    };
    Some((name, zone))
}

/// A table of a FlatBuffer. Every place is checked against the end of the bytes.
struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Table<'b> {
    /// The table that the 32 bits at a place point to.
    fn referred(&self, place: usize) -> Option<Self> {
        Some(Self { bytes: self.bytes, at: self.target(place)? })
    }

    /// The place of a field; `Some(None)` if it is left out.
    #[expect(
        clippy::option_option,
        reason = "a damaged table is another thing than a field that is left out"
    )]
    fn field(&self, slot: usize) -> Option<Option<usize>> {
        let back = i32::from_le_bytes(self.array(self.at)?);
        let places = usize::try_from(i64::try_from(self.at).ok()? - i64::from(back)).ok()?;
        let length = usize::from(u16::from_le_bytes(self.array(places)?));
        let entry = 4 + 2 * slot;
        if entry + 2 > length {
            return Some(None);
        }
        let offset = usize::from(u16::from_le_bytes(self.array(places.checked_add(entry)?)?));
        Some((offset > 0).then_some(self.at + offset))
    }

    /// A byte; 0 if it is left out.
    fn byte(&self, slot: usize) -> Option<u8> {
        self.field(slot)?.map_or(Some(0), |place| self.bytes.get(place).copied())
    }

    fn table(&self, slot: usize) -> Option<Self> {
        self.referred(self.field(slot)??)
    }

    fn tables(&self, slot: usize) -> Option<Vec<Self>> {
        let list = self.target(self.field(slot)??)?;
        let n = usize::try_from(u32::from_le_bytes(self.array(list)?)).ok()?;
        // Each takes four bytes at least, so no damaged number makes a list without end.
        if n > self.bytes.len() / 4 {
            return None;
        }
        (0..n).map(|at| self.referred(list + 4 + 4 * at)).collect()
    }

    fn text(&self, slot: usize) -> Option<String> {
        self.text_if_there(slot)?
    }

    #[expect(clippy::option_option, reason = "as for a field")]
    fn text_if_there(&self, slot: usize) -> Option<Option<String>> {
        let Some(place) = self.field(slot)? else { return Some(None) };
        let start = self.target(place)?;
        let length = usize::try_from(u32::from_le_bytes(self.array(start)?)).ok()?;
        let bytes = self.bytes.get(start + 4..)?.get(..length)?;
        Some(Some(std::str::from_utf8(bytes).ok()?.to_owned()))
    }

    /// The place that the 32 bits at a place point to.
    fn target(&self, place: usize) -> Option<usize> {
        place.checked_add(usize::try_from(u32::from_le_bytes(self.array(place)?)).ok()?)
    }

    fn array<const N: usize>(&self, place: usize) -> Option<[u8; N]> {
        self.bytes.get(place..place.checked_add(N)?)?.try_into().ok()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(super) mod tests {
    use super::*;

    /// Columns `id`, `local`, `madrid`, `utc` and `name`, by pandas 3.1.1 with pyarrow.
    pub const PANDAS: &str = "/////0gFAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAAQAAAAAAAKAAwAAAAEAAgACgAAAOQDAAAEAAAAAQAAAAwAAAAIAAwABAAIAAgAAAC8Aw\
         AABAAAAK4DAAB7ImluZGV4X2NvbHVtbnMiOiBbeyJraW5kIjogInJhbmdlIiwgIm5hbWUiOiBudWxsLCAic3RhcnQiOiAwLCAic3RvcCI6IDEs\
         ICJzdGVwIjogMX1dLCAiY29sdW1uX2luZGV4ZXMiOiBbeyJuYW1lIjogbnVsbCwgImZpZWxkX25hbWUiOiBudWxsLCAicGFuZGFzX3R5cGUiOi\
         AidW5pY29kZSIsICJudW1weV90eXBlIjogInN0ciIsICJtZXRhZGF0YSI6IHsiZW5jb2RpbmciOiAiVVRGLTgifX1dLCAiY29sdW1ucyI6IFt7\
         Im5hbWUiOiAiaWQiLCAiZmllbGRfbmFtZSI6ICJpZCIsICJwYW5kYXNfdHlwZSI6ICJpbnQ2NCIsICJudW1weV90eXBlIjogImludDY0IiwgIm\
         1ldGFkYXRhIjogbnVsbH0sIHsibmFtZSI6ICJsb2NhbCIsICJmaWVsZF9uYW1lIjogImxvY2FsIiwgInBhbmRhc190eXBlIjogImRhdGV0aW1l\
         IiwgIm51bXB5X3R5cGUiOiAiZGF0ZXRpbWU2NFt1c10iLCAibWV0YWRhdGEiOiBudWxsfSwgeyJuYW1lIjogIm1hZHJpZCIsICJmaWVsZF9uYW\
         1lIjogIm1hZHJpZCIsICJwYW5kYXNfdHlwZSI6ICJkYXRldGltZXR6IiwgIm51bXB5X3R5cGUiOiAiZGF0ZXRpbWU2NFt1c10iLCAibWV0YWRh\
         dGEiOiB7InRpbWV6b25lIjogIkV1cm9wZS9NYWRyaWQifX0sIHsibmFtZSI6ICJ1dGMiLCAiZmllbGRfbmFtZSI6ICJ1dGMiLCAicGFuZGFzX3\
         R5cGUiOiAiZGF0ZXRpbWV0eiIsICJudW1weV90eXBlIjogImRhdGV0aW1lNjRbdXNdIiwgIm1ldGFkYXRhIjogeyJ0aW1lem9uZSI6ICJVVEMi\
         fX0sIHsibmFtZSI6ICJuYW1lIiwgImZpZWxkX25hbWUiOiAibmFtZSIsICJwYW5kYXNfdHlwZSI6ICJvYmplY3QiLCAibnVtcHlfdHlwZSI6IC\
         JzdHIiLCAibWV0YWRhdGEiOiBudWxsfV0sICJhdHRyaWJ1dGVzIjoge30sICJjcmVhdG9yIjogeyJsaWJyYXJ5IjogInB5YXJyb3ciLCAidmVy\
         c2lvbiI6ICIyNi4wLjEifSwgInBhbmRhc192ZXJzaW9uIjogIjMuMS4xIn0AAAYAAABwYW5kYXMAAAUAAAAAAQAAvAAAAGwAAAA0AAAABAAAAC\
         T///8AAAEUEAAAABwAAAAEAAAAAAAAAAQAAABuYW1lAAAAAAQABAAEAAAAUP///wAAAQoQAAAAFAAAAAQAAAAAAAAAAwAAAHV0YwDI////AAAC\
         AAQAAAADAAAAVVRDAIT///8AAAEKEAAAACAAAAAEAAAAAAAAAAYAAABtYWRyaWQAAAgADAAGAAgACAAAAAAAAgAEAAAADQAAAEV1cm9wZS9NYW\
         RyaWQAAADQ////AAABChAAAAAcAAAABAAAAAAAAAAFAAAAbG9jYWwABgAIAAYABgAAAAAAAgAQABQACAAGAAcADAAAABAAEAAAAAAAAQIQAAAA\
         HAAAAAQAAAAAAAAAAgAAAGlkAAAIAAwACAAHAAgAAAAAAAABQAAAAA==";
    /// The same by polars 2.1.0.
    pub const POLARS: &str = "/////2MBAAAEAAAA8v///xQAAAAEAAEAAAAKAAsACAAKAAQA+P///wwAAAAIAAgAAAAEAAUAAADwAAAAvAAAAGwAAAA0AAAABAAAABD///8cAA\
         AAEAAAAAgAAAABFAAAAAAAAPz///8EAAQABAAAAG5hbWUAAAAAPP///ygAAAAQAAAACAAAAAEKAAAAAAAAwP///wgAAAACAAAAAwAAAFVUQwAD\
         AAAAdXRjAHD///88AAAAEAAAAAgAAAABCgAAAAAAAPT///8QAAAAAgAAAAgACgAIAAQADQAAAEV1cm9wZS9NYWRyaWQAAAAGAAAAbWFkcmlkAA\
         C8////IAAAABAAAAAIAAAAAQoAAAAAAAD6////AgAGAAYABAAFAAAAbG9jYWwAAADs////OAAAACAAAAAYAAAAAQIAABAAEgAEABAAEQAIAAAA\
         DAAAAAAA9P///0AAAAABAAAACAAJAAQACAACAAAAaWQA";
    /// A column `day` by pyarrow at a fixed offset.
    pub const OFFSET: &str = "/////4gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAEAAAAUAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAA\
         EKEAAAABwAAAAEAAAAAAAAAAMAAABkYXkACAAMAAYACAAIAAAAAAACAAQAAAAGAAAAKzA1OjMwAAAAAAAA";
    /// A column `day` by pyarrow in the zone of Madrid.
    pub const DAY_IN_MADRID: &str = "/////5AAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAEAAAAUAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAA\
         EKEAAAABwAAAAEAAAAAAAAAAMAAABkYXkACAAMAAYACAAIAAAAAAACAAQAAAANAAAARXVyb3BlL01hZHJpZAAAAAAAAAA=";
    /// The same in UTC.
    pub const DAY_IN_UTC: &str = "/////4AAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAEAAAAUAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAA\
         EKEAAAABwAAAAEAAAAAAAAAAMAAABkYXkACAAMAAYACAAIAAAAAAACAAQAAAADAAAAVVRDAA==";
    /// The same in a zone that there is not.
    pub const DAY_ON_MARS: &str = "/////4gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAEAAAAUAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAA\
         EKEAAAABwAAAAEAAAAAAAAAAMAAABkYXkACAAMAAYACAAIAAAAAAACAAQAAAAJAAAATWFycy9CYXNlAAAA";

    #[test]
    fn zones_are_those_that_pyarrow_and_polars_wrote() {
        let of = |schema: &str| zones(schema).unwrap();
        let pair = |name: &str, zone: Option<&str>| (name.to_owned(), zone.map(str::to_owned));
        let expected = [
            pair("id", None),
            pair("local", None),
            pair("madrid", Some("Europe/Madrid")),
            pair("utc", Some("UTC")),
            pair("name", None),
        ];
        assert_eq!(of(PANDAS), expected);
        assert_eq!(of(POLARS), expected);
        let offset = of(OFFSET);
        assert_eq!(offset, [pair("day", Some("+05:30"))]);
    }

    #[test]
    fn a_damaged_schema_says_nothing_and_never_panics() {
        for schema in ["", "QUJD", "/////w==", "not base64!", &"AAAA".repeat(40)] {
            assert_eq!(zones(schema), None, "{schema:?}");
        }
        let whole = STANDARD.decode(PANDAS).unwrap();
        let right = zones(PANDAS).unwrap();
        let mut n_refused = 0;
        for end in 0..whole.len() {
            n_refused += usize::from(zones(&STANDARD.encode(&whole[..end])).is_none());
        }
        assert!(n_refused > whole.len() / 2, "{n_refused}");
        let mut n_other = 0;
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                n_other += usize::from(zones(&STANDARD.encode(&bytes)).as_ref() != Some(&right));
            }
        }
        assert!(n_other > 100, "{n_other}");
    }
}
