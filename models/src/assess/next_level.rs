//! How far a case is from the levels above and below its own.

use serde::{Deserialize, Serialize};

use super::Reading;
use super::correction::Corrections;
use super::rules::Ruling;
use crate::calibrator::{Beta, Isotonic, VennAbers};
use crate::explain::OrReason;
use crate::probability::{logit, sigmoid};
use crate::{Calibrator, OutcomeModel, Protocol, Reason};

/// What would have to be otherwise for the proposed level to change: `up` and `down` speak of the probability of
/// the recidivism model only, `corrections` of answers, with floors and the lethality model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextLevel {
    /// The level above; left out at the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub up: Option<Step>,
    /// The level below; left out at the lowest, and where rules hold the level whatever the probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub down: Option<Step>,
    /// The rules that keep the level from going down; left out if none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub held_by: Vec<String>,
    /// The fewest correctable answers that would change the level.
    pub corrections: Corrections,
}

/// The way to a neighbouring level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
pub type LogOddsDifference = OrReason<f64>;

/// From the cut-point between on the level is the higher one, below it the lower one.
pub(super) fn next_level(
    protocol: &Protocol,
    part: &OutcomeModel,
    reading: &Reading,
    ruling: &Ruling,
    corrections: Corrections,
) -> NextLevel {
    let levels = protocol.levels();
    let level = ruling.level;
    let step = |to: usize, cut: f64| Step {
        level: levels[to].id.clone(),
        probability: cut,
        probability_difference: cut - reading.probability,
        log_odds_difference: difference(part.calibrator(), cut, reading.log_odds),
    };
    let held_by: Vec<String> =
        ruling.holding.iter().filter(|(_, to)| *to == level).map(|(rule, _)| rule.clone()).collect();
    let down = match level.checked_sub(1) {
        Some(below) if held_by.is_empty() => Some(step(below, levels[level].from_probability)),
        _ => None,
    };
    NextLevel {
        up: levels.get(level + 1).map(|above| step(level + 1, above.from_probability)),
        down,
        held_by,
        corrections,
    }
}

/// The lowest score that is calibrated to at least `cut_point`, which is in (0, 1), minus `score`.
fn difference(calibrator: &Calibrator, cut_point: f64, score: f64) -> LogOddsDifference {
    let at = match calibrator {
        // The slope is above 0: checked when the part was put together.
        Calibrator::Platt(platt) => Ok((logit(cut_point) - platt.intercept) / platt.slope),
        Calibrator::Beta(beta) => beta_crossing(beta, cut_point),
        Calibrator::VennAbers(tables) => step_crossing(tables, cut_point),
        Calibrator::Isotonic(isotonic) => crossing(isotonic, cut_point),
    };
    match at {
        Ok(at) => OrReason::Value(at - score),
        Err(reason) => OrReason::undefined(reason),
    }
}

/// The lowest score of a beta curve that reaches `cut_point`, or why there is none: an exponent of 0 leaves one end of the curve level.
fn beta_crossing(beta: &Beta, cut_point: f64) -> Result<f64, Reason> {
    let log_odds = logit(cut_point);
    beta.score_at(log_odds).ok_or_else(|| {
        let end = sigmoid(beta.c);
        if beta.a < beta.b {
            Reason::NeverBelow { cut_point, lowest: end }
        } else {
            Reason::NeverReached { cut_point, highest: end }
        }
    })
}

/// The lowest score at which step functions reach `cut_point`, or why there is none.
fn step_crossing(tables: &VennAbers, cut_point: f64) -> Result<f64, Reason> {
    let [lowest, highest] = [f64::MIN, f64::MAX].map(|score| tables.probability(score));
    if lowest >= cut_point {
        return Err(Reason::NeverBelow { cut_point, lowest });
    }
    tables.score_at(cut_point).ok_or(Reason::NeverReached { cut_point, highest })
}

/// The lowest score of an isotonic curve that reaches `cut_point`, or why there is none.
fn crossing(isotonic: &Isotonic, cut_point: f64) -> Result<f64, Reason> {
    let (scores, probabilities) = (&isotonic.scores, &isotonic.probabilities);
    let k = probabilities.partition_point(|p| *p < cut_point);
    if k == 0 {
        return Err(Reason::NeverBelow { cut_point, lowest: probabilities[0] });
    }
    if k == probabilities.len() {
        return Err(Reason::NeverReached { cut_point, highest: probabilities[k - 1] });
    }
    let (x0, x1, y0, y1) = (scores[k - 1], scores[k], probabilities[k - 1], probabilities[k]);
    Ok(x0 + (x1 - x0) * ((cut_point - y0) / (y1 - y0)))
}
