//! Boosting as the paper has it, with nothing clever: floating point, lists of rows, every allowed set of answers tried.

use super::*;

/// Scores of all rows after boosting on all rows and indicators.
pub(super) fn boosted(params: &BoostedParams, orders: &[Order], set: &TrainingSet) -> Vec<f64> {
    let rate = set.base_rate();
    boosted_from(vec![(rate / (1.0 - rate)).ln(); set.n_rows()], params, orders, set)
}

/// The same from other scores than the log-odds of the share of events.
pub(super) fn boosted_from(
    mut scores: Vec<f64>,
    params: &BoostedParams,
    orders: &[Order],
    set: &TrainingSet,
) -> Vec<f64> {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    for _ in 0..params.trees {
        let derivatives: Vec<(f64, f64)> = (0..set.n_rows())
            .map(|i| {
                let (p, w) = (1.0 / (1.0 + (-scores[i]).exp()), set.weights()[i] / mean);
                (w * (p - f64::from(u8::from(set.events()[i]))), w * p * (1.0 - p))
            })
            .collect();
        let tree = Naive { params, orders, set, derivatives };
        let all = (0..set.n_rows()).collect();
        tree.grow(all, (f64::NEG_INFINITY, f64::INFINITY), &[], &mut scores);
    }
    scores
}

struct Naive<'a> {
    params: &'a BoostedParams,
    orders: &'a [Order],
    set: &'a TrainingSet,
    derivatives: Vec<(f64, f64)>,
}

type Bounds = (f64, f64);

/// One side of a split: its rows, and between what its leaves must lie.
type Part = (Vec<usize>, Bounds);

impl Naive<'_> {
    fn sums(&self, rows: &[usize]) -> (f64, f64) {
        rows.iter().map(|&row| self.derivatives[row]).fold((0.0, 0.0), |(g, h), (a, b)| (g + a, h + b))
    }

    fn weight(&self, (g, h): (f64, f64), (low, high): Bounds) -> f64 {
        (-g / (h + self.params.l2)).clamp(low, high)
    }

    fn saved(&self, sums: (f64, f64), bounds: Bounds) -> f64 {
        let weight = self.weight(sums, bounds);
        -2.0 * sums.0 * weight - (sums.1 + self.params.l2) * weight * weight
    }

    fn grow(&self, rows: Vec<usize>, bounds: Bounds, path: &[usize], scores: &mut [f64]) {
        let total = self.sums(&rows);
        let best = if path.len() == self.params.depth { None } else { self.best(&rows, bounds, path) };
        let Some((indicator, (left, left_bounds), (right, right_bounds))) = best else {
            let value = self.params.learning_rate * self.weight(total, bounds);
            rows.iter().for_each(|&row| scores[row] += value);
            return;
        };
        let path = [path, &[indicator]].concat();
        self.grow(left, left_bounds, &path, scores);
        self.grow(right, right_bounds, &path, scores);
    }

    /// Whether one of the sets holds all that a path asks for; an indicator alone is always a set.
    fn may_meet(&self, path: &[usize], indicator: usize) -> bool {
        let id = |j: usize| &self.set.answers().instrument().indicators()[j].id;
        self.params.interactions.as_ref().is_none_or(|limits| {
            path.iter().all(|&asked| asked == indicator)
                || limits.0.iter().any(|set| path.iter().chain([&indicator]).all(|&j| set.contains(id(j))))
        })
    }

    fn best(&self, rows: &[usize], bounds: Bounds, path: &[usize]) -> Option<(usize, Part, Part)> {
        let mut best = None;
        let mut gain = 1e-6;
        let before = self.saved(self.sums(rows), bounds);
        for (indicator, asked) in self.set.answers().instrument().indicators().iter().enumerate() {
            if !self.may_meet(path, indicator) {
                continue;
            }
            let order = self.orders[indicator];
            let all_known = (1_u16 << asked.n_known()) - 1;
            // Of equal splits the first is taken: known answers against `unknown`, which binds nothing below.
            let sets = [all_known].into_iter().chain(1..(1_u16 << asked.n_answers()) - 1);
            for set in sets {
                let known = set & all_known;
                let among_known = known != 0 && known != all_known;
                if order != Order::Subsets && (known & (known + 1) != 0 || known == 0) {
                    continue;
                }
                let goes_left = |row: &&usize| set >> self.set.answers().row(**row)[indicator] & 1 == 1;
                let (left, right): (Vec<&usize>, Vec<&usize>) = rows.iter().partition(goes_left);
                let [left, right] = [left, right].map(|rows| rows.into_iter().copied().collect::<Vec<_>>());
                let (of_left, of_right) = (self.sums(&left), self.sums(&right));
                if left.is_empty()
                    || right.is_empty()
                    || of_left.1.min(of_right.1) < self.params.min_child_weight
                {
                    continue;
                }
                let (low, high) = (self.weight(of_left, bounds), self.weight(of_right, bounds));
                let middle = low.midpoint(high);
                let (left_bounds, right_bounds) = match order {
                    Order::Rising if among_known && low > high => continue,
                    Order::Falling if among_known && low < high => continue,
                    Order::Rising if among_known => ((bounds.0, middle), (middle, bounds.1)),
                    Order::Falling if among_known => ((middle, bounds.1), (bounds.0, middle)),
                    _ => (bounds, bounds),
                };
                let worth = self.saved(of_left, bounds) + self.saved(of_right, bounds) - before;
                // Two questions may part the rows alike; which of them is asked does not matter here.
                if worth > gain + 1e-9 {
                    gain = worth;
                    best = Some((indicator, (left, left_bounds), (right, right_bounds)));
                }
            }
        }
        best
    }
}
