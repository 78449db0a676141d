//! The fewest answers that would have to be corrected for another level to be proposed.

mod bound;
mod search;

use amparo_datasets::{Indicator, Instrument, Text};
use serde::{Deserialize, Serialize};

use super::levels::Levels;
use crate::completion::Open;
use crate::wording::{Glossary, Reason};
use search::{Outcome, Search};

/// Most sets of answers that are tried or ruled out one by one.
const MAX_SETS: usize = 5_000;

/// What correctable answers could do about the proposed level, each way.
///
/// Only known answers that the instrument marks as correctable are changed, to other known answers: never facts that
/// stay, and never `unknown` into something else, which is not a correction. Floors and lethality rules count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrections {
    /// Towards any higher level.
    pub up: Correction,
    /// Towards any lower level.
    pub down: Correction,
}

/// The smallest set of corrections, that there is none, or that the search was cut off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Correction {
    /// A smallest set.
    Smallest(SmallestSet),
    /// There is none, and that is proved.
    Impossible {
        /// Why.
        none: Text,
        /// Sets of answers that were tried to prove it.
        sets_tried: usize,
    },
    /// Too many sets to try.
    CutOff {
        /// How far the search got.
        limit: Text,
        /// No fewer corrections than this are enough: proved.
        at_least: usize,
        /// Sets of answers that were tried.
        sets_tried: usize,
    },
}

/// A smallest set of corrections: every smaller set was tried, or ruled out by a bound.
///
/// Other sets of the same size may do as well. None of its changes could go less far with the others as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmallestSet {
    /// The corrections, in the form's order.
    pub changes: Vec<Change>,
    /// Id of the level that would be proposed.
    pub level: String,
    /// The probability of a new assault there.
    pub probability: f64,
    /// Whether no smaller set is enough: always true.
    pub minimal: bool,
    /// Sets of answers that were tried.
    pub sets_tried: usize,
}

/// One answer corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Id of the indicator.
    pub indicator: String,
    /// Id of the answer given.
    pub from: String,
    /// Id of the answer instead.
    pub to: String,
}

/// Which way the level goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// The smallest corrections of a row whose proposed level is `level`, counted from the lowest.
pub(super) fn corrections(
    levels: &Levels,
    instrument: &Instrument,
    level: usize,
    row: &[u8],
    says: &Glossary,
) -> Corrections {
    let of = |way| correction(levels, instrument, level, row, way, MAX_SETS, says);
    Corrections { up: of(Way::Up), down: of(Way::Down) }
}

fn correction(
    levels: &Levels,
    instrument: &Instrument,
    level: usize,
    row: &[u8],
    way: Way,
    max_sets: usize,
    says: &Glossary,
) -> Correction {
    let none = |reason: Reason<'_>| Correction::Impossible { none: says.reason(reason), sets_tried: 0 };
    match way {
        Way::Up if level + 1 == levels.protocol.levels().len() => {
            return none(Reason::HighestLevel);
        }
        Way::Down if level == 0 => return none(Reason::LowestLevel),
        Way::Up | Way::Down => {}
    }
    let indicators = instrument.indicators().iter().enumerate();
    let correctable = |(j, i): &(usize, &Indicator)| i.correctable && row[*j] != i.unknown();
    let open = Open::all_known(instrument, indicators.filter(correctable).map(|(j, _)| j));
    if open.is_empty() {
        return none(Reason::NothingCorrectable);
    }
    let n = open.len();
    let mut search = Search::new(levels, instrument, level, row, open, way, max_sets);
    let outcome = search.run();
    let sets_tried = search.tried();
    match outcome {
        Outcome::Found(changed) => {
            let placed = levels.place(&changed);
            let changes = instrument.indicators().iter().zip(row.iter().zip(&changed));
            let id = |of: &Indicator, code: u8| of.answers()[usize::from(code)].id.clone();
            let changes = changes.filter(|(_, (from, to))| from != to).map(|(i, (from, to))| Change {
                indicator: i.id.clone(),
                from: id(i, *from),
                to: id(i, *to),
            });
            Correction::Smallest(SmallestSet {
                changes: changes.collect(),
                level: levels.id(placed.level),
                probability: placed.probability,
                minimal: true,
                sets_tried,
            })
        }
        Outcome::Impossible => Correction::Impossible {
            none: says.reason(match way {
                Way::Up => Reason::NeverRises(n),
                Way::Down => Reason::NeverFalls(n),
            }),
            sets_tried,
        },
        Outcome::CutOff { at_least } => {
            Correction::CutOff { limit: says.reason(Reason::Stopped(max_sets)), at_least, sets_tried }
        }
    }
}

#[cfg(test)]
mod tests;
