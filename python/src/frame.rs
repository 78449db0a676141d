//! A data frame as rows of answer codes.
//!
//! A column may hold answers (texts or categories) or their codes (whole numbers, also as floats). Where the form has bins of a number, numbers are those
//! numbers. A missing value is no answer: it is refused, unless the caller says that it means `unknown`.

use std::sync::Arc;

use amparo_datasets::{Answers, Indicator, Instrument, expected_answers};
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::error::{Found, LISTED};

/// How a frame is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Whether a missing value means that the answer is unknown.
    pub missing_is_unknown: bool,
    /// Whether columns that are no indicators are passed over.
    pub ignore_extra: bool,
    /// Whether there may be no row, as in a part of a table.
    pub allow_empty: bool,
}

/// Everything that is wrong with a frame: the first of them, and how many there are.
#[derive(Debug, Default)]
pub struct Wrong {
    /// The first [`LISTED`] problems.
    pub listed: Vec<Found>,
    /// All problems.
    pub n: usize,
}

impl Wrong {
    fn push(
        &mut self,
        row: Option<usize>,
        column: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.n += 1;
        // What is wrong with a whole column is told in any case.
        if self.listed.len() < LISTED || row.is_none() {
            let (found, expected) = (found.into(), expected.into());
            self.listed.push(Found { row, column: column.to_owned(), found, expected });
        }
    }
}

/// The answers of all rows of some batches of one schema.
///
/// # Errors
/// Everything that does not fit the form.
pub fn answers(
    instrument: &Arc<Instrument>,
    batches: &[RecordBatch],
    names: &[String],
    reading: Reading,
) -> Result<Answers, Wrong> {
    let mut wrong = Wrong::default();
    let n_rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if n_rows == 0 && !reading.allow_empty {
        wrong.push(None, "", "no row", "one row or more, or allow_empty=True for parts of a table");
    }
    let indicators = instrument.indicators();
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            wrong.push(None, name, "a column of this name before", "each column once");
        } else if instrument.position(name).is_none() && !reading.ignore_extra {
            let expected = format!("indicators of the form `{}` only, or ignore_extra=True", instrument.id());
            wrong.push(None, name, "a column that is no indicator", expected);
        }
    }
    let mut codes = vec![0; n_rows * indicators.len()];
    for (j, indicator) in indicators.iter().enumerate() {
        let Some(at) = names.iter().position(|name| *name == indicator.id) else {
            wrong.push(None, &indicator.id, "no such column", expected_answers(indicator));
            continue;
        };
        let mut column = Column {
            indicator,
            reading,
            codes: &mut codes,
            step: indicators.len(),
            at: j,
            row: 0,
            wrong: &mut wrong,
        };
        for batch in batches {
            if !column.read(batch.column(at).as_ref()) {
                break;
            }
        }
    }
    if wrong.n > 0 {
        return Err(wrong);
    }
    Answers::from_codes(Arc::clone(instrument), codes).map_err(|error| {
        let mut wrong = Wrong::default();
        wrong.push(None, "", error.to_string(), "answers of the form");
        wrong
    })
}

/// A column on its way into the codes of all rows.
struct Column<'a> {
    indicator: &'a Indicator,
    reading: Reading,
    codes: &'a mut [u8],
    /// Codes from one row to the next.
    step: usize,
    /// Place of the next code.
    at: usize,
    row: usize,
    wrong: &'a mut Wrong,
}

impl Column<'_> {
    /// Reads a piece; whether it is of a type that can be read.
    fn read(&mut self, array: &dyn Array) -> bool {
        match array.data_type() {
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let Some(values) = self.of_values(dictionary.values().as_ref()) else { return false };
                let keys = dictionary.normalized_keys();
                for (row, key) in keys.into_iter().enumerate() {
                    // An array of keys that are all missing may have no value at all.
                    let value = if dictionary.is_null(row) { &Value::Missing } else { &values[key] };
                    self.push(value);
                }
            }
            _ => {
                let Some(values) = self.of_values(array) else { return false };
                values.iter().for_each(|value| self.push(value));
            }
        }
        true
    }

    /// What the values of an array mean; nothing, with the problem noted, if its type means nothing here.
    fn of_values(&mut self, array: &dyn Array) -> Option<Vec<Value>> {
        let texts = |of: &dyn Fn(usize) -> Value| -> Vec<Value> {
            (0..array.len()).map(|row| if array.is_null(row) { Value::Missing } else { of(row) }).collect()
        };
        Some(match array.data_type() {
            DataType::Utf8 => texts(&|row| self.of_text(array.as_string::<i32>().value(row))),
            DataType::LargeUtf8 => texts(&|row| self.of_text(array.as_string::<i64>().value(row))),
            DataType::Utf8View => texts(&|row| self.of_text(array.as_string_view().value(row))),
            DataType::Null => vec![Value::Missing; array.len()],
            of if of.is_integer() || of.is_floating() => {
                let Ok(numbers) = arrow_cast::cast(array, &DataType::Float64) else {
                    return self.other_type(array.data_type());
                };
                let numbers = numbers.as_primitive::<Float64Type>();
                let value = |row| {
                    if numbers.is_null(row) { Value::Missing } else { self.of_number(numbers.value(row)) }
                };
                (0..array.len()).map(value).collect()
            }
            other => return self.other_type(other),
        })
    }

    fn other_type(&mut self, of: &DataType) -> Option<Vec<Value>> {
        let expected =
            "texts, categories, whole numbers (codes of answers), or numbers where the form has bins";
        self.wrong.push(None, &self.indicator.id, format!("a column of type {of}"), expected);
        None
    }

    fn of_text(&self, text: &str) -> Value {
        self.indicator.code(text).map_or_else(|| Value::Wrong(format!("`{text}`")), Value::Code)
    }

    fn of_number(&self, number: f64) -> Value {
        if number.is_nan() {
            return Value::Missing;
        }
        if self.indicator.bins().is_some() {
            return self
                .indicator
                .code_of_number(number)
                .map_or_else(|_| Value::Wrong(number.to_string()), Value::Code);
        }
        let is_code =
            number.fract().abs() <= 0.0 && number >= 0.0 && number < self.indicator.n_answers() as f64;
        if is_code { Value::Code(number as u8) } else { Value::Wrong(number.to_string()) }
    }

    fn push(&mut self, value: &Value) {
        let found = match value {
            Value::Code(code) => {
                self.codes[self.at] = *code;
                None
            }
            Value::Missing if self.reading.missing_is_unknown => {
                self.codes[self.at] = self.indicator.unknown();
                None
            }
            Value::Missing => Some("a missing value".to_owned()),
            Value::Wrong(found) => Some(found.clone()),
        };
        if let Some(found) = found {
            let codes = match self.indicator.bins() {
                Some(_) => String::new(),
                None => format!(", or its code from 0 to {}", self.indicator.n_answers() - 1),
            };
            let missing = if matches!(value, Value::Missing) {
                "; missing=\"unknown\" takes missing values for `unknown`"
            } else {
                ""
            };
            let expected = format!("{}{codes}{missing}", expected_answers(self.indicator));
            self.wrong.push(Some(self.row), &self.indicator.id, found, expected);
        }
        self.at += self.step;
        self.row += 1;
    }
}

/// What one value means.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Code(u8),
    Missing,
    Wrong(String),
}
