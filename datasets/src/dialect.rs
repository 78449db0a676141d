//! What is stated about the file of a foreign table: how the text of CSV is written, and which sheet of a workbook it is.

use std::fmt;

use encoding_rs::Encoding;

/// What is stated about the file of a foreign table; the rest is read from the file or refused, never guessed.
///
/// Of CSV, a byte order mark and a first line `sep=;` are statements of the file itself. Of a workbook, the only sheet need not
/// be named. What is stated of another format than that of the file has no effect.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    pub(crate) separator: Option<u8>,
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) sheet: Option<String>,
}

/// What may stand between the cells of a CSV table.
const SEPARATORS: &[&str] = &[",", ";", "\t", "|"];

impl Dialect {
    /// The dialect that is stated; a comma and UTF-8 where nothing is.
    ///
    /// `separator` is one of `,`, `;`, `|` and the tab; `encoding` is a name of the WHATWG Encoding Standard, such as
    /// `windows-1252`, `iso-8859-15` or `utf-16le`.
    ///
    /// # Errors
    /// A sentence for each of the two that is none.
    pub fn stated(separator: Option<&str>, encoding: Option<&str>) -> Result<Self, Vec<String>> {
        let mut messages = Vec::new();
        let mut dialect = Self::default();
        if let Some(written) = separator {
            if !SEPARATORS.contains(&written) {
                let known = SEPARATORS.iter().map(|s| format!("`{}`", s.escape_debug()));
                let known = known.collect::<Vec<_>>().join(", ");
                messages.push(format!("separator is `{}`, expected one of {known}", written.escape_debug()));
            }
            dialect.separator = written.bytes().next();
        }
        if let Some(label) = encoding {
            dialect.encoding = Encoding::for_label_no_replacement(label.as_bytes());
            if dialect.encoding.is_none() {
                messages.push(format!(
                    "encoding is `{label}`, expected a name of the WHATWG Encoding Standard, such as utf-8, windows-1252, \
                     iso-8859-15 or utf-16le"
                ));
            }
        }
        if messages.is_empty() { Ok(dialect) } else { Err(messages) }
    }

    /// The same, with the sheet of a workbook that is the table.
    #[must_use]
    pub fn with_sheet(self, sheet: Option<&str>) -> Self {
        Self { sheet: sheet.map(str::to_owned), ..self }
    }
}

/// What is stated: `separator ;, encoding windows-1252`, or `as the file says`.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = self.separator.map(|byte| format!("separator {}", char::from(byte).escape_debug()));
        let encoding = self.encoding.map(|encoding| format!("encoding {}", encoding.name().to_lowercase()));
        let sheet = self.sheet.as_ref().map(|sheet| format!("sheet `{sheet}`"));
        let stated: Vec<String> = separator.into_iter().chain(encoding).chain(sheet).collect();
        f.write_str(if stated.is_empty() { "as the file says" } else { "" })?;
        f.write_str(&stated.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn what_is_stated_is_known_or_refused() {
        let stated = Dialect::stated(Some("\t"), Some("Latin1"));
        let found = stated.map(|d| (d.separator, d.encoding.map(|e| e.name()))).ok();
        assert_eq!(found, Some((Some(b'\t'), Some("windows-1252"))));
        let messages = Dialect::stated(Some("::"), Some("cp437")).err().unwrap_or_default();
        assert_eq!(
            messages,
            [
                "separator is `::`, expected one of `,`, `;`, `\\t`, `|`",
                "encoding is `cp437`, expected a name of the WHATWG Encoding Standard, such as utf-8, windows-1252, \
                 iso-8859-15 or utf-16le",
            ]
        );
    }
}
