//! A scorer whose unlearned answers have the average effect of the learned ones.

use super::candidate::Fitted;
use super::{Additive, Candidate, Forest, Hybrid, Kind, Node, Points, Scorer, Tree};
use crate::stand_in::StandIn;

impl Scorer {
    /// The same scorer for learned answers; each unlearned answer counts as the average of its stand-ins.
    ///
    /// ```text
    /// table:   w[j][u] = sum_g share(g) w[j][g]                 points: the same, rounded to whole points
    /// trees:   T becomes the sum over i of (b_i - b_i-1) T_i     T_i sends u the way of the stand-in at b_i
    /// ```
    /// A tree has to stay a sum of trees. The stand-ins of an answer divide the line from 0 to 1 by their shares, in their
    /// order; `b_1 < b_2 < .. = 1` are the places where, for some answer, another stand-in begins that the tree sends another
    /// way. Each copy is the tree with another way for the unlearned answers and its leaves times its length, so for learned
    /// answers the copies add up to the tree, and a copy is monotone wherever the tree is. With several unlearned answers in
    /// one form their stand-ins go up the line together, so that a tree becomes at most one copy for each of them more, and
    /// the score is a mean over completions of the form: never outside their range.
    ///
    /// A blend of averaged scorers is the average of the blend, but for the rounding of points.
    #[must_use]
    pub fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        if stand_ins.is_empty() {
            return self.clone();
        }
        Self(match &self.0 {
            Kind::Points(points) => Kind::Points(points.averaged(stand_ins)),
            Kind::Candidate(candidate) => Kind::Candidate(candidate.averaged(stand_ins)),
            Kind::Hybrid(hybrid) => Kind::Hybrid(Hybrid::averaged(hybrid, stand_ins)),
        })
    }
}

impl Points {
    /// See [`Scorer::averaged`].
    #[must_use]
    pub fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        let mut points = self.points.clone();
        for StandIn { indicator, answer, shares } in stand_ins {
            let table = &self.points[*indicator];
            let mean = mean(shares.iter().map(|&(code, share)| (f64::from(table[usize::from(code)]), share)));
            // The mean of whole numbers that fit lies between them, and so does the whole number next to it.
            points[*indicator][usize::from(*answer)] = mean.round() as i32;
        }
        Self { points, ..*self }
    }
}

impl Candidate {
    fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        self.with(match self.fitted() {
            Fitted::Additive(tables) => Fitted::Additive(tables.averaged(stand_ins)),
            Fitted::Trees(forest) => Fitted::Trees(forest.averaged(stand_ins)),
        })
    }
}

impl Hybrid {
    fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        self.with(self.baseline().averaged(stand_ins), self.candidate().averaged(stand_ins))
    }
}

impl Additive {
    fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        let mut weights = self.weights.clone();
        for StandIn { indicator, answer, shares } in stand_ins {
            let table = &self.weights[*indicator];
            weights[*indicator][usize::from(*answer)] =
                mean(shares.iter().map(|&(code, share)| (table[usize::from(code)], share)));
        }
        Self { weights, ..*self }
    }
}

impl Forest {
    fn averaged(&self, stand_ins: &[StandIn]) -> Self {
        Self { trees: self.trees.iter().flat_map(|tree| tree.averaged(stand_ins)).collect(), ..*self }
    }
}

impl Tree {
    /// Copies that add up to the averaged tree.
    fn averaged(&self, stand_ins: &[StandIn]) -> Vec<Self> {
        let asked: Vec<&StandIn> = stand_ins.iter().filter(|of| self.asks(of.indicator)).collect();
        let mut cuts: Vec<f64> = asked.iter().flat_map(|of| self.cuts(of)).collect();
        cuts.push(1.0);
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|a, b| a.total_cmp(b).is_eq());
        let mut from = 0.0;
        let mut copies = Vec::with_capacity(cuts.len());
        for to in cuts {
            let mut copy = self.clone();
            for of in &asked {
                copy.send(of.indicator, of.answer, of.at(to));
            }
            copy.scale(to - from);
            copies.push(copy);
            from = to;
        }
        copies
    }

    /// Where on the line another stand-in begins that goes another way.
    fn cuts(&self, of: &StandIn) -> Vec<f64> {
        let ends = of.ends();
        let pairs = of.shares.windows(2).zip(ends);
        let differ = |pair: &[(u8, f64)]| {
            let [one, next] = [0, 1].map(|at: usize| usize::from(pair[at].0));
            !self.goes_the_same_way(of.indicator, one, next)
        };
        pairs.filter(|(pair, _)| differ(pair)).map(|(_, end)| end).collect()
    }

    pub(super) fn asks(&self, indicator: usize) -> bool {
        self.nodes
            .iter()
            .any(|node| matches!(node, Node::Split { indicator: asked, .. } if *asked == indicator))
    }

    /// Whether no question of the tree about an indicator tells two answers apart.
    pub(crate) fn goes_the_same_way(&self, indicator: usize, one: usize, other: usize) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Split { indicator: asked, set, .. } if *asked == indicator => {
                set >> one & 1 == set >> other & 1
            }
            _ => true,
        })
    }

    /// Sends an answer the way of another one at every question about the indicator.
    fn send(&mut self, of: usize, answer: u8, like: u8) {
        for node in &mut self.nodes {
            if let Node::Split { indicator, set, .. } = node
                && *indicator == of
            {
                *set = *set & !(1 << answer) | (*set >> like & 1) << answer;
            }
        }
    }

    /// Multiplies what the tree adds.
    pub(crate) fn scale(&mut self, by: f64) {
        for node in &mut self.nodes {
            if let Node::Leaf(value) = node {
                *value *= by;
            }
        }
    }
}

impl StandIn {
    /// Where each stand-in but the last ends on the line from 0 to 1.
    fn ends(&self) -> impl Iterator<Item = f64> {
        let mut end = 0.0;
        self.shares.iter().map(move |(_, share)| {
            end += share;
            end
        })
    }

    /// The stand-in of the piece of the line that ends here.
    fn at(&self, to: f64) -> u8 {
        let last = self.shares.len() - 1;
        let place = self.ends().take(last).position(|end| to <= end).unwrap_or(last);
        self.shares[place].0
    }
}

/// The mean of values with shares that add up to 1, never outside of their range.
fn mean(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let each = || values.clone().map(|(value, _)| value);
    let (low, high) = (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max));
    // Relative to the lowest, so that equal values have exactly themselves as mean.
    let above: f64 = values.map(|(value, share)| (value - low) * share).sum();
    (low + above).clamp(low, high)
}
