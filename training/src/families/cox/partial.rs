//! Efron's partial likelihood of rows on 0/1 columns, with weights.

use crate::Followed;
use crate::families::newton::Objective;

/// Minus the logarithm of the partial likelihood.
///
/// All sums go over days, so that one evaluation costs as much as that of a logistic regression, plus the square of the number of columns a
/// day with an event: what the Hessian needs of the rows at risk is, summed up over days, each row's own square times the hazard that it was exposed to.
pub(super) struct PartialLikelihood<'a> {
    rows: &'a [Vec<usize>],
    events: &'a [bool],
    weights: &'a [f64],
    /// Rows by the day on which their follow-up ends, the latest day first.
    days: Vec<Vec<usize>>,
}

/// Sums over the rows at risk on a day, and over those with the event on it.
struct Ties {
    at_risk: f64,
    with_event: f64,
    n: usize,
    /// Mean weight of the rows with the event.
    weight: f64,
}

impl Ties {
    /// Efron's denominators, each with the share of the events that has left the risk set.
    fn denominators(&self) -> impl Iterator<Item = (f64, f64)> {
        (0..self.n).map(|l| {
            let share = l as f64 / self.n as f64;
            (self.at_risk - share * self.with_event, share)
        })
    }
}

impl<'a> PartialLikelihood<'a> {
    /// `rows` are lists of the columns that are 1 in each row of `followed`.
    pub(super) fn new(rows: &'a [Vec<usize>], followed: &'a Followed) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        // Stable: rows of a day keep their order, and with it the order of all sums.
        order.sort_by(|&a, &b| followed.days[b].total_cmp(&followed.days[a]));
        let same = |a: &usize, b: &usize| followed.days[*a].total_cmp(&followed.days[*b]).is_eq();
        let days = order.chunk_by(same).map(<[usize]>::to_vec).collect();
        Self { rows, events: &followed.events, weights: &followed.weights, days }
    }

    /// The cumulative hazard by the last day where no column is 1.
    pub(super) fn cumulative_hazard(&self, at: &[f64]) -> f64 {
        let hazards = self.hazards(at);
        self.ties(&hazards)
            .iter()
            .map(|ties| ties.denominators().map(|(of, _)| ties.weight / of).sum::<f64>())
            .sum()
    }

    fn linear(&self, row: usize, at: &[f64]) -> f64 {
        self.rows[row].iter().map(|&k| at[k]).sum()
    }

    /// Weight times hazard ratio of each row.
    fn hazards(&self, at: &[f64]) -> Vec<f64> {
        (0..self.rows.len()).map(|row| self.weights[row] * libm::exp(self.linear(row, at))).collect()
    }

    /// The sums of each day, the latest first.
    fn ties(&self, hazards: &[f64]) -> Vec<Ties> {
        let mut at_risk = 0.0;
        let of_day = |rows: &Vec<usize>| {
            rows.iter().for_each(|&row| at_risk += hazards[row]);
            let events: Vec<usize> = rows.iter().copied().filter(|&row| self.events[row]).collect();
            let sum = |of: &[f64]| events.iter().map(|&row| of[row]).sum::<f64>();
            let n = events.len();
            Ties { at_risk, with_event: sum(hazards), n, weight: sum(self.weights) / n.max(1) as f64 }
        };
        self.days.iter().map(of_day).collect()
    }
}

impl Objective for PartialLikelihood<'_> {
    fn value(&self, at: &[f64]) -> f64 {
        let ties = self.ties(&self.hazards(at));
        let of_day =
            |ties: &Ties| ties.weight * ties.denominators().map(|(of, _)| libm::log(of)).sum::<f64>();
        let of_risk: f64 = ties.iter().map(of_day).sum();
        let with_event = (0..self.rows.len()).filter(|&row| self.events[row]);
        of_risk - with_event.map(|row| self.weights[row] * self.linear(row, at)).sum::<f64>()
    }

    fn derivatives(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        let hazards = self.hazards(at);
        let ties = self.ties(&hazards);
        // The mean columns of the rows at risk, from the last day back.
        let (mut at_risk, mut with_event) = (vec![0.0; n], vec![0.0; n]);
        for (rows, ties) in self.days.iter().zip(&ties) {
            for &row in rows {
                self.rows[row].iter().for_each(|&k| at_risk[k] += hazards[row]);
            }
            if ties.n == 0 {
                continue;
            }
            with_event.fill(0.0);
            for &row in rows.iter().filter(|&&row| self.events[row]) {
                self.rows[row].iter().for_each(|&k| with_event[k] += hazards[row]);
            }
            let (mut both, mut mixed, mut left) = (0.0, 0.0, 0.0);
            for (of, share) in ties.denominators() {
                let squared = ties.weight / (of * of);
                (both, mixed, left) =
                    (both + squared, mixed + share * squared, left + share * share * squared);
            }
            for k in 0..n {
                let (a, d) = (at_risk[k], with_event[k]);
                let line = &mut hessian[k * n..=k * n + k];
                let others = at_risk.iter().zip(&with_event);
                for (cell, (&b, &e)) in line.iter_mut().zip(others) {
                    *cell -= both * a * b - mixed * (a * e + d * b) + left * d * e;
                }
            }
        }
        // What each row was exposed to, from the first day on.
        let mut exposure = 0.0;
        for (rows, ties) in self.days.iter().zip(&ties).rev() {
            let (mut of_day, mut left) = (0.0, 0.0);
            for (of, share) in ties.denominators() {
                of_day += ties.weight / of;
                left += share * ties.weight / of;
            }
            exposure += of_day;
            for &row in rows {
                let event = self.events[row];
                let expected = hazards[row] * if event { exposure - left } else { exposure };
                let residual = expected - if event { self.weights[row] } else { 0.0 };
                for (place, &k) in self.rows[row].iter().enumerate() {
                    gradient[k] += residual;
                    for &l in &self.rows[row][..=place] {
                        hessian[k * n + l] += expected;
                    }
                }
            }
        }
        (gradient, hessian)
    }
}
