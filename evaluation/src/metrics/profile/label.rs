//! One label of a profile.

use super::linear::{Linear, Moves, POINTS};
use super::nodes::{Cells, nodes, shares};
use super::{N, Resampled};
use crate::metrics::distinct::{Distinct, quantile};
use crate::metrics::ece::{Binned, binned_error, decomposition};
use crate::metrics::lowess::Curve;
use crate::metrics::smooth_curve::distance;
use crate::metrics::smooth_ece::with_width;

/// Measures read off the smooth curve, and smECE before them: those whose values on resamples are approximate.
const SMOOTH: usize = 5;

/// See the module; empty for a label without rows.
pub(super) struct Label {
    point: [Option<f64>; N],
    /// Mean probability and bin of each cell.
    cells: Vec<(f64, usize)>,
    residual: Vec<f64>,
    share: Vec<f64>,
    bins: Bins,
    /// Probability and exact smooth rate at each node.
    curve: Vec<(f64, f64)>,
    /// The share of rows that each node stands for.
    node_share: Vec<f64>,
    linear: Linear,
    field: [f32; POINTS],
    /// Exact less approximate value of the measures of [`SMOOTH`].
    shift: [f64; SMOOTH],
}

impl Label {
    pub(super) fn new(distinct: &Distinct, binned: &Binned, cells: &Cells) -> Self {
        let murphy = decomposition(distinct, binned);
        let smooth = Curve::new(distinct);
        let off = smooth.as_ref().and_then(|curve| distance(distinct, curve));
        let (smooth_ece, width) = with_width(distinct).unzip();
        let nodes = nodes(distinct, cells);
        let linear = Linear::new(distinct, cells, &nodes, width.unwrap_or(1.0));
        let field = linear.moves(cells.residual.iter().map(|r| (*r, 0.0))).field;
        let merged: Vec<_> = cells.p.iter().copied().zip(cells.bin.iter().copied()).collect();
        let sums: Vec<_> = (cells.share.iter().zip(&cells.residual).zip(&cells.p))
            .map(|((w, r), p)| [w - (r + w * p), r + w * p])
            .collect();
        let mut out = Self {
            point: [
                binned_error(binned),
                smooth_ece,
                off.map(|off| off.ici),
                off.map(|off| off.e50),
                off.map(|off| off.e90),
                off.map(|off| off.emax),
                murphy.map(|murphy| murphy.reliability),
                murphy.map(|murphy| murphy.resolution),
                murphy.map(|murphy| murphy.uncertainty),
            ],
            bins: Bins::new(&merged, &sums),
            cells: merged,
            residual: cells.residual.clone(),
            share: cells.share.clone(),
            node_share: shares(&nodes, cells),
            curve: smooth.map_or_else(Vec::new, |curve| nodes.iter().map(|p| (*p, curve.at(*p))).collect()),
            linear,
            field,
            shift: [0.0; SMOOTH],
        };
        let still = Moves { curve: [0.0; _], field: [0.0; POINTS] };
        let approximate = out.smooth(&still).map(|[value, _]| value);
        for ((shift, exact), approximate) in out.shift.iter_mut().zip(&out.point[1..]).zip(approximate) {
            *shift = exact.map_or(0.0, |exact| exact - approximate);
        }
        out
    }

    pub(super) fn n_cells(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn point(&self) -> [Option<f64>; N] {
        self.point
    }

    pub(super) fn curve(&self) -> &[(f64, f64)] {
        &self.curve
    }

    /// The curve's values at the nodes, given weight without and with the event by cell.
    pub(super) fn moved(&self, sums: &[[f64; 2]]) -> Vec<f64> {
        self.moves(sums).map_or_else(Vec::new, |moves| {
            self.curve.iter().zip(moves.curve).map(|((_, rate), by)| rate + f64::from(by)).collect()
        })
    }

    /// Values and distances, given weight without and with the event by cell.
    pub(super) fn measures(&self, sums: &[[f64; 2]]) -> Resampled {
        let mut out = [[f64::NAN; 2]; N];
        let Some(moves) = self.moves(sums) else { return out };
        let bins = Bins::new(&self.cells, sums);
        out[0] = bins.error(&self.bins);
        out[1..=SMOOTH].copy_from_slice(&self.smooth(&moves));
        out[SMOOTH + 1..].copy_from_slice(&bins.murphy(&self.bins));
        out
    }

    /// `None` if no row was drawn.
    fn moves(&self, sums: &[[f64; 2]]) -> Option<Moves> {
        let total: f64 = sums.iter().flatten().sum();
        let scale = 1.0 / total;
        let deviations = sums.iter().zip(&self.cells).zip(self.residual.iter().zip(&self.share));
        (total > 0.0).then(|| {
            self.linear.moves(deviations.map(|(([others, events], (p, _)), (residual, share))| {
                let w = others + events;
                ((events - w * p) * scale - residual, w * scale - share)
            }))
        })
    }

    /// smECE, ICI, E50, E90 and Emax.
    fn smooth(&self, moves: &Moves) -> [[f64; 2]; SMOOTH] {
        let (mut field, mut field_moved) = (0.0, 0.0);
        for (at, by) in self.field.iter().zip(&moves.field) {
            field += (at + by).abs();
            field_moved += by.abs();
        }
        let (mut mean, mut mean_moved, mut most_moved) = (0.0, 0.0, 0.0_f64);
        let mut off = Vec::with_capacity(self.curve.len());
        for (((p, rate), by), share) in self.curve.iter().zip(moves.curve).zip(&self.node_share) {
            let by = f64::from(by);
            let error = (rate - p + by).abs();
            off.push((error, *share));
            mean += share * error;
            mean_moved += share * by.abs();
            most_moved = most_moved.max(by.abs());
        }
        // Shares of rows, not rows: no unit leads from one to the next.
        let mut at = |q| quantile(&mut off, f64::MIN_POSITIVE, q).unwrap_or(0.0);
        let (e50, e90, emax) = (at(0.5), at(0.9), at(1.0));
        let values = [
            [f64::from(field), f64::from(field_moved)],
            [mean, mean_moved],
            [e50, most_moved],
            [e90, most_moved],
            [emax, most_moved],
        ];
        let mut shift = self.shift.iter();
        values.map(|[value, moved]| [(value + shift.next().unwrap_or(&0.0)).max(0.0), moved])
    }
}

/// Deviations of each bin: what ECE, reliability and resolution are norms of.
struct Bins {
    /// By bin: share x (rate - probability), that over the root of the share, root of the share x (rate - rate of all).
    of: Vec<[f64; 3]>,
    rate: f64,
}

impl Bins {
    fn new(cells: &[(f64, usize)], sums: &[[f64; 2]]) -> Self {
        let mut bins = vec![[0.0; 3]; cells.last().map_or(0, |(_, bin)| bin + 1)];
        let (mut total, mut events) = (0.0, 0.0);
        for ((p, bin), [without, with]) in cells.iter().zip(sums) {
            let (bin, w) = (&mut bins[*bin], without + with);
            bin[0] += w;
            bin[1] += with;
            bin[2] += w * p;
            total += w;
            events += with;
        }
        let rate = if total > 0.0 { events / total } else { 0.0 };
        let deviations = |[w, wy, wp]: [f64; 3]| {
            let root = (w * total).sqrt();
            if root > 0.0 { [(wy - wp) / total, (wy - wp) / root, (wy - w * rate) / root] } else { [0.0; 3] }
        };
        Self { of: bins.into_iter().map(deviations).collect(), rate }
    }

    fn error(&self, point: &Self) -> [f64; 2] {
        let (mut value, mut moved) = (0.0, 0.0);
        for (here, there) in self.of.iter().zip(&point.of) {
            value += here[0].abs();
            moved += (here[0] - there[0]).abs();
        }
        [value, moved]
    }

    /// Reliability, resolution and uncertainty.
    fn murphy(&self, point: &Self) -> [[f64; 2]; 3] {
        let square = |i: usize| {
            let (mut value, mut moved) = (0.0, 0.0);
            for (here, there) in self.of.iter().zip(&point.of) {
                value += here[i] * here[i];
                moved += (here[i] - there[i]) * (here[i] - there[i]);
            }
            [value, moved.sqrt()]
        };
        let uncertainty = |rate: f64| rate * (1.0 - rate);
        let value = uncertainty(self.rate);
        [square(1), square(2), [value, (value - uncertainty(point.rate)).abs()]]
    }
}
