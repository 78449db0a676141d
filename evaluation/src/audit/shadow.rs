//! What another model would have said of the proposals that were made: who would have another level, and by how much probabilities move.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::agreement::{Pair, agreement};
use super::overrides::share;
use super::{NOT_STATED, Settings};
use crate::estimate::{measured, multiplicities, of_replicates, small};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::Agreement;

/// One proposal with what the shadow says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadowed {
    /// Number of the case; resamples draw cases.
    pub case: u32,
    /// Pseudonym of the unit; `None` where the platform did not say.
    pub unit: Option<String>,
    /// Level of the proposal, as a place on the scale.
    pub level: usize,
    /// Level by the shadow.
    pub shadow_level: usize,
    /// Probability of the proposal, in [0, 1].
    pub probability: f64,
    /// Probability by the shadow, in [0, 1].
    pub shadow_probability: f64,
}

/// Proposals of one unit (or of all) at one level (or at all).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShadowRow {
    /// The unit; empty: all units. Proposals without a unit are of the unit [`NOT_STATED`].
    pub unit: String,
    /// Level of the proposals; empty: all levels.
    pub level: String,
    /// Proposals.
    pub proposals: Count,
    /// Share that the shadow puts higher, with its Wilson interval.
    pub higher: Measure,
    /// Share that the shadow puts lower, with its Wilson interval.
    pub lower: Measure,
    /// Mean probability of the shadow minus mean probability of the proposals, with a percentile interval by case.
    pub difference: Measure,
    /// Mean absolute difference of the two probabilities, likewise.
    pub absolute_difference: Measure,
}

/// Proposals by both levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromLevel {
    /// Level of the proposals.
    pub level: String,
    /// How many of them the shadow puts at each level, from the lowest; `None` where a single number is too small to be shown, which the
    /// others and their sum would tell.
    pub to: Option<Vec<Count>>,
}

/// What a shadow says of a stream of proposals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Level ids, from the lowest.
    pub levels: Vec<String>,
    /// Levels of the proposals against those of the shadow.
    pub agreement: Agreement,
    /// How many proposals move from each level to each.
    pub moves: Vec<FromLevel>,
    /// All, then each level of all units, then each unit, then each level of each unit.
    pub rows: Vec<ShadowRow>,
}

/// Compares proposals with what a shadow says of the same forms.
///
/// Intervals of shares are Wilson's and take proposals as independent; all others resample cases. A number that rests on fewer than
/// `smallest_cell` proposals, or tells of 1 to `smallest_cell - 1`, is suppressed.
#[must_use]
pub fn shadow(levels: &[String], proposals: &[Shadowed], settings: Settings) -> Shadow {
    let mut cells: BTreeMap<(bool, String, Option<usize>), Vec<&Shadowed>> = BTreeMap::new();
    let mut moves = vec![vec![0; levels.len()]; levels.len()];
    for one in proposals {
        moves[one.level][one.shadow_level] += 1;
        let unit = one.unit.clone().unwrap_or_else(|| NOT_STATED.to_owned());
        for (is_unit, unit) in [(false, String::new()), (true, unit)] {
            for level in [None, Some(one.level)] {
                cells.entry((is_unit, unit.clone(), level)).or_default().push(one);
            }
        }
    }
    let k = settings.smallest_cell;
    let row = |((_, unit, level), of): ((bool, String, Option<usize>), Vec<&Shadowed>)| {
        let n = of.len() as u64;
        let count = |moved: fn(&Shadowed) -> bool| of.iter().filter(|one| moved(one)).count() as u64;
        let (higher, lower) =
            (count(|one| one.shadow_level > one.level), count(|one| one.shadow_level < one.level));
        ShadowRow {
            unit,
            level: level.map(|level| levels[level].clone()).unwrap_or_default(),
            proposals: Count::new(n, k),
            higher: share(higher, n, k),
            lower: share(lower, n, k),
            difference: mean(&of, |one| one.shadow_probability - one.probability, settings),
            absolute_difference: mean(&of, |one| (one.shadow_probability - one.probability).abs(), settings),
        }
    };
    let pairs: Vec<Pair> = proposals
        .iter()
        .map(|one| Pair { case: one.case, level: one.level, against: one.shadow_level })
        .collect();
    let counted = |(level, to): (&String, Vec<u64>)| {
        let to: Vec<Count> = to.into_iter().map(|n| Count::new(n, k)).collect();
        let hidden = to.iter().filter(|count| matches!(count, Count::Few { .. })).count();
        FromLevel { level: level.clone(), to: (hidden != 1).then_some(to) }
    };
    let names = ("proposed", "shadow");
    Shadow {
        levels: levels.to_vec(),
        agreement: agreement(levels.len(), &pairs, names, SmallCell::ProposalsInACell, settings),
        moves: levels.iter().zip(moves).map(counted).collect(),
        rows: cells.into_iter().map(row).collect(),
    }
}

/// A mean over proposals, with a percentile interval by case.
fn mean(of: &[&Shadowed], value: impl Fn(&Shadowed) -> f64, settings: Settings) -> Measure {
    let mut by_case: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for one in of {
        let (sum, n) = by_case.entry(one.case).or_default();
        *sum += value(one);
        *n += 1.0;
    }
    let cases: Vec<(f64, f64)> = by_case.into_values().collect();
    let ratio = |times: &dyn Fn(usize) -> f64| {
        let add = |(sum, n): (f64, f64), (at, case): (usize, &(f64, f64))| {
            (sum + times(at) * case.0, n + times(at) * case.1)
        };
        let (sum, n) = cases.iter().enumerate().fold((0.0, 0.0), add);
        sum / n
    };
    let n = of.len() as u64;
    let hidden = small(settings.smallest_cell, [(n as f64, SmallCell::ProposalsInACell)], []);
    let missing = if n == 0 { Some(Reason::ZeroDenominator) } else { hidden };
    measured(missing.map_or_else(|| Ok(ratio(&|_| 1.0)), Err), (n, 0), |_| {
        let drawn = (0..settings.replicates).into_par_iter().map(|replicate| {
            let times = multiplicities(settings.seed, u64::from(replicate), cases.len());
            ratio(&|at| f64::from(times[at]))
        });
        of_replicates(drawn.collect())
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ALL: Settings = Settings { seed: 1, replicates: 400, smallest_cell: 1 };

    fn one(case: u32, unit: &str, levels: (usize, usize), probabilities: (f64, f64)) -> Shadowed {
        Shadowed {
            case,
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
            level: levels.0,
            shadow_level: levels.1,
            probability: probabilities.0,
            shadow_probability: probabilities.1,
        }
    }

    fn levels() -> [String; 3] {
        ["low", "medium", "high"].map(str::to_owned)
    }

    #[test]
    fn moves_are_counted_by_unit_and_level() {
        let proposals = [
            one(0, "a", (0, 1), (0.1, 0.3)),
            one(1, "a", (0, 0), (0.1, 0.2)),
            one(2, "b", (1, 0), (0.3, 0.1)),
            one(3, "", (2, 2), (0.8, 0.9)),
        ];
        let found = shadow(&levels(), &proposals, ALL);
        let of = |unit: &str, level: &str| {
            found.rows.iter().find(|row| row.unit == unit && row.level == level).unwrap()
        };
        assert_eq!(of("", "").proposals, Count::Exact(4));
        let moved = |row: &ShadowRow| [&row.higher, &row.lower].map(|share| share.value().unwrap());
        let error = |found: f64, expected: f64| (found - expected).abs();
        assert!(error(moved(of("", ""))[0], 0.25) <= 1e-15 && error(moved(of("", ""))[1], 0.25) <= 1e-15);
        assert!(error(moved(of("a", "low"))[0], 0.5) <= 1e-15);
        assert!(error(of("", "").difference.value().unwrap(), 0.2 / 4.0) <= 1e-15);
        assert!(error(of("", "").absolute_difference.value().unwrap(), 0.6 / 4.0) <= 1e-15);
        assert!(error(of("", "").difference.value().unwrap(), 0.6 / 4.0) > 0.05);
        assert_eq!(of(NOT_STATED, "high").proposals, Count::Exact(1));
        let to: Vec<&[Count]> = found.moves.iter().map(|from| from.to.as_deref().unwrap()).collect();
        let row = |counts: [u64; 3]| counts.map(Count::Exact);
        assert_eq!(to, [row([1, 1, 0]), row([1, 0, 0]), row([0, 0, 1])]);
    }

    #[test]
    fn intervals_draw_cases_and_not_proposals() {
        // Each case moves all of its eight proposals the same way.
        let up = |case: u32| case.is_multiple_of(2);
        let proposals: Vec<Shadowed> = (0..320)
            .map(|at| {
                let case = at / 8;
                one(case, "", (1, 1 + usize::from(up(case))), (0.5, if up(case) { 0.7 } else { 0.5 }))
            })
            .collect();
        let width = |proposals: &[Shadowed]| {
            let (low, high) = shadow(&levels(), proposals, ALL).rows[0].difference.interval().unwrap();
            high - low
        };
        let apart: Vec<Shadowed> =
            proposals.iter().enumerate().map(|(at, p)| Shadowed { case: at as u32, ..p.clone() }).collect();
        // Of 40 cases instead of 320: the interval is sqrt(8) times as wide.
        let ratio = width(&proposals) / width(&apart);
        assert!((ratio - 8_f64.sqrt()).abs() <= 0.5, "{ratio}");
    }

    #[test]
    fn few_proposals_are_not_told() {
        let proposals: Vec<Shadowed> = (0..30)
            .map(|case| one(case, if case < 25 { "a" } else { "b" }, (0, usize::from(case == 7)), (0.1, 0.1)))
            .collect();
        let found = shadow(&levels(), &proposals, Settings { smallest_cell: 10, ..ALL });
        let of = |unit: &str| found.rows.iter().find(|row| row.unit == unit && row.level.is_empty()).unwrap();
        assert_eq!(of("b").proposals, Count::Few { fewer_than: 10 });
        assert!(of("b").difference.value().is_none());
        // One of 30 moves, which is too few to be told.
        assert!(of("").higher.value().is_none());
        assert_eq!(found.moves[0].to, None);
        assert_eq!(found.moves[1].to, Some(vec![Count::Exact(0); 3]));
    }
}
