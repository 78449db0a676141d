//! Beta calibration by maximum likelihood.

use amparo_models::calibrator::Beta;

use super::platt::no_slope;
use super::{TwoSlopes, logistic_line, two_slopes};
use crate::Error;

/// What is fitted here, in errors.
const WHAT: &str = "beta calibration";

/// Why two exponents cannot be told apart.
const ALIKE: &str = "the scores have too few different values for two exponents, expected at least three";

/// The beta curve of greatest likelihood among those that rise.
///
/// ```text
/// maximise   sum w_i (y_i t_i - softplus(t_i))         t_i = a ln s_i - b ln(1 - s_i) + c,   a, b >= 0
/// covariance = inverse of sum w_i p_i (1 - p_i) f_i f_i'      f_i = (ln s_i, -ln(1 - s_i), 1),   weights w_i with mean 1
/// ```
/// It is logistic regression on the two logarithms with slopes that are not negative. An exponent at 0 is taken for known, so that the interval
/// does not cover it.
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
    let logarithms: Vec<[f64; 2]> = scores.iter().map(|&score| Beta::logarithms(score)).collect();
    match two_slopes(WHAT, &logarithms, events, weights)? {
        Some(TwoSlopes { slopes: [a, b], intercept: c, covariance }) => Ok(Beta { a, b, c, covariance }),
        None => {
            let slope = logistic_line(scores, events, weights)?.slope;
            Err(Error::NotRising { what: "the score".to_owned(), outcome: outcome.to_owned(), slope })
        }
    }
}
