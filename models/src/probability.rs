//! Log-odds and probability. Both ways go through `libm`, so that the bits are the same on every machine.

/// Probability of the given log-odds, `1 / (1 + exp(-s))`, without overflow.
///
/// ```
/// # use amparo_models::probability::{logit, sigmoid};
/// assert!((sigmoid(logit(0.143)) - 0.143).abs() <= 1e-15);
/// ```
pub fn sigmoid(log_odds: f64) -> f64 {
    let e = libm::exp(-log_odds.abs());
    if log_odds >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

/// Log-odds of a probability in (0, 1): `ln(p / (1 - p))`; infinite at 0 and 1.
pub fn logit(probability: f64) -> f64 {
    libm::log(probability) - libm::log1p(-probability)
}

/// `ln(1 + exp(x))` without overflow: the log loss of a non-event with log-odds `x`.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests;
