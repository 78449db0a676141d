//! Beta calibration by maximum likelihood.

use amparo_models::calibrator::Beta;
use amparo_models::probability::{logit, sigmoid, softplus};

use super::platt::no_slope;
use super::{Line, logistic_line};
use crate::Error;

/// What is fitted here, in errors.
const WHAT: &str = "beta calibration";
/// Most Newton steps.
const ITERATIONS: usize = 100;
/// Gradient per unit of weight at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the loss by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;
/// Gradient per unit of weight by which an exponent that is held at 0 may seem to want to rise.
const OUTWARD: f64 = 1e-8;
/// Least share of an entry of the curvature that may be left of it once the others are taken out; below it, they are one.
const DEPENDENT: f64 = 1e-12;

/// Why two exponents cannot be told apart.
const ALIKE: &str = "the scores have too few different values for two exponents, expected at least three";

/// The beta curve of greatest likelihood among those that rise.
///
/// ```text
/// maximise   sum w_i (y_i t_i - softplus(t_i))         t_i = a ln s_i - b ln(1 - s_i) + c,   a, b >= 0
/// covariance = inverse of sum w_i p_i (1 - p_i) f_i f_i'      f_i = (ln s_i, -ln(1 - s_i), 1),   weights w_i with mean 1
/// ```
/// The loss is convex. The best curve without the bounds is taken if its exponents are at least 0; otherwise the best lies on an
/// edge, where one exponent is 0 and the rest is logistic regression on one number, and the gradient there shows that it is the
/// best. An exponent at 0 is taken for known, so that the interval does not cover it.
///
/// DIFFERENCE: Kull et al. and their package `betacal` set an exponent that comes out below 0 to 0 as well, but fit by a solver
/// with a penalty and so stop beside the greatest likelihood; this one has none.
///
/// # Errors
/// [`Error::NotRising`] if no rising curve is better than a level one; [`Error::NoSlope`] if one class is missing, a threshold
/// separates the classes, or there are fewer than three different scores; [`Error::NotConverged`].
pub fn beta(scores: &[f64], events: &[bool], weights: &[f64], outcome: &str) -> Result<Beta, Error> {
    if let Some(reason) = no_slope(scores, events) {
        return Err(Error::NoSlope { what: WHAT, reason });
    }
    let mut different = scores.to_vec();
    different.sort_by(f64::total_cmp);
    different.dedup();
    if different.len() < 3 {
        return Err(Error::NoSlope { what: WHAT, reason: ALIKE });
    }
    let rows = Rows::new(scores, events, weights);
    let free = rows.unbounded();
    if let Ok(beta) = &free
        && beta.a >= 0.0
        && beta.b >= 0.0
        && beta.a + beta.b > 0.0
    {
        return free;
    }
    let mut best: Option<(f64, Beta)> = None;
    for edge in [0, 1] {
        let Some(beta) = rows.edge(edge)? else { continue };
        let loss = rows.loss([beta.a, beta.b, beta.c]);
        if best.as_ref().is_none_or(|(least, _)| loss < *least) {
            best = Some((loss, beta));
        }
    }
    let Some((_, beta)) = best else {
        let slope = logistic_line(scores, events, weights)?.slope;
        return Err(Error::NotRising { what: "the score".to_owned(), outcome: outcome.to_owned(), slope });
    };
    // The exponent at 0 must want to go below it: else the best is inside, and the search for it has failed.
    let held = if beta.a == 0.0 { 0 } else { 1 };
    if rows.gradient([beta.a, beta.b, beta.c])[held] < -OUTWARD {
        return free;
    }
    Ok(beta)
}

/// Rows with both logarithms of their scores, and what there is to each.
struct Rows<'a> {
    /// `(ln s, -ln(1 - s))`.
    logarithms: Vec<[f64; 2]>,
    events: &'a [bool],
    weights: &'a [f64],
    total: f64,
}

impl<'a> Rows<'a> {
    fn new(scores: &[f64], events: &'a [bool], weights: &'a [f64]) -> Self {
        let logarithms = scores.iter().map(|&score| Beta::logarithms(score)).collect();
        Self { logarithms, events, weights, total: weights.iter().sum() }
    }

    fn each(&self) -> impl Iterator<Item = ([f64; 2], f64, f64)> {
        let of = |((&f, &event), &w): ((&[f64; 2], &bool), &f64)| (f, f64::from(u8::from(event)), w);
        self.logarithms.iter().zip(self.events).zip(self.weights).map(of)
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

    /// The curve of greatest likelihood, rising or not, by Newton's method with step halving.
    fn unbounded(&self) -> Result<Beta, Error> {
        // Centred and scaled, so that the 3 x 3 system is well conditioned wherever the scores are.
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
                let scale = self.total / self.logarithms.len() as f64;
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
                return Ok(Beta { a, b, c, covariance });
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
        Err(Error::NotConverged { what: WHAT, iterations: ITERATIONS, measure, found, expected: TOLERANCE })
    }

    /// The best curve with exponent `held` at 0; nothing if it does not rise.
    fn edge(&self, held: usize) -> Result<Option<Beta>, Error> {
        let x: Vec<f64> = self.logarithms.iter().map(|f| f[1 - held]).collect();
        let Line { intercept: c, slope, covariance: [cc, cs, ss] } =
            logistic_line(&x, self.events, self.weights)?;
        Ok((slope > 0.0).then_some(match held {
            0 => Beta { a: 0.0, b: slope, c, covariance: [0.0, 0.0, 0.0, ss, cs, cc] },
            _ => Beta { a: slope, b: 0.0, c, covariance: [ss, 0.0, cs, 0.0, 0.0, cc] },
        }))
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
