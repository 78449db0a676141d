//! What a test of a column asks of the answers.

use amparo_datasets::Answer;

use crate::foreign::{Arithmetic, Test, Value};

/// A column, by what it holds for each answer.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) name: &'a str,
    /// Place of its indicator.
    pub(super) asked: usize,
    pub(super) values: &'a [Value],
    pub(super) answers: &'a [Answer],
    pub(super) arithmetic: Arithmetic,
}

impl Question<'_> {
    /// The answers that pass a test, as bits by code.
    ///
    /// # Errors
    /// Why that cannot be said, or is not worth asking: a test that parts no answers is about a number that none of them has, which tells
    /// of a column that is mapped wrong.
    pub(super) fn set(&self, test: &Test) -> Result<u16, String> {
        let set = self.passing(test)?;
        let all = (1_u32 << self.values.len()) - 1;
        let is_threshold = !matches!(test, Test::IsMissing | Test::Always);
        if is_threshold && (set == 0 || u32::from(set) == all) {
            let (name, held) = (self.name, self.held());
            return Err(format!(
                "the model asks whether {}, but no answer has another side: column `{name}` holds {held}",
                self.said(test)
            ));
        }
        let named = match test {
            Test::OneOf { values, .. } => values.clone(),
            Test::Code { codes, .. } => codes.iter().map(|code| Value::Number(f64::from(*code))).collect(),
            _ => Vec::new(),
        };
        if let Some(value) = named.iter().find(|value| !self.holds(value)) {
            let (name, held) = (self.name, self.held());
            return Err(format!(
                "the model asks whether column `{name}` is {}, which no answer has: it holds {held}",
                said(value)
            ));
        }
        Ok(set)
    }

    /// The same for a test that may part no answers, as that of the bin of a table.
    ///
    /// # Errors
    /// As [`Test::passes`].
    pub(super) fn passing(&self, test: &Test) -> Result<u16, String> {
        let mut set = 0;
        for (code, value) in self.values.iter().enumerate() {
            let passes = test.passes(value, self.arithmetic).map_err(|what| {
                format!(
                    "the model asks whether {}, which {what} (answer `{}`)",
                    self.said(test),
                    self.answers[code].id
                )
            })?;
            set |= u16::from(passes) << code;
        }
        Ok(set)
    }

    fn holds(&self, value: &Value) -> bool {
        self.values.iter().any(|held| match (held, value) {
            (Value::Number(held), Value::Number(value)) => {
                self.arithmetic.rounded(*held).to_bits() == value.to_bits()
            }
            _ => held == value,
        })
    }

    fn said(&self, test: &Test) -> String {
        let name = self.name;
        match test {
            Test::Below { threshold, .. } => format!("`{name}` < {threshold}"),
            Test::AtMost { threshold, .. } => format!("`{name}` <= {threshold}"),
            Test::OneOf { values, .. } => {
                format!("`{name}` is one of {}", values.iter().map(said).collect::<Vec<_>>().join(", "))
            }
            Test::AtMostUnlessZero { threshold, .. } => format!("`{name}` <= {threshold} and not zero"),
            Test::Code { codes, .. } => {
                format!(
                    "`{name}` is one of {}",
                    codes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
                )
            }
            Test::IsMissing => format!("`{name}` is missing"),
            Test::Always => format!("`{name}` is anything"),
        }
    }

    /// What the column holds, for messages.
    fn held(&self) -> String {
        let each = self
            .values
            .iter()
            .zip(self.answers)
            .map(|(value, answer)| format!("{} for `{}`", said(value), answer.id));
        each.collect::<Vec<_>>().join(", ")
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Range { from, to, closed: true } => format!("{from} to {to}"),
        Value::Range { from, to, closed: false } => format!("{from} to below {to}"),
        Value::Text(text) => format!("`{text}`"),
        Value::Missing => "nothing".to_owned(),
    }
}
