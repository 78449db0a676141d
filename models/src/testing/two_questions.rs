//! The smallest form that a cohort answers, as files: two questions and two levels.

use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Instrument, Polarity};

use super::protocol_text;

/// `A` and `B`, both binary risks.
fn questions() -> [Question; 2] {
    ["A", "B"].map(|id| Question::new(id, Polarity::Risk, Scale::binary()))
}

/// The form.
pub fn instrument() -> Arc<Instrument> {
    datasets::instrument("small", &questions())
}

/// The form as a file.
pub fn instrument_text() -> String {
    datasets::form_text("small", &questions())
}

/// What its probabilities mean, as a file: `high` from one half on.
pub fn protocol() -> String {
    protocol_text("assault", None, &[("low", 0.0), ("high", 0.5)])
}
