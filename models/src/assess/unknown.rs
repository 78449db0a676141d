//! What the unanswered questions leave open, one by one.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::levels::{Levels, Placed};
use super::{Interval, ScoreExplanation};

/// An unanswered question: what `unknown` adds now, and where its known answers would take the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IfAnswered {
    /// The question.
    pub indicator: String,
    /// What the answer `unknown` adds to the log-odds, as in the explanation.
    pub value: f64,
    /// What it adds to the probability, as in the explanation.
    pub probability_value: f64,
    /// Lowest and highest probability over its known answers, the other answers as they are.
    pub probability: Interval,
    /// The lowest level that would be proposed.
    pub lowest_level: String,
    /// The highest level that would be proposed.
    pub highest_level: String,
}

/// The unanswered question that matters most, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskFirst {
    /// The question.
    pub indicator: String,
    /// Lowest and highest probability over its known answers, the other answers as they are.
    pub probability: Interval,
    /// The lowest level that would be proposed.
    pub lowest_level: String,
    /// The highest level that would be proposed.
    pub highest_level: String,
    /// Levels between the proposed one and the furthest of these.
    pub level_steps: usize,
    /// Largest difference to the probability now.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub probability_change: f64,
}

/// Each of the `open` questions of a row in the form's order, and the one of which some known answer moves the proposed level by most
/// steps, then the probability by most; the first among equals; none if no answer would move either.
///
/// The level is the one that would be proposed, floors and lethality included.
pub(super) fn unanswered(
    levels: &Levels,
    instrument: &Instrument,
    now: Placed,
    explanation: &ScoreExplanation,
    (row, open): (&[u8], &[usize]),
) -> (Vec<IfAnswered>, Option<AskFirst>) {
    let mut all = Vec::new();
    let mut first: Option<AskFirst> = None;
    for &j in open {
        let indicator = &instrument.indicators()[j];
        let mut answered = row.to_vec();
        let mut range = Interval { low: f64::INFINITY, high: f64::NEG_INFINITY };
        let (mut lowest, mut highest) = (usize::MAX, 0);
        for code in 0..indicator.unknown() {
            answered[j] = code;
            let Placed { level, probability } = levels.place(&answered);
            (range.low, range.high) = (range.low.min(probability), range.high.max(probability));
            (lowest, highest) = (lowest.min(level), highest.max(level));
        }
        let level_steps = now.level.abs_diff(lowest).max(now.level.abs_diff(highest));
        let probability_change = (now.probability - range.low).max(range.high - now.probability);
        let most = first.as_ref().map_or((0, 0.0), |first| (first.level_steps, first.probability_change));
        if (level_steps, probability_change) > most {
            first = Some(AskFirst {
                indicator: indicator.id.clone(),
                probability: range,
                lowest_level: levels.id(lowest),
                highest_level: levels.id(highest),
                level_steps,
                probability_change,
            });
        }
        all.push(IfAnswered {
            indicator: indicator.id.clone(),
            value: explanation.values[j].value,
            probability_value: explanation.values[j].probability_value,
            probability: range,
            lowest_level: levels.id(lowest),
            highest_level: levels.id(highest),
        });
    }
    (all, first)
}
