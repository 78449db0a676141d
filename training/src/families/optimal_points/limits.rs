//! What a card has to keep to.

use super::lines::Lines;
use crate::families::bound::Bound;

/// The limits of a card, of which each line has its points.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) lines: usize,
    pub(super) largest: i32,
    pub(super) indicators: usize,
    pub(super) in_force: Option<Near>,
}

/// The card in force, and how far from it.
#[derive(Debug)]
pub(super) struct Near {
    /// Its points of each line.
    pub(super) points: Vec<i32>,
    /// Its points of each answer.
    pub(super) tables: Vec<Vec<i32>>,
    /// Most answers that differ.
    pub(super) changes: usize,
    /// Most points that one of them differs by.
    pub(super) by: i32,
}

impl Limits {
    /// The least and the most points of a line.
    pub(super) fn range(&self, bound: Bound) -> std::ops::RangeInclusive<i32> {
        let low = if bound == Bound::AtLeastZero { 0 } else { -self.largest };
        let high = if bound == Bound::AtMostZero { 0 } else { self.largest };
        low..=high
    }

    /// What a line has if nothing is done to it.
    pub(super) fn home(&self, line: usize) -> i32 {
        self.in_force.as_ref().map_or(0, |near| near.points[line])
    }

    /// Whether one more line of an indicator is too many for some lines.
    pub(super) fn leaves_room(&self, lines: &Lines, chosen: &[usize], line: usize) -> bool {
        let mut indicators: Vec<usize> = chosen.iter().map(|&line| lines.indicator[line]).collect();
        indicators.push(lines.indicator[line]);
        indicators.sort_unstable();
        indicators.dedup();
        indicators.len() <= self.indicators
    }

    /// Everything that a card misses; empty if it keeps to all.
    pub(super) fn missed_by(&self, lines: &Lines, points: &[i32]) -> Vec<Missed> {
        let mut missed = Vec::new();
        let used: Vec<usize> = (1..lines.n()).filter(|&line| points[line] != 0).collect();
        if used.len() > self.lines {
            missed.push(Missed::Lines(used.len()));
        }
        let mut indicators: Vec<usize> = used.iter().map(|&line| lines.indicator[line]).collect();
        indicators.dedup();
        if indicators.len() > self.indicators {
            missed.push(Missed::Indicators(indicators.len()));
        }
        let outside = |&line: &usize| !self.range(lines.bound(line)).contains(&points[line]);
        missed.extend(used.into_iter().filter(outside).map(Missed::Largest));
        if let Some(Near { tables, changes, by, .. }) = &self.in_force {
            let new = lines.tables(points);
            let apart = || new.iter().flatten().zip(tables.iter().flatten()).map(|(a, b)| (a - b).abs());
            if apart().filter(|&d| d > 0).count() > *changes || apart().any(|d| d > *by) {
                missed.push(Missed::InForce);
            }
        }
        missed
    }

    pub(super) fn allow(&self, lines: &Lines, points: &[i32]) -> bool {
        self.missed_by(lines, points).is_empty()
    }
}

/// A limit that a card does not keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missed {
    /// It has so many lines.
    Lines(usize),
    /// It has lines of so many indicators.
    Indicators(usize),
    /// This line has too many points, or the wrong sign.
    Largest(usize),
    /// It differs too much from the card in force.
    InForce,
}
