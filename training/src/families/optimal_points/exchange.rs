//! Cards of least loss near others, by exact losses.

use std::collections::HashSet;

use rayon::prelude::*;

use super::kinds::Kinds;
use super::limits::Limits;
use super::lines::Lines;
use super::sums::{Sums, Worth};

/// A card with what its points are worth.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Card {
    /// Points of each line; line 0 is none.
    pub(super) points: Vec<i32>,
    pub(super) worth: Worth,
}

impl Card {
    /// Keeps the cards of least loss, each once, in that order.
    pub(super) fn keep_least(cards: &mut Vec<Self>, width: usize) {
        cards.sort_by(|a, b| a.worth.loss.total_cmp(&b.worth.loss).then_with(|| a.points.cmp(&b.points)));
        cards.dedup_by(|a, b| a.points == b.points);
        cards.truncate(width);
    }
}

/// Everything that a card is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) kinds: &'a Kinds,
    pub(super) lines: &'a Lines,
    pub(super) limits: &'a Limits,
}

impl Judge<'_> {
    /// A card with what its points are worth: nothing if it gives none, or if the outcome does not rise with them.
    pub(super) fn card(&self, points: Vec<i32>) -> Card {
        let seen = self.joint(&points, |j| j == 0);
        let sums = seen.moved(0, &vec![0; seen.by_answer[0].len()]);
        let nothing = Worth::unknown(self.kinds);
        Card { points, worth: sums.worth(nothing).unwrap_or(nothing) }
    }

    /// The best card that a local search reaches from some others, of which there must be one and which must keep to the limits.
    ///
    /// The `width` best cards seen so far are searched around, each once, until all of them have been. Around a card lie those with other
    /// points in any one line, in any one answer, in a line and instead of another one, and in two lines by one point.
    pub(super) fn best_near(&self, starts: Vec<Card>, width: usize) -> Card {
        let mut cards = starts;
        let mut searched = HashSet::new();
        loop {
            Card::keep_least(&mut cards, width);
            let Some(next) = cards.iter().find(|card| !searched.contains(&card.points)) else {
                return cards.swap_remove(0);
            };
            searched.insert(next.points.clone());
            let found = self.around(next, width);
            cards.extend(found);
        }
    }

    /// The best cards around one.
    fn around(&self, card: &Card, width: usize) -> Vec<Card> {
        // Cards to change one indicator of, with the lines that may change, and by how much.
        let mut bases: Vec<(Vec<i32>, Option<Vec<bool>>)> = vec![(card.points.clone(), None)];
        let used: Vec<bool> = card.points.iter().map(|&points| points != 0).collect();
        for line in 1..self.lines.n() {
            let home = self.limits.home(line);
            let with = |points: i32| {
                let mut base = card.points.clone();
                base[line] = points;
                base
            };
            if card.points[line] != home {
                bases.push((with(home), None));
            }
            if used[line] {
                for one in [-1, 1] {
                    bases.push((with(card.points[line] + one), Some(used.clone())));
                }
            }
        }
        let of_base = |(base, only): &(Vec<i32>, Option<Vec<bool>>)| {
            self.changed(base, only.as_deref(), card.worth, width)
        };
        let mut found: Vec<Card> = bases.par_iter().flat_map_iter(of_base).collect();
        Card::keep_least(&mut found, width);
        found
    }

    /// The best cards that differ from a base in one indicator; with `only`, in one of those lines by one point.
    fn changed(&self, base: &[i32], only: Option<&[bool]>, from: Worth, width: usize) -> Vec<Card> {
        let is_tried = |j: usize| only.is_none_or(|only| self.lines.of[j].iter().any(|&line| only[line]));
        let seen = self.joint(base, is_tried);
        let mut found: Vec<Card> = Vec::new();
        let mut consider = |j: usize, points: Vec<i32>| {
            if !self.limits.allow(self.lines, &points) {
                return;
            }
            let steps: Vec<i32> = points.iter().zip(base).map(|(to, from)| to - from).collect();
            let sum = |lines: &Vec<usize>| lines.iter().map(|&line| steps[line]).sum();
            let by_answer: Vec<i32> = self.lines.columns.active[j].iter().map(sum).collect();
            let worst = if found.len() < width { f64::INFINITY } else { found[width - 1].worth.loss };
            if let Some(worth) = seen.moved(j, &by_answer).worth(from).filter(|worth| worth.loss < worst) {
                let at = found.partition_point(|card| card.worth.loss <= worth.loss);
                found.insert(at, Card { points, worth });
                found.truncate(width);
            }
        };
        // The base itself is one of them, where it is not the card that was started from.
        if let Some(j) = (0..self.lines.of.len()).find(|&j| is_tried(j)) {
            consider(j, base.to_vec());
        }
        for (j, of_indicator) in self.lines.of.iter().enumerate().filter(|(j, _)| is_tried(*j)) {
            for (at, &line) in of_indicator.iter().enumerate() {
                if only.is_some_and(|only| !only[line]) {
                    continue;
                }
                for to in self.limits.range(self.lines.bound(line)) {
                    let step = to - base[line];
                    if step == 0 || only.is_some() && step.abs() > 1 {
                        continue;
                    }
                    let mut points = base.to_vec();
                    points[line] = to;
                    consider(j, points.clone());
                    if only.is_some() {
                        continue;
                    }
                    // Points of some answers in the middle: what is added here is taken away further on.
                    let is_step_after = |&&later: &&usize| {
                        let both = self.lines.holds[later].iter().zip(&self.lines.holds[line]);
                        both.clone().any(|(later, _)| *later)
                            && both.clone().all(|(later, first)| !later || *first)
                    };
                    for &later in of_indicator[at + 1..].iter().filter(is_step_after) {
                        let mut shifted = points.clone();
                        shifted[later] -= step;
                        consider(j, shifted);
                    }
                }
            }
        }
        found
    }

    /// The rows by answer to each of some indicators and by sum of points.
    fn joint(&self, points: &[i32], is_wanted: impl Fn(usize) -> bool) -> Joint {
        let tables = self.lines.tables(points);
        let mut sums = vec![0_i32; self.kinds.n()];
        for (codes, table) in self.kinds.codes.iter().zip(&tables) {
            if table.iter().any(|&points| points != 0) {
                codes.iter().zip(&mut sums).for_each(|(&code, sum)| *sum += table[usize::from(code)]);
            }
        }
        let lowest = sums.iter().copied().min().unwrap_or(0);
        let width = (sums.iter().copied().max().unwrap_or(0) - lowest) as usize + 1;
        let of_indicator = |(j, (codes, table)): (usize, (&Vec<u8>, &Vec<i32>))| {
            if !is_wanted(j) {
                return Vec::new();
            }
            let mut cells = vec![vec![[0.0; 2]; width]; table.len()];
            for ((&code, &sum), (&n, &e)) in
                codes.iter().zip(&sums).zip(self.kinds.others.iter().zip(&self.kinds.events))
            {
                let cell = &mut cells[usize::from(code)][(sum - lowest) as usize];
                cell[0] += n;
                cell[1] += e;
            }
            cells
        };
        Joint {
            lowest,
            by_answer: self.kinds.codes.iter().zip(&tables).enumerate().map(of_indicator).collect(),
        }
    }
}

/// Weight of the rows without and with the event by answer and sum of points, for each indicator that was asked for.
///
/// Whatever becomes of the points of one indicator, the sums of all rows follow from this without another look at them.
struct Joint {
    lowest: i32,
    by_answer: Vec<Vec<Vec<[f64; 2]>>>,
}

impl Joint {
    /// The sums if the answers to indicator `j` get so many points more.
    fn moved(&self, j: usize, by: &[i32]) -> Sums {
        let (least, most) = by.iter().fold((i32::MAX, i32::MIN), |(l, m), &d| (l.min(d), m.max(d)));
        let width = self.by_answer[j][0].len() + (most - least) as usize;
        let mut cells = vec![[0.0; 2]; width];
        for (of_answer, &d) in self.by_answer[j].iter().zip(by) {
            let from = (d - least) as usize;
            cells[from..].iter_mut().zip(of_answer).for_each(|(cell, [n, e])| {
                cell[0] += n;
                cell[1] += e;
            });
        }
        Sums { lowest: self.lowest + least, cells }
    }
}
