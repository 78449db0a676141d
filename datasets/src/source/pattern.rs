//! Names of columns, written short.

/// A name (`event`), a name with one star (`r_*`, `*.1`), or a range of numbered names (`V100..V132`, which takes in
/// `V103_days`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    Exact(String),
    Star { before: String, after: String },
    Range { prefix: String, from: u32, to: u32 },
}

impl Pattern {
    /// Reads a pattern; the message says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((from, to)) = text.split_once("..") {
            let numbered = |part: &str| {
                let digits = part.find(|c: char| c.is_ascii_digit())?;
                Some((part[..digits].to_owned(), part[digits..].parse::<u32>().ok()?))
            };
            return match (numbered(from), numbered(to)) {
                (Some((prefix, from)), Some((same, to))) if prefix == same && from <= to => {
                    Ok(Self::Range { prefix, from, to })
                }
                _ => Err(format!("range `{text}` is not of the form `V100..V132`, from the smaller number")),
            };
        }
        match text.split('*').collect::<Vec<_>>().as_slice() {
            [""] => Err("an empty text names no column".to_owned()),
            ["", ""] => Err("pattern `*` would name every column".to_owned()),
            [name] => Ok(Self::Exact((*name).to_owned())),
            [before, after] => Ok(Self::Star { before: (*before).to_owned(), after: (*after).to_owned() }),
            _ => Err(format!("pattern `{text}` has more than one `*`")),
        }
    }

    /// Whether a column is meant.
    pub fn matches(&self, column: &str) -> bool {
        match self {
            Self::Exact(name) => name == column,
            Self::Star { before, after } => {
                column.len() >= before.len() + after.len()
                    && column.starts_with(before.as_str())
                    && column.ends_with(after.as_str())
            }
            Self::Range { prefix, from, to } => column
                .strip_prefix(prefix.as_str())
                .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())])
                .and_then(|digits| digits.parse::<u32>().ok())
                .is_some_and(|number| (*from..=*to).contains(&number)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::Pattern;

    #[test]
    fn patterns_name_what_they_say() {
        let range = Pattern::parse("V100..V132").unwrap();
        assert!(range.matches("V100") && range.matches("V132_REINCIDENCIA_2013"));
        assert!(!range.matches("V99_x") && !range.matches("V133_x") && !range.matches("V1000_x"));
        assert!(!range.matches("W100_x") && !range.matches("V"));
        let star = Pattern::parse("r_*").unwrap();
        assert!(star.matches("r_days") && star.matches("r_") && !star.matches("vr_days"));
        let copies = Pattern::parse("*.1").unwrap();
        assert!(copies.matches("priors_count.1") && !copies.matches("priors_count"));
        let exact = Pattern::parse("event").unwrap();
        assert!(exact.matches("event") && !exact.matches("events"));
    }

    #[test]
    fn patterns_that_name_nothing_or_everything_are_refused() {
        for (text, message) in [
            ("", "an empty text names no column"),
            ("*", "pattern `*` would name every column"),
            ("a*b*", "pattern `a*b*` has more than one `*`"),
            ("V9..V1", "range `V9..V1` is not of the form `V100..V132`, from the smaller number"),
            ("V9..W10", "range `V9..W10` is not of the form `V100..V132`, from the smaller number"),
        ] {
            assert_eq!(Pattern::parse(text), Err(message.to_owned()));
        }
    }
}
