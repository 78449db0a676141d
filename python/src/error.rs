//! Errors as Python's own.

use pyo3::PyErr;
use pyo3::prelude::*;

/// A cell, a column or a table that is not as a form needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Row from 0, unless it is about the column or the table.
    pub row: Option<usize>,
    /// The column; empty if it is about the table.
    pub column: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// Most problems that an error lists.
pub const LISTED: usize = 1000;

/// `amparo.InputError` with these problems, of which there are `n` in all.
pub fn input_error(py: Python<'_>, listed: Vec<Found>, n: usize) -> PyErr {
    let listed: Vec<_> =
        listed.into_iter().map(|one| (one.row, one.column, one.found, one.expected)).collect();
    let made = py
        .import("amparo.errors")
        .and_then(|module| module.getattr("InputError"))
        .and_then(|class| class.call_method1("of", (listed, n)));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// Whatever the library refuses, as `amparo.AmparoError`.
pub fn refused(py: Python<'_>, error: &impl ToString) -> PyErr {
    let class = py.import("amparo.errors").and_then(|module| module.getattr("AmparoError"));
    match class.and_then(|class| class.call1((error.to_string(),))) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// Results whose errors are the library's.
pub trait OrRefused<T> {
    /// The value, or `amparo.AmparoError`.
    fn or_refused(self, py: Python<'_>) -> PyResult<T>;
}

impl<T, E: ToString> OrRefused<T> for Result<T, E> {
    fn or_refused(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| refused(py, &error))
    }
}
