use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// What would have to be otherwise for the proposed level to change: `up` and `down` speak of the probability of a new
/// assault only, `corrections` of answers, with floors and the lethal probability.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NextLevel {
    /// The level above; left out at the highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub up: Option<Step>,
    /// The level below; left out at the lowest, and where rules hold the level whatever the probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub down: Option<Step>,
    /// The rules that keep the level from going down; left out if none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub held_by: Vec<String>,
    /// The fewest correctable answers that would change the level.
    pub corrections: Corrections,
}

/// What correctable answers could do about the proposed level. Only known answers that the form marks as correctable are
/// changed, to other known answers: never facts that stay, and never `unknown` into something else.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Corrections {
    /// Towards any higher level.
    pub up: Correction,
    /// Towards any lower level.
    pub down: Correction,
}

/// The smallest set of corrections, that there is none, or that the search was cut off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Correction {
    /// A smallest set.
    Smallest(SmallestSet),
    /// There is none.
    Impossible(NoCorrection),
    /// Too many sets to try.
    CutOff(CorrectionCutOff),
}

/// A smallest set of corrections; others of the same size may do as well.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SmallestSet {
    /// The corrections, in the form's order. None goes further than it has to with the others as they are.
    pub changes: Vec<Change>,
    /// The level that would be proposed.
    pub level: String,
    /// The probability of a new assault there.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// Whether it is proved that no smaller set is enough: always true.
    pub minimal: bool,
    /// Sets of answers that were tried; the others were ruled out by bounds.
    pub sets_tried: usize,
}

/// No corrections change the level: proved.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NoCorrection {
    /// Why.
    pub none: Text,
    /// Sets of answers that were tried to prove it.
    pub sets_tried: usize,
}

/// The search for corrections was cut off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CorrectionCutOff {
    /// How far it got.
    pub limit: Text,
    /// No fewer corrections than this are enough: proved.
    pub at_least: usize,
    /// Sets of answers that were tried.
    pub sets_tried: usize,
}

/// One answer corrected.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The question.
    pub indicator: String,
    /// The answer given.
    pub from: String,
    /// The answer instead.
    pub to: String,
}

/// The way to a neighbouring level.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// That level.
    pub level: String,
    /// The cut-point between.
    pub probability: f64,
    /// The cut-point minus the case's probability.
    pub probability_difference: f64,
    /// The score at the cut-point minus the case's score, or why there is none.
    pub log_odds_difference: LogOddsDifference,
}

/// A difference of scores, where the calibrator has one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum LogOddsDifference {
    /// In log-odds.
    Value(f64),
    /// No score is calibrated to the cut-point.
    Undefined(NoDifference),
}

/// A difference that there is not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NoDifference {
    /// Why.
    pub undefined: Text,
}
