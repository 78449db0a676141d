//! Weighted logistic regression on one number: a slope and intercepts, by Newton's method along which the loss never rises.
//!
//! Whether a best fit exists is decided on the rows, never by how the search went: a search that ends without one says so by a reason of
//! its own, [`Reason::NoConvergence`].

use amparo_models::probability::{logit, sigmoid};

use crate::reason::Reason;

/// Most steps of a search. A search that starts from the rates takes under ten on usual rows, and some dozens next to separation.
const MAX_STEPS: usize = 300;
/// Newton's error is squared each step, so a step this small (in log-odds at the ends of `x`) leaves an error near 1e-16.
const SMALL_STEP: f64 = 1e-8;
/// Length of a step, in log-odds, that is always allowed.
const SHORT: f64 = 4.0;
/// Most places looked at along one step.
const HALVINGS: usize = 100;
/// How fast, against its beginning, the loss may rise at the end of a step, and how fast it may still fall at the end of a shortened one.
const PAST: f64 = 1e-3;
const REST: f64 = 0.1;

/// Weight without and with the event.
pub(crate) type OutcomeWeights = [f64; 2];

/// The best fit of one slope and as many intercepts as there are runs of cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// Log-odds at `x = 0`, one for each run.
    pub(crate) intercepts: Vec<f64>,
    /// Log-odds per unit of `x`; `None` where no run has two different `x`, so that the intercepts say it all.
    pub(crate) slope: Option<f64>,
}

/// Fits `logit P(event) = a_t + b x`, one `a_t` for each run of `x.len()` cells.
///
/// ```text
/// maximise   sum over runs t and places j of  with_tj ln m_tj + without_tj ln(1 - m_tj)        m_tj = 1 / (1 + exp(-(a_t + b x_j)))
/// ```
/// `x` is finite; weights are finite and >= 0. The search works on `x` brought to [-1, 1] and takes each run's own mean out of the slope, so
/// it does not depend on the unit or on the distance of `x` from 0.
///
/// # Errors
/// [`Reason::NoWeight`] when a run has no weight, [`Reason::OneOutcome`] when a run has weight of one outcome only, [`Reason::NoSlope`] when
/// in every run a threshold on `x`, on the same side, separates events from the rest, [`Reason::NoConvergence`] when the best fit exists but
/// was not found.
///
/// # References
/// Albert and Anderson, On the existence of maximum likelihood estimates in logistic regression models, Biometrika 71, 1984.
pub(crate) fn fit(x: &[f64], cells: &[OutcomeWeights]) -> Result<Fit, Reason> {
    let runs: Vec<&[OutcomeWeights]> = cells.chunks(x.len().max(1)).collect();
    let is_sloped = exists(x, &runs)?;
    let (low, high) =
        x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
    let (centre, half) = (low + (high - low) / 2.0, (high - low) / 2.0);
    let z: Vec<f64> = x.iter().map(|x| if half > 0.0 { (x - centre) / half } else { 0.0 }).collect();
    let mut at = Fit {
        intercepts: runs.iter().map(|run| logit(rate(run))).collect(),
        slope: is_sloped.then_some(0.0),
    };
    if is_sloped {
        at = match search(&z, &runs, at) {
            Some(at) => at,
            None => profile(&z, &runs)?,
        };
    }
    let slope = at.slope.map(|b| b / half);
    let shift = slope.unwrap_or(0.0) * centre;
    Ok(Fit { intercepts: at.intercepts.iter().map(|a| a - shift).collect(), slope })
}

/// Fits `logit P(event) = a + x`: the intercept alone.
///
/// The score falls in `a`, from above 0 at `logit(rate) - max x` to below 0 at `logit(rate) - min x`: Newton's method within that bracket,
/// halved where a step would leave it.
///
/// # Errors
/// As [`fit`], without [`Reason::NoSlope`].
pub(crate) fn intercept(x: &[f64], cells: &[OutcomeWeights]) -> Result<f64, Reason> {
    both_outcomes(cells)?;
    let rate = logit(rate(cells));
    let weighted = || x.iter().zip(cells).filter(|(_, cell)| cell[0] + cell[1] > 0.0).map(|(x, _)| *x);
    let mut high = rate - weighted().fold(f64::INFINITY, f64::min);
    let mut low = rate - weighted().fold(f64::NEG_INFINITY, f64::max);
    let mut a = low + (high - low) / 2.0;
    for step in 0..MAX_STEPS {
        let (mut score, mut curvature) = (0.0, 0.0);
        for (x, [without, with]) in x.iter().zip(cells) {
            let (m, rest) = (sigmoid(a + x), sigmoid(-a - x));
            score += with * rest - without * m;
            curvature += (with + without) * m * rest;
        }
        if score >= 0.0 {
            low = a
        } else {
            high = a
        }
        let by = score / curvature;
        let next = a + by;
        if by.abs() <= SMALL_STEP {
            return Ok(next);
        }
        // Now and then halved in any case: far out, where every term is an exponential, a step of Newton's is 1 and no more.
        a = if next > low && next < high && step % 3 < 2 { next } else { low + (high - low) / 2.0 };
        if high - low <= f64::EPSILON * a.abs() {
            return Ok(a);
        }
    }
    Err(Reason::NoConvergence)
}

/// Share of a run's weight with the event.
fn rate(cells: &[OutcomeWeights]) -> f64 {
    let (without, with) = cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell[0], sum.1 + cell[1]));
    with / (without + with)
}

fn both_outcomes(cells: &[OutcomeWeights]) -> Result<(), Reason> {
    let has = |outcome: usize| cells.iter().any(|cell| cell[outcome] > 0.0);
    match (has(0), has(1)) {
        (true, true) => Ok(()),
        (false, false) => Err(Reason::NoWeight),
        _ => Err(Reason::OneOutcome),
    }
}

/// Whether a best fit exists, and with it whether it has a slope.
fn exists(x: &[f64], runs: &[&[OutcomeWeights]]) -> Result<bool, Reason> {
    let (mut rises, mut falls, mut is_sloped) = (true, true, false);
    for run in runs {
        both_outcomes(run)?;
        let ends = |outcome: usize| {
            let of = x.iter().zip(*run).filter(|(_, cell)| cell[outcome] > 0.0).map(|(x, _)| *x);
            of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
        };
        let (without, with) = (ends(0), ends(1));
        rises &= without.1 <= with.0;
        falls &= with.1 <= without.0;
        is_sloped |= without.0.min(with.0) < without.1.max(with.1);
    }
    if is_sloped && (rises || falls) { Err(Reason::NoSlope) } else { Ok(is_sloped) }
}

/// Newton's method on the loss, which is convex: a step goes no further than the loss falls. `None` if that does not come to an end.
fn search(z: &[f64], runs: &[&[OutcomeWeights]], mut at: Fit) -> Option<Fit> {
    for _ in 0..MAX_STEPS {
        let (steps, step_b) = newton(z, runs, &at);
        let size = steps.iter().fold(step_b.abs(), |size, step| size.max(step.abs()));
        // `max` passes over NaN.
        if !step_b.is_finite() || steps.iter().any(|step| !step.is_finite()) {
            return None;
        }
        let moved = |by: f64| Fit {
            intercepts: at.intercepts.iter().zip(&steps).map(|(a, step)| a + by * step).collect(),
            slope: at.slope.map(|b| b + by * step_b),
        };
        let scale = at.intercepts.iter().chain(&at.slope).fold(1.0_f64, |most, one| most.max(one.abs()));
        if size <= SMALL_STEP * scale {
            return Some(moved(1.0));
        }
        let falls = |by: f64| pull(z, runs, &moved(by), (&steps, step_b));
        // Log-odds at most double and a little: a long step may end where all curvature is lost.
        at = moved(length(1.0_f64.min((SHORT + scale) / size), falls));
    }
    None
}

/// The best fit by halving alone: each slope has its own best intercepts, and their likelihood is concave in the slope.
///
/// Slower than Newton's method, and without its need of curvature: next to separation, with log-odds of hundreds, there is none to see.
fn profile(z: &[f64], runs: &[&[OutcomeWeights]]) -> Result<Fit, Reason> {
    let best = |b: f64| -> Result<(Vec<f64>, f64), Reason> {
        let x: Vec<f64> = z.iter().map(|z| b * z).collect();
        let intercepts: Vec<f64> = runs.iter().map(|run| intercept(&x, run)).collect::<Result<_, _>>()?;
        let at = Fit { intercepts, slope: Some(b) };
        // Around the intercepts' own equations, which are 0 there.
        let falls = pull(z, runs, &at, (&vec![0.0; runs.len()], 1.0));
        Ok((at.intercepts, falls))
    };
    let rises = best(0.0)?.1 > 0.0;
    let (mut near, mut far) = (0.0, if rises { 1.0 } else { -1.0 });
    let mut doublings = 0;
    while (best(far)?.1 > 0.0) == rises {
        (near, far, doublings) = (far, 2.0 * far, doublings + 1);
        if doublings > MAX_STEPS {
            return Err(Reason::NoConvergence);
        }
    }
    for _ in 0..MAX_STEPS {
        let middle = near + (far - near) / 2.0;
        if (far - near).abs() <= 4.0 * f64::EPSILON * middle.abs() {
            return Ok(Fit { intercepts: best(middle)?.0, slope: Some(middle) });
        }
        if (best(middle)?.1 > 0.0) == rises { near = middle } else { far = middle }
    }
    Err(Reason::NoConvergence)
}

/// The part of a step to take: up to `most` while the loss still falls there, else a part at which it hardly changes any more.
///
/// `falls` gives how fast the loss falls at a part of the step; above 0 at 0, and never rising. Beyond the lowest loss the curvature of all
/// rows may vanish, so what goes past it is next to nothing.
fn length(most: f64, falls: impl Fn(f64) -> f64) -> f64 {
    let first = falls(0.0);
    let (mut low, mut high) = ((0.0, first), (most, falls(most)));
    if high.1 >= -PAST * first {
        return most;
    }
    for halving in 0..HALVINGS {
        // By turns where a straight line would cross 0, and in the middle.
        let share = if halving % 2 == 0 { low.1 / (low.1 - high.1) } else { 0.5 };
        let part = low.0 + share * (high.0 - low.0);
        let here = falls(part);
        if here >= -PAST * first && here <= REST * first {
            return part;
        }
        if here > 0.0 { low = (part, here) } else { high = (part, here) }
    }
    low.0
}

/// How fast the loss falls at a place in the direction of a step.
fn pull(z: &[f64], runs: &[&[OutcomeWeights]], at: &Fit, (steps, step_b): (&[f64], f64)) -> f64 {
    let b = at.slope.unwrap_or(0.0);
    let of_run = |((run, a), step): ((&&[OutcomeWeights], &f64), &f64)| -> f64 {
        let of = |(z, [without, with]): (&f64, &OutcomeWeights)| {
            let s = a + b * z;
            (with * sigmoid(-s) - without * sigmoid(s)) * (step + step_b * z)
        };
        z.iter().zip(*run).map(of).sum()
    };
    runs.iter().zip(&at.intercepts).zip(steps).map(of_run).sum()
}

/// The full step of each intercept, and of the slope.
///
/// The information matrix is an arrow, because intercepts share no rows: taking each run's mean out of `z` leaves one equation for the slope.
fn newton(z: &[f64], runs: &[&[OutcomeWeights]], at: &Fit) -> (Vec<f64>, f64) {
    let b = at.slope.unwrap_or(0.0);
    let (mut score_b, mut curvature_b) = (0.0, 0.0);
    let mut arrow = Vec::with_capacity(runs.len());
    for (run, a) in runs.iter().zip(&at.intercepts) {
        let terms = z.iter().zip(*run).map(|(z, [without, with])| {
            let s = a + b * z;
            // Both sides through their own exponential: 1 - m would lose the last of a residual.
            let (m, rest) = (sigmoid(s), sigmoid(-s));
            (*z, with * rest - without * m, (with + without) * m * rest)
        });
        let (mut score, mut curvature, mut first) = (0.0, 0.0, 0.0);
        for (z, residual, h) in terms.clone() {
            score += residual;
            curvature += h;
            first += h * z;
        }
        let mean = first / curvature;
        for (z, residual, h) in terms {
            score_b += residual * (z - mean);
            curvature_b += h * (z - mean) * (z - mean);
        }
        arrow.push((score / curvature, mean));
    }
    let step_b = score_b / curvature_b;
    (arrow.iter().map(|(step, mean)| step - mean * step_b).collect(), step_b)
}

#[cfg(test)]
mod tests;
