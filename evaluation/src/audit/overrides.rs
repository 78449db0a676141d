//! What officers made of the proposals: rubber stamp or judgement?

use std::collections::BTreeMap;

use amparo_datasets::wilson;
use serde::{Deserialize, Serialize};

use super::Settings;
use super::agreement::{Pair, agreement};
use crate::estimate::{measured, small};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::Agreement;

/// Name of the unit of proposals whose unit the platform did not state.
pub const NOT_STATED: &str = "not_stated";

/// One proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Number of the case; resamples draw cases.
    pub case: u32,
    /// Pseudonym of the unit; `None` where the platform did not say.
    pub unit: Option<String>,
    /// Level that was proposed, as a place on the scale.
    pub proposed: usize,
    /// Level that the officer noted before seeing the proposal.
    pub own: Option<usize>,
    /// Level that was confirmed; `None` while nobody has.
    pub confirmed: Option<usize>,
}

/// Proposals of one unit (or of all) at one level (or at all).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideRow {
    /// The unit; empty: all units. Proposals without a unit are of the unit [`NOT_STATED`].
    pub unit: String,
    /// Level that was proposed; empty: all levels.
    pub level: String,
    /// Proposals.
    pub proposals: Count,
    /// Of those, confirmed by an officer.
    pub confirmed: Count,
    /// Share of confirmed proposals that the officer raised, with its Wilson interval; its `events` are those raised.
    pub raised: Measure,
    /// Share of confirmed proposals for which the officer's own view was noted before.
    pub own_view: Measure,
    /// Of those with a view of their own that differed from the proposal, the share confirmed as proposed all the same.
    pub gave_way: Measure,
}

/// How proposals fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Level ids, from the lowest.
    pub levels: Vec<String>,
    /// Proposed levels against the officers' own, as an ordered scale, where an own view was noted before.
    pub agreement: Agreement,
    /// All, then each level of all units, then each unit, then each level of each unit.
    pub rows: Vec<OverrideRow>,
}

/// Override rates by unit and level.
///
/// Intervals of shares are Wilson's and take proposals as independent; those of the agreement resample cases. A number that rests on fewer than `smallest_cell` proposals, or tells of
/// 1 to `smallest_cell - 1`, is suppressed.
#[must_use]
pub fn overrides(levels: &[String], proposals: &[Confirmed], settings: Settings) -> Overrides {
    let smallest_cell = settings.smallest_cell;
    let mut cells: BTreeMap<(bool, String, Option<usize>), Fates> = BTreeMap::new();
    for one in proposals {
        let unit = one.unit.clone().unwrap_or_else(|| NOT_STATED.to_owned());
        for (is_unit, unit) in [(false, String::new()), (true, unit)] {
            for level in [None, Some(one.proposed)] {
                cells.entry((is_unit, unit.clone(), level)).or_default().add(one);
            }
        }
    }
    let row = |((_, unit, level), fates): ((bool, String, Option<usize>), Fates)| OverrideRow {
        unit,
        level: level.map(|level| levels[level].clone()).unwrap_or_default(),
        proposals: Count::new(fates.proposals, smallest_cell),
        confirmed: Count::new(fates.confirmed, smallest_cell),
        raised: share(fates.raised, fates.confirmed, smallest_cell),
        own_view: share(fates.own, fates.confirmed, smallest_cell),
        gave_way: share(fates.gave_way, fates.differed, smallest_cell),
    };
    let view = |one: &Confirmed| Some(Pair { case: one.case, level: one.proposed, against: one.own? });
    let views: Vec<Pair> = proposals.iter().filter_map(view).collect();
    let names = ("proposed", "officer's own view");
    Overrides {
        levels: levels.to_vec(),
        agreement: agreement(levels.len(), &views, names, SmallCell::OwnViews, settings),
        rows: cells.into_iter().map(row).collect(),
    }
}

#[derive(Debug, Default)]
struct Fates {
    proposals: u64,
    confirmed: u64,
    raised: u64,
    own: u64,
    differed: u64,
    gave_way: u64,
}

impl Fates {
    fn add(&mut self, one: &Confirmed) {
        self.proposals += 1;
        let Some(confirmed) = one.confirmed else { return };
        self.confirmed += 1;
        self.raised += u64::from(confirmed > one.proposed);
        let Some(own) = one.own else { return };
        self.own += 1;
        if own != one.proposed {
            self.differed += 1;
            self.gave_way += u64::from(confirmed == one.proposed);
        }
    }
}

/// A share with its Wilson interval, suppressed where it rests on few proposals or tells of few.
pub(super) fn share(events: u64, n: u64, k: u64) -> Measure {
    let of = SmallCell::ProposalsInACell;
    let hidden = || small(k, [(n as f64, of)], [(events as f64, of), ((n - events) as f64, of)]);
    let missing = if n == 0 { Some(Reason::ZeroDenominator) } else { hidden() };
    let value = missing.map_or_else(|| Ok(events as f64 / n as f64), Err);
    measured(value, (n, events), |value| Ok(wilson(value, n as f64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Settings = Settings { seed: 1, replicates: 200, smallest_cell: 1 };

    fn one(unit: &str, proposed: usize, own: Option<usize>, confirmed: Option<usize>) -> Confirmed {
        Confirmed {
            case: proposed as u32,
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
            proposed,
            own,
            confirmed,
        }
    }

    #[test]
    fn rates_are_counted_by_unit_and_level() {
        let levels = ["low", "medium", "high"].map(str::to_owned);
        let proposals = [
            one("a", 0, Some(1), Some(1)),
            one("a", 0, Some(1), Some(0)),
            one("a", 1, Some(1), Some(1)),
            one("b", 0, None, None),
            one("", 0, None, Some(2)),
        ];
        let found = overrides(&levels, &proposals, ALL);
        let of = |unit: &str, level: &str| {
            let row = found.rows.iter().find(|row| row.unit == unit && row.level == level);
            row.map(|row| (row.raised.value(), row.gave_way.value()))
        };
        assert_eq!(of("", ""), Some((Some(0.5), Some(0.5))));
        assert_eq!(of("a", ""), Some((Some(1.0 / 3.0), Some(0.5))));
        assert_eq!(of("a", "low"), Some((Some(0.5), Some(0.5))));
        assert_eq!(of("a", "medium"), Some((Some(0.0), None)));
        assert_eq!(of("b", ""), Some((None, None)), "nothing confirmed: no rate");
        assert_eq!(of(NOT_STATED, "low"), Some((Some(1.0), None)));
        assert_eq!(of("b", "medium"), None);
        // All units come first, then each.
        assert_eq!(found.rows[0].unit, "");
    }

    #[test]
    fn small_cells_are_hidden() {
        let levels = ["low", "high"].map(str::to_owned);
        let proposals: Vec<Confirmed> =
            (0..20).map(|i| one("a", 0, None, Some(usize::from(i < 3)))).collect();
        let found = overrides(&levels, &proposals, Settings { smallest_cell: 10, ..ALL });
        assert_eq!(found.rows[0].raised.reason(), Some(Reason::suppressed(10, SmallCell::ProposalsInACell)));
        assert_eq!(
            overrides(&levels, &proposals, Settings { smallest_cell: 3, ..ALL }).rows[0].raised.value(),
            Some(0.15)
        );
    }

    #[test]
    fn agreement_is_kappa_of_the_own_views() {
        let levels = ["low", "high"].map(str::to_owned);
        // sklearn 1.9.1: cohen_kappa_score([0]*10 + [1]*10, [0]*8 + [1]*2 + [0]*4 + [1]*6) -> 0.4 (two levels: any weights)
        let proposals: Vec<Confirmed> = (0..20)
            .map(|i| {
                let (proposed, own) = (usize::from(i >= 10), usize::from((8..10).contains(&i) || i >= 14));
                Confirmed { case: i, unit: None, proposed, own: Some(own), confirmed: None }
            })
            .collect();
        let found = overrides(&levels, &proposals, ALL).agreement;
        assert!(found.kappa_linear.value().is_some_and(|k| (k - 0.4).abs() <= 1e-12), "{found:?}");
        assert!(found.kappa_linear.interval().is_some_and(|(low, high)| low < 0.4 && 0.4 < high));
        // A wrong answer would fail: the plain share of agreement is 0.7.
        assert!(found.kappa_linear.value().is_some_and(|k| (k - 0.7).abs() > 0.1));
        let few = overrides(&levels, &proposals, Settings { smallest_cell: 21, ..ALL }).agreement;
        assert_eq!(few.kappa_linear.reason(), Some(Reason::suppressed(21, SmallCell::OwnViews)));
    }
}
