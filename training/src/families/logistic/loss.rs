//! The loss of a logistic regression on 0/1 columns.

use amparo_models::probability::{sigmoid, softplus};

use crate::families::newton::Objective;

/// Rows as lists of the columns that are 1; column 0 is the intercept.
pub(super) struct LogLoss<'a> {
    pub rows: &'a [Vec<usize>],
    pub events: &'a [bool],
    pub weights: &'a [f64],
}

impl LogLoss<'_> {
    fn linear(&self, row: &[usize], at: &[f64]) -> f64 {
        row.iter().map(|&k| at[k]).sum()
    }
}

impl Objective for LogLoss<'_> {
    fn value(&self, at: &[f64]) -> f64 {
        let mut total = 0.0;
        for ((row, &event), &w) in self.rows.iter().zip(self.events).zip(self.weights) {
            let s = self.linear(row, at);
            total += w * (softplus(s) - if event { s } else { 0.0 });
        }
        total
    }

    fn derivatives(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        for ((row, &event), &w) in self.rows.iter().zip(self.events).zip(self.weights) {
            let p = sigmoid(self.linear(row, at));
            let (residual, curvature) = (w * (p - f64::from(u8::from(event))), w * p * (1.0 - p));
            for (place, &k) in row.iter().enumerate() {
                gradient[k] += residual;
                for &l in &row[..=place] {
                    hessian[k * n + l] += curvature;
                }
            }
        }
        (gradient, hessian)
    }
}
