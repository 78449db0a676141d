//! How far a case is from the levels above and below its own.

use amparo_datasets::Text;
use serde::{Deserialize, Serialize};

use super::Reading;
use super::correction::Corrections;
use super::rules::Ruling;
use crate::calibrator::Isotonic;
use crate::probability::logit;
use crate::wording::{Glossary, Reason};
use crate::{Calibrator, Part, Protocol};

/// What would have to be otherwise for the proposed level to change.
///
/// `up` and `down` speak of the probability of a new assault only; `corrections` speaks of answers, and counts floors and
/// the lethal probability as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextLevel {
    /// The level above; left out at the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<Step>,
    /// The level below; left out at the lowest, and where rules hold the level whatever the probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Step>,
    /// The rules that keep the level from going down, named as in [`super::Raise::rule`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<String>,
    /// The fewest correctable answers that would change the level.
    pub corrections: Corrections,
}

/// The way to a neighbouring level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Id of that level.
    pub level: String,
    /// The cut-point between: upwards the level changes from this probability on, downwards below it.
    pub probability: f64,
    /// The cut-point minus the case's probability: above 0 upwards, at most 0 downwards.
    pub probability_difference: f64,
    /// The score at the cut-point minus the case's score.
    pub log_odds_difference: LogOddsDifference,
}

/// A difference of scores, where the calibrator has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LogOddsDifference {
    /// In log-odds of the model.
    Value(f64),
    /// No score is calibrated to the cut-point.
    Undefined {
        /// Why.
        undefined: Text,
    },
}

pub(super) fn next_level(
    protocol: &Protocol,
    part: &Part,
    reading: &Reading,
    ruling: &Ruling,
    corrections: Corrections,
    says: &Glossary,
) -> NextLevel {
    let levels = protocol.levels();
    let level = ruling.level;
    let step = |to: usize, cut: f64| Step {
        level: levels[to].id.clone(),
        probability: cut,
        probability_difference: cut - reading.probability,
        log_odds_difference: difference(part.calibrator(), cut, reading.log_odds, says),
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

/// The lowest score that is calibrated to at least `cut`, which is in (0, 1), minus `score`.
fn difference(calibrator: &Calibrator, cut: f64, score: f64, says: &Glossary) -> LogOddsDifference {
    let at = match calibrator {
        // The slope is above 0: checked when the part was put together.
        Calibrator::Platt(platt) => Ok((logit(cut) - platt.intercept) / platt.slope),
        Calibrator::Isotonic(isotonic) => crossing(isotonic, cut),
    };
    match at {
        Ok(at) => LogOddsDifference::Value(at - score),
        Err(reason) => LogOddsDifference::Undefined { undefined: says.reason(reason) },
    }
}

/// The lowest score of an isotonic curve that reaches `cut`, or why there is none.
fn crossing(isotonic: &Isotonic, cut: f64) -> Result<f64, Reason<'static>> {
    let (scores, probabilities) = (&isotonic.scores, &isotonic.probabilities);
    let k = probabilities.partition_point(|p| *p < cut);
    if k == 0 {
        return Err(Reason::NeverBelow { cut, lowest: probabilities[0] });
    }
    if k == probabilities.len() {
        return Err(Reason::NeverReached { cut, highest: probabilities[k - 1] });
    }
    let (x0, x1, y0, y1) = (scores[k - 1], scores[k], probabilities[k - 1], probabilities[k]);
    Ok(x0 + (x1 - x0) * ((cut - y0) / (y1 - y0)))
}
