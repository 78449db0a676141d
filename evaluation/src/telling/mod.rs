//! Results in words, in Spanish and in English: the languages, how numbers are written, reasons, and the summary of a report.
//!
//! Pages, documents and the command take their words from here. Nothing here computes a result, and nothing that computes one imports
//! this module: reports, verdicts and audits hold codes and numbers.

pub(crate) mod gap_counts;
mod lang;
pub(crate) mod number;
mod reasons;
pub(crate) mod summary;
pub(crate) mod view;
pub(crate) mod words;

pub use lang::Lang;
pub(crate) use lang::tell;
pub use reasons::{because, reason};
