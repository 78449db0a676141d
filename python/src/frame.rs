//! A data frame as rows of answer codes.
//!
//! A column may hold answers (texts or categories) or their codes (whole numbers, also as floats). Where the form has bins of a number, numbers are those
//! numbers. A missing value is no answer: it is refused, unless the caller says that it means `unknown`.

use std::sync::Arc;

use amparo_datasets::{Answers, Indicator, Instrument, expected_answers};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::error::{Found, LISTED};
use crate::foreign;

/// What the values of a column mean.
pub trait Meaning {
    /// Name of the column.
    fn column(&self) -> &str;

    /// Code of `unknown`.
    fn unknown(&self) -> u8;

    /// What a text means; `typed` if it is that of a value of another type, such as a day.
    fn of_text(&self, text: &str, typed: bool) -> Value;

    /// What a number means.
    fn of_number(&self, number: f64) -> Value;

    /// What yes and no mean, if they may mean anything.
    fn of_boolean(&self, _: bool) -> Option<Value> {
        None
    }

    /// What a missing value means, if it means anything without being told.
    fn of_missing(&self) -> Value {
        Value::Missing
    }

    /// What a missing value should have been.
    fn expected(&self) -> String;

    /// The types that it is read from, for messages.
    fn types(&self) -> &'static str;
}

/// What one value means.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An answer.
    Code(u8),
    /// Nothing.
    Missing,
    /// No answer.
    Wrong {
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

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
    /// Notes one more problem.
    pub fn push(
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
    let columns: Vec<OnForm<'_>> = instrument.indicators().iter().map(OnForm).collect();
    let expected = format!("indicators of the form `{}` only, or ignore_extra=True", instrument.id());
    let codes = codes(&columns, batches, names, reading, &expected)?;
    Answers::from_codes(Arc::clone(instrument), codes).map_err(|error| {
        let mut wrong = Wrong::default();
        wrong.push(None, "", error.to_string(), "answers of the form");
        wrong
    })
}

/// The codes of all rows, row by row: of each column by what its values mean, in this order.
///
/// # Errors
/// Everything that does not fit.
pub fn codes<M: Meaning>(
    columns: &[M],
    batches: &[RecordBatch],
    names: &[String],
    reading: Reading,
    instead_of_extra: &str,
) -> Result<Vec<u8>, Wrong> {
    let mut wrong = Wrong::default();
    let n_rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if n_rows == 0 && !reading.allow_empty {
        wrong.push(None, "", "no row", "one row or more, or allow_empty=True for parts of a table");
    }
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            wrong.push(None, name, "a column of this name before", "each column once");
        } else if !reading.ignore_extra && columns.iter().all(|column| column.column() != name) {
            wrong.push(None, name, "a column that is no indicator", instead_of_extra);
        }
    }
    let mut codes = vec![0; n_rows * columns.len()];
    for (j, meaning) in columns.iter().enumerate() {
        let Some(at) = names.iter().position(|name| name == meaning.column()) else {
            wrong.push(None, meaning.column(), "no such column", meaning.expected());
            continue;
        };
        let mut column = Column {
            meaning,
            reading,
            codes: &mut codes,
            step: columns.len(),
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
    if wrong.n > 0 { Err(wrong) } else { Ok(codes) }
}

/// A column on its way into the codes of all rows.
struct Column<'a, M> {
    meaning: &'a M,
    reading: Reading,
    codes: &'a mut [u8],
    /// Codes from one row to the next.
    step: usize,
    /// Place of the next code.
    at: usize,
    row: usize,
    wrong: &'a mut Wrong,
}

impl<M: Meaning> Column<'_, M> {
    /// Reads a piece; whether it is of a type that can be read.
    fn read(&mut self, array: &dyn Array) -> bool {
        match array.data_type() {
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let Some(values) = self.of_values(dictionary.values().as_ref()) else { return false };
                let keys = dictionary.normalized_keys();
                let missing = self.meaning.of_missing();
                for (row, key) in keys.into_iter().enumerate() {
                    // An array of keys that are all missing may have no value at all.
                    let value = if dictionary.is_null(row) { &missing } else { &values[key] };
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
        let meaning = self.meaning;
        let values = |of: &dyn Fn(usize) -> Value| -> Vec<Value> {
            let of = |row| if array.is_null(row) { meaning.of_missing() } else { of(row) };
            (0..array.len()).map(of).collect()
        };
        let of_text = |text: &str| meaning.of_text(text, false);
        let of_number =
            |number: f64| if number.is_nan() { meaning.of_missing() } else { meaning.of_number(number) };
        Some(match array.data_type() {
            DataType::Utf8 => values(&|row| of_text(array.as_string::<i32>().value(row))),
            DataType::LargeUtf8 => values(&|row| of_text(array.as_string::<i64>().value(row))),
            DataType::Utf8View => values(&|row| of_text(array.as_string_view().value(row))),
            DataType::Null => vec![meaning.of_missing(); array.len()],
            // As it is written, 0.1 is 0.1, however few bits hold it.
            DataType::Float32 => values(&|row| {
                let number = array.as_primitive::<Float32Type>().value(row);
                of_number(number.to_string().parse().unwrap_or(f64::NAN))
            }),
            of if of.is_integer() || of.is_floating() => {
                let Ok(numbers) = arrow_cast::cast(array, &DataType::Float64) else {
                    return self.other_type(array.data_type());
                };
                let numbers = numbers.as_primitive::<Float64Type>();
                values(&|row| of_number(numbers.value(row)))
            }
            DataType::Boolean if meaning.of_boolean(true).is_some() => {
                let of = |row| meaning.of_boolean(array.as_boolean().value(row)).unwrap_or(Value::Missing);
                values(&of)
            }
            of if meaning.of_boolean(true).is_some() && foreign::is_shown(of) => {
                let Ok(texts) = foreign::texts(array) else { return self.other_type(of) };
                values(&|row| meaning.of_text(&texts[row], true))
            }
            other => return self.other_type(other),
        })
    }

    fn other_type(&mut self, of: &DataType) -> Option<Vec<Value>> {
        self.wrong.push(None, self.meaning.column(), format!("a column of type {of}"), self.meaning.types());
        None
    }

    fn push(&mut self, value: &Value) {
        let code = match value {
            Value::Code(code) => Ok(*code),
            Value::Missing if self.reading.missing_is_unknown => Ok(self.meaning.unknown()),
            Value::Missing => Err((
                "a missing value",
                format!(
                    "{}; missing=\"unknown\" takes missing values for `unknown`",
                    self.meaning.expected()
                ),
            )),
            Value::Wrong { found, expected } => Err((found.as_str(), expected.clone())),
        };
        match code {
            Ok(code) => self.codes[self.at] = code,
            Err((found, expected)) => {
                self.wrong.push(Some(self.row), self.meaning.column(), found, expected);
            }
        }
        self.at += self.step;
        self.row += 1;
    }
}

/// An indicator whose column holds its answers, their codes, or its numbers.
struct OnForm<'a>(&'a Indicator);

impl OnForm<'_> {
    fn wrong(&self, found: String) -> Value {
        Value::Wrong { found, expected: self.expected() }
    }
}

impl Meaning for OnForm<'_> {
    fn column(&self) -> &str {
        &self.0.id
    }

    fn unknown(&self) -> u8 {
        self.0.unknown()
    }

    fn of_text(&self, text: &str, _: bool) -> Value {
        self.0.code(text).map_or_else(|| self.wrong(format!("`{text}`")), Value::Code)
    }

    fn of_number(&self, number: f64) -> Value {
        if self.0.bins().is_some() {
            return self
                .0
                .code_of_number(number)
                .map_or_else(|_| self.wrong(number.to_string()), Value::Code);
        }
        let is_code = number.fract().abs() <= 0.0 && number >= 0.0 && number < self.0.n_answers() as f64;
        if is_code { Value::Code(number as u8) } else { self.wrong(number.to_string()) }
    }

    fn expected(&self) -> String {
        let codes = match self.0.bins() {
            Some(_) => String::new(),
            None => format!(", or its code from 0 to {}", self.0.n_answers() - 1),
        };
        format!("{}{codes}", expected_answers(self.0))
    }

    fn types(&self) -> &'static str {
        "texts, categories, whole numbers (codes of answers), or numbers where the form has bins"
    }
}
