//! Calibration of one version in every label of a split, exact on the rows as they are and cheap on resamples.

mod label;
mod linear;
mod nodes;

use rayon::prelude::*;

use super::distinct::{Distinct, blocks, sort};
use super::ece::binned;
use label::Label;

/// Number of measures in a profile.
pub(crate) const N: usize = 9;

/// The measures, in the order of a profile's arrays.
pub(crate) const NAMES: [&str; N] = [
    "ece",
    "smooth_ece",
    "ici",
    "e50",
    "e90",
    "emax",
    "brier_reliability",
    "brier_resolution",
    "brier_uncertainty",
];

/// What the second number of a measure on a resample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noise {
    /// `N(v* - v^)` of a measure that is `N(v)`: its interval is `N(v^) -+ q`, cut at 0.
    Magnitude,
    /// The same of the measure's root: the interval of the root is squared.
    Square,
    /// `|v* - v^|` of a measure with a percentile interval.
    Signed,
}

/// The kind of each measure.
pub(crate) const NOISE: [Noise; N] = [
    Noise::Magnitude,
    Noise::Magnitude,
    Noise::Magnitude,
    Noise::Magnitude,
    Noise::Magnitude,
    Noise::Magnitude,
    Noise::Square,
    Noise::Square,
    Noise::Signed,
];

/// The value of each measure on a resample, and the distance that [`Noise`] says; NaN where undefined, which never leaves this crate.
pub(crate) type Resampled = [[f64; 2]; N];

/// See the module. Prepared once for a version and a split, it needs of a resample only the sums of about a hundred cells a label.
///
/// Approximations, of distances on resamples only; the values on all rows are exact:
/// - probabilities within a cell count as their mean there (bins are made of whole cells);
/// - bins, windows of the curve and width of the kernel stay those of all rows, and the curve moves by its derivative in the weights;
/// - the curve is taken at up to 40 probabilities, the smoothed residual at 64.
pub(crate) struct Profile {
    /// Twice the cell of each row, and one more with the event; rows that were not listed have the cell after the last.
    places: Vec<u32>,
    n_cells: usize,
    labels: Vec<Label>,
}

impl Profile {
    /// Rows are `(row, weight)`, weights above 0; `codes` has the label of each row, `bins` is the number of bins of equal weight.
    pub(crate) fn new(
        probability: &[f64],
        y: &[bool],
        rows: &[(u32, f64)],
        codes: &[u16],
        n_labels: usize,
        bins: u32,
    ) -> Self {
        let mut by_label = vec![Vec::new(); n_labels];
        for &row in rows {
            by_label[usize::from(codes[row.0 as usize])].push(row);
        }
        let made: Vec<_> = by_label
            .into_par_iter()
            .map(|mut rows| {
                sort(probability, &mut rows);
                let distinct = Distinct::new(probability, &rows, |row| f64::from(u8::from(y[row])));
                let bins = binned(&distinct, bins);
                let cells = nodes::cells(&distinct, &bins);
                let label = Label::new(&distinct, &bins, &cells);
                (rows, cells.of, label)
            })
            .collect();
        let mut out = Self { places: vec![u32::MAX; probability.len()], n_cells: 0, labels: Vec::new() };
        for (rows, of, label) in made {
            for (block, cell) in blocks(probability, &rows).zip(of) {
                for (row, _) in block {
                    let row = *row as usize;
                    out.places[row] = 2 * (out.n_cells as u32 + cell) + u32::from(y[row]);
                }
            }
            out.n_cells += label.n_cells();
            out.labels.push(label);
        }
        let nowhere = 2 * out.n_cells as u32;
        for place in out.places.iter_mut().filter(|place| **place == u32::MAX) {
            *place = nowhere;
        }
        out
    }

    /// Exact values on all rows of a label; `None` without rows.
    pub(crate) fn point(&self, label: usize) -> [Option<f64>; N] {
        self.labels[label].point()
    }

    /// The smooth calibration curve of a label: probability and smoothed rate, by rising probability. The rate may leave [0, 1].
    pub(crate) fn curve(&self, label: usize) -> &[(f64, f64)] {
        self.labels[label].curve()
    }

    /// The measures of every label on a resample, appended in order; see [`Profile::resample`].
    #[cfg(test)]
    pub(crate) fn replicate(&self, rows: &[(u32, f64)], out: &mut Vec<Resampled>) {
        self.resample(rows).measures(out);
    }

    /// The sums of a resample's rows `(row, weight)`.
    pub(crate) fn resample(&self, rows: &[(u32, f64)]) -> Resample<'_> {
        let mut sums = vec![0.0; 2 * (self.n_cells + 1)];
        for &(row, w) in rows {
            sums[self.places[row as usize] as usize] += w;
        }
        Resample { profile: self, sums: sums.as_chunks().0.to_vec() }
    }
}

/// A resample, as weight without and with the event in each cell.
pub(crate) struct Resample<'a> {
    profile: &'a Profile,
    sums: Vec<[f64; 2]>,
}

impl Resample<'_> {
    /// The measures of every label, appended in order.
    pub(crate) fn measures(&self, out: &mut Vec<Resampled>) {
        let mut from = 0;
        for label in &self.profile.labels {
            let sums = &self.sums[from..from + label.n_cells()];
            from += label.n_cells();
            out.push(label.measures(sums));
        }
    }

    /// The smoothed rate at the probabilities of [`Profile::curve`]; empty when no row of the label was drawn.
    pub(crate) fn curve(&self, label: usize) -> Vec<f64> {
        let from: usize = self.profile.labels[..label].iter().map(Label::n_cells).sum();
        let label = &self.profile.labels[label];
        label.moved(&self.sums[from..from + label.n_cells()])
    }
}

#[cfg(test)]
mod tests;
