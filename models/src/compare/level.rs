//! Why two versions propose different levels.

use serde::Serialize;

use super::Side;
use crate::explain::OrReason;
use crate::protocol::Finding;
use crate::{Assessment, Error, Reason};

/// The levels two versions propose, and what makes them differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelDifference {
    /// Whether both propose a level of the same name.
    pub same: bool,
    /// How many levels are between them, and what each thing brings; undefined if the protocols have other levels, since places
    /// in one list say nothing about places in the other.
    pub steps: OrReason<LevelParts>,
}

/// Steps from the level of the version compared with to that of the model, by what brings them.
///
/// ```text
/// steps = score + calibrator + cut_points + rules
/// level = max(the last cut-point that calibrator(score) reaches, the highest level that a rule sets)
/// ```
/// Each is the mean over all orders of exchanging the four, one after the other; a half says that it takes two together,
/// or that either is enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LevelParts {
    /// The whole of it: above 0 if the model's level is the higher one.
    pub steps: i64,
    /// What the other score brings.
    pub score: f64,
    /// What the other calibrator brings.
    pub calibrator: f64,
    /// What the other cut-points of the protocol bring.
    pub cut_points: f64,
    /// What floors, lethality rules and the clause on the baseline bring, the other probabilities that they read among it.
    pub rules: f64,
}

/// `sides` and `assessed`: of the model, then of the version compared with.
pub(super) fn difference(
    sides: [&Side<'_>; 2],
    assessed: [&Assessment; 2],
    row: &[u8],
) -> Result<LevelDifference, Error> {
    let same = assessed[0].level == assessed[1].level;
    let ids = sides.map(|side| side.protocol.levels().iter().map(|l| l.id.as_str()).collect::<Vec<_>>());
    if ids[0] != ids[1] {
        let [protocol, other] = sides.map(|side| side.protocol.id().to_owned());
        let [levels, other_levels] = ids.map(|ids| ids.into_iter().map(str::to_owned).collect());
        let reason = Reason::OtherLevels { protocol, levels, other, other_levels };
        return Ok(LevelDifference { same, steps: OrReason::undefined(reason) });
    }
    let [a, b] = [0, 1].map(|k| set_by_rules(sides[k], assessed[k], row));
    let rules = [a?, b?];
    // Bit k of `from`: thing k is the model's.
    let level = |from: usize| {
        let pick = |thing: usize| usize::from(from >> thing & 1 == 0);
        let score = assessed[pick(0)].recidivism.log_odds;
        let probability = sides[pick(1)].recidivism.calibrate(score).probability;
        sides[pick(2)].protocol.level_of(probability).max(rules[pick(3)])
    };
    for (k, from) in [(0, 0b1111), (1, 0b0000)] {
        let found = &sides[k].protocol.levels()[level(from)].id;
        if *found != assessed[k].level {
            let problem =
                format!("level `{found}` from its parts, the assessment says `{}`", assessed[k].level);
            return Err(Error::invalid(format!("comparison with `{}`", sides[k].name), problem));
        }
    }
    let [score, calibrator, cut_points, rules] = shares(|from| level(from) as f64);
    let steps = level(0b1111) as i64 - level(0b0000) as i64;
    Ok(LevelDifference {
        same,
        steps: OrReason::Value(LevelParts { steps, score, calibrator, cut_points, rules }),
    })
}

/// The place of the highest level that a rule sets, whether or not it raised; 0 if none holds.
fn set_by_rules(side: &Side<'_>, assessment: &Assessment, row: &[u8]) -> Result<usize, Error> {
    let baseline = assessment.baseline.as_ref().map(|alone| side.protocol.level_of(alone.probability));
    let mut highest = baseline.unwrap_or(0);
    if let (Some(rules), Some(reading)) = (side.protocol.lethality(), &assessment.lethality) {
        let mut reached = rules.rules.iter().filter(|rule| rule.from_probability <= reading.probability);
        highest = highest.max(reached.next_back().map_or(0, |rule| rule.at_least));
    }
    for floor in side.protocol.floors() {
        if let Finding::Met(_) = Finding::of(&floor.any, side.instrument, row)? {
            highest = highest.max(floor.at_least);
        }
    }
    Ok(highest)
}

/// Shapley values of four things: `worth` of a set of them, bit by bit.
///
/// ```text
/// phi_k = sum over S without k of |S|! (3 - |S|)! / 4! * (worth(S + k) - worth(S))
/// ```
fn shares(worth: impl Fn(usize) -> f64) -> [f64; 4] {
    // |S|! (3 - |S|)! / 4! for |S| of 0 to 3.
    const WEIGHTS: [f64; 4] = [1.0 / 4.0, 1.0 / 12.0, 1.0 / 12.0, 1.0 / 4.0];
    [0, 1, 2, 3].map(|k| {
        let without = (0..16_usize).filter(|set| set >> k & 1 == 0);
        without.map(|set| WEIGHTS[set.count_ones() as usize] * (worth(set | 1 << k) - worth(set))).sum()
    })
}
