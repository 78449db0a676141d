//! What a shadow has said so far, counted.

use std::collections::BTreeMap;

use amparo_models::Version;
use jiff::Timestamp;

use super::counts::ShadowSeen;

/// Units that are counted apart, so that memory is bounded whatever units requests name; of the others only their number of proposals is known.
pub(super) const UNITS: usize = 2_000;

/// The unit of proposals whose request names none, as the audits call it.
pub(super) const NOT_STATED: &str = "not_stated";

/// Of one shadow version, since some time.
#[derive(Debug)]
pub(super) struct Tables {
    /// Number of the version that stands beside the proposals; none while none was loaded.
    pub version: Option<u32>,
    pub since: Timestamp,
    /// What had been counted by then.
    pub before: ShadowSeen,
    /// By the levels, from the lowest: `low < high`.
    pub by_scale: BTreeMap<String, Table>,
}

/// Proposals whose versions have the same levels.
#[derive(Debug)]
pub(super) struct Table {
    pub levels: Vec<String>,
    /// How many each version answered: `vpr@3`.
    pub answered_by: BTreeMap<String, u64>,
    /// By level, and by level of the shadow.
    pub moves: Vec<Vec<u64>>,
    /// By unit and level: how many the shadow puts lower, at the same level, higher.
    pub units: BTreeMap<String, Vec<[u64; 3]>>,
    /// Of units that came when there were too many.
    pub of_other_units: u64,
    pub log_odds: Differences,
    pub probability: Differences,
}

/// Differences of two numbers, the shadow's minus the proposed one.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Differences {
    pub n: u64,
    pub sum: f64,
    pub absolute: f64,
    /// The one that is largest without its sign.
    pub largest: f64,
}

/// What a shadow said of one proposal.
pub(super) struct Said<'a> {
    pub unit: Option<&'a str>,
    /// Places on the scale: of the proposal, of the shadow.
    pub levels: (usize, usize),
    pub log_odds: f64,
    pub probability: f64,
}

impl Tables {
    /// Nothing yet, from a time on.
    pub fn since(since: Timestamp, before: ShadowSeen) -> Self {
        Self { version: None, since, before, by_scale: BTreeMap::new() }
    }

    /// Counts what a shadow said of a proposal of a version with these levels.
    pub fn add(&mut self, version: &Version, levels: &[String], said: &Said<'_>) {
        let scale = levels.join(" < ");
        let table = self.by_scale.entry(scale).or_insert_with(|| Table::new(levels));
        let manifest = version.manifest();
        *table.answered_by.entry(format!("{}@{}", manifest.name, manifest.version)).or_default() += 1;
        table.add(said);
    }
}

impl Table {
    fn new(levels: &[String]) -> Self {
        Self {
            levels: levels.to_vec(),
            answered_by: BTreeMap::new(),
            moves: vec![vec![0; levels.len()]; levels.len()],
            units: BTreeMap::new(),
            of_other_units: 0,
            log_odds: Differences::default(),
            probability: Differences::default(),
        }
    }

    fn add(&mut self, said: &Said<'_>) {
        let (level, shadow) = said.levels;
        self.moves[level][shadow] += 1;
        let unit = said.unit.unwrap_or(NOT_STATED);
        if self.units.contains_key(unit) || self.units.len() < UNITS {
            let rows = self.units.entry(unit.to_owned()).or_insert_with(|| vec![[0; 3]; self.levels.len()]);
            rows[level][side(said.levels)] += 1;
        } else {
            self.of_other_units += 1;
        }
        self.log_odds.add(said.log_odds);
        self.probability.add(said.probability);
    }
}

/// Lower, the same or higher.
fn side((level, shadow): (usize, usize)) -> usize {
    match shadow.cmp(&level) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Greater => 2,
    }
}

impl Differences {
    fn add(&mut self, difference: f64) {
        self.n += 1;
        self.sum += difference;
        self.absolute += difference.abs();
        if difference.abs() > self.largest.abs() {
            self.largest = difference;
        }
    }
}
