//! Columns that a model makes of its inputs before it asks about them: filled in, scaled, or one-hot.

use std::sync::Arc;

use super::{Arithmetic, Value};

/// A column of a model: what an input holds, changed step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Place of the input.
    pub input: usize,
    /// What is done to its value, in this order.
    pub steps: Vec<Step>,
}

/// What is done to a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A missing value becomes this number.
    Filled(f64),
    /// A text stays what it is; nothing else may be there.
    Text,
    /// A number becomes the nearest 32-bit float.
    Single,
    /// A number loses what stands behind its decimal point.
    Whole,
    /// An operation with a number; a missing value stays missing.
    Operation {
        /// Which.
        operation: Operation,
        /// The number.
        operand: f64,
        /// How the result is rounded.
        arithmetic: Arithmetic,
    },
    /// 1 if the value is this one, else 0; a missing value is no category.
    Is {
        /// The number or text.
        value: Value,
        /// All that the program takes, if it refuses others.
        among: Option<Arc<[Value]>>,
    },
    /// Another value for each.
    Listed(Arc<Listed>),
}

/// An operation on a value x and a number a.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `x + a`.
    Plus,
    /// `x - a`.
    Minus,
    /// `a - x`.
    From,
    /// `x * a`.
    Times,
    /// `x / a`.
    By,
}

/// Values with what stands for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// What is looked up, with what it becomes.
    pub pairs: Vec<(Value, Value)>,
    /// What everything else becomes.
    pub other: Value,
}

impl Derived {
    /// Columns that are the inputs themselves.
    pub fn plain(n_inputs: usize) -> Vec<Self> {
        (0..n_inputs).map(|input| Self { input, steps: Vec::new() }).collect()
    }

    /// What the column holds where the input holds `value`.
    ///
    /// # Errors
    /// What stands in the way, as the end of a sentence that begins with the value.
    pub fn of(&self, value: &Value) -> Result<Value, String> {
        self.steps.iter().try_fold(value.clone(), |value, step| step.of(value))
    }
}

impl Step {
    fn of(&self, value: Value) -> Result<Value, String> {
        match (self, value) {
            (Self::Text, Value::Text(text)) => Ok(Value::Text(text)),
            (Self::Text, _) => Err("is no text, which the program expects: state one in `texts`".to_owned()),
            (Self::Filled(number), Value::Missing) => Ok(Value::Number(*number)),
            (Self::Is { among: None, .. }, Value::Missing) => Ok(Value::Number(0.0)),
            (Self::Is { .. }, Value::Missing) => {
                Err("is nothing, which is no category that the program takes".to_owned())
            }
            (Self::Filled(_), value) => Ok(value),
            (Self::Listed(listed), value @ (Value::Number(_) | Value::Text(_) | Value::Missing)) => {
                let found = listed.pairs.iter().find(|(of, _)| *of == value);
                Ok(found.map_or(&listed.other, |(_, becomes)| becomes).clone())
            }
            (Self::Is { value: of, among }, value @ (Value::Number(_) | Value::Text(_))) => {
                if among.as_ref().is_some_and(|all| !all.contains(&value)) {
                    return Err("is no category that the program takes".to_owned());
                }
                Ok(Value::Number(f64::from(u8::from(*of == value))))
            }
            (Self::Single | Self::Whole | Self::Operation { .. }, Value::Missing) => Ok(Value::Missing),
            (Self::Single | Self::Whole | Self::Operation { .. }, Value::Number(x)) => {
                finite(self.number(x)).map(Value::Number)
            }
            (Self::Single | Self::Operation { .. }, Value::Range { from, to, closed }) => {
                // The last number of an open bin, so that the ends of what it becomes are known.
                let last = if closed { to } else { self.arithmetic().next_below(to) };
                let (from, to) = (self.number(from), self.number(last));
                if from.is_nan() || to.is_nan() {
                    return Err("is no number where the program has worked with it".to_owned());
                }
                Ok(Value::Range { from: from.min(to), to: from.max(to), closed: true })
            }
            (_, Value::Range { .. }) => {
                Err("is any number of a bin, of which the program looks at single ones".to_owned())
            }
            (_, Value::Text(_)) => Err("is a text, with which the program computes".to_owned()),
        }
    }

    fn arithmetic(&self) -> Arithmetic {
        match self {
            Self::Operation { arithmetic, .. } => *arithmetic,
            Self::Single => Arithmetic::Single,
            _ => Arithmetic::Double,
        }
    }

    /// A number, a step further; all of these keep or turn the order of numbers.
    fn number(&self, x: f64) -> f64 {
        match self {
            Self::Single => Arithmetic::Single.rounded(x),
            Self::Whole => x.trunc(),
            Self::Operation { operation, operand, arithmetic } => {
                let x = arithmetic.rounded(x);
                let exact = match operation {
                    Operation::Plus => x + operand,
                    Operation::Minus => x - operand,
                    Operation::From => operand - x,
                    Operation::Times => x * operand,
                    Operation::By => x / operand,
                };
                // Rounded twice it is the same: 53 bits are more than twice 24 and 2.
                arithmetic.rounded(exact)
            }
            _ => x,
        }
    }
}

fn finite(x: f64) -> Result<f64, String> {
    if x.is_finite() { Ok(x) } else { Err(format!("becomes {x}, which is no finite number")) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn times(operand: f64, arithmetic: Arithmetic) -> Step {
        Step::Operation { operation: Operation::Times, operand, arithmetic }
    }

    fn column(steps: Vec<Step>) -> Derived {
        Derived { input: 0, steps }
    }

    #[test]
    fn numbers_go_step_by_step_in_the_arithmetic_of_the_program() {
        let minus = |operand| Step::Operation {
            operation: Operation::Minus,
            operand,
            arithmetic: Arithmetic::Single,
        };
        let scaled = column(vec![
            Step::Filled(2.0),
            minus(f64::from(1.4_f32)),
            times(f64::from(0.3_f32), Arithmetic::Single),
        ]);
        let expected = (7.1_f32 - 1.4_f32) * 0.3_f32;
        assert_eq!(scaled.of(&Value::Number(7.1)).unwrap(), Value::Number(f64::from(expected)));
        assert_eq!(
            scaled.of(&Value::Missing).unwrap(),
            Value::Number(f64::from((2.0_f32 - 1.4_f32) * 0.3_f32))
        );
        // In 64 bits it is another number.
        assert!((f64::from(expected) - (7.1 - 1.4) * 0.3).abs() > 1e-9);
        assert_eq!(column(vec![minus(1.0)]).of(&Value::Missing).unwrap(), Value::Missing);
    }

    #[test]
    fn a_bin_keeps_its_ends() {
        let range = |from, to, closed| Value::Range { from, to, closed };
        let turned = column(vec![times(-2.0, Arithmetic::Double)]);
        assert_eq!(turned.of(&range(1.0, 3.0, true)).unwrap(), range(-6.0, -2.0, true));
        let Value::Range { from, to, closed } = turned.of(&range(1.0, 3.0, false)).unwrap() else { panic!() };
        assert!(closed && to <= -2.0 && from > -6.0 && from < -6.0 + 1e-12);
        assert!(column(vec![Step::Whole]).of(&range(1.0, 3.0, true)).unwrap_err().contains("single ones"));
        let unbounded = range(f64::NEG_INFINITY, 1.0, true);
        assert!(column(vec![times(0.0, Arithmetic::Double)]).of(&unbounded).is_err());
    }

    #[test]
    fn categories_are_one_or_zero_and_others_are_told() {
        let text = |text: &str| Value::Text(text.to_owned());
        let is = |among: Option<Arc<[Value]>>| column(vec![Step::Is { value: text("x"), among }]);
        assert_eq!(is(None).of(&text("x")).unwrap(), Value::Number(1.0));
        assert_eq!(is(None).of(&text("z")).unwrap(), Value::Number(0.0));
        assert_eq!(is(None).of(&Value::Missing).unwrap(), Value::Number(0.0));
        let strict = is(Some([text("x"), text("y")].into()));
        assert_eq!(strict.of(&text("y")).unwrap(), Value::Number(0.0));
        assert!(strict.of(&Value::Missing).is_err());
        assert!(strict.of(&text("z")).unwrap_err().contains("no category"));
        let listed = Listed { pairs: vec![(text("x"), Value::Number(2.0))], other: Value::Number(-1.0) };
        let listed = column(vec![Step::Listed(Arc::new(listed)), times(3.0, Arithmetic::Single)]);
        assert_eq!(listed.of(&text("x")).unwrap(), Value::Number(6.0));
        assert_eq!(listed.of(&text("q")).unwrap(), Value::Number(-3.0));
        assert!(column(vec![times(3.0, Arithmetic::Single)]).of(&text("x")).is_err());
    }
}
