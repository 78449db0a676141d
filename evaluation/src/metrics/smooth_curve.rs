//! Distance of the smooth calibration curve from the diagonal.

use super::distinct::{Distinct, quantile};
use super::lowess::Curve;

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
        let fit = crate::metrics::recalibrate(&P, &Y.map(|y| y == 1), &[1.0; 60]).unwrap();
        let line = [fit.slope_intercept.unwrap(), fit.slope.unwrap()];
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
