//! What can be wrong with telling a report.

use thiserror::Error;

/// Why a page was not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// A report that cannot be told: of another format, or with a number that is not finite.
    #[error(transparent)]
    Report(#[from] amparo_evaluation::Error),
    /// A page that could not be written.
    #[error("page of the report could not be written: {reason}")]
    Page {
        /// What the template found.
        reason: String,
    },
}
