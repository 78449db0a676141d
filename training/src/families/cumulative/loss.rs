//! The loss of a cumulative logit model.

use amparo_models::probability::{sigmoid, softplus};

use super::Thresholds;
use crate::Classed;
use crate::families::newton::Objective;

/// Minus the log-likelihood of classes, by the negative thresholds `a[k] = -t[k]` (the first parameters) and the weights of 0/1 columns.
///
/// ```text
/// P(class k) = sigmoid(f + a[k]) - sigmoid(f + a[k + 1])
///            = sigmoid(f + a[k]) (1 - sigmoid(f + a[k + 1])) (1 - exp(a[k + 1] - a[k]))
/// ```
/// So a row counts like two of a logistic regression, one that reached class `k` and one that did not reach `k + 1` (the lowest and the highest class
/// like one), and the rest hangs on the distance of two thresholds only. That part grows without bound where they meet, and keeps them in order.
pub(in crate::families) struct CumulativeLoss<'a> {
    classed: &'a Classed,
    /// Number of thresholds.
    n: usize,
    /// Of each row the columns that are 1, ascending, as places among the parameters.
    rows: Vec<Vec<usize>>,
    /// What is added to the columns of each row; nothing where there is none.
    given: Option<&'a [f64]>,
    /// Weight of all rows of each class between the lowest and the highest.
    between: Vec<f64>,
}

impl<'a> CumulativeLoss<'a> {
    /// Of rows with columns, which are numbered behind the thresholds.
    pub(in crate::families) fn of_columns(classed: &'a Classed, rows: Vec<Vec<usize>>) -> Self {
        Self::new(classed, rows, None)
    }

    /// Of rows whose sum is given, by the thresholds alone.
    pub(in crate::families) fn given(classed: &'a Classed, f: &'a [f64]) -> Self {
        Self::new(classed, Vec::new(), Some(f))
    }

    fn new(classed: &'a Classed, rows: Vec<Vec<usize>>, given: Option<&'a [f64]>) -> Self {
        let n = classed.classes.len() - 1;
        let mut between = vec![0.0; n - 1];
        for (&code, weight) in classed.codes.iter().zip(&classed.weights) {
            let code = usize::from(code);
            if (1..n).contains(&code) {
                between[code - 1] += weight;
            }
        }
        Self { classed, n, rows, given, between }
    }

    /// The mean loss of rows whose sum is given.
    pub(in crate::families) fn mean(&self, thresholds: &Thresholds) -> f64 {
        let at: Vec<f64> = thresholds.of_classes.iter().map(|t| -t).collect();
        self.value(&at) / self.classed.weights.iter().sum::<f64>()
    }

    fn columns(&self, row: usize) -> &[usize] {
        self.rows.get(row).map_or(&[], Vec::as_slice)
    }

    fn sum(&self, row: usize, at: &[f64]) -> f64 {
        let given = self.given.map_or(0.0, |f| f[row]);
        given + self.columns(row).iter().map(|&k| at[k]).sum::<f64>()
    }

    /// The thresholds that a row of a class reached and did not reach, by their places.
    fn halves(&self, code: u8) -> [Option<usize>; 2] {
        let code = usize::from(code);
        [code.checked_sub(1), (code < self.n).then_some(code)]
    }
}

impl Objective for CumulativeLoss<'_> {
    fn value(&self, at: &[f64]) -> f64 {
        let mut total = 0.0;
        for (row, (&code, weight)) in self.classed.codes.iter().zip(&self.classed.weights).enumerate() {
            let f = self.sum(row, at);
            let [reached, missed] = self.halves(code);
            total += weight * reached.map_or(0.0, |k| softplus(-f - at[k]));
            total += weight * missed.map_or(0.0, |k| softplus(f + at[k]));
        }
        for (k, weight) in self.between.iter().enumerate() {
            // Infinite, or not a number, where thresholds are not in order: no step of the search goes there.
            total -= weight * libm::log(-libm::expm1(at[k + 1] - at[k]));
        }
        total
    }

    fn derivatives(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        for (row, (&code, weight)) in self.classed.codes.iter().zip(&self.classed.weights).enumerate() {
            let (f, columns) = (self.sum(row, at), self.columns(row));
            let (mut residuals, mut curvatures) = (0.0, 0.0);
            let [reached, missed] = self.halves(code);
            for (k, happened) in reached.map(|k| (k, 1.0)).into_iter().chain(missed.map(|k| (k, 0.0))) {
                let p = sigmoid(f + at[k]);
                let (residual, curvature) = (weight * (p - happened), weight * p * (1.0 - p));
                gradient[k] += residual;
                hessian[k * n + k] += curvature;
                columns.iter().for_each(|column| hessian[column * n + k] += curvature);
                (residuals, curvatures) = (residuals + residual, curvatures + curvature);
            }
            for (place, &k) in columns.iter().enumerate() {
                gradient[k] += residuals;
                columns[..=place].iter().for_each(|l| hessian[k * n + l] += curvatures);
            }
        }
        for (k, weight) in self.between.iter().enumerate() {
            let grown = libm::expm1(at[k] - at[k + 1]);
            let (slope, bent) = (weight / grown, weight * (1.0 + 1.0 / grown) / grown);
            gradient[k] -= slope;
            gradient[k + 1] += slope;
            hessian[k * n + k] += bent;
            hessian[(k + 1) * n + k + 1] += bent;
            hessian[(k + 1) * n + k] -= bent;
        }
        (gradient, hessian)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
