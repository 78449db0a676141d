//! What the leaves of a forest add to the deviations of one row.

mod kept;
mod long;
mod margins;

use std::collections::HashMap;
use std::sync::Arc;

use super::{Deviations, Lanes, add_deviation};
use crate::explain::deal::SUBSAMPLES;
use crate::explain::frame::{Dimension, Frame};
use crate::explain::leaf::{Weights, bits, subsets};
use crate::explain::plan::{Layout, bundles};
use crate::explain::subsamples::{Subsamples, UNITS, Units};
use crate::explain::sums::{Framed, FramedLeaf};
use crate::explain::{Background, MAX_CONDITIONS, TABULATED};
use crate::{Error, Forest};
use kept::{Kept, Numbers, Table, add};
use margins::check_margins;

/// Units of a cell that is divided equally.
const EVEN: f32 = (UNITS / SUBSAMPLES as u16) as f32;

/// Bytes up to which what each cell adds is kept. Beyond, it is worked out for each row: the same numbers, more slowly.
const KEPT: usize = 64 << 20;

/// Cells up to which frames are merged into one table. A row fetches one cell a table, and most of its time is that of fetching.
const MERGED: usize = 128;

/// Sums stay below this, whatever the row.
const LARGEST: f64 = (1_u32 << 30) as f64;

/// The leaves of a forest with the cells of their frames.
///
/// A leaf's values of one row are a sum over patterns of the background (see `leaf`), so they divide into subsamples as
/// the weights of the patterns do: one pass over the subsets of what the row meets, each for all subsamples at once. All rows
/// of a cell get the same, so that is done once for each cell.
#[derive(Debug)]
pub(super) struct Leaves {
    base: Lanes,
    /// Share of each subsample less an even one.
    uneven: [f32; SUBSAMPLES],
    frames: Vec<FrameLeaves>,
    /// Those with long paths, with the cells that have rows.
    long: Vec<(FrameLeaves, Vec<u32>)>,
    /// Share of the population in each cell, frame after frame.
    weights: Vec<f32>,
    /// The table, and where its cells of frames begin.
    table: Arc<Vec<Units>>,
    first: usize,
    /// `[a][b]`: `(a-1)! b! / (a+b)!` for `a >= 1`, 0 for `a = 0`.
    coefficients: Vec<Vec<f32>>,
    /// What a log-odds of 1 is in [`Numbers`].
    scale: f32,
    /// What is kept for all rows, if it is no more than [`KEPT`].
    kept: Option<Kept>,
}

/// The leaves of one frame.
#[derive(Debug)]
struct FrameLeaves {
    /// First cell among those of frames.
    first: usize,
    /// Its dimensions; each has two classes, so that its class is a bit of the cell.
    dimensions: Vec<Dimension>,
    /// The cell that leads to each leaf, and what is added there.
    leaves: Vec<(usize, f32)>,
}

/// What the conditions that a row meets, or does not, add up to in units.
#[derive(Clone, Copy)]
struct Sum {
    units: [f32; SUBSAMPLES],
    /// Over all subsamples.
    whole: f32,
}

impl Leaves {
    pub(super) fn new(
        forest: &Forest,
        framed: &Framed,
        background: &Background,
        subsamples: &Subsamples,
    ) -> Result<Self, Error> {
        Self::keeping(KEPT, forest, framed, background, subsamples)
    }

    /// The same, with other bytes that may be kept: no choice changes a bit of a deviation.
    fn keeping(
        most: usize,
        forest: &Forest,
        framed: &Framed,
        background: &Background,
        subsamples: &Subsamples,
    ) -> Result<Self, Error> {
        let mut all = Self {
            base: [0.0; SUBSAMPLES],
            uneven: std::array::from_fn(|k| (subsamples.shares[k] - 1.0 / SUBSAMPLES as f64) as f32),
            frames: Vec::with_capacity(framed.frames.len()),
            long: Vec::with_capacity(framed.long.len()),
            weights: Vec::new(),
            table: Arc::clone(subsamples.table()),
            first: background.answers.iter().map(Vec::len).sum(),
            coefficients: Weights::new(MAX_CONDITIONS).narrow(),
            scale: 0.0,
            kept: None,
        };
        debug_assert_eq!(forest.trees.len(), framed.leaves.len());
        let with_patterns = framed.leaves.iter().flatten().zip(background.patterns.iter().flatten());
        for (number, (leaf, patterns)) in with_patterns.enumerate() {
            let Some(leaf) = leaf else { continue };
            let frame = &framed.frames[leaf.frame];
            let of_cells = frame.patterns(&leaf.conditions);
            if leaf.frame == all.frames.len() {
                let cells: Vec<f64> = of_cells.iter().map(|&p| patterns[usize::from(p)]).collect();
                let what = || format!("the cells of leaf {number}");
                let first = all.first + all.weights.len();
                subsamples.check_division(first, &cells, what)?;
                check_margins(frame, (first, &|place| place), &cells, background, subsamples, what)?;
                let opened = all.open(frame, &cells);
                all.frames.push(opened);
            }
            all.add(leaf, &of_cells, subsamples);
        }
        for (number, (frame, sums)) in framed.long.iter().zip(&background.long).enumerate() {
            let what = || format!("the cells of long path {number}");
            let first = all.first + all.weights.len();
            subsamples.check_division(first, &sums.weights, what)?;
            let cell = |place: usize| sums.cells[place] as usize;
            check_margins(&frame.frame, (first, &cell), &sums.weights, background, subsamples, what)?;
            all.add_long(frame, sums, subsamples);
        }
        all.scale = all.scale(&subsamples.shares, background.answers.len());
        all.kept = all.keep(&framed.frames, most);
        Ok(all)
    }

    /// Bytes of the tables.
    pub(super) fn bytes(&self) -> usize {
        let kept = self.kept.as_ref().map_or(0, |kept| kept.numbers.len() * size_of::<Numbers>());
        self.weights.len() * (size_of::<Units>() + size_of::<f32>()) + kept
    }

    /// A frame with the weights of its cells.
    fn open(&mut self, frame: &Frame, cells: &[f64]) -> FrameLeaves {
        let total: f64 = cells.iter().sum();
        let (first, dimensions) = (self.weights.len(), frame.dimensions.clone());
        self.weights.extend(cells.iter().map(|cell| (cell / total) as f32));
        FrameLeaves { first, dimensions, leaves: Vec::new() }
    }

    /// Adds what the rows that reach a leaf add to the base.
    fn add_base(&mut self, value: f64, at: usize, subsamples: &Subsamples) {
        let effect = value * f64::from(self.weights[at]);
        add_deviation(&mut self.base, effect, &self.table[self.first + at], &subsamples.shares);
    }

    /// A leaf of a frame that is open.
    fn add(&mut self, leaf: &FramedLeaf, of_cells: &[u16], subsamples: &Subsamples) {
        let full = (1 << leaf.conditions.len()) - 1;
        // A leaf that no answers lead to adds nothing to any row.
        let Some(cell) = of_cells.iter().position(|&pattern| pattern == full) else { return };
        self.add_base(leaf.value, self.frames[leaf.frame].first + cell, subsamples);
        let frame = &mut self.frames[leaf.frame];
        // What all rows meet is in the base and nowhere else.
        if !frame.dimensions.is_empty() {
            frame.leaves.push((cell, leaf.value as f32));
        }
    }

    /// The largest power of two that leaves no sum larger than [`LARGEST`].
    ///
    /// A leaf adds to an indicator, in any subsample, at most what its cells deviate: all coefficients are at most 1.
    fn scale(&self, shares: &[f64], n_indicators: usize) -> f32 {
        let mut most = vec![0.0; n_indicators];
        let short = self.frames.iter().map(|frame| (frame, 1 << frame.dimensions.len()));
        for (frame, n_cells) in short.chain(self.long.iter().map(|(frame, cells)| (frame, cells.len()))) {
            let cells = frame.first..frame.first + n_cells;
            let deviates = |cell: usize| {
                let units = self.table[self.first + cell].iter().zip(shares);
                let largest = units.map(|(&u, share)| (f64::from(u) / f64::from(UNITS) - share).abs());
                f64::from(self.weights[cell]) * largest.fold(0.0, f64::max)
            };
            let value: f64 = frame.leaves.iter().map(|(_, value)| f64::from(value.abs())).sum();
            let adds = value * cells.map(deviates).sum::<f64>();
            frame.dimensions.iter().for_each(|dimension| most[dimension.indicator] += adds);
        }
        let most = most.into_iter().fold(0.0, f64::max);
        // A power of two changes no digit of what it scales.
        if most > 0.0 { (LARGEST / most).log2().floor().exp2().min(LARGEST) as f32 } else { 1.0 }
    }

    /// Works out what each cell adds, once for all rows, if that takes no more bytes than may be kept.
    fn keep(&self, frames: &[Frame], most: usize) -> Option<Kept> {
        let layout = |merged_cells| Layout { merged_cells, ..Layout::default() };
        let n_numbers = |frame: &Frame| frame.n_cells() * frame.dimensions.len();
        let fits = |merged_cells| {
            let bundles = bundles(frames.to_vec(), layout(merged_cells));
            let n: usize = bundles.iter().map(|bundle| n_numbers(&bundle.frame)).sum();
            (n * size_of::<Numbers>() <= most).then_some(bundles)
        };
        let bundles = fits(MERGED).or_else(|| fits(0))?;
        let mut kept =
            Kept { tables: Vec::with_capacity(bundles.len()), dimensions: Vec::new(), numbers: Vec::new() };
        let mut places = HashMap::new();
        for bundle in &bundles {
            let mut place = |dimension: &Dimension| {
                *places.entry(*dimension).or_insert_with(|| {
                    kept.dimensions.push(*dimension);
                    (kept.dimensions.len() - 1) as u16
                })
            };
            let strided = bundle.frame.dimensions.iter().zip(bundle.frame.strides());
            let dimensions = strided.map(|(dimension, stride)| (place(dimension), stride as u16)).collect();
            let first = kept.numbers.len();
            kept.tables.push(Table { first, dimensions });
            kept.numbers.resize(first + n_numbers(&bundle.frame), [0; SUBSAMPLES]);
            for &member in &bundle.leaves {
                self.merge(&self.frames[member], &bundle.frame, &mut kept.numbers[first..]);
            }
        }
        Some(kept)
    }

    /// Adds what the cells of a frame add to the cells of a table that tells apart what they do.
    fn merge(&self, frame: &FrameLeaves, table: &Frame, numbers: &mut [Numbers]) {
        let cells: Vec<_> = (0..1 << frame.dimensions.len())
            .map(|cell| {
                let mut added = [[0; SUBSAMPLES]; TABULATED];
                self.work_out(frame, cell, &mut added);
                added
            })
            .collect();
        // By dimension of the frame, its place in the table, and its class by class of the table's.
        let merged: Vec<(usize, Vec<usize>)> = frame
            .dimensions
            .iter()
            .filter_map(|ours| {
                let at = table.dimensions.iter().position(|theirs| theirs.indicator == ours.indicator)?;
                Some((at, table.dimensions[at].classes_in(ours)))
            })
            .collect();
        let width = table.dimensions.len();
        for (at, numbers) in numbers.chunks_exact_mut(width).enumerate() {
            let mut rest = at;
            let classes: Vec<usize> = table
                .dimensions
                .iter()
                .map(|dimension| {
                    let class = rest % dimension.n_classes;
                    rest /= dimension.n_classes;
                    class
                })
                .collect();
            let bits = merged.iter().enumerate().map(|(i, (at, ours))| ours[classes[*at]] << i);
            let cell = &cells[bits.sum::<usize>()];
            for (&(at, _), added) in merged.iter().zip(cell) {
                add(&mut numbers[at], added);
            }
        }
    }

    pub(super) fn deviations(&self, row: &[u8], n_indicators: usize) -> Deviations {
        let mut sums = vec![[0; SUBSAMPLES]; n_indicators];
        match &self.kept {
            Some(kept) => kept.add_row(row, &mut sums),
            None => self.add_row(row, &mut sums),
        }
        self.add_row_long(row, &mut sums);
        let scale = f64::from(self.scale);
        let values = sums.into_iter().map(|sum| sum.map(|sum| f64::from(sum) / scale));
        Deviations { base: self.base, values: values.collect() }
    }

    /// Adds what each frame adds to a row, worked out for that row.
    fn add_row(&self, row: &[u8], sums: &mut [Numbers]) {
        let mut added = [[0; SUBSAMPLES]; TABULATED];
        for frame in &self.frames {
            self.work_out(frame, frame.cell(row), &mut added);
            for (dimension, added) in frame.dimensions.iter().zip(&added) {
                add(&mut sums[dimension.indicator], added);
            }
        }
    }

    /// What a cell of a frame adds, by dimension.
    fn work_out(&self, frame: &FrameLeaves, cell: usize, added: &mut [Numbers; TABULATED]) {
        let n = frame.dimensions.len();
        let all = (1_usize << n) - 1;
        let mut sums = [Sum::ZERO; TABULATED];
        for &(leaf, value) in &frame.leaves {
            // Conditions that the row meets, as in `leaf`.
            let p = all & !(cell ^ leaf);
            let occurring = subsets(p).map(|a| (a, frame.first + (leaf ^ a)));
            self.add_leaf(value, (all, p), occurring, &mut sums);
        }
        for (added, sum) in added.iter_mut().zip(&sums[..n]) {
            *added = self.rounded(sum);
        }
    }

    /// Adds a leaf for a row that meets the conditions `p` of `all`.
    ///
    /// `occurring` are the sets A, each with the place of its cell.
    fn add_leaf(
        &self,
        value: f32,
        (all, p): (usize, usize),
        occurring: impl Iterator<Item = (usize, usize)>,
        sums: &mut [Sum],
    ) {
        let n_b = (all ^ p).count_ones() as usize;
        let mut rest = Sum::ZERO;
        for (a, at) in occurring {
            let effect = value * self.weights[at];
            // Exactly 0 if no row of the population is there, or the leaf adds nothing.
            if effect.abs() > 0.0 {
                let units = self.table[self.first + at].map(|units| f32::from(units) - EVEN);
                let n_a = a.count_ones() as usize;
                let of_a = effect * self.coefficients[n_a][n_b];
                bits(a).for_each(|i| sums[i].add(of_a, &units));
                rest.add(-effect * self.coefficients[n_b][n_a], &units);
            }
        }
        for i in bits(all ^ p) {
            sums[i].units.iter_mut().zip(&rest.units).for_each(|(sum, rest)| *sum += rest);
            sums[i].whole += rest.whole;
        }
    }

    /// What a sum deviates by, in [`Numbers`].
    fn rounded(&self, sum: &Sum) -> Numbers {
        std::array::from_fn(|k| {
            let deviation = sum.units[k] / f32::from(UNITS) - sum.whole * self.uneven[k];
            let scaled = deviation * self.scale;
            (scaled + 0.5_f32.copysign(scaled)) as i32
        })
    }
}

impl FrameLeaves {
    /// The cell of a row.
    fn cell(&self, row: &[u8]) -> usize {
        let class = |d: &Dimension| usize::from(d.class(row[d.indicator]));
        self.dimensions.iter().enumerate().map(|(i, d)| class(d) << i).sum()
    }
}

impl Sum {
    const ZERO: Self = Self { units: [0.0; SUBSAMPLES], whole: 0.0 };

    fn add(&mut self, effect: f32, units: &[f32; SUBSAMPLES]) {
        self.units.iter_mut().zip(units).for_each(|(sum, units)| *sum += effect * units);
        self.whole += effect;
    }
}

#[cfg(test)]
mod tests;
