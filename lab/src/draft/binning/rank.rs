//! How the number itself ranks the rows, and what bins lose of that.

use amparo_datasets::wilson;
use amparo_evaluation::metrics::{ByCase, Components, Order, components};
use amparo_training::calibrate::pool_adjacent_violators;
use serde::Serialize;

use super::counted::{Cell, Rows};
use super::optimal::Direction;

/// 97.5 % point of the standard normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// A value with its 95 % interval, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimated {
    /// The value.
    pub value: f64,
    /// Lower and upper end; `None` where either outcome rests on one case.
    pub interval: Option<(f64, f64)>,
}

/// An area under the ROC curve by DeLong's method, whose cases are those of the rows.
pub(super) struct Area(Components);

impl Area {
    /// The area of a score; `None` unless there are rows with the event and rows without.
    pub fn of(score: &[f64], rows: &Rows) -> Option<Self> {
        let (order, cases) = (Order::new(score), ByCase::new(&rows.cases));
        let all_alike = vec![0; rows.len()];
        components(&order, &rows.events, &rows.weights, &all_alike, 1, &cases).pop().flatten().map(Self)
    }

    pub fn estimated(&self) -> Estimated {
        Estimated { value: self.0.auc, interval: self.0.interval().ok() }
    }

    /// By how much this area is larger than another of the same rows.
    ///
    /// ```text
    /// difference +- 1.96 sqrt(var(this) + var(other) - 2 cov(this, other))
    /// ```
    pub fn above(&self, other: &Self) -> Estimated {
        let value = self.0.auc - other.0.auc;
        let covariance = |a: &Self, b: &Self| a.0.covariance(&b.0);
        let variance = covariance(self, self)
            .zip(covariance(other, other))
            .zip(covariance(self, other))
            .map(|((this, other), both)| (this + other - 2.0 * both).max(0.0));
        let half = variance.map(|variance| Z95 * variance.sqrt());
        Estimated { value, interval: half.map(|half| (value - half, value + half)) }
    }
}

/// The rates of the monotone function of the number that loses least, one for each cell.
pub(super) fn isotonic(cells: &[Cell], direction: Direction) -> Vec<f64> {
    let (rates, weights): (Vec<f64>, Vec<f64>) =
        cells.iter().map(|cell| (direction.of(cell.rate()), cell.weight)).unzip();
    pool_adjacent_violators(&rates, &weights).into_iter().map(|rate| direction.of(rate)).collect()
}

/// The log loss of cells if each has a probability, which may be 0 or 1 where all its rows say so.
pub(super) fn loss(cells: &[Cell], probabilities: &[f64]) -> f64 {
    let sure = |p: f64| p <= 0.0 || p >= 1.0;
    cells.iter().zip(probabilities).filter(|(_, p)| !sure(**p)).map(|(cell, p)| cell.loss_at(*p)).sum()
}

/// The share of events in a bin, with Wilson's interval of its effective rows.
pub(super) fn rate(bin: &Cell, squares: f64) -> Estimated {
    let rate = bin.rate();
    Estimated { value: rate, interval: Some(wilson(rate, bin.weight * bin.weight / squares)) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let n = 60_u32;
        Rows {
            numbers: (0..n).map(|row| f64::from(row * 7 % 20)).collect(),
            events: (0..n).map(|row| (row * 7 % 20 + row % 9) > 14).collect(),
            weights: vec![1.0; n as usize],
            cases: (0..n).collect(),
        }
    }

    #[test]
    fn a_score_loses_nothing_against_itself_and_something_when_it_is_cut() {
        let rows = rows();
        let number = Area::of(&rows.numbers, &rows).unwrap();
        let same = number.above(&number);
        assert!(same.value.abs() <= 0.0 && same.interval.is_some_and(|(low, high)| high - low <= 1e-7));
        let halves: Vec<f64> =
            rows.numbers.iter().map(|number| f64::from(u8::from(*number >= 10.0))).collect();
        let lost = number.above(&Area::of(&halves, &rows).unwrap());
        let (low, high) = lost.interval.unwrap();
        assert!(0.0 < lost.value && low < lost.value && lost.value < high, "{lost:?}");
    }

    #[test]
    fn the_monotone_function_pools_what_goes_against_it() {
        let cell = |n_events: usize| Cell { n_rows: 10, n_events, weight: 10.0, of_events: n_events as f64 };
        let cells = [cell(0), cell(4), cell(2), cell(10)];
        let rising = isotonic(&cells, Direction::Rising);
        let falling = isotonic(&cells, Direction::Falling);
        let is =
            |found: &[f64], expected: &[f64]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-12);
        assert!(is(&rising, &[0.0, 0.3, 0.3, 1.0]), "{rising:?}");
        assert!(is(&falling, &[0.4; 4]), "{falling:?}");
        // -20 (0.3 ln 0.3 + 0.7 ln 0.7): nothing is lost where all rows are alike.
        assert!((loss(&cells, &rising) - 12.217_286_041_097_87).abs() <= 1e-9, "{}", loss(&cells, &rising));
    }
}
