//! The fewest answers that would have to be corrected for another level to be proposed.

mod bound;
mod search;

use amparo_datasets::{Indicator, Instrument};
use serde::{Deserialize, Serialize};

use super::levels::Levels;
use crate::Reason;
use crate::completion::Open;
use search::{Outcome, Search};

/// Most sets of answers that are tried or ruled out one by one.
const MAX_SETS: usize = 5_000;

/// What correctable answers could do about the proposed level. Only known answers that the form marks as correctable are
/// changed, to other known answers: never facts that stay, and never `unknown` into something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Corrections {
    /// Towards any higher level.
    pub up: Correction,
    /// Towards any lower level.
    pub down: Correction,
}

/// The smallest set of corrections, that there is none, or that the search was cut off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmallestSet {
    /// The corrections, in the form's order. None goes further than it has to with the others as they are.
    pub changes: Vec<Change>,
    /// The level that would be proposed.
    pub level: String,
    /// The probability of a new assault there.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub probability: f64,
    /// Whether it is proved that no smaller set is enough: always true.
    pub minimal: bool,
    /// Sets of answers that were tried; the others were ruled out by bounds.
    pub sets_tried: usize,
}

/// No corrections change the level: proved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoCorrection {
    /// Why.
    pub none: Reason,
    /// Sets of answers that were tried to prove it.
    pub sets_tried: usize,
}

/// The search for corrections was cut off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectionCutOff {
    /// How far it got.
    pub limit: Reason,
    /// No fewer corrections than this are enough: proved.
    pub at_least: usize,
    /// Sets of answers that were tried.
    pub sets_tried: usize,
}

/// One answer corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The question.
    pub indicator: String,
    /// The answer given.
    pub from: String,
    /// The answer instead.
    pub to: String,
}

/// Which way the level goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// The smallest corrections of a row whose proposed level is `level`, counted from the lowest.
pub(super) fn corrections(levels: &Levels, instrument: &Instrument, level: usize, row: &[u8]) -> Corrections {
    let of = |way| correction(levels, instrument, level, row, way, MAX_SETS);
    Corrections { up: of(Way::Up), down: of(Way::Down) }
}

fn correction(
    levels: &Levels,
    instrument: &Instrument,
    level: usize,
    row: &[u8],
    way: Way,
    max_sets: usize,
) -> Correction {
    let none = |reason: Reason| Correction::Impossible(NoCorrection { none: reason, sets_tried: 0 });
    match way {
        Way::Up if level + 1 == levels.protocol.levels().len() => {
            return none(Reason::HighestLevel);
        }
        Way::Down if level == 0 => return none(Reason::LowestLevel),
        Way::Up | Way::Down => {}
    }
    let indicators = instrument.indicators().iter().enumerate();
    let may_change = |(j, i): &(usize, &Indicator)| i.correctable && row[*j] != i.unknown();
    let open = Open::all_known(instrument, indicators.filter(may_change).map(|(j, _)| j));
    if open.is_empty() {
        return none(Reason::NothingCorrectable);
    }
    let correctable = open.len();
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
        Outcome::Impossible => Correction::Impossible(NoCorrection {
            none: match way {
                Way::Up => Reason::NeverRises { correctable },
                Way::Down => Reason::NeverFalls { correctable },
            },
            sets_tried,
        }),
        Outcome::CutOff { at_least } => {
            let limit = Reason::SearchStopped { sets: max_sets };
            Correction::CutOff(CorrectionCutOff { limit, at_least, sets_tried })
        }
    }
}

#[cfg(test)]
mod tests;
