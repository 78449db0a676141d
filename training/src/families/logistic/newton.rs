//! Newton's method for a bounded, ridge-penalised logistic regression on 0/1 columns.

use amparo_models::probability::{logit, sigmoid, softplus};

use super::quadratic::Quadratic;
use crate::Error;
use crate::families::bound::Bound;

/// Most Newton steps.
const STEPS: usize = 100;
/// Largest projected gradient, per row, at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the objective by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;

/// Rows as lists of the columns that are 1; column 0 is the intercept, which is not penalised.
pub(super) struct Problem<'a> {
    pub rows: &'a [Vec<usize>],
    pub events: &'a [bool],
    pub weights: &'a [f64],
    pub l2: f64,
    pub bounds: &'a [Bound],
}

impl Problem<'_> {
    /// The minimiser, found from the base rate: each step minimises the quadratic model within the bounds.
    pub(super) fn solve(&self, base_rate: f64) -> Result<Vec<f64>, Error> {
        let n = self.bounds.len();
        let mut at = vec![0.0; n];
        at[0] = logit(base_rate);
        let mut objective = self.objective(&at);
        let mut rest = f64::INFINITY;
        for _ in 0..STEPS {
            let (gradient, hessian) = self.derivatives(&at);
            let open = self.bounds.iter().zip(&at).zip(&gradient).map(|((b, &x), &g)| b.open(x, g).abs());
            // Not `f64::max`, which drops a NaN.
            rest = open.fold(0.0, |most, g| if g <= most { most } else { g }) / self.rows.len() as f64;
            if rest <= TOLERANCE {
                return Ok(at);
            }
            let model = Quadratic { at: &at, gradient: &gradient, hessian: &hessian, bounds: self.bounds };
            // Far below what the search itself rests at, so that it never has to wait for this one.
            let goal = model.minimise(1e-3 * TOLERANCE * self.rows.len() as f64);
            let goal = goal.ok_or_else(|| self.indistinct())?;
            let mut step = 1.0;
            loop {
                let next: Vec<f64> = at.iter().zip(&goal).map(|(x, g)| x + step * (g - x)).collect();
                let value = self.objective(&next);
                if value <= objective * (1.0 + SLACK) || step < 1e-10 {
                    (at, objective) = (next, value);
                    break;
                }
                step /= 2.0;
            }
        }
        Err(Error::NotConverged {
            what: "logistic regression",
            iterations: STEPS,
            measure: "the largest projected gradient per row",
            found: rest,
            expected: TOLERANCE,
        })
    }

    /// The penalty is lost in the rounding of what it is added to.
    fn indistinct(&self) -> Error {
        let l2 = self.l2;
        Error::config(
            "l2",
            format!(
                "`l2` is {l2:e}, which cannot tell answers apart that always go together; expected a larger number"
            ),
        )
    }

    fn linear(&self, row: &[usize], at: &[f64]) -> f64 {
        row.iter().map(|&k| at[k]).sum()
    }

    fn objective(&self, at: &[f64]) -> f64 {
        let mut total = 0.0;
        for ((row, &event), &w) in self.rows.iter().zip(self.events).zip(self.weights) {
            let s = self.linear(row, at);
            total += w * (softplus(s) - if event { s } else { 0.0 });
        }
        total + self.l2 / 2.0 * at[1..].iter().map(|x| x * x).sum::<f64>()
    }

    /// Gradient and Hessian (row-major, symmetric).
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
        for k in 0..n {
            for l in 0..k {
                hessian[l * n + k] = hessian[k * n + l];
            }
        }
        for k in 1..n {
            gradient[k] += self.l2 * at[k];
            hessian[k * n + k] += self.l2;
        }
        (gradient, hessian)
    }
}
