//! What officers made of the proposals: rubber stamp or judgement?

use std::collections::BTreeMap;

use amparo_datasets::wilson;
use serde::{Deserialize, Serialize};

use crate::measure::{Count, Measure};

/// One proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
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
    /// The unit; empty: all units. Proposals without a unit are a unit named `not stated`.
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
    /// All, then each level of all units, then each unit, then each level of each unit.
    pub rows: Vec<OverrideRow>,
}

/// Override rates by unit and level.
///
/// Intervals are Wilson's and take proposals as independent. A number that rests on fewer than `smallest_cell` proposals, or tells of
/// 1 to `smallest_cell - 1`, is suppressed.
#[must_use]
pub fn overrides(levels: &[String], proposals: &[Confirmed], smallest_cell: u64) -> Overrides {
    let mut cells: BTreeMap<(bool, String, Option<usize>), Tally> = BTreeMap::new();
    for one in proposals {
        let unit = one.unit.clone().unwrap_or_else(|| "not stated".to_owned());
        for (is_unit, unit) in [(false, String::new()), (true, unit)] {
            for level in [None, Some(one.proposed)] {
                cells.entry((is_unit, unit.clone(), level)).or_default().add(one);
            }
        }
    }
    let row = |((_, unit, level), tally): ((bool, String, Option<usize>), Tally)| OverrideRow {
        unit,
        level: level.map(|level| levels[level].clone()).unwrap_or_default(),
        proposals: Count::new(tally.proposals, smallest_cell),
        confirmed: Count::new(tally.confirmed, smallest_cell),
        raised: share(tally.raised, tally.confirmed, smallest_cell),
        own_view: share(tally.own, tally.confirmed, smallest_cell),
        gave_way: share(tally.gave_way, tally.differed, smallest_cell),
    };
    Overrides { levels: levels.to_vec(), rows: cells.into_iter().map(row).collect() }
}

#[derive(Debug, Default)]
struct Tally {
    proposals: u64,
    confirmed: u64,
    raised: u64,
    own: u64,
    differed: u64,
    gave_way: u64,
}

impl Tally {
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

fn share(events: u64, n: u64, k: u64) -> Measure {
    if n == 0 {
        return Measure::undefined("undefined: its denominator is 0");
    }
    if n < k || (1..k).contains(&events) || (1..k).contains(&(n - events)) {
        return Measure::undefined(format!("suppressed: fewer than {k} proposals in a cell behind it"));
    }
    let value = events as f64 / n as f64;
    let (low, high) = wilson(value, n as f64);
    Measure::Value { value, low, high, n, events }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(unit: &str, proposed: usize, own: Option<usize>, confirmed: Option<usize>) -> Confirmed {
        Confirmed { unit: (!unit.is_empty()).then(|| unit.to_owned()), proposed, own, confirmed }
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
        let found = overrides(&levels, &proposals, 1);
        let of = |unit: &str, level: &str| {
            let row = found.rows.iter().find(|row| row.unit == unit && row.level == level);
            row.map(|row| (row.raised.value(), row.gave_way.value()))
        };
        assert_eq!(of("", ""), Some((Some(0.5), Some(0.5))));
        assert_eq!(of("a", ""), Some((Some(1.0 / 3.0), Some(0.5))));
        assert_eq!(of("a", "low"), Some((Some(0.5), Some(0.5))));
        assert_eq!(of("a", "medium"), Some((Some(0.0), None)));
        assert_eq!(of("b", ""), Some((None, None)), "nothing confirmed: no rate");
        assert_eq!(of("not stated", "low"), Some((Some(1.0), None)));
        assert_eq!(of("b", "medium"), None);
        // All units come first, then each.
        assert_eq!(found.rows[0].unit, "");
    }

    #[test]
    fn small_cells_are_hidden() {
        let levels = ["low", "high"].map(str::to_owned);
        let proposals: Vec<Confirmed> =
            (0..20).map(|i| one("a", 0, None, Some(usize::from(i < 3)))).collect();
        let found = overrides(&levels, &proposals, 10);
        assert_eq!(
            found.rows[0].raised.reason(),
            Some("suppressed: fewer than 10 proposals in a cell behind it")
        );
        assert_eq!(overrides(&levels, &proposals, 3).rows[0].raised.value(), Some(0.15));
    }
}
