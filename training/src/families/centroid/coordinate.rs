//! The coordinates of an indicator, and where the classes are on them.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::boosting::Order;
use crate::families::counts::total;

/// One coordinate of an indicator.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Coordinate {
    /// Where each answer is.
    pub(super) places: Vec<f64>,
    /// 1 if the risk may not fall along it, -1 if it may not rise, 0 if it is free.
    pub(super) sign: f64,
    /// Mean of the rows without the event, and of those with it.
    means: [f64; 2],
    /// Mean of all rows.
    mean: f64,
    /// `sqrt(1 / n_k - 1 / n)` of each class.
    errors: [f64; 2],
    /// Standard deviation within the classes.
    pub(super) sd: f64,
}

/// The coordinates of an indicator by the counts of its answers; those on which all rows are at one place are left out.
pub(super) fn of_indicator(counts: &[[f64; 2]], order: Order) -> Vec<Coordinate> {
    let unknown = counts.len() - 1;
    let only = |answer: usize, length: f64| {
        (0..counts.len()).map(|at| if at == answer { length } else { 0.0 }).collect::<Vec<f64>>()
    };
    let sign = match order {
        Order::Rising => 1.0,
        Order::Falling => -1.0,
        Order::Graded | Order::Subsets => 0.0,
    };
    let places: Vec<(Vec<f64>, f64)> = if order == Order::Subsets && unknown > 2 {
        (0..counts.len()).map(|answer| (only(answer, FRAC_1_SQRT_2), 0.0)).collect()
    } else {
        vec![(graded(counts), sign), (only(unknown, 1.0), 0.0)]
    };
    places.into_iter().filter_map(|(places, sign)| Coordinate::new(counts, places, sign)).collect()
}

/// Known answers from 0 to 1, and `unknown` at their mean.
fn graded(counts: &[[f64; 2]]) -> Vec<f64> {
    let known = &counts[..counts.len() - 1];
    let steps = (known.len() - 1).max(1) as f64;
    let grades = (0..known.len()).map(|grade| grade as f64 / steps);
    let (sum, n) = grades
        .clone()
        .zip(known)
        .fold((0.0, 0.0), |(sum, n), (x, [without, with])| (sum + x * (without + with), n + without + with));
    grades.chain([if n > 0.0 { sum / n } else { 0.0 }]).collect()
}

impl Coordinate {
    fn new(counts: &[[f64; 2]], places: Vec<f64>, sign: f64) -> Option<Self> {
        let occurring = || counts.iter().zip(&places).filter(|([n, e], _)| n + e > 0.0).map(|(_, x)| *x);
        let first = occurring().next()?;
        if occurring().all(|x| (x - first).abs() <= 0.0) {
            return None;
        }
        let sizes = total(counts);
        let n = sizes[0] + sizes[1];
        let sum = |class: usize| counts.iter().zip(&places).map(|(count, x)| count[class] * x).sum::<f64>();
        let sums = [sum(0), sum(1)];
        let means = [sums[0] / sizes[0], sums[1] / sizes[1]];
        let squares = |class: usize| {
            let of = |(count, x): (&[f64; 2], &f64)| count[class] * (x - means[class]).powi(2);
            counts.iter().zip(&places).map(of).sum::<f64>()
        };
        // Of two rows nothing is known but their difference.
        let sd = if n > 2.0 { ((squares(0) + squares(1)) / (n - 2.0)).sqrt() } else { 0.0 };
        let errors = sizes.map(|size| (1.0 / size - 1.0 / n).sqrt());
        Some(Self { sign, means, mean: (sums[0] + sums[1]) / n, errors, sd, places })
    }

    /// The centroids, each moved towards the mean by so many standard errors of `sd` plus `shift` in all.
    pub(super) fn shrunken(&self, by: f64, shift: f64) -> [f64; 2] {
        std::array::from_fn(|class| {
            let (away, step) = (self.means[class] - self.mean, self.errors[class] * (by * self.sd + shift));
            // Without any step it stays to the last bit.
            if step > 0.0 {
                self.mean + away.signum() * (away.abs() - step).max(0.0)
            } else {
                self.means[class]
            }
        })
    }
}
