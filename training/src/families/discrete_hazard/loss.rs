//! The loss of a regression on person-periods with the complementary log-log link.

use super::intervals::Timeline;
use crate::families::newton::Objective;

/// Rows as lists of the columns that are 1. The first parameters are the baselines of the intervals, which are in no list.
pub(super) struct PersonPeriods<'a> {
    pub rows: &'a [Vec<usize>],
    pub weights: &'a [f64],
    pub timeline: &'a Timeline,
}

impl PersonPeriods<'_> {
    /// The linear predictor of each row without a baseline.
    fn linear(&self, at: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| row.iter().map(|&k| at[k]).sum()).collect()
    }

    /// The hazard of each interval, and the sum of those before each number of intervals.
    fn baselines(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let of: Vec<f64> = at[..self.timeline.ends.len()].iter().map(|a| libm::exp(*a)).collect();
        let mut sums = vec![0.0];
        of.iter().for_each(|hazard| sums.push(sums[sums.len() - 1] + hazard));
        (of, sums)
    }
}

/// `-ln(1 - exp(-h))` of a hazard `h`, and its first and second derivatives by `ln h`.
fn of_event(hazard: f64) -> (f64, f64, f64) {
    let grown = libm::expm1(hazard);
    let value = -libm::log(-libm::expm1(-hazard));
    // Below this, the difference of the exact formula is lost in rounding, and the first term of its series is not.
    let bent = if hazard < 1e-3 {
        hazard / 2.0
    } else if hazard > 500.0 {
        0.0
    } else {
        hazard * (hazard * (grown + 1.0) - grown) / (grown * grown)
    };
    (value, -hazard / grown, bent)
}

impl Objective for PersonPeriods<'_> {
    fn value(&self, at: &[f64]) -> f64 {
        let (baselines, sums) = self.baselines(at);
        let mut total = 0.0;
        for (row, linear) in self.linear(at).into_iter().enumerate() {
            let (ratio, lived) = (libm::exp(linear), self.timeline.lived[row]);
            let with_event =
                if self.timeline.events[row] { of_event(ratio * baselines[lived]).0 } else { 0.0 };
            total += self.weights[row] * (ratio * sums[lived] + with_event);
        }
        total
    }

    fn derivatives(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let (baselines, sums) = self.baselines(at);
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        // The columns of the rows that lived through so many intervals, with their ratios; the last entry is that of no column.
        let mut by_lived = vec![vec![0.0; n + 1]; sums.len()];
        for (row, linear) in self.linear(at).into_iter().enumerate() {
            let (columns, lived) = (&self.rows[row], self.timeline.lived[row]);
            let ratio = self.weights[row] * libm::exp(linear);
            let (mut slope, mut curve) = (ratio * sums[lived], ratio * sums[lived]);
            by_lived[lived][n] += ratio;
            columns.iter().for_each(|&k| by_lived[lived][k] += ratio);
            if self.timeline.events[row] {
                let (_, first, second) = of_event(libm::exp(linear) * baselines[lived]);
                let (first, second) = (self.weights[row] * first, self.weights[row] * second);
                (slope, curve) = (slope + first, curve + second);
                gradient[lived] += first;
                hessian[lived * n + lived] += second;
                columns.iter().for_each(|&k| hessian[k * n + lived] += second);
            }
            for (place, &k) in columns.iter().enumerate() {
                gradient[k] += slope;
                for &l in &columns[..=place] {
                    hessian[k * n + l] += curve;
                }
            }
        }
        // Whoever lived through more intervals lived through this one.
        let mut alive = vec![0.0; n + 1];
        for (k, baseline) in baselines.iter().enumerate().rev() {
            alive.iter_mut().zip(&by_lived[k + 1]).for_each(|(sum, of)| *sum += of);
            gradient[k] += baseline * alive[n];
            hessian[k * n + k] += baseline * alive[n];
            for column in baselines.len()..n {
                hessian[column * n + k] += baseline * alive[column];
            }
        }
        (gradient, hessian)
    }
}
