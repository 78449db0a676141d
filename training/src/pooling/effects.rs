//! Effects of many answers as draws from one normal distribution.
//!
//! ```text
//! log-odds_i = offset_i + a + u[x_i]          u[k] ~ normal(0, sd^2)
//!
//! for given sd:  a, u  maximise  sum_i w_i (y_i s_i - softplus(s_i)) - sum_k u_k^2 / (2 sd^2)
//! sd maximises   that maximum - 1/2 sum_k ln(1 + sd^2 H_k)          H_k = sum over rows with k of w_i p_i (1 - p_i)
//! ```
//! A logistic regression with a random intercept; the second line is Laplace's approximation of its likelihood, in which the
//! effects are integrated out: what `glmer` of R's lme4 maximises (`nAGQ = 1`), but for the constants. An effect is drawn
//! towards 0, the average, the more the fewer rows stand behind it; where the effects differ by no more than chance, sd is 0 and all
//! of them are.
//!
//! # References
//! - Breslow and Clayton, "Approximate inference in generalized linear mixed models", JASA 88, 1993, section 2.
//! - Bates, Maechler, Bolker and Walker, "Fitting linear mixed-effects models using lme4", Journal of Statistical Software 67, 2015.

use amparo_models::probability::{sigmoid, softplus};

use crate::Error;

/// Standard deviations among which the best is looked for, from `LEAST` by equal ratios to `MOST`, and then between.
const LEAST: f64 = 0.01;
const MOST: f64 = 10.0;
const GRID: usize = 24;
/// Steps of the golden section, each of which leaves 0.618 of the interval between two places of the grid.
const SECTIONS: usize = 30;
/// Most Newton steps for one standard deviation, and the largest step at which they rest.
const STEPS: usize = 200;
const REST: f64 = 1e-10;

/// One row with a learned known answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observation {
    /// Its place in the training set.
    pub(super) row: usize,
    /// The code of its answer.
    pub(super) level: usize,
    pub(super) event: bool,
    /// Of mean 1.
    pub(super) weight: f64,
    /// The score of everything else, log-odds.
    pub(super) offset: f64,
}

/// What was estimated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Effects {
    /// Standard deviation of the effects.
    pub(super) sd: f64,
    /// Log-odds besides offset and effect.
    pub(super) intercept: f64,
    /// Shrunken effect by code.
    pub(super) of_levels: Vec<f64>,
    /// Information of the rows of each code.
    pub(super) information: Vec<f64>,
}

impl Effects {
    /// None at all.
    pub(super) fn none(n_levels: usize) -> Self {
        Self { sd: 0.0, intercept: 0.0, of_levels: vec![0.0; n_levels], information: vec![1.0; n_levels] }
    }

    /// Estimates the effects of `n_levels` answers.
    ///
    /// Where all rows are events, or none is, nothing tells the answers apart: there are no effects.
    ///
    /// # Errors
    /// [`Error::NotConverged`].
    pub(super) fn of(rows: &[Observation], n_levels: usize) -> Result<Self, Error> {
        let n_events = rows.iter().filter(|row| row.event).count();
        if n_events == 0 || n_events == rows.len() {
            return Ok(Self::none(n_levels));
        }
        let at = |sd: f64, start: &Mode| Mode::of(rows, sd, start);
        let none = at(0.0, &Mode::start(n_levels))?;
        let ratio = libm::log(MOST / LEAST) / GRID as f64;
        let sd_at = |place: f64| LEAST * libm::exp(ratio * place);
        let mut best = (0, at(LEAST, &none)?);
        let mut last = best.1.clone();
        for place in 1..=GRID {
            last = at(sd_at(place as f64), &last)?;
            if last.likelihood > best.1.likelihood {
                best = (place, last.clone());
            }
        }
        // Between the neighbours of the best place.
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        let (mut low, mut high) = (best.0.saturating_sub(1) as f64, (best.0 + 1).min(GRID) as f64);
        let mut best = best.1;
        let inner = |low: f64, high: f64| (high - golden * (high - low), low + golden * (high - low));
        let (x, y) = inner(low, high);
        let (mut left, mut right) = ((x, at(sd_at(x), &best)?), (y, at(sd_at(y), &best)?));
        for _ in 0..SECTIONS {
            if left.1.likelihood >= right.1.likelihood {
                high = right.0;
                let x = inner(low, high).0;
                right = std::mem::replace(&mut left, (x, at(sd_at(x), &best)?));
            } else {
                low = left.0;
                let y = inner(low, high).1;
                left = std::mem::replace(&mut right, (y, at(sd_at(y), &best)?));
            }
            for (_, mode) in [&left, &right] {
                if mode.likelihood > best.likelihood {
                    best = mode.clone();
                }
            }
        }
        let best = if best.likelihood > none.likelihood { best } else { none };
        let Mode { sd, intercept, effects, information, .. } = best;
        Ok(Self { sd, intercept, of_levels: effects, information })
    }
}

/// The most likely effects for a standard deviation.
#[derive(Debug, Clone)]
struct Mode {
    sd: f64,
    intercept: f64,
    effects: Vec<f64>,
    information: Vec<f64>,
    /// Laplace's approximation, as a logarithm.
    likelihood: f64,
}

/// Sums over the rows, by level.
struct Derivatives {
    /// Log-likelihood of the rows.
    value: f64,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl Mode {
    fn start(n_levels: usize) -> Self {
        let zeros = || vec![0.0; n_levels];
        Self {
            sd: 0.0,
            intercept: 0.0,
            effects: zeros(),
            information: zeros(),
            likelihood: f64::NEG_INFINITY,
        }
    }

    /// Newton's method; the effects are eliminated from each step, for none of them meets another one in a row.
    fn of(rows: &[Observation], sd: f64, start: &Self) -> Result<Self, Error> {
        let is_free = sd > 0.0;
        let precision = if is_free { 1.0 / (sd * sd) } else { 0.0 };
        let penalised = |value: f64, effects: &[f64]| {
            value - precision / 2.0 * effects.iter().map(|effect| effect * effect).sum::<f64>()
        };
        let mut intercept = start.intercept;
        let mut effects = if is_free { start.effects.clone() } else { vec![0.0; start.effects.len()] };
        let mut of = derivatives(rows, intercept, &effects);
        let mut size = f64::INFINITY;
        for _ in 0..STEPS {
            let value = penalised(of.value, &effects);
            if size <= REST {
                let spread = of.information.iter().map(|h| libm::log1p(sd * sd * h)).sum::<f64>();
                let likelihood = value - spread / 2.0;
                return Ok(Self { sd, intercept, effects, information: of.information, likelihood });
            }
            let (mut curvature, mut slope) = (0.0, 0.0);
            for ((&g, &h), &effect) in of.gradient.iter().zip(&of.information).zip(&effects) {
                let share = if is_free { precision / (h + precision) } else { 1.0 };
                curvature += h * share;
                // g - h (g - effect precision) / (h + precision)
                slope += share * g + if is_free { h * effect * share } else { 0.0 };
            }
            let step = slope / curvature;
            let steps: Vec<f64> = of
                .gradient
                .iter()
                .zip(&of.information)
                .zip(&effects)
                .map(|((g, h), effect)| match is_free {
                    true => (g - effect * precision - h * step) / (h + precision),
                    false => 0.0,
                })
                .collect();
            let mut length = 1.0;
            loop {
                let next: Vec<f64> = effects.iter().zip(&steps).map(|(u, s)| u + length * s).collect();
                let to = derivatives(rows, intercept + length * step, &next);
                if penalised(to.value, &next) >= value - 1e-12 * value.abs() || length < 1e-6 {
                    size = steps.iter().fold(step.abs(), |most, s| most.max(s.abs())) * length;
                    (intercept, effects, of) = (intercept + length * step, next, to);
                    break;
                }
                length /= 2.0;
            }
        }
        Err(not_converged(size))
    }
}

fn derivatives(rows: &[Observation], intercept: f64, effects: &[f64]) -> Derivatives {
    let zeros = || vec![0.0; effects.len()];
    let mut of = Derivatives { value: 0.0, gradient: zeros(), information: zeros() };
    for Observation { level, event, weight, offset, .. } in rows {
        let score = offset + intercept + effects[*level];
        let (p, y) = (sigmoid(score), f64::from(u8::from(*event)));
        of.value += weight * (y * score - softplus(score));
        of.gradient[*level] += weight * (y - p);
        of.information[*level] += weight * p * (1.0 - p);
    }
    of
}

/// The effects of some rows for a given intercept and standard deviation: of each answer by itself.
///
/// # Errors
/// [`Error::NotConverged`].
pub(super) fn given(
    rows: &[&Observation],
    n_levels: usize,
    intercept: f64,
    sd: f64,
) -> Result<Vec<f64>, Error> {
    let mut effects = vec![0.0; n_levels];
    if sd <= 0.0 {
        return Ok(effects);
    }
    let precision = 1.0 / (sd * sd);
    let rows: Vec<Observation> = rows.iter().map(|row| **row).collect();
    let mut size = f64::INFINITY;
    for _ in 0..STEPS {
        let of = derivatives(&rows, intercept, &effects);
        size = 0.0;
        for ((effect, g), h) in effects.iter_mut().zip(&of.gradient).zip(&of.information) {
            // Within a step of 1 the curvature of a logistic curve changes too little to lead away.
            let step = ((g - *effect * precision) / (h + precision)).clamp(-1.0, 1.0);
            *effect += step;
            size = size.max(step.abs());
        }
        if size <= REST {
            return Ok(effects);
        }
    }
    Err(not_converged(size))
}

fn not_converged(step: f64) -> Error {
    Error::NotConverged {
        what: "the effects of an indicator with many answers",
        iterations: STEPS,
        measure: "the last step",
        found: step,
        expected: REST,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
