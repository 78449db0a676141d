//! How curve and smoothed residual move with the sums of the cells: to first order, a matrix.

use libm::{exp, sqrt};
use std::f64::consts::PI;

use super::nodes::{Cells, NODES};
use crate::metrics::distinct::Distinct;
use crate::metrics::lowess::{half_width, tricube};

/// Points at which the smoothed residual is taken.
pub(super) const POINTS: usize = 64;

/// Below this a kernel's height counts as 0.
const NEGLIGIBLE: f64 = 1e-12;

/// What a unit of residual and a unit of weight in one cell do; zero beyond the nodes there are.
///
/// Single precision: they carry distances on resamples, whose quantiles are known to two digits.
struct CellInfluence {
    curve: [f32; NODES],
    curve_by_weight: [f32; NODES],
    field: [f32; POINTS],
}

/// See the module.
pub(super) struct Linear {
    rows: Vec<CellInfluence>,
}

/// Moves of the curve at its nodes, and of the smoothed residual at its points times the points' distance.
pub(super) struct Moves {
    pub(super) curve: [f32; NODES],
    pub(super) field: [f32; POINTS],
}

impl Linear {
    /// For a curve at `nodes`, and residuals smoothed with a Gaussian of the given width.
    pub(super) fn new(distinct: &Distinct, cells: &Cells, nodes: &[f64], width: f64) -> Self {
        let empty =
            || CellInfluence { curve: [0.0; NODES], curve_by_weight: [0.0; NODES], field: [0.0; POINTS] };
        let mut rows: Vec<CellInfluence> = cells.p.iter().map(|_| empty()).collect();
        for (k, node) in nodes.iter().enumerate().take(NODES) {
            for (row, [by_residual, by_weight]) in rows.iter_mut().zip(line(distinct, cells, *node)) {
                row.curve[k] = by_residual as f32;
                row.curve_by_weight[k] = by_weight as f32;
            }
        }
        let (points, wide) = points(distinct, width);
        for (row, p) in rows.iter_mut().zip(&cells.p) {
            for (value, t) in row.field.iter_mut().zip(&points.at) {
                let height = points.apart * reflected(*t, *p, wide) * sqrt(wide / width);
                // Numbers near the least of single precision would cost a hundred times more, and add nothing.
                *value = if height < NEGLIGIBLE { 0.0 } else { height as f32 };
            }
        }
        Self { rows }
    }

    /// The moves for deviations `(residual, share)` of each cell.
    pub(super) fn moves(&self, deviations: impl Iterator<Item = (f64, f64)>) -> Moves {
        let mut out = Moves { curve: [0.0; NODES], field: [0.0; POINTS] };
        for (row, (residual, share)) in self.rows.iter().zip(deviations) {
            let (residual, share) = (residual as f32, share as f32);
            for ((out, a), b) in out.curve.iter_mut().zip(&row.curve).zip(&row.curve_by_weight) {
                *out += residual * a - share * b;
            }
            for (out, g) in out.field.iter_mut().zip(&row.field) {
                *out += residual * g;
            }
        }
        out
    }
}

/// What a unit of residual, and of weight, in each cell adds to the local line's value at a node.
///
/// ```text
/// value* - value = sum over cells j of L_j (R*_j - W*_j line(p_j)),   L_j = K_j (1 + (x - m) (p_j - m) / v) / sum of K W
/// ```
/// One step of Newton's method from the fit to all rows, with the kernel `K` of all rows; `m`, `v` mean and variance under `K W`.
fn line(distinct: &Distinct, cells: &Cells, at: f64) -> Vec<[f64; 2]> {
    let half = half_width(distinct, at);
    let kernel: Vec<f64> = cells.p.iter().map(|p| tricube((p - at).abs(), half)).collect();
    let over = |term: &dyn Fn(usize) -> f64| (0..kernel.len()).map(|j| kernel[j] * term(j)).sum::<f64>();
    let all = over(&|j| cells.share[j]);
    if all <= 0.0 {
        return vec![[0.0; 2]; kernel.len()];
    }
    let mean = over(&|j| cells.share[j] * cells.p[j]) / all;
    let spread = over(&|j| cells.share[j] * (cells.p[j] - mean).powi(2)) / all;
    let is_line = sqrt(spread) > 0.001 * distinct.range();
    let tilt = if is_line { (at - mean) / spread } else { 0.0 };
    let level = over(&|j| cells.residual[j]) / all;
    let slope = if is_line { over(&|j| cells.residual[j] * (cells.p[j] - mean)) / all / spread } else { 0.0 };
    let unit = |j: usize| kernel[j] * (1.0 + tilt * (cells.p[j] - mean)) / all;
    (0..kernel.len()).map(|j| [unit(j), unit(j) * (level + slope * (cells.p[j] - mean))]).collect()
}

/// Points from 0 to 1 that the kernel reaches, at their distance from each other.
struct Points {
    at: Vec<f64>,
    apart: f64,
}

/// The points, and the kernel's width, no less than their distance.
///
/// Noise smoothed with a narrow kernel of width s has a size as s^(-1/2), by which the caller makes up for the difference.
fn points(distinct: &Distinct, width: f64) -> (Points, f64) {
    let (low, high) = distinct.x.first().copied().zip(distinct.x.last().copied()).unwrap_or((0.0, 1.0));
    let (low, high) = ((low - 3.0 * width).max(0.0), (high + 3.0 * width).min(1.0));
    let apart = (high - low) / POINTS as f64;
    let at = (0..POINTS).map(|k| low + (k as f64 + 0.5) * apart).collect();
    (Points { at, apart }, width.max(apart))
}

/// A Gaussian at `p`, reflected at 0 and 1.
fn reflected(t: f64, p: f64, width: f64) -> f64 {
    [t - p, t + p, 2.0 - t - p].iter().map(|d| exp(-d * d / (2.0 * width * width))).sum::<f64>()
        / (sqrt(2.0 * PI) * width)
}
