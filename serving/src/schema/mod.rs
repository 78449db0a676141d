//! What the service answers, as its OpenAPI document describes it.
//!
//! What the models answer lives in a crate that knows no HTTP, so the proposal is described here a second time, field by
//! field; a test compares the description with real answers, both ways.

mod context;
mod models;
mod next_level;
mod proposal;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use context::{
    KnownStability, Percentile, Percentiles, PlacedValue, ScorePercentile, Stability, StableValue,
};
pub use models::{AliasMove, ModelDetail, Models, PublishedModel, VersionDetail, VersionSummary};
pub use next_level::{
    Change, Correction, CorrectionCutOff, Corrections, LogOddsDifference, NextLevel, NoCorrection,
    NoDifference, SmallestSet, Step,
};
pub use proposal::{
    Advice, AskFirst, Confirmation, ConfirmationReceipt, Contribution, Explanation, GivenAnswer, IfAnswered,
    IfUnknowns, Interval, Pair, ProbabilityPath, Proposal, Raise, Reading, Receipt, Undefined, Undetermined,
};

/// A text in the two languages of the service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Text {
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

/// The state of the service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `live` or `ready`.
    pub status: String,
}
