//! Which unanswered question matters most.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::Interval;
use crate::{Part, Protocol};

/// An unanswered question, and where its known answers would take the case, the other answers as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskFirst {
    /// Id of the indicator.
    pub indicator: String,
    /// Lowest and highest probability over its known answers.
    pub probability: Interval,
    /// Id of the level of the lowest probability, by probability alone.
    pub lowest_level: String,
    /// Id of the level of the highest probability, by probability alone.
    pub highest_level: String,
}

/// The unknown indicator of which some known answer moves the level by most steps, then the probability by most; the
/// first on the form among equals; none if no answer would move the probability.
pub(super) fn ask_first(
    protocol: &Protocol,
    instrument: &Instrument,
    part: &Part,
    row: &[u8],
) -> Option<AskFirst> {
    let probability_of = |row: &[u8]| part.calibrate(part.score(row)).probability;
    let now = probability_of(row);
    let mut best = (0, 0.0);
    let mut found = None;
    for (j, indicator) in instrument.indicators().iter().enumerate() {
        if row[j] != indicator.unknown() {
            continue;
        }
        let mut answered = row.to_vec();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for code in 0..indicator.unknown() {
            answered[j] = code;
            let probability = probability_of(&answered);
            (low, high) = (low.min(probability), high.max(probability));
        }
        let (lowest, highest) = (protocol.level_of(low), protocol.level_of(high));
        let steps = protocol.level_of(now).abs_diff(lowest).max(highest.abs_diff(protocol.level_of(now)));
        let moved = (steps, (now - low).max(high - now));
        if moved > best {
            best = moved;
            let id_of = |level: usize| protocol.levels()[level].id.clone();
            found = Some(AskFirst {
                indicator: indicator.id.clone(),
                probability: Interval { low, high },
                lowest_level: id_of(lowest),
                highest_level: id_of(highest),
            });
        }
    }
    found
}
