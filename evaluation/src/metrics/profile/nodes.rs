//! Where a profile looks: cells that rows are summed in, and the probabilities at which the curve is taken.

use crate::metrics::bins::equal_weight;
use crate::metrics::distinct::Distinct;
use crate::metrics::ece::Binned;

/// Cells of equal weight; bins of the report cut some in two.
const CELLS: u32 = 96;

/// Most probabilities at which the curve is taken.
pub(super) const NODES: usize = 40;

/// Rows of similar probability in the same bin.
pub(super) struct Cells {
    /// The cell of each distinct value.
    pub(super) of: Vec<u32>,
    /// Mean probability of each cell, rising.
    pub(super) p: Vec<f64>,
    /// Share of the weight in each cell.
    pub(super) share: Vec<f64>,
    /// Sum of `w (y - p)` over the weight of all, by cell.
    pub(super) residual: Vec<f64>,
    /// Bin of each cell.
    pub(super) bin: Vec<usize>,
}

pub(super) fn cells(distinct: &Distinct, bins: &Binned) -> Cells {
    let total = distinct.total();
    let mut out =
        Cells { of: Vec::new(), p: Vec::new(), share: Vec::new(), residual: Vec::new(), bin: Vec::new() };
    let mut last = None;
    for ((fine, bin), (p, w, wy)) in
        equal_weight(&distinct.weight, CELLS).into_iter().zip(&bins.of).zip(distinct.iter())
    {
        if last != Some((fine, *bin)) {
            last = Some((fine, *bin));
            out.bin.push(*bin);
            out.p.push(0.0);
            out.share.push(0.0);
            out.residual.push(0.0);
        }
        let cell = out.p.len() - 1;
        out.of.push(cell as u32);
        out.share[cell] += w / total;
        out.p[cell] += (p - out.p[cell]) * (w / total) / out.share[cell];
        out.residual[cell] += (wy - w * p) / total;
    }
    out
}

/// Probabilities from the lowest to the highest, close both where rows are and along the axis.
pub(super) fn nodes(distinct: &Distinct, cells: &Cells) -> Vec<f64> {
    let (Some(&low), Some(&high)) = (distinct.x.first(), distinct.x.last()) else { return Vec::new() };
    let mut below = 0.0;
    let mut anchors = vec![(0.0, low)];
    for (p, share) in cells.p.iter().zip(&cells.share) {
        anchors.push(((below + share / 2.0 + (p - low) / (high - low).max(f64::MIN_POSITIVE)) / 2.0, *p));
        below += share;
    }
    anchors.push((1.0, high));
    anchors.dedup_by(|a, b| a.1 <= b.1);
    if anchors.len() <= NODES {
        return anchors.into_iter().map(|(_, p)| p).collect();
    }
    (0..NODES)
        .map(|k| {
            let at = k as f64 / (NODES - 1) as f64;
            let next = anchors.partition_point(|anchor| anchor.0 < at).clamp(1, anchors.len() - 1);
            let ((a, from), (b, to)) = (anchors[next - 1], anchors[next]);
            if b > a { from + (at - a) / (b - a) * (to - from) } else { to }
        })
        .collect()
}

/// The share of the rows that each node stands for when values in between are interpolated.
pub(super) fn shares(nodes: &[f64], cells: &Cells) -> Vec<f64> {
    let mut out = vec![0.0; nodes.len()];
    for (p, share) in cells.p.iter().zip(&cells.share) {
        let next = nodes.partition_point(|node| node < p).min(nodes.len() - 1);
        let upper = match next.checked_sub(1) {
            Some(last) => ((p - nodes[last]) / (nodes[next] - nodes[last]).max(f64::MIN_POSITIVE)).min(1.0),
            None => 1.0,
        };
        out[next] += share * upper;
        if let Some(last) = next.checked_sub(1) {
            out[last] += share * (1.0 - upper);
        }
    }
    out
}
