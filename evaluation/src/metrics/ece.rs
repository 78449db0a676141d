//! Expected calibration error and Murphy's decomposition of the Brier score, in the same bins of equal weight.

use std::borrow::Cow::Borrowed;

use super::bins::equal_weight;
use super::distinct::Distinct;
use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// The Brier score in parts, over bins `b` of equal weight in which ties stay together.
///
/// ```text
/// brier = reliability - resolution + uncertainty + within
/// reliability  sum of W_b (p_b - y_b)^2 / W         p_b, y_b the bin's mean probability and rate
/// resolution   sum of W_b (y_b - y)^2 / W           y the rate of all
/// uncertainty  y (1 - y)
/// within       sum of w (p - p_b)^2 / W - 2 sum of w (p - p_b) (y - y_b) / W
/// ```
/// The first three are Murphy's; `within` is what probabilities that differ within a bin add, so that the sum is exact.
///
/// # References
/// Murphy, A new vector partition of the probability score, Journal of Applied Meteorology 12, 1973. Stephenson, Coelho and
/// Jolliffe, Two extra components in the Brier score decomposition, Weather and Forecasting 23, 2008.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Murphy {
    /// Squared distance of rate and probability, in [0, 1]; 0 is calibrated.
    pub reliability: f64,
    /// Squared distance of the bins' rates from the rate of all, in [0, 1/4]; 0 tells nothing apart.
    pub resolution: f64,
    /// Variance of the outcome, in [0, 1/4].
    pub uncertainty: f64,
    /// Variance of the probability within bins less twice its covariance with the outcome there.
    pub within: f64,
}

/// Expected calibration error over `bins` bins of equal weight by probability; `None` without weight.
///
/// ```text
/// sum over bins of |sum of w (y - p)| / sum of w
/// ```
/// Slices have one entry a row; probabilities in [0, 1], weights >= 0. Ties stay together, as in the reliability diagram,
/// whose small bins are joined afterwards: here they are not. In [0, 1]; never negative, so noise alone makes it grow.
///
/// # References
/// Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015.
#[must_use]
pub fn ece(probability: &[f64], y: &[bool], weight: &[f64], bins: u32) -> Option<f64> {
    binned_error(&binned(&Distinct::of(probability, y, weight), bins))
}

/// Murphy's decomposition of the Brier score over the bins of [`ece`]; `None` without weight.
#[must_use]
pub fn murphy(probability: &[f64], y: &[bool], weight: &[f64], bins: u32) -> Option<Murphy> {
    let distinct = Distinct::of(probability, y, weight);
    decomposition(&distinct, &binned(&distinct, bins))
}

/// Sums of a bin: weight, weighted outcome, weighted probability.
pub(super) type Sums = [f64; 3];

/// The bin and the sums of each distinct value's bin.
pub(super) struct Binned {
    /// Position in `sums` of each distinct value.
    pub(super) of: Vec<usize>,
    pub(super) sums: Vec<Sums>,
}

pub(super) fn binned(distinct: &Distinct, bins: u32) -> Binned {
    let mut out = Binned { of: Vec::new(), sums: Vec::new() };
    let mut last = None;
    for (bin, (p, w, wy)) in equal_weight(&distinct.weight, bins).into_iter().zip(distinct.iter()) {
        if last != Some(bin) {
            out.sums.push([0.0; 3]);
            last = Some(bin);
        }
        out.of.push(out.sums.len() - 1);
        if let Some([weight, events, expected]) = out.sums.last_mut() {
            *weight += w;
            *events += wy;
            *expected += w * p;
        }
    }
    out
}

pub(super) fn binned_error(binned: &Binned) -> Option<f64> {
    let total: f64 = binned.sums.iter().map(|[w, ..]| w).sum();
    let off: f64 = binned.sums.iter().map(|[_, events, expected]| (events - expected).abs()).sum();
    (total > 0.0).then(|| off / total)
}

pub(super) fn decomposition(distinct: &Distinct, binned: &Binned) -> Option<Murphy> {
    let [total, events] = binned.sums.iter().fold([0.0; 2], |[a, b], [w, e, _]| [a + w, b + e]);
    if total <= 0.0 {
        return None;
    }
    let rate = events / total;
    let over = |term: &dyn Fn(&Sums) -> f64| binned.sums.iter().map(|s| s[0] * term(s)).sum::<f64>() / total;
    let within: f64 = distinct
        .iter()
        .zip(&binned.of)
        .map(|((p, w, wy), bin)| {
            let [weight, events, expected] = binned.sums[*bin];
            let off = p - expected / weight;
            w * off * off - 2.0 * off * (wy - w * events / weight)
        })
        .sum();
    Some(Murphy {
        reliability: over(&|[w, events, expected]| ((expected - events) / w).powi(2)),
        resolution: over(&|[w, events, _]| (events / w - rate).powi(2)),
        uncertainty: rate * (1.0 - rate),
        within: within / total,
    })
}

const NAEINI: &str = "Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015";
const GROWS: &str = "[0, 1]; never negative, so noise alone makes it grow";
const MURPHY: &str = "Murphy, A new vector partition of the probability score, Journal of Applied Meteorology 12, 1973; within bins: Stephenson, Coelho and Jolliffe, Weather and Forecasting 23, 2008";

pub(super) static ECE: Info = Info {
    definition: Definition {
        metric: Borrowed("ece"),
        scope: Scope::Whole,
        title: text("Error de calibración por tramos (ECE)", "Calibration error in bins (ECE)"),
        formula: Borrowed(
            "sum over bins of |sum of w (y - p)| / sum of w; bins of equal weight by p, as many as the reliability table asks for, ties together, small bins not joined",
        ),
        range: Borrowed(GROWS),
        better: Better::Lower,
        reading: text(
            "Distancia media entre la probabilidad y lo observado en filas de probabilidad parecida: 0,02 son dos puntos porcentuales. Depende de cuántos tramos se toman.",
            "Mean distance between probability and observed rate among rows of similar probability: 0.02 is two percentage points. It depends on how many bins are taken.",
        ),
        reference: Borrowed(NAEINI),
    },
    computation: Computation::Profile(0),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

pub(super) static BRIER_RELIABILITY: Info = Info {
    definition: Definition {
        metric: Borrowed("brier_reliability"),
        scope: Scope::Whole,
        title: text("Brier: fiabilidad", "Brier: reliability"),
        formula: Borrowed(
            "sum over bins of W_b (p_b - y_b)^2 / W, the bins of ece; brier = reliability - resolution + uncertainty + what differs within bins",
        ),
        range: Borrowed(GROWS),
        better: Better::Lower,
        reading: text(
            "Parte de la puntuación de Brier que es mala calibración: distancia cuadrática entre probabilidad y tasa de cada tramo.",
            "The part of the Brier score that is miscalibration: squared distance of probability and rate in each bin.",
        ),
        reference: Borrowed(MURPHY),
    },
    computation: Computation::Profile(6),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

pub(super) static BRIER_RESOLUTION: Info = Info {
    definition: Definition {
        metric: Borrowed("brier_resolution"),
        scope: Scope::Whole,
        title: text("Brier: resolución", "Brier: resolution"),
        formula: Borrowed("sum over bins of W_b (y_b - y)^2 / W, y the rate of all; the bins of ece"),
        range: Borrowed("[0, uncertainty]; never negative, so noise alone makes it grow"),
        better: Better::Higher,
        reading: text(
            "Cuánto se apartan las tasas de los tramos de la tasa general: 0 si las probabilidades no distinguen nada.",
            "How far the rates of the bins are from the rate of all: 0 if the probabilities tell nothing apart.",
        ),
        reference: Borrowed(MURPHY),
    },
    computation: Computation::Profile(7),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

pub(super) static BRIER_UNCERTAINTY: Info = Info {
    definition: Definition {
        metric: Borrowed("brier_uncertainty"),
        scope: Scope::Whole,
        title: text("Brier: incertidumbre", "Brier: uncertainty"),
        formula: Borrowed("y (1 - y), y the observed rate"),
        range: Borrowed("[0, 1/4]"),
        better: Better::Neither,
        reading: text(
            "La puntuación de Brier de quien da a todos la tasa observada: lo que la población pone, no el modelo.",
            "The Brier score of giving everybody the observed rate: what the population brings, not the model.",
        ),
        reference: Borrowed(MURPHY),
    },
    computation: Computation::Profile(8),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const P: [f64; 8] = [0.1, 0.1, 0.2, 0.4, 0.4, 0.5, 0.7, 0.9];
    const Y: [bool; 8] = [false, true, false, true, false, false, true, true];
    const W: [f64; 8] = [1.0, 2.0, 1.0, 0.5, 1.5, 1.0, 1.0, 2.0];

    #[test]
    fn by_hand_and_the_parts_add_up() {
        // Two bins, 10 of weight: blocks 3, 1, 2, 1, 1, 2 with middles .15, .35, .5, .65, .75, .9 -> {0.1, 0.2}, {the rest}.
        // w (y - p): 2 - 0.5 = 1.5 below; 3.5 - (0.8 + 0.5 + 0.7 + 1.8) = -0.3 above.
        let found = ece(&P, &Y, &W, 2).unwrap();
        assert!((found - 0.18).abs() <= 1e-12, "{found}");
        let parts = murphy(&P, &Y, &W, 2).unwrap();
        // Reliability 4 (0.375)^2 / 10 + 6 (0.05)^2 / 10; rates 0.5 and 3.5 / 6 about 0.55.
        assert!((parts.reliability - (0.05625 + 0.0015)).abs() <= 1e-12, "{parts:?}");
        let (low, high) = (0.5 - 0.55, 3.5 / 6.0 - 0.55);
        assert!((parts.resolution - (0.4 * low * low + 0.6 * high * high)).abs() <= 1e-12, "{parts:?}");
        let brier = (0..8).map(|i| W[i] * (P[i] - f64::from(u8::from(Y[i]))).powi(2)).sum::<f64>() / 10.0;
        let murphy_alone = parts.reliability - parts.resolution + parts.uncertainty;
        assert!((murphy_alone + parts.within - brier).abs() <= 1e-12, "{parts:?} {brier}");
        // A wrong answer would fail: the sum without `within`, and the error without weights.
        assert!((murphy_alone - brier).abs() > 1e-3);
        assert!((ece(&P, &Y, &[1.0; 8], 2).unwrap() - 0.18).abs() > 1e-3);
    }

    #[test]
    fn without_weight_there_is_none() {
        assert!(ece(&[], &[], &[], 5).is_none() && murphy(&[0.5], &[true], &[0.0], 5).is_none());
    }
}
