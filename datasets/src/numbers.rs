//! How numbers are written in the texts of a table.

/// What stands before the decimals of a number, and between its thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    decimal: char,
    thousands: Option<char>,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { decimal: '.', thousands: None }
    }
}

impl Numbers {
    /// Every way to write numbers with a point, a comma or nothing between thousands, with its decimal and thousands; the one
    /// that need not be stated first.
    pub fn ways() -> [(Self, char, Option<char>); 4] {
        [('.', None), (',', None), ('.', Some(',')), (',', Some('.'))]
            .map(|(decimal, thousands)| (Self { decimal, thousands }, decimal, thousands))
    }

    /// A point before the decimals and nothing between thousands, where nothing else is stated.
    ///
    /// # Errors
    /// A sentence for each that is none of those known, or if both are the same.
    pub fn stated(decimal: Option<&str>, thousands: Option<&str>) -> Result<Self, Vec<String>> {
        let mut messages = Vec::new();
        let mut one = |key: &str, text: Option<&str>, known: &[char]| {
            let text = text?;
            let found = known.iter().copied().find(|known| text.chars().eq([*known]));
            if found.is_none() {
                let known =
                    known.iter().map(|c| format!("`{}`", c.escape_debug())).collect::<Vec<_>>().join(", ");
                messages.push(format!("{key} is `{}`, expected one of {known}", text.escape_debug()));
            }
            found
        };
        let decimal = one("decimal", decimal, &['.', ',']).unwrap_or('.');
        let thousands = one("thousands", thousands, &['.', ',', ' ', '\'', '\u{a0}', '\u{202f}']);
        if thousands == Some(decimal) {
            messages.push(format!("decimal and thousands are both `{decimal}`, expected two"));
        }
        if messages.is_empty() { Ok(Self { decimal, thousands }) } else { Err(messages) }
    }

    /// The finite number that a text is, if it is one as stated: `1.5`, or `1.234,5` with a comma before the decimals and
    /// a point between thousands. Where thousands are parted, every three digits are, or none.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(&self, text: &str) -> Result<f64, String> {
        let number = self.plain(text).and_then(|plain| plain.parse::<f64>().ok()).filter(|n| n.is_finite());
        number.ok_or_else(|| {
            let written = match self {
                Self { decimal: '.', thousands: None } => String::new(),
                Self { decimal, thousands } => {
                    let thousands = thousands.map(String::from).unwrap_or_default();
                    format!(" written 1{thousands}234{decimal}5")
                }
            };
            format!("a number{written}")
        })
    }

    /// The text as Rust writes numbers.
    fn plain(&self, text: &str) -> Option<String> {
        let (whole, decimals) = text.split_once(self.decimal).map_or((text, None), |(w, d)| (w, Some(d)));
        if self.decimal != '.' && text.contains('.') && self.thousands != Some('.') {
            return None;
        }
        let whole = match self.thousands {
            Some(mark) if whole.contains(mark) => {
                let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches(['+', '-']).len());
                let mut groups = digits.split(mark);
                let first = groups.next()?;
                let is = |group: &str, n: std::ops::RangeInclusive<usize>| {
                    n.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
                };
                if !is(first, 1..=3) || !groups.all(|group| is(group, 3..=3)) {
                    return None;
                }
                format!("{sign}{}", digits.replace(mark, ""))
            }
            _ => whole.to_owned(),
        };
        match decimals {
            Some(decimals) if self.thousands.is_some_and(|mark| decimals.contains(mark)) => None,
            Some(decimals) => Some(format!("{whole}.{decimals}")),
            None => Some(whole),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(decimal: char, thousands: Option<char>, texts: &[&str]) -> Vec<Option<f64>> {
        texts.iter().map(|text| Numbers { decimal, thousands }.read(text).ok()).collect()
    }

    #[test]
    fn numbers_are_read_as_stated_and_no_other_way() {
        let texts = ["1", "1.5", "1,5", "-1e3", "1.234", "1.234,5", "", "x", "inf", "NaN", " 1"];
        let point =
            [Some(1.0), Some(1.5), None, Some(-1000.0), Some(1.234), None, None, None, None, None, None];
        assert_eq!(read('.', None, &texts), point);
        let comma = [Some(1.0), None, Some(1.5), Some(-1000.0), None, None, None, None, None, None, None];
        assert_eq!(read(',', None, &texts), comma);
        // With a mark between thousands, 1.5 is neither: it may have been meant with a point before its decimals.
        let spain = [
            Some(1.0),
            None,
            Some(1.5),
            Some(-1000.0),
            Some(1234.0),
            Some(1234.5),
            None,
            None,
            None,
            None,
            None,
        ];
        assert_eq!(read(',', Some('.'), &texts), spain);
        let grouped =
            ["-1.234.567", "1.23.456", "1234.567", ".123", "1.234,5.6", "1..234", "12345,5", "1,2,3"];
        let expected = [Some(-1_234_567.0), None, None, None, None, None, Some(12_345.5), None];
        assert_eq!(read(',', Some('.'), &grouped), expected);
        assert_eq!(read('.', Some(','), &["1,234.5", "1,5"]), [Some(1234.5), None]);
        assert_eq!(read(',', Some('\u{a0}'), &["1\u{a0}234,5"]), [Some(1234.5)]);
    }

    #[test]
    fn what_is_stated_is_known_or_refused() {
        assert_eq!(Numbers::stated(None, None), Ok(Numbers::default()));
        assert_eq!(Numbers::stated(Some(","), Some(".")), Ok(Numbers { decimal: ',', thousands: Some('.') }));
        let refused = Numbers::stated(Some("·"), Some(".")).unwrap_err();
        assert_eq!(
            refused,
            ["decimal is `·`, expected one of `.`, `,`", "decimal and thousands are both `.`, expected two"]
        );
    }

    #[test]
    fn the_message_shows_how_a_number_is_written() {
        let spain = Numbers { decimal: ',', thousands: Some('.') };
        assert_eq!(spain.read("1.5"), Err("a number written 1.234,5".to_owned()));
        assert_eq!(Numbers::default().read("x"), Err("a number".to_owned()));
    }
}
