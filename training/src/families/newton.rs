//! Newton's method for a convex, ridge-penalised regression on 0/1 columns within bounds at zero.

mod quadratic;

use self::quadratic::Quadratic;
use super::bound::Bound;
use crate::Error;

/// Most Newton steps.
const STEPS: usize = 100;
/// Largest projected gradient, per row, at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the objective by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;

/// A convex function of the parameters: a loss without its penalty.
pub(super) trait Objective {
    /// Its value.
    fn value(&self, at: &[f64]) -> f64;

    /// Its gradient and Hessian (row-major, the lower triangle).
    fn derivatives(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>);
}

/// What is searched for.
pub(super) struct Search<'a> {
    /// What is fitted, for errors.
    pub what: &'static str,
    /// Rows behind the loss.
    pub n_rows: usize,
    /// What each parameter is bound to.
    pub bounds: &'a [Bound],
    /// Parameters at the beginning that are not penalised.
    pub n_unpenalised: usize,
    /// Ridge penalty of the others.
    pub l2: f64,
}

impl Search<'_> {
    /// The minimiser of the loss with its penalty: each step minimises the quadratic model within the bounds.
    pub(super) fn minimise(&self, loss: &impl Objective, start: Vec<f64>) -> Result<Vec<f64>, Error> {
        let mut at = start;
        let mut objective = self.value(loss, &at);
        let mut rest = f64::INFINITY;
        for _ in 0..STEPS {
            let (gradient, hessian) = self.derivatives(loss, &at);
            let open = self.bounds.iter().zip(&at).zip(&gradient).map(|((b, &x), &g)| b.open(x, g).abs());
            // Not `f64::max`, which drops a NaN.
            rest = open.fold(0.0, |most, g| if g <= most { most } else { g }) / self.n_rows as f64;
            if rest <= TOLERANCE {
                return Ok(at);
            }
            let model = Quadratic { at: &at, gradient: &gradient, hessian: &hessian, bounds: self.bounds };
            // Far below what the search itself rests at, so that it never has to wait for this one.
            let goal = model.minimise(1e-3 * TOLERANCE * self.n_rows as f64);
            let goal = goal.ok_or_else(|| self.indistinct())?;
            let mut step = 1.0;
            loop {
                let next: Vec<f64> = at.iter().zip(&goal).map(|(x, g)| x + step * (g - x)).collect();
                let value = self.value(loss, &next);
                if value <= objective + objective.abs() * SLACK || step < 1e-10 {
                    (at, objective) = (next, value);
                    break;
                }
                step /= 2.0;
            }
        }
        Err(Error::NotConverged {
            what: self.what,
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

    fn value(&self, loss: &impl Objective, at: &[f64]) -> f64 {
        let squares: f64 = at[self.n_unpenalised..].iter().map(|x| x * x).sum();
        loss.value(at) + self.l2 / 2.0 * squares
    }

    /// Gradient and Hessian (row-major, symmetric) with the penalty.
    fn derivatives(&self, loss: &impl Objective, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = at.len();
        let (mut gradient, mut hessian) = loss.derivatives(at);
        for k in 0..n {
            for l in 0..k {
                hessian[l * n + k] = hessian[k * n + l];
            }
        }
        for k in self.n_unpenalised..n {
            gradient[k] += self.l2 * at[k];
            hessian[k * n + k] += self.l2;
        }
        (gradient, hessian)
    }
}

/// Refuses a ridge penalty that is not above 0.
pub(super) fn check_l2(l2: f64) -> Result<(), Error> {
    if l2.is_finite() && l2 > 0.0 {
        return Ok(());
    }
    Err(Error::config("l2", format!("`l2` is {l2}, expected a number above 0")))
}
