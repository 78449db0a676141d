//! Distance of the smooth calibration curve from the diagonal.

use std::borrow::Cow::Borrowed;

use super::distinct::{Distinct, quantile};
use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::lowess::Curve;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// How far the smooth calibration curve of [`lowess`](super::lowess) is from the probability, over the rows.
///
/// ```text
/// e = |curve(p) - p|      ici its weighted mean, e50 its median, e90 its 90 % quantile, emax its largest
/// ```
/// Each in [0, 1] unless the curve leaves it; 0 is calibrated; never negative, so noise alone makes them grow.
///
/// # References
/// Austin and Steyerberg, The Integrated Calibration Index (ICI) and related metrics for quantifying the calibration of logistic
/// regression models, Statistics in Medicine 38, 2019. Harrell, rms: `val.prob`, whose `Eavg`, `E90` and `Emax` these are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveDistance {
    /// Integrated calibration index: the mean.
    pub ici: f64,
    /// The median.
    pub e50: f64,
    /// The 90 % quantile.
    pub e90: f64,
    /// The largest.
    pub emax: f64,
}

/// Distance of the smooth calibration curve from the diagonal; `None` without weight.
///
/// Slices have one entry a row; probabilities in [0, 1], weights >= 0: whole weights give what as many copies of the row give.
#[must_use]
pub fn curve_distance(probability: &[f64], y: &[bool], weight: &[f64]) -> Option<CurveDistance> {
    let distinct = Distinct::of(probability, y, weight);
    distance(&distinct, &Curve::new(&distinct)?)
}

pub(super) fn distance(distinct: &Distinct, curve: &Curve) -> Option<CurveDistance> {
    let mut off: Vec<(f64, f64)> = distinct.iter().map(|(p, w, _)| ((curve.at(p) - p).abs(), w)).collect();
    let e50 = quantile(&mut off, distinct.unit, 0.5)?;
    Some(CurveDistance {
        ici: off.iter().map(|(e, w)| e * w).sum::<f64>() / distinct.total(),
        e50,
        e90: quantile(&mut off, distinct.unit, 0.9)?,
        emax: off.last()?.0,
    })
}

const AUSTIN: &str = "Austin and Steyerberg, The Integrated Calibration Index (ICI) and related metrics, Statistics in Medicine 38, 2019; curve: Cleveland's lowess, span 2/3, no robustness";
const CURVE: &str = "[0, 1] unless the curve leaves it; never negative, so noise alone makes it grow";

pub(super) static ICI: Info = Info {
    definition: Definition {
        metric: Borrowed("ici"),
        scope: Scope::Whole,
        title: text("Índice de calibración integrado (ICI)", "Integrated calibration index (ICI)"),
        formula: Borrowed("sum of w |c(p) - p| / sum of w, c the smooth calibration curve"),
        range: Borrowed(CURVE),
        better: Better::Lower,
        reading: text(
            "Distancia media entre la curva de calibración y la diagonal, sobre las filas.",
            "Mean distance of the calibration curve from the diagonal, over the rows.",
        ),
        reference: Borrowed(AUSTIN),
    },
    computation: Computation::Profile(2),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

pub(super) static E50: Info = Info {
    definition: Definition {
        metric: Borrowed("e50"),
        scope: Scope::Whole,
        title: text("Mediana del error de calibración (E50)", "Median calibration error (E50)"),
        formula: Borrowed("weighted median of |c(p) - p|, c the smooth calibration curve"),
        range: Borrowed(CURVE),
        better: Better::Lower,
        reading: text(
            "La mitad de las filas está a no más que esto de la curva de calibración.",
            "Half of the rows are no further than this from the calibration curve.",
        ),
        reference: Borrowed(AUSTIN),
    },
    computation: Computation::Profile(3),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

pub(super) static E90: Info = Info {
    definition: Definition {
        metric: Borrowed("e90"),
        scope: Scope::Whole,
        title: text(
            "Percentil 90 del error de calibración (E90)",
            "90th percentile of the calibration error (E90)",
        ),
        formula: Borrowed("weighted 90 % quantile of |c(p) - p|, c the smooth calibration curve"),
        range: Borrowed(CURVE),
        better: Better::Lower,
        reading: text(
            "Nueve de cada diez filas están a no más que esto de la curva de calibración.",
            "Nine rows in ten are no further than this from the calibration curve.",
        ),
        reference: Borrowed(AUSTIN),
    },
    computation: Computation::Profile(4),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

pub(super) static EMAX: Info = Info {
    definition: Definition {
        metric: Borrowed("emax"),
        scope: Scope::Whole,
        title: text("Error de calibración máximo (Emax)", "Largest calibration error (Emax)"),
        formula: Borrowed("largest |c(p) - p| over the rows, c the smooth calibration curve"),
        range: Borrowed(CURVE),
        better: Better::Lower,
        reading: text(
            "El peor punto de la curva de calibración; suele estar en un extremo, donde hay pocas filas, y es muy incierto.",
            "The worst point of the calibration curve; often at an end, where rows are few, and then very uncertain.",
        ),
        reference: Borrowed(AUSTIN),
    },
    computation: Computation::Profile(5),
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
    use crate::metrics::samples::{P, Y, largest};

    fn of(weight: &[f64]) -> [f64; 4] {
        let CurveDistance { ici, e50, e90, emax } = curve_distance(&P, &Y.map(|y| y == 1), weight).unwrap();
        [ici, e50, e90, emax]
    }

    #[test]
    fn are_those_of_val_prob() {
        // R: rms::val.prob(p, y, pl = FALSE)[c("Eavg", "E90", "Emax")], and the median of abs(p - curve)
        let plain = of(&[1.0; 60]);
        let expected = [0.094_253_845_522_127_62, 0.162_096_044_419_246, 0.286_584_052_745_099_7];
        assert!(largest(&[plain[0], plain[2], plain[3]], &expected) <= 1e-12, "{plain:?}");
        // Its "Intercept" and "Slope", from a fit that stops when the deviance moves little
        let fit = crate::metrics::recalibrate(&P, &Y.map(|y| y == 1), &[1.0; 60]).line.unwrap();
        let line = [fit.intercept, fit.slope];
        assert!(largest(&line, &[0.556_561_157_518_176_8, 2.271_272_963_568_787]) <= 1e-6, "{line:?}");
        // The same on rep(p, w), rep(y, w) with w = rep(c(1, 2, 3), 20)
        let weight: Vec<f64> = (0..60).map(|i| f64::from(i % 3 + 1)).collect();
        let expected = [
            0.096_441_297_208_626_79,
            0.089_468_524_701_626_82,
            0.162_954_857_878_183_3,
            0.295_554_608_197_955_87,
        ];
        assert!(largest(&of(&weight), &expected) <= 1e-12, "{:e}", largest(&of(&weight), &expected));
        // A wrong answer would fail: without the weights.
        assert!(largest(&plain, &expected) > 1e-4);
    }

    #[test]
    fn without_weight_there_is_none() {
        assert!(curve_distance(&[0.5], &[true], &[0.0]).is_none());
    }
}
