mod causes;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use causes::Causes;

/// What can go wrong with data, each with the fields needed to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something the user wrote or brought does not hold together.
    #[error("{what}: {problems}")]
    Invalid {
        /// The thing that was checked: a file, a form, a cohort.
        what: String,
        /// All that was found wrong with it.
        problems: Problems,
    },
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not in the format it should be in.
    #[error("`{}` is not {expected}: {message}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format that was expected.
        expected: &'static str,
        /// What the parser said.
        message: String,
    },
    /// Nothing of that name is built in, and no file of that name exists.
    #[error("{}", not_found(kind, name, written_in.as_deref(), path, known))]
    NotFound {
        /// `instrument`, `source`, `protocol` or `config`.
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// The file that writes the name, from whose folder a relative path starts.
        written_in: Option<PathBuf>,
        /// The file that was looked for.
        path: PathBuf,
        /// The names that are built in.
        known: Vec<String>,
    },
}

impl Error {
    /// An [`Error::Invalid`] with one or more problems.
    pub fn invalid(what: impl Into<String>, problems: impl Into<Problems>) -> Self {
        Self::Invalid { what: what.into(), problems: problems.into() }
    }
}

fn not_found(kind: &str, name: &str, written_in: Option<&Path>, path: &Path, known: &[String]) -> String {
    let known = known.join(", ");
    match written_in {
        None => format!("no {kind} `{name}`: it is neither built in ({known}) nor a file"),
        Some(file) => format!(
            "no {kind} `{name}`, which `{}` names: it is neither built in ({known}) nor the file `{}`",
            file.display(),
            path.display()
        ),
    }
}

/// One thing that is wrong, and where: `message` says what was found and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The field, indicator or column concerned.
    pub field: String,
    /// Found and expected, in words.
    pub message: String,
    /// 1-based data row of a table (the header is not counted), where one is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
}

impl Problem {
    /// A problem with a field as a whole.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), row: None }
    }

    /// The same problem, at a 1-based data row.
    #[must_use]
    pub fn at_row(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match self.row {
            Some(row) => write!(f, " (row {row})"),
            None => Ok(()),
        }
    }
}

/// Most problems that are printed; all are in the error.
const MAX_PRINTED: usize = 50;

/// All problems that were found, in the order they were met. Never empty inside an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok(value)` when nothing was found wrong, else the error.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is at least one problem.
    pub fn or<T>(self, what: impl Into<String>, value: T) -> Result<T, Error> {
        if self.0.is_empty() { Ok(value) } else { Err(Error::invalid(what, self)) }
    }

    /// Notes one more problem.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "{one}"),
            many => {
                write!(f, "{} problems", many.len())?;
                many.iter().take(MAX_PRINTED).try_for_each(|problem| write!(f, "\n  - {problem}"))?;
                match many.len().saturating_sub(MAX_PRINTED) {
                    0 => Ok(()),
                    more => write!(f, "\n  - and {more} more"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
