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
    /// `x <= threshold` in a program to which a zero says nothing: numbers from -1e-35 to 1e-35 count as missing.
    AtMostUnlessZero {
        /// The threshold.
        threshold: f64,
        /// Whether a missing value, or a zero, passes.
        missing: bool,
    },
    /// `x` is one of these codes of categories. A code is a whole number; one that is negative or not listed does not pass.
    Code {
        /// The codes.
        codes: Vec<u32>,
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
            Self::AtMostUnlessZero { threshold, missing } => at_most_unless_zero(value, *threshold, *missing),
            Self::Code { codes, missing } => match value {
                Value::Missing => Ok(*missing),
                Value::Number(x) if x.fract() != 0.0 => {
                    Err(format!("asks for the code of a category, which {x} is not"))
                }
                Value::Number(x) => {
                    Ok((0.0..f64::from(u32::MAX)).contains(x) && codes.contains(&(*x as u32)))
                }
                Value::Range { from, to, .. } => {
                    Err(format!("asks for single codes of those from {from} to {to}"))
                }
                Value::Text(text) => {
                    Err(format!("asks for the code of a category, and the file has none for `{text}`"))
                }
            },
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

/// Numbers up to this one are zero to a program to which a zero is a missing value.
const ZERO: f64 = 1e-35_f32 as f64;

fn at_most_unless_zero(value: &Value, threshold: f64, missing: bool) -> Result<bool, String> {
    let passes = |x: f64| if x.abs() <= ZERO { missing } else { x <= threshold };
    let (from, to) = match value {
        Value::Missing => return Ok(missing),
        Value::Number(x) => return Ok(passes(*x)),
        Value::Text(text) => return Err(format!("compares the text `{text}` with a number")),
        Value::Range { from, to, closed } => (*from, if *closed { *to } else { to.next_down() }),
    };
    // Where the answer can change, besides at the threshold: the ends of what counts as zero.
    let turns = [(-ZERO).next_down(), 0.0, ZERO.next_up()];
    let within = turns.into_iter().filter(|turn| from <= *turn && *turn <= to);
    if within.chain([to]).all(|x| passes(x) == passes(from)) {
        Ok(passes(from))
    } else {
        Err(format!("holds for some numbers from {from} to {to} and not for others, or for zero"))
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
    pub(super) fn next_below(self, x: f64) -> f64 {
        match self {
            Self::Single => f64::from((x as f32).next_down()),
            Self::Double => x.next_down(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn range(from: f64, to: f64, closed: bool) -> Value {
        Value::Range { from, to, closed }
    }

    #[test]
    fn zero_as_missing_is_neither_below_nor_above() {
        let test = Test::AtMostUnlessZero { threshold: 2.0, missing: false };
        let passes = |value: Value| test.passes(&value, Arithmetic::Double);
        for (value, expected) in [
            (Value::Number(-1.0), true),
            (Value::Number(0.0), false),
            (Value::Number(-1e-36), false),
            (Value::Number(1.1e-35), true),
            (Value::Number(2.0), true),
            (Value::Number(2.5), false),
            (Value::Missing, false),
            (range(1.0, 2.0, true), true),
            (range(3.0, 9.0, false), false),
            (range(0.0, 1e-36, true), false),
        ] {
            assert_eq!(passes(value.clone()).unwrap(), expected, "{value:?}");
        }
        assert!(passes(range(0.0, 2.0, true)).is_err());
        assert!(passes(range(-2.0, 2.0, true)).is_err());
        assert!(passes(range(1.0, 3.0, true)).is_err());
        let all = Test::AtMostUnlessZero { threshold: 2.0, missing: true };
        assert!(all.passes(&range(-2.0, 2.0, true), Arithmetic::Double).unwrap());
    }

    #[test]
    fn a_code_is_a_whole_number() {
        let test = Test::Code { codes: vec![0, 3], missing: true };
        let passes = |value: Value| test.passes(&value, Arithmetic::Single);
        for (value, expected) in [
            (Value::Number(0.0), true),
            (Value::Number(3.0), true),
            (Value::Number(1.0), false),
            (Value::Number(-3.0), false),
            (Value::Number(1e20), false),
            (Value::Missing, true),
        ] {
            assert_eq!(passes(value.clone()).unwrap(), expected, "{value:?}");
        }
        assert!(passes(Value::Number(2.5)).unwrap_err().contains("code of a category"));
        assert!(passes(Value::Text("x".to_owned())).unwrap_err().contains("`x`"));
        assert!(passes(range(0.0, 3.0, true)).is_err());
    }
}
