//! Supports of low loss: which lines a card should have.

use std::cmp::Ordering;
use std::collections::HashSet;

use rayon::prelude::*;

use super::kinds::Kinds;
use super::limits::Limits;
use super::lines::Lines;
use super::support::{Fitted, Patterns};

/// Supports that are kept of each size, and lines that are tried beyond each: FasterRisk's default.
const WIDTH: usize = 10;
/// Lines that are tried in place of each line of the best support.
const SWAPS: usize = 50;
/// Supports whose loss is above the best one by more than this share are not in the pool: FasterRisk's default.
const GAP: f64 = 0.05;

/// Some lines with their weights.
#[derive(Debug, Clone)]
pub(super) struct Support {
    pub(super) patterns: Patterns,
    pub(super) fitted: Fitted,
}

/// The best supports of as many lines as the limits allow, by beam search, and supports that differ from the first one by one line; the
/// best first.
///
/// A support is grown by the lines of the largest gain. All rows with the same answers on its lines are one, so that a fit goes through a
/// few hundred patterns however many rows there are.
pub(super) fn pool(kinds: &Kinds, lines: &Lines, limits: &Limits) -> Vec<Support> {
    let told_apart = lines.told_apart(kinds);
    let start = Support {
        patterns: Patterns::none(kinds),
        fitted: Fitted { weights: vec![kinds.base_log_odds()], loss: f64::INFINITY },
    };
    let mut parents = vec![start];
    for _ in 0..limits.lines {
        let of_parents =
            parents.par_iter().map(|parent| promising(parent, &told_apart, WIDTH, kinds, lines, limits));
        let mut seen = HashSet::new();
        let is_new = |(at, line): &(usize, usize)| {
            let mut chosen: Vec<usize> = parents[*at].patterns.lines.iter().copied().chain([*line]).collect();
            chosen.sort_unstable();
            seen.insert(chosen)
        };
        let each: Vec<Vec<usize>> = of_parents.collect();
        let children: Vec<(usize, usize)> = (each.iter().enumerate())
            .flat_map(|(at, of)| of.iter().map(move |&line| (at, line)))
            .filter(is_new)
            .collect();
        if children.is_empty() {
            break;
        }
        let fits = children.par_iter().map(|&(at, line)| (at, grown(&parents[at], line, kinds, lines)));
        let mut fits: Vec<(usize, Support)> = fits.map(|(at, child)| (at, child.settled())).collect();
        fits.sort_by(|(_, a), (_, b)| a.before(b));
        fits.truncate(WIDTH);
        // Only now, because each has a number for every kind of rows.
        parents =
            fits.into_par_iter().map(|(at, child)| child.unsettled(&parents[at], kinds, lines)).collect();
    }
    let Some(first) = parents.first().filter(|parent| !parent.patterns.lines.is_empty()) else {
        return vec![];
    };
    let most = first.fitted.loss * (1.0 + GAP);
    let mut supports: Vec<Support> = (0..first.patterns.lines.len())
        .into_par_iter()
        .flat_map_iter(|at| {
            let mut chosen = first.patterns.lines.clone();
            let left = chosen.remove(at);
            let patterns = Patterns::of(kinds, lines, &chosen);
            let mut from = first.fitted.weights.clone();
            from.remove(at + 1);
            let fitted = patterns.fit(lines, &from, kinds.total);
            let without = Support { patterns, fitted };
            let others: Vec<usize> = told_apart.iter().copied().filter(|&line| line != left).collect();
            let promising = promising(&without, &others, SWAPS, kinds, lines, limits);
            promising.into_iter().map(move |line| grown(&without, line, kinds, lines).settled())
        })
        .filter(|support| support.fitted.loss <= most)
        .collect();
    supports.extend(parents);
    supports.sort_by(Support::before);
    supports
}

impl Support {
    /// Which of two is the better one.
    fn before(&self, other: &Self) -> Ordering {
        let by_loss = self.fitted.loss.total_cmp(&other.fitted.loss);
        by_loss.then_with(|| self.patterns.lines.cmp(&other.patterns.lines))
    }

    /// The same without what is needed to add a line.
    fn settled(mut self) -> Self {
        self.patterns.settle();
        self
    }

    /// The same with it, from the support without its last line.
    fn unsettled(self, parent: &Self, kinds: &Kinds, lines: &Lines) -> Self {
        match self.patterns.lines.last() {
            Some(&line) => Self { patterns: parent.patterns.with(kinds, lines, line), ..self },
            None => self,
        }
    }
}

/// Some of the lines that a support does not have yet, those of the largest gain first.
fn promising(
    support: &Support,
    among: &[usize],
    n: usize,
    kinds: &Kinds,
    lines: &Lines,
    limits: &Limits,
) -> Vec<usize> {
    let gains = support.patterns.gains(&support.fitted, kinds, lines);
    let chosen = &support.patterns.lines;
    let is_open = |&line: &usize| {
        gains[line] > 0.0 && !chosen.contains(&line) && limits.leaves_room(lines, chosen, line)
    };
    let mut open: Vec<usize> = among.iter().copied().filter(is_open).collect();
    open.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]).then(a.cmp(&b)));
    open.truncate(n);
    open
}

fn grown(parent: &Support, line: usize, kinds: &Kinds, lines: &Lines) -> Support {
    let patterns = parent.patterns.with(kinds, lines, line);
    let from: Vec<f64> = parent.fitted.weights.iter().copied().chain([0.0]).collect();
    let fitted = patterns.fit(lines, &from, kinds.total);
    Support { patterns, fitted }
}
