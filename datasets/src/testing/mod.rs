//! For tests, of this crate and others (feature `testing`): forms and cohorts made by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

mod cohort;
mod form;
#[cfg(test)]
mod shared;

pub use cohort::one_outcome;
pub use form::{Question, Scale, form_text, instrument};
#[cfg(test)]
pub(crate) use shared::*;
