//! What a tree asks of the value in a column.

use super::Arithmetic;

/// What a column holds for an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// Any number of a bin.
    Range {
        /// The least one.
        from: f64,
        /// The largest one, or where the next bin begins.
        to: f64,
        /// Whether `to` belongs to the bin.
        closed: bool,
    },
    /// A text.
    Text(String),
    /// Nothing: NaN, or an empty field.
    Missing,
}

/// A question about a value. Where the value is missing, the answer is `missing`.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `x < threshold`.
    Below {
        /// The threshold.
        threshold: f64,
        /// Whether a missing value passes.
        missing: bool,
    },
    /// `x <= threshold`.
    AtMost {
        /// The threshold.
        threshold: f64,
        /// Whether a missing value passes.
        missing: bool,
    },
    /// `x` is one of these numbers or texts.
    OneOf {
        /// The numbers and texts.
        values: Vec<Value>,
        /// Whether a missing value passes.
        missing: bool,
    },
    /// Whether nothing is there.
    IsMissing,
    /// What every value passes, also a missing one.
    Always,
}

impl Test {
    /// Whether a value passes.
    ///
    /// # Errors
    /// What stands in the way, as the end of a sentence that begins with the question: numbers of one bin pass or not, or a
    /// text is compared with a number.
    pub fn passes(&self, value: &Value, arithmetic: Arithmetic) -> Result<bool, String> {
        let compared = |threshold: f64, below: fn(f64, f64) -> bool, missing: bool| match value {
            Value::Missing => Ok(missing),
            Value::Number(x) => Ok(below(arithmetic.rounded(*x), threshold)),
            Value::Range { from, to, closed } => {
                let last = if *closed { arithmetic.rounded(*to) } else { arithmetic.next_below(*to) };
                let ends = [arithmetic.rounded(*from), last].map(|x| below(x, threshold));
                if ends[0] == ends[1] {
                    Ok(ends[0])
                } else {
                    Err(format!("holds for some numbers from {from} to {to} and not for others"))
                }
            }
            Value::Text(text) => Err(format!("compares the text `{text}` with a number")),
        };
        match self {
            Self::Always => Ok(true),
            Self::IsMissing => Ok(*value == Value::Missing),
            Self::Below { threshold, missing } => compared(*threshold, |x, t| x < t, *missing),
            Self::AtMost { threshold, missing } => compared(*threshold, |x, t| x <= t, *missing),
            Self::OneOf { values, missing } => match value {
                Value::Missing => Ok(*missing),
                Value::Range { from, to, .. } => {
                    Err(format!("asks for single numbers of those from {from} to {to}"))
                }
                Value::Number(x) => Ok(values.contains(&Value::Number(arithmetic.rounded(*x)))),
                Value::Text(_) => Ok(values.contains(value)),
            },
        }
    }
}

impl Arithmetic {
    /// A number as the program sees it.
    pub fn rounded(self, x: f64) -> f64 {
        match self {
            Self::Single => f64::from(x as f32),
            Self::Double => x,
        }
    }

    /// The largest number that the program sees below another.
    fn next_below(self, x: f64) -> f64 {
        match self {
            Self::Single => f64::from((x as f32).next_down()),
            Self::Double => x.next_down(),
        }
    }
}
