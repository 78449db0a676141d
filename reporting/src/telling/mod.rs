//! Results in words, in Spanish and in English: the languages, how numbers are written, reasons, and the summary of a report.
//!
//! Pages, documents and the command take their words from here. Nothing here computes a result, and nothing that computes one knows this
//! crate: reports, verdicts and audits hold codes and numbers.

mod audit;
mod block;
pub(crate) mod case_mix;
pub(crate) mod classes;
pub(crate) mod directions;
pub(crate) mod gap_counts;
mod lang;
pub(crate) mod number;
mod reasons;
pub(crate) mod summary;
#[cfg(test)]
mod tests;
mod verdict;
pub(crate) mod view;
pub(crate) mod words;

pub use audit::{capacity, erased, factors, fixed, not_compared, overrides, replaced, shadow};
pub use block::Block;
pub use lang::Lang;
pub(crate) use lang::tell;
pub use reasons::reason;
pub use verdict::{answered, finding, kept_verdict, outcome, verdict};
