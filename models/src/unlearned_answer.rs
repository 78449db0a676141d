use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Reason;

/// An answer that too few rows of a fit had: it counts as the average of the learned answers to its question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnlearnedAnswer {
    /// The outcome of the calculation that has not learned it.
    pub outcome: String,
    /// The question.
    pub indicator: String,
    /// The answer.
    pub answer: String,
    /// `unlearned_answer`, with how many rows had it and how many are needed.
    pub reason: Reason,
}

/// For messages: ``answer `unknown` to indicator `b` (outcome `again`)``.
impl fmt::Display for UnlearnedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, indicator, answer, .. } = self;
        write!(f, "answer `{answer}` to indicator `{indicator}` (outcome `{outcome}`)")
    }
}
