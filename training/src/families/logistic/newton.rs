//! Newton's method for a bounded, ridge-penalised logistic regression on 0/1 columns.

use amparo_models::probability::{logit, sigmoid, softplus};

use crate::Error;

/// Most Newton steps, and most sweeps of one step's inner search.
const STEPS: usize = 100;
const SWEEPS: usize = 20_000;
/// Largest projected gradient, per row, at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the objective by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;

/// Where a parameter may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Free,
    AtLeastZero,
    AtMostZero,
}

impl Bound {
    fn project(self, value: f64) -> f64 {
        match self {
            Self::Free => value,
            Self::AtLeastZero => value.max(0.0),
            Self::AtMostZero => value.min(0.0),
        }
    }

    /// The part of a gradient that a step inside the bound could still follow.
    fn open(self, value: f64, gradient: f64) -> f64 {
        let at_bound = value.abs() <= 0.0;
        match self {
            Self::AtLeastZero if at_bound => gradient.min(0.0),
            Self::AtMostZero if at_bound => gradient.max(0.0),
            _ => gradient,
        }
    }
}

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
            let goal = self.inner(&at, &gradient, &hessian);
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

    /// The bounded minimiser of the quadratic model, by cyclic coordinate descent.
    fn inner(&self, at: &[f64], gradient: &[f64], hessian: &[f64]) -> Vec<f64> {
        let n = at.len();
        let mut goal = at.to_vec();
        let mut slope = gradient.to_vec();
        for _ in 0..SWEEPS {
            let mut largest = 0.0_f64;
            for k in 0..n {
                let line = &hessian[k * n..(k + 1) * n];
                let moved = self.bounds[k].project(goal[k] - slope[k] / line[k]) - goal[k];
                if moved.abs() > 0.0 {
                    goal[k] += moved;
                    slope.iter_mut().zip(line).for_each(|(s, h)| *s += h * moved);
                }
                largest = largest.max(moved.abs());
            }
            if largest <= 1e-14 {
                break;
            }
        }
        goal
    }
}
