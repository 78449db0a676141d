//! Smooth calibration error (smECE), as the authors' own program computes it.

use std::borrow::Cow::Borrowed;
use std::f64::consts::PI;

use libm::{exp, sqrt};

use super::distinct::Distinct;
use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// Fewest points at which the smoothed residual is averaged.
const MESH: usize = 200;
/// Steps of bisection for the width.
const STEPS: u32 = 10;
/// Below this any width will do.
const TINY: f64 = 0.001;
/// Added to the density of rows at each point.
const FLOOR: f64 = 1e-4;
/// Beyond so many widths the kernel is below the last digit of a sum.
const REACH: f64 = 9.0;

/// Smooth calibration error; `None` without weight.
///
/// ```text
/// smECE(s) = mean over t in [0, 1] of |sum of w (p - y) K_s(t, p)| / sum of w K_s(t, p)
/// value at the width s, a multiple of 1/1024, where s first exceeds smECE(s)
/// ```
/// with `K_s` a Gaussian reflected at 0 and 1. Slices have one entry a row; probabilities in [0, 1], weights >= 0: whole weights give what
/// as many copies of the row give. In [0, 1]; 0 is calibrated; never negative, so noise alone makes it grow. It has no bins, and moves
/// little when probabilities do. Numerator and denominator are means on their own, as in the program `relplot`, whose grid of `2000 / 2 + 1`
/// cells or more it shares.
///
/// # References
/// Błasiok and Nakkiran, Smooth ECE: principled reliability diagrams via kernel smoothing, ICLR 2024.
#[must_use]
pub fn smooth_ece(probability: &[f64], y: &[bool], weight: &[f64]) -> Option<f64> {
    with_width(&Distinct::of(probability, y, weight)).map(|(value, _)| value)
}

/// The error and the width of the kernel at which it is taken.
pub(super) fn with_width(distinct: &Distinct) -> Option<(f64, f64)> {
    if distinct.x.is_empty() {
        return None;
    }
    let is_wide = |width: f64| width >= TINY && width >= at_width(distinct, width);
    let (mut wide, mut narrow) = (1.0, 0.0);
    for _ in 0..STEPS {
        let middle = (wide + narrow) / 2.0;
        if is_wide(middle) { wide = middle } else { narrow = middle }
    }
    Some((at_width(distinct, wide), wide))
}

/// The error at a width of the kernel, above 0.
fn at_width(distinct: &Distinct, width: f64) -> f64 {
    let points = field(distinct, width);
    let off: f64 = points.iter().map(|[residual, _]| residual.abs()).sum();
    off / points.iter().map(|[_, density]| density + FLOOR).sum::<f64>()
}

/// Smoothed residual and density of rows at points from 0 to 1, in units of a row.
pub(super) fn field(distinct: &Distinct, width: f64) -> Vec<[f64; 2]> {
    let cells = ((20.0 / width).round_ties_even() as usize).max(2000) / 2 + 1;
    let (mut residual, mut density) = (vec![0.0; cells], vec![0.0; cells]);
    let top = (cells - 1) as f64;
    for (p, w, wy) in distinct.iter() {
        let cell = ((p * top) as usize).min(cells - 2);
        let upper = p * top - cell as f64;
        for (at, share) in [(cell, 1.0 - upper), (cell + 1, upper)] {
            residual[at] += share * (w * p - wy);
            density[at] += share * w;
        }
    }
    let kernel = Kernel::new(cells, width);
    let (residual, density) = (kernel.smooth(&residual), kernel.smooth(&density));
    let points = ((10.0 / width).round_ties_even() as usize).max(MESH);
    (0..points)
        .map(|i| {
            let at = i as f64 / (points - 1) as f64 * top;
            let cell = (at as usize).min(cells - 2);
            let upper = at - cell as f64;
            [&residual, &density].map(|values| values[cell] * (1.0 - upper) + values[cell + 1] * upper)
        })
        .collect()
}

/// A Gaussian on a grid, reflected at both ends.
struct Kernel {
    /// First place in the kernel's grid that is not negligible.
    from: usize,
    values: Vec<f64>,
}

impl Kernel {
    fn new(cells: usize, width: f64) -> Self {
        let place = |k: usize| k as f64 / (cells - 1) as f64 - 0.5;
        let near: Vec<usize> = (0..cells).filter(|k| place(*k).abs() <= REACH * width).collect();
        let height =
            |k: &usize| exp(-place(*k) * place(*k) / (2.0 * width * width)) / (sqrt(2.0 * PI) * width);
        Self { from: near.first().copied().unwrap_or(0), values: near.iter().map(height).collect() }
    }

    /// Values on the grid, smoothed; values that are 0 cost nothing.
    fn smooth(&self, values: &[f64]) -> Vec<f64> {
        let cells = values.len() as isize;
        let mut out = vec![0.0; values.len()];
        let mut spread = |at: isize, value: f64| {
            // With an even number of cells the kernel's middle lies half a cell off, as in the original.
            let first = at + self.from as isize - cells / 2;
            let skip = (-first).max(0);
            let end = (cells - first).min(self.values.len() as isize);
            if value != 0.0 && skip < end {
                let target = &mut out[(first + skip) as usize..(first + end) as usize];
                for (out, k) in target.iter_mut().zip(&self.values[skip as usize..end as usize]) {
                    *out += value * k;
                }
            }
        };
        for (cell, &value) in values.iter().enumerate() {
            let cell = cell as isize;
            spread(cell, value);
            if cell > 0 {
                spread(-cell, value);
            }
            if cell < cells - 1 {
                spread(2 * (cells - 1) - cell, value);
            }
        }
        out
    }
}

const BLASIOK: &str =
    "Błasiok and Nakkiran, Smooth ECE: principled reliability diagrams via kernel smoothing, ICLR 2024";
const GROWS: &str = "[0, 1]; never negative, so noise alone makes it grow";

pub(super) static SMOOTH_ECE: Info = Info {
    definition: Definition {
        metric: Borrowed("smooth_ece"),
        scope: Scope::Whole,
        title: text("Error de calibración suavizado (smECE)", "Smooth calibration error (smECE)"),
        formula: Borrowed(
            "mean over t in [0, 1] of |sum of w (p - y) K(t, p)| / sum of w K(t, p), each averaged over t on its own; K a Gaussian reflected at 0 and 1, as wide as the error itself",
        ),
        range: Borrowed(GROWS),
        better: Better::Lower,
        reading: text(
            "Como el ECE, pero sin tramos: no salta cuando una probabilidad cruza un borde.",
            "Like the ECE, without bins: it does not jump when a probability crosses an edge.",
        ),
        reference: Borrowed(BLASIOK),
    },
    computation: Computation::Profile(1),
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::metrics::samples::{P, Y, largest};

    #[test]
    fn is_that_of_relplot() {
        // relplot 1.0.3: smECE(p, y, return_width=True) -> 0.08699257075996804, 0.087890625
        let distinct = Distinct::of(&P, &Y.map(|y| y == 1), &[1.0; 60]);
        let (value, width) = with_width(&distinct).unwrap();
        assert!(
            largest(&[value, width], &[0.086_992_570_759_968_04, 0.087_890_625]) <= 1e-12,
            "{value} {width}"
        );
        // [smECE_sigma(p, y, s) for s in (0.003, 0.0123, 0.05, 0.3, 1)]: 3334 // 2 gives an even number of cells
        let found = [0.003, 0.0123, 0.05, 0.3, 1.0].map(|width| at_width(&distinct, width));
        let expected = [
            0.239_432_469_703_842_23,
            0.129_320_715_297_825_68,
            0.091_473_159_892_137,
            0.055_291_165_676_376_555,
            0.048_782_006_364_339_096,
        ];
        assert!(largest(&found, &expected) <= 1e-12, "{found:?}");
        // smECE(np.repeat(p, w), np.repeat(y, w)) with w = i % 3 + 1
        let weight: Vec<f64> = (0..60).map(|i| f64::from(i % 3 + 1)).collect();
        let weighted = smooth_ece(&P, &Y.map(|y| y == 1), &weight).unwrap();
        assert!((weighted - 0.088_248_104_252_129_5).abs() <= 1e-12, "{weighted}");
        // A wrong answer would fail: without the weights.
        assert!((weighted - value).abs() > 1e-4);
    }

    #[test]
    fn large_and_small_errors_alike() {
        // p = ((i * 0.618033988749895) % 1)**2, y = (i * 0.754877666) % 1 < p**e, i from 1
        let of = |n: u32, e: f64| {
            let part = |i: u32, by: f64| (f64::from(i) * by) % 1.0;
            let p: Vec<f64> = (1..=n).map(|i| part(i, 0.618_033_988_749_895).powi(2)).collect();
            let y: Vec<bool> = (1..=n).zip(&p).map(|(i, p)| part(i, 0.754_877_666) < p.powf(e)).collect();
            smooth_ece(&p, &y, &vec![1.0; p.len()]).unwrap()
        };
        let found = [of(500, 1.1), of(20_000, 1.0)];
        assert!(largest(&found, &[0.026_847_140_768_424_926, 0.003_898_147_398_342_4]) <= 1e-12, "{found:?}");
        assert!(smooth_ece(&[0.5], &[true], &[0.0]).is_none());
    }
}
