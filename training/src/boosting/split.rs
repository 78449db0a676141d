//! The best question to ask of the rows of a node.

use amparo_datasets::{Indicator, Instrument, Polarity};

use super::gradient::{Scale, Sums};

/// How the answers of an indicator may be split. `unknown` joins either side, whatever the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Any set of answers may be told from the rest.
    Subsets,
    /// Known answers are cut in their order.
    Graded,
    /// Graded, and from one known answer to the next the score never falls.
    Rising,
    /// Graded, and from one known answer to the next the score never rises.
    Falling,
}

impl Order {
    /// The order of each indicator of a form: the direction that it declares is kept, unless it is `exempt`.
    pub(crate) fn all(instrument: &Instrument, exempt: &[String]) -> Vec<Self> {
        let of = |i: &Indicator| match i.polarity {
            Polarity::Neutral => Self::Subsets,
            _ if exempt.contains(&i.id) => Self::Graded,
            Polarity::Risk => Self::Rising,
            Polarity::Protective => Self::Falling,
        };
        instrument.indicators().iter().map(of).collect()
    }
}

/// Between what the leaves below a node must lie, before the learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    pub(super) const NONE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
}

/// One side of a split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Side {
    pub(super) total: Sums,
    pub(super) bounds: Bounds,
}

/// A question and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    pub(super) gain: f64,
    pub(super) indicator: usize,
    /// Answers that go left.
    pub(super) set: u16,
    pub(super) left: Side,
    pub(super) right: Side,
}

/// Least gain that is one: the threshold of XGBoost, far above what rounding leaves of 0.
const LEAST_GAIN: f64 = 1e-6;

/// What holds for every leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LeafRule {
    /// Ridge penalty on its value.
    pub(super) l2: f64,
    /// Least sum of second derivatives over its rows.
    pub(super) least_weight: f64,
}

/// What is the same for all splits of a fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) rule: LeafRule,
    pub(super) scale: Scale,
}

impl Search {
    /// The best value of a leaf, before the learning rate: what minimises `G w + (H + l2) w^2 / 2` within the bounds.
    pub(super) fn weight(self, side: &Side) -> f64 {
        let (g, h) = self.scale.real(side.total);
        let curvature = h + self.rule.l2;
        if curvature > 0.0 { (-g / curvature).clamp(side.bounds.low, side.bounds.high) } else { 0.0 }
    }

    /// Twice the loss that a leaf of this value saves.
    fn saved(self, side: &Side, weight: f64) -> f64 {
        let (g, h) = self.scale.real(side.total);
        -(2.0 * g + (h + self.rule.l2) * weight) * weight
    }

    /// The best split of a node by one indicator, if it is worth more than `at_least`; `sums` are those of its answers.
    pub(super) fn best(
        self,
        node: &Side,
        indicator: usize,
        order: Order,
        sums: &[Sums],
        at_least: f64,
    ) -> Option<Split> {
        let mut best = None;
        let mut gain = at_least.max(LEAST_GAIN);
        let saved = self.saved(node, self.weight(node));
        let mut consider = |left: Sums, set: u16, order: Order| {
            let right = node.total - left;
            if let Some((sides, worth)) = self.sides(node, left, right, order)
                && worth - saved > gain
            {
                gain = worth - saved;
                best = Some((sides, set, left.h >= right.h));
            }
        };
        match order {
            Order::Subsets => subsets(sums, |left, set| consider(left, set, order)),
            _ => cuts(sums, |left, set, among_known| {
                // A split that only tells `unknown` from the known answers says nothing of their order.
                consider(left, set, if among_known { order } else { Order::Graded });
            }),
        }
        let (sides, set, left_is_heavier) = best?;
        // Answers that no row of the node has go with most of its rows.
        let absent =
            (0..sums.len()).filter(|&code| sums[code].h == 0).fold(0_u16, |set, code| set | 1 << code);
        let absent = if order == Order::Subsets { absent } else { absent & 1 << (sums.len() - 1) };
        let set = if left_is_heavier { set | absent } else { set & !absent };
        Some(Split { gain, indicator, set, left: sides.0, right: sides.1 })
    }

    /// Both sides with their bounds, and what their leaves save, if the split is allowed.
    fn sides(self, node: &Side, left: Sums, right: Sums, order: Order) -> Option<((Side, Side), f64)> {
        let enough = |sums: Sums| sums.h > 0 && sums.h as f64 >= self.scale.whole(self.rule.least_weight);
        if !enough(left) || !enough(right) {
            return None;
        }
        let [mut left, mut right] = [left, right].map(|total| Side { total, bounds: node.bounds });
        let (low, high) = (self.weight(&left), self.weight(&right));
        let worth = self.saved(&left, low) + self.saved(&right, high);
        // Whatever is grown below, both sides keep to their half: the bound that XGBoost sets, too.
        let middle = low / 2.0 + high / 2.0;
        match order {
            Order::Subsets | Order::Graded => {}
            Order::Rising if low <= high => (left.bounds.high, right.bounds.low) = (middle, middle),
            Order::Falling if low >= high => (left.bounds.low, right.bounds.high) = (middle, middle),
            Order::Rising | Order::Falling => return None,
        }
        Some(((left, right), worth))
    }
}

/// `unknown` (the last answer) against all known ones, then all cuts of the known answers in their order with `unknown` on
/// either side; with whether known answers are told apart.
///
/// Where some answers have no rows, several of them part the rows alike. The first one binds nothing below it.
fn cuts(sums: &[Sums], mut consider: impl FnMut(Sums, u16, bool)) {
    let Some((unknown, known)) = sums.split_last() else { return };
    let all_known = known.iter().fold(Sums::default(), |sum, answer| sum + *answer);
    consider(all_known, (1 << known.len()) - 1, false);
    let (mut left, mut set) = (Sums::default(), 0);
    for (code, answer) in known.iter().enumerate().take(known.len() - 1) {
        left += *answer;
        set |= 1_u16 << code;
        consider(left, set, true);
        if unknown.h > 0 {
            consider(left + *unknown, set | 1 << known.len(), true);
        }
    }
}

/// The sets of answers one of which is the best of all subsets: the first answers in order of `g / h`.
///
/// The loss that two leaves save is convex in the sums of one side, so it is greatest at a corner of the hull of all
/// subsets' sums, and the corners are cut off by lines through the order of the ratios (Fisher 1958; with a ridge penalty
/// as without).
fn subsets(sums: &[Sums], mut consider: impl FnMut(Sums, u16)) {
    let mut codes: Vec<usize> = (0..sums.len()).filter(|&code| sums[code].h > 0).collect();
    let ratio = |code: usize| sums[code].g as f64 / sums[code].h as f64;
    codes.sort_by(|&a, &b| ratio(a).total_cmp(&ratio(b)).then(a.cmp(&b)));
    let (mut left, mut set) = (Sums::default(), 0);
    for code in codes.iter().take(codes.len().saturating_sub(1)) {
        left += sums[*code];
        set |= 1_u16 << code;
        consider(left, set);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
