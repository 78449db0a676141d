//! What can be wrong with an evaluation before it starts.

use thiserror::Error;

/// Why an evaluation was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Columns, scores or context that cannot be evaluated; every problem found, not only the first.
    #[error("{what}: {}", listed(.problems))]
    Invalid {
        /// `rows`, or `evaluation`.
        what: &'static str,
        /// One sentence a problem: the name, what was found, what was expected.
        problems: Vec<String>,
    },
    /// A report that is no report.
    #[error("report is not readable: {problem}")]
    Unreadable {
        /// What the reader found, with line and column.
        problem: String,
    },
    /// A report of another format.
    #[error("format {found} of the report, expected {expected}")]
    Format {
        /// The format found.
        found: u64,
        /// The format this crate reads.
        expected: u64,
    },
    /// Bytes that are no partial.
    #[error("partial is not readable: {problem}")]
    Partial {
        /// What the reader found.
        problem: String,
    },
    /// A partial of another format.
    #[error("format {found} of the partial, expected {expected}; another edition of the program wrote it")]
    PartialFormat {
        /// The format found.
        found: u8,
        /// The format this crate reads.
        expected: u8,
    },
}

/// One problem as it is, several under their number.
fn listed(problems: &[String]) -> String {
    match problems {
        [one] => one.clone(),
        many => format!("{} problems\n  - {}", many.len(), many.join("\n  - ")),
    }
}
