//! Logistic regression on two numbers whose slopes are not negative.

use amparo_models::probability::{logit, sigmoid, softplus};

use super::{Line, logistic_line};
use crate::Error;

/// Most Newton steps.
const ITERATIONS: usize = 100;
/// Gradient per unit of weight at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the loss by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;
/// Gradient per unit of weight by which a slope that is held at 0 may seem to want to rise.
const OUTWARD: f64 = 1e-8;
/// Least share of an entry of the curvature that may be left of it once the others are taken out; below it, they are one.
const DEPENDENT: f64 = 1e-12;

/// Two slopes and an intercept, with the covariance of the three.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TwoSlopes {
    /// Log-odds per unit of each number, at least 0, and one above.
    pub(crate) slopes: [f64; 2],
    /// Log-odds where both are 0.
    pub(crate) intercept: f64,
    /// Variance of the first slope, its covariances with the second and the intercept, variance of the second slope, its covariance with the
    /// intercept, variance of the intercept; 0 for a slope that is held at 0. Weights have mean 1.
    pub(crate) covariance: [f64; 6],
}

/// The slopes of greatest likelihood among those that are not negative; nothing if none above 0 is better than none at all.
///
/// ```text
/// maximise   sum w_i (y_i t_i - softplus(t_i))         t_i = a u_i + b v_i + c,   a, b >= 0
/// covariance = inverse of sum w_i p_i (1 - p_i) f_i f_i'      f_i = (u_i, v_i, 1),   weights w_i with mean 1
/// ```
/// The loss is convex. The best without the bounds is taken if its slopes are at least 0; otherwise the best lies on an edge, where
/// one slope is 0 and the rest is logistic regression on one number, and the gradient there shows that it is the best. A slope at 0 is taken
/// for known. `what` is fitted, in errors.
///
/// # Errors
/// [`Error::NoSlope`] of an edge if one class is missing, all values of a number are equal, or a threshold on it separates the classes;
/// [`Error::NotConverged`].
pub(crate) fn two_slopes(
    what: &'static str,
    numbers: &[[f64; 2]],
    events: &[bool],
    weights: &[f64],
) -> Result<Option<TwoSlopes>, Error> {
    let rows = Rows { what, numbers, events, weights, total: weights.iter().sum() };
    let free = rows.unbounded();
    if let Ok(TwoSlopes { slopes: [a, b], .. }) = &free
        && *a >= 0.0
        && *b >= 0.0
        && a + b > 0.0
    {
        return free.map(Some);
    }
    let mut best: Option<(f64, usize, TwoSlopes)> = None;
    for held in [0, 1] {
        let Some(found) = rows.edge(held)? else { continue };
        let loss = rows.loss(found.at());
        if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
            best = Some((loss, held, found));
        }
    }
    let Some((_, held, found)) = best else { return Ok(None) };
    // The slope at 0 must want to go below it: else the best is inside, and the search for it has failed.
    if rows.gradient(found.at())[held] < -OUTWARD {
        return free.map(Some);
    }
    Ok(Some(found))
}

impl TwoSlopes {
    fn at(&self) -> [f64; 3] {
        [self.slopes[0], self.slopes[1], self.intercept]
    }
}

/// Rows with two numbers each, and what there is to them.
struct Rows<'a> {
    what: &'static str,
    numbers: &'a [[f64; 2]],
    events: &'a [bool],
    weights: &'a [f64],
    total: f64,
}

impl Rows<'_> {
    fn each(&self) -> impl Iterator<Item = ([f64; 2], f64, f64)> {
        let of = |((&f, &event), &w): ((&[f64; 2], &bool), &f64)| (f, f64::from(u8::from(event)), w);
        self.numbers.iter().zip(self.events).zip(self.weights).map(of)
    }

    /// Log loss per unit of weight.
    fn loss(&self, [a, b, c]: [f64; 3]) -> f64 {
        let of = |([u, v], y, w): ([f64; 2], f64, f64)| {
            let t = a * u + b * v + c;
            w * (softplus(t) - y * t)
        };
        self.each().map(of).sum::<f64>() / self.total
    }

    /// Its gradient by (a, b, c).
    fn gradient(&self, [a, b, c]: [f64; 3]) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for ([u, v], y, w) in self.each() {
            let residual = w * (sigmoid(a * u + b * v + c) - y);
            for (sum, f) in sums.iter_mut().zip([u, v, 1.0]) {
                *sum += residual * f;
            }
        }
        sums.map(|sum| sum / self.total)
    }

    /// The slopes of greatest likelihood, whatever their signs, by Newton's method with step halving.
    fn unbounded(&self) -> Result<TwoSlopes, Error> {
        // Centred and scaled, so that the 3 x 3 system is well conditioned wherever the numbers are.
        let mean = [0, 1].map(|k| self.each().map(|(f, _, w)| w * f[k]).sum::<f64>() / self.total);
        let sd = [0, 1].map(|k| {
            (self.each().map(|(f, _, w)| w * (f[k] - mean[k]).powi(2)).sum::<f64>() / self.total).sqrt()
        });
        let scaled = |f: [f64; 2]| [(f[0] - mean[0]) / sd[0], (f[1] - mean[1]) / sd[1], 1.0];
        let back = |x: [f64; 3]| {
            let (a, b) = (x[0] / sd[0], x[1] / sd[1]);
            [a, b, x[2] - a * mean[0] - b * mean[1]]
        };
        let rate = self.each().map(|(_, y, w)| w * y).sum::<f64>() / self.total;
        let mut at = [0.0, 0.0, logit(rate)];
        let (mut current, mut found) = (self.loss(back(at)), f64::INFINITY);
        for _ in 0..ITERATIONS {
            let (mut gradient, mut curvature) = ([0.0; 3], [[0.0; 3]; 3]);
            for (f, y, w) in self.each() {
                let z = scaled(f);
                let p = sigmoid(at[0] * z[0] + at[1] * z[1] + at[2]);
                let (residual, weight) = (w * (p - y), w * p * (1.0 - p));
                for i in 0..3 {
                    gradient[i] += residual * z[i];
                    (0..3).for_each(|j| curvature[i][j] += weight * z[i] * z[j]);
                }
            }
            // Not `max`, which drops a NaN.
            found = gradient.iter().fold(0.0, |worst: f64, g| if g.abs() <= worst { worst } else { g.abs() });
            found /= self.total;
            let Some(inverse) = inverse(curvature).filter(|_| found.is_finite()) else { break };
            if found <= TOLERANCE {
                let [a, b, c] = back(at);
                // Per row, not per unit of weight: a sample of n rows does not know more because its weights are large.
                let scale = self.total / self.numbers.len() as f64;
                let rows = [
                    [1.0 / sd[0], 0.0, 0.0],
                    [0.0, 1.0 / sd[1], 0.0],
                    [-mean[0] / sd[0], -mean[1] / sd[1], 1.0],
                ];
                let of = |i: usize, j: usize| {
                    let pairs = (0..3).flat_map(|k| (0..3).map(move |l| (k, l)));
                    scale * pairs.map(|(k, l)| rows[i][k] * inverse[k][l] * rows[j][l]).sum::<f64>()
                };
                let covariance = [of(0, 0), of(0, 1), of(0, 2), of(1, 1), of(1, 2), of(2, 2)];
                return Ok(TwoSlopes { slopes: [a, b], intercept: c, covariance });
            }
            let step: [f64; 3] = [0, 1, 2].map(|i| (0..3).map(|j| inverse[i][j] * gradient[j]).sum());
            let mut share = 1.0;
            loop {
                let next = [0, 1, 2].map(|i| at[i] - share * step[i]);
                let loss = self.loss(back(next));
                if loss <= current * (1.0 + SLACK) || share < 1e-8 {
                    (at, current) = (next, loss);
                    break;
                }
                share /= 2.0;
            }
        }
        let measure = "the gradient per unit of weight";
        Err(Error::NotConverged {
            what: self.what,
            iterations: ITERATIONS,
            measure,
            found,
            expected: TOLERANCE,
        })
    }

    /// The best with one slope held at 0; nothing if the other is not above 0.
    fn edge(&self, held: usize) -> Result<Option<TwoSlopes>, Error> {
        let x: Vec<f64> = self.numbers.iter().map(|f| f[1 - held]).collect();
        let Line { intercept, slope, covariance: [cc, cs, ss] } =
            logistic_line(&x, self.events, self.weights)?;
        let (slopes, covariance) = match held {
            0 => ([0.0, slope], [0.0, 0.0, 0.0, ss, cs, cc]),
            _ => ([slope, 0.0], [ss, 0.0, cs, 0.0, 0.0, cc]),
        };
        Ok((slope > 0.0).then_some(TwoSlopes { slopes, intercept, covariance }))
    }
}

/// The inverse of a symmetric matrix with no direction of negative or no curvature; nothing for another one.
fn inverse(matrix: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    // Cholesky: matrix = L L'.
    let mut l = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            if i == j {
                let is_independent = rest > DEPENDENT * matrix[i][i];
                if !is_independent {
                    return None;
                }
                l[i][i] = rest.sqrt();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
    }
    // Columns of the inverse of L, then L^-1' L^-1.
    let column = |j: usize| {
        (0..3).fold([0.0; 3], |mut y, i| {
            let known = if i == j { 1.0 } else { 0.0 };
            y[i] = (known - (0..i).map(|k| l[i][k] * y[k]).sum::<f64>()) / l[i][i];
            y
        })
    };
    let columns = [0, 1, 2].map(column);
    Some(columns.map(|one| columns.map(|other| one.iter().zip(other).map(|(a, b)| a * b).sum())))
}
