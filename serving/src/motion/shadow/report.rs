//! What is told of a shadow.

use amparo_models::ModelRef;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::counts::ShadowSeen;
use super::small_cells::{SMALLEST, is_small, parts_told, told};
use super::tables::{Differences, Table, Tables};

/// What the shadow version would have said of the proposals that the default version made. It answers nobody.
///
/// Counts of 1 to 9 are null, and so are others from which these could be computed. Groups are not told, because the service knows none. Intervals, and any time in
/// the past, are those of `amparo audit shadow`, which computes the same from the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowReport {
    /// The version that stands beside the default one, as the setting `shadow` names it.
    pub shadow: String,
    /// The number of it; null while none could be loaded.
    pub version: Option<u32>,
    /// Since when it is counted, RFC 3339, UTC: the start of the service, or the moment when another shadow version was taken.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Proposals that were compared.
    pub compared: u64,
    /// Proposals that wait to be compared.
    pub waiting: u64,
    /// Proposals that were not compared because too many waited: the shadow is the first to give way under load.
    pub shed: u64,
    /// Proposals that were not compared because the shadow could not be loaded, or gave no answer.
    pub failed: u64,
    /// Proposals whose form the shadow does not read.
    pub other_form: u64,
    /// Proposals whose levels the shadow does not give.
    pub other_levels: u64,
    /// The smallest count that is told, besides zero.
    pub smallest_cell: u64,
    /// The proposals that were compared, by the levels of the versions that answered.
    pub of_levels: Vec<ShadowOfLevels>,
}

/// Proposals of versions with the same levels, beside the shadow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowOfLevels {
    /// Ids of the levels, from the lowest.
    pub levels: Vec<String>,
    /// How many proposals each version made.
    pub answered_by: Vec<ShadowedVersion>,
    /// Proposals by their level and by the level of the shadow.
    pub moves: Vec<ShadowMoves>,
    /// Who would move, by unit and level, where this can be told; the unit `not_stated` has the proposals whose request names none.
    pub units: Vec<ShadowedUnit>,
    /// Proposals of units that are not counted apart, because there are too many units.
    pub of_other_units: u64,
    /// Log-odds of the shadow minus log-odds of the proposal; null for fewer than 10 proposals.
    pub log_odds: Option<ShadowDifference>,
    /// Probability of the shadow minus probability of the proposal; null for fewer than 10 proposals.
    pub probability: Option<ShadowDifference>,
}

/// A version that answered while the shadow stood beside it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowedVersion {
    /// `vpr@3`.
    pub version: String,
    /// Its proposals that were compared.
    pub proposals: Option<u64>,
}

/// The proposals of one level.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowMoves {
    /// Level of the proposals.
    pub level: String,
    /// How many there are.
    pub proposals: Option<u64>,
    /// How many of them the shadow puts at each level, from the lowest.
    pub to: Vec<Option<u64>>,
}

/// The proposals of one unit at one level.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowedUnit {
    /// Pseudonym of the unit.
    pub unit: String,
    /// Level of the proposals.
    pub level: String,
    /// How many the shadow puts at a lower level.
    pub lower: u64,
    /// How many it puts at the same level.
    pub same: u64,
    /// How many it puts at a higher level.
    pub higher: u64,
}

/// The difference between shadow and proposals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShadowDifference {
    /// The mean.
    pub mean: f64,
    /// The mean without signs.
    pub mean_absolute: f64,
    /// The one that is largest without its sign.
    pub largest: f64,
}

impl Tables {
    /// What is told of them, by the counts of the service now.
    pub fn report(&self, shadow: &ModelRef, now: ShadowSeen, waiting: usize) -> ShadowReport {
        let seen = now.since(self.before);
        ShadowReport {
            shadow: shadow.to_string(),
            version: self.version,
            since: self.since,
            compared: self.by_scale.values().map(|table| table.log_odds.n).sum(),
            waiting: waiting as u64,
            shed: seen.shed,
            failed: seen.failed,
            other_form: seen.other_form,
            other_levels: seen.other_levels,
            smallest_cell: SMALLEST,
            of_levels: self.by_scale.values().map(Table::told).collect(),
        }
    }
}

impl Table {
    fn told(&self) -> ShadowOfLevels {
        let totals: Vec<u64> = self.moves.iter().map(|to| to.iter().sum()).collect();
        let totals = told(&totals);
        let moves =
            self.levels.iter().zip(&self.moves).zip(&totals).map(|((level, to), proposals)| ShadowMoves {
                level: level.clone(),
                proposals: *proposals,
                // Of a level whose sum is hidden, nothing is told that would add up to it.
                to: if proposals.is_some() { told(to) } else { vec![None; to.len()] },
            });
        let answered = told(&self.answered_by.values().copied().collect::<Vec<_>>());
        let answered_by = self.answered_by.keys().zip(answered);
        ShadowOfLevels {
            levels: self.levels.clone(),
            answered_by: answered_by
                .map(|(version, proposals)| ShadowedVersion { version: version.clone(), proposals })
                .collect(),
            moves: moves.collect(),
            units: self.units_told(&totals),
            of_other_units: self.of_other_units,
            log_odds: self.log_odds.told(),
            probability: self.probability.told(),
        }
    }

    /// The rows of units that can be told, level by level; none of a level whose sum is hidden.
    fn units_told(&self, totals: &[Option<u64>]) -> Vec<ShadowedUnit> {
        let mut rows = Vec::new();
        for (at, level) in self.levels.iter().enumerate().filter(|(at, _)| totals[*at].is_some()) {
            let there: Vec<(&String, [u64; 3])> = self
                .units
                .iter()
                .map(|(unit, rows)| (unit, rows[at]))
                .filter(|(_, row)| row.iter().any(|count| *count > 0))
                .collect();
            let are_told = parts_told(&there.iter().map(|(_, row)| *row).collect::<Vec<_>>());
            rows.extend(there.into_iter().zip(are_told).filter(|(_, told)| *told).map(
                |((unit, [lower, same, higher]), _)| ShadowedUnit {
                    unit: unit.clone(),
                    level: level.clone(),
                    lower,
                    same,
                    higher,
                },
            ));
        }
        rows
    }
}

impl Differences {
    fn told(self) -> Option<ShadowDifference> {
        let n = self.n as f64;
        (self.n > 0 && !is_small(self.n)).then(|| ShadowDifference {
            mean: self.sum / n,
            mean_absolute: self.absolute / n,
            largest: self.largest,
        })
    }
}
