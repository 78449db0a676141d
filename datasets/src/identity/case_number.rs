//! Case numbers as an authority writes them, of which some would look like documents of identity.

use std::fmt;
use std::str::FromStr;

/// How documents of identity and telephone numbers are written, but for what stands between their parts: `#` is a
/// digit, `@` a letter, `X` one of `X`, `Y` and `Z`, `6` one of `6` to `9`.
const WRITTEN: [&str; 12] = [
    "########@",
    "########-@",
    "##-###-###-@",
    "##-###-###@",
    "X#######@",
    "X-#######-@",
    "X-#-###-###-@",
    "X#######-@",
    "6##-######",
    "6##-###-###",
    "6##-##-##-##",
    "6#-###-##-##",
];

/// How a telephone number is written that is told to be one.
const TOLD: &str = "6########";

/// What may stand before them.
const NAMED: [&str; 17] = [
    "", "dni", "dni-", "nif", "nif-", "nie", "nie-", "es", "es-", "34", "34-", "0034", "0034-", "tel",
    "tel-", "telf", "telf-",
];

/// The way in which an authority writes its case numbers: `#` is a digit, `@` a letter from A to Z, large or small,
/// and everything else stands for itself.
///
/// A case id that is written like this is a pseudonym, whatever it looks like: `####-####-@` makes `2024-0001-R` one,
/// which would be taken for a DNI.
///
/// ```
/// use amparo_datasets::identity::CaseNumber;
///
/// let number: CaseNumber = "####-####-@".parse()?;
/// assert!(number.fits("2024-0001-R") && !number.fits("12345678Z"));
/// let document = "########-@".parse::<CaseNumber>().unwrap_err();
/// assert!(document.contains("a document of identity or a telephone number may be written like this"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// Whether a text is written like this.
    pub fn fits(&self, text: &str) -> bool {
        let fits = |(pattern, found): (char, char)| match pattern {
            '#' => found.is_ascii_digit(),
            '@' => found.is_ascii_alphabetic(),
            literal => literal == found,
        };
        self.0.chars().count() == text.chars().count() && self.0.chars().zip(text.chars()).all(fits)
    }

    /// Whether some text is written like this and in a way of [`WRITTEN`] behind a name of [`NAMED`].
    fn meets_named(&self, named: &str, written: &str) -> bool {
        let Some((before, rest)) = self.0.split_at_checked(named.len()) else { return false };
        meets(before, named) && meets(rest, written)
    }
}

/// Whether some text is written in both ways.
fn meets(pattern: &str, written: &str) -> bool {
    let apart = |c: char| !c.is_ascii_alphanumeric() && !"#@".contains(c);
    let meet = |(pattern, written): (char, char)| match written {
        '#' => pattern == '#' || pattern.is_ascii_digit(),
        '@' => pattern == '@' || pattern.is_ascii_alphabetic(),
        'X' => "@XYZxyz".contains(pattern),
        '6' => "#6789".contains(pattern),
        '-' => apart(pattern),
        digit if digit.is_ascii_digit() => pattern == '#' || pattern == digit,
        letter => pattern == '@' || pattern.eq_ignore_ascii_case(&letter),
    };
    pattern.len() == written.len() && pattern.chars().zip(written.chars()).all(meet)
}

impl FromStr for CaseNumber {
    type Err = String;

    /// Reads a pattern.
    ///
    /// # Errors A sentence, if it is empty, holds what no case id holds, or if a document of identity or a telephone
    /// number may be written like this: all of these would be let in.
    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| Err(format!("case number `{text}` is refused: {why}"));
        let allowed = |c: char| c.is_ascii_alphanumeric() || "#@._:-".contains(c);
        if text.is_empty() || !text.chars().all(allowed) {
            return refuse("expected `#` for a digit, `@` for a letter, letters, digits and `.` `_` `:` `-`");
        }
        let number = Self(text.to_owned());
        let meets = |named: &&str| {
            let told = (!named.is_empty()).then_some(&TOLD);
            WRITTEN.iter().chain(told).any(|written| number.meets_named(named, written))
        };
        if NAMED.iter().any(meets) {
            return refuse("a document of identity or a telephone number may be written like this");
        }
        Ok(number)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::document;
    use super::CaseNumber;

    #[test]
    fn a_pattern_is_met_from_end_to_end() {
        let number: CaseNumber = "VG-####:@".parse().unwrap();
        for text in ["VG-2024:a", "VG-0000:Z"] {
            assert!(number.fits(text), "{text}");
        }
        for text in
            ["", "VG-2024:", "VG-2024:1", "VG-2024:aa", "xVG-2024:a", "vg-2024:a", "VG-202é:a", "VG-2024:ñ"]
        {
            assert!(!number.fits(text), "{text}");
        }
    }

    #[test]
    fn patterns_that_would_let_documents_in_are_refused() {
        for text in [
            "12345678Z",
            "12345678-Z",
            "12.345.678-Z",
            "DNI12345678Z",
            "NIF-12345678-Z",
            "ES12345678Z",
            "X1234567L",
            "Z-1234567-R",
            "X.1.234.567-L",
            "34-600-123-456",
            "600.12.34.56",
            "600-123456",
            "tel600123456",
            "91-123-45-67",
        ] {
            let pattern: String = text
                .chars()
                .map(|c| match c {
                    c if c.is_ascii_digit() => '#',
                    c if c.is_ascii_alphabetic() => '@',
                    other => other,
                })
                .collect();
            assert!(document(text).is_some(), "{text}");
            let half = format!("{}{}", &text[..2], &pattern[2..]);
            for pattern in [pattern, half, text.to_owned()] {
                assert!(pattern.parse::<CaseNumber>().is_err(), "`{pattern}` lets `{text}` in");
            }
        }
        for text in ["", "VG ####", "ñ##", "VG/####"] {
            assert!(text.parse::<CaseNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn patterns_of_case_numbers_are_taken() {
        for (pattern, looks_like_a_document) in [
            ("####-####-@", "2024-0001-R"),
            ("VG-########@", "VG-12345678Z"),
            ("caso########@", "caso12345678Z"),
            ("####.###.##", "2024.600.12"),
        ] {
            let number: CaseNumber = pattern.parse().unwrap();
            assert_eq!(number.to_string(), pattern);
            assert!(number.fits(looks_like_a_document), "{pattern}");
        }
        assert!(document("VG-12345678Z").is_some() && document("caso12345678Z").is_some());
    }
}
