//! The levels of a version, with the rows at each.

use crate::estimate::Estimates;
use crate::report::LevelRow;

/// One row a level, from the lowest; none without levels.
pub(crate) fn levels(estimates: &Estimates<'_>, version: usize) -> Vec<LevelRow> {
    let Some(levels) = &estimates.prepared(version).scored.levels else { return Vec::new() };
    let (intensities, counts) = (levels.intensities(), estimates.counts(version, 0));
    let row = |(level, id): (usize, &String)| {
        let [others, events] = counts.level(level);
        LevelRow {
            level: id.clone(),
            label: levels.label(level),
            cut: level.checked_sub(1).map(|cut| levels.cuts[cut]),
            intensity: intensities[level],
            n: estimates.count((others + events).round() as u64),
            events: estimates.count(events.round() as u64),
        }
    };
    levels.ids.iter().enumerate().map(row).collect()
}
