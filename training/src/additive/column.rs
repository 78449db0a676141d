//! A column of codes with a table, and the steps that its table takes.

use crate::boosting::Order;
use crate::calibrate::pool_adjacent_violators;

/// One question whose codes a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    /// Answers, of which the last is `unknown`.
    pub(super) n_answers: usize,
    /// How the table may go along the known ones.
    pub(super) order: Order,
}

impl Axis {
    /// Number of answers but `unknown`.
    fn n_known(self) -> usize {
        self.n_answers - 1
    }

    /// 1 if the table may not fall, -1 if it may not rise, `None` if it is free.
    fn sign(self) -> Option<f64> {
        match self.order {
            Order::Rising => Some(1.0),
            Order::Falling => Some(-1.0),
            Order::Subsets | Order::Graded => None,
        }
    }
}

/// What a table is about, and in which directions it is bound to go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// The question.
    pub(super) axes: Vec<Axis>,
}

/// How large a step is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) learning_rate: f64,
    pub(super) l2: f64,
    pub(super) min_weight: f64,
}

impl Column {
    /// Of one question.
    pub(super) fn of(n_answers: usize, order: Order) -> Self {
        Self { axes: vec![Axis { n_answers, order }] }
    }

    /// The change of the table by one step, given the sums of first and second derivatives over the rows of each cell.
    ///
    /// ```text
    /// step     -rate G / (H + l2) in each cell with H >= min_weight, else 0
    /// table    the closest one to table + step in squares weighted by H + l2 that goes the way it must
    /// ```
    pub(super) fn step(&self, pace: Pace, table: &[f64], first: &[f64], second: &[f64]) -> Vec<f64> {
        let step = |(&g, &h): (&f64, &f64)| {
            if h > 0.0 && h >= pace.min_weight { -pace.learning_rate * g / (h + pace.l2) } else { 0.0 }
        };
        let steps: Vec<f64> = first.iter().zip(second).map(step).collect();
        if self.axes.iter().all(|axis| axis.sign().is_none()) {
            return steps;
        }
        let wanted: Vec<f64> = table.iter().zip(&steps).map(|(value, step)| value + step).collect();
        // Of cells without rows nothing is asked but to go the right way.
        let least = 1e-12 * second.iter().fold(1.0, |most: f64, h| most.max(*h));
        let weights: Vec<f64> = second.iter().map(|h| (h + pace.l2).max(least)).collect();
        self.directed(wanted, &weights).iter().zip(table).map(|(to, from)| to - from).collect()
    }

    /// The table that goes the way it must and is the closest in weighted squares.
    pub(super) fn directed(&self, values: Vec<f64>, weights: &[f64]) -> Vec<f64> {
        match self.axes[..] {
            [axis] => along(values, weights, axis),
            _ => values,
        }
    }
}

/// The closest values whose known ones go the way of the axis.
fn along(mut values: Vec<f64>, weights: &[f64], axis: Axis) -> Vec<f64> {
    let Some(sign) = axis.sign() else { return values };
    let known = axis.n_known();
    if values[..known].windows(2).any(|pair| sign * (pair[1] - pair[0]) < 0.0) {
        let rising: Vec<f64> = values[..known].iter().map(|value| sign * value).collect();
        let closest = pool_adjacent_violators(&rising, &weights[..known]);
        values.iter_mut().zip(closest).for_each(|(value, close)| *value = sign * close);
    }
    values
}

#[cfg(test)]
mod tests;
