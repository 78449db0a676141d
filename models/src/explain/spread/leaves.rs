//! What the leaves of a forest add to the deviations of one row.

use std::sync::Arc;

use super::{Deviations, Lanes, add_deviation};
use crate::explain::deal::SUBSAMPLES;
use crate::explain::frame::{Dimension, Frame};
use crate::explain::leaf::Weights;
use crate::explain::subsamples::{Subsamples, UNITS, Units};
use crate::explain::sums::{Framed, FramedLeaf};
use crate::explain::{Background, MAX_CONDITIONS};
use crate::{Error, Forest};

/// Units of a cell that is divided equally.
const EVEN: f32 = (UNITS / SUBSAMPLES as u16) as f32;

/// The leaves of a forest with the cells of their frames.
///
/// A leaf's values of one row are a sum over patterns of the background (see `leaf`), so they divide into subsamples as
/// the weights of the patterns do. Per leaf that is one pass over the subsets of what the row meets, each for all
/// subsamples at once.
#[derive(Debug)]
pub(super) struct Leaves {
    base: Lanes,
    /// Share of each subsample less an even one.
    uneven: Lanes,
    frames: Vec<FrameLeaves>,
    /// Share of the population in each cell, frame after frame.
    weights: Vec<f32>,
    /// The table, and where its cells of frames begin.
    table: Arc<Vec<Units>>,
    first: usize,
    /// `[a][b]`: `(a-1)! b! / (a+b)!` for `a >= 1`, 0 for `a = 0`.
    coefficients: Vec<Vec<f32>>,
}

/// The leaves of one frame.
#[derive(Debug)]
struct FrameLeaves {
    /// First cell among those of frames.
    first: usize,
    /// Indicators with the answers whose bit of the cell is set.
    questions: Vec<(usize, u16)>,
    /// The cell that leads to each leaf, and what is added there.
    leaves: Vec<(usize, f32)>,
}

/// What is summed up for one row, in units.
struct Sums {
    /// By indicator and subsample.
    units: Vec<[f32; SUBSAMPLES]>,
    /// By indicator, over all subsamples.
    whole: Vec<f32>,
}

impl Leaves {
    pub(super) fn new(
        forest: &Forest,
        framed: &Framed,
        background: &Background,
        subsamples: &Subsamples,
    ) -> Result<Self, Error> {
        let mut all = Self {
            base: [0.0; SUBSAMPLES],
            uneven: std::array::from_fn(|k| subsamples.shares[k] - 1.0 / SUBSAMPLES as f64),
            frames: Vec::with_capacity(framed.frames.len()),
            weights: Vec::new(),
            table: Arc::clone(subsamples.table()),
            first: background.answers.iter().map(Vec::len).sum(),
            coefficients: Weights::new(MAX_CONDITIONS).narrow(),
        };
        debug_assert_eq!(forest.trees.len(), framed.leaves.len());
        let with_patterns = framed.leaves.iter().flatten().zip(background.patterns.iter().flatten());
        for (number, (leaf, patterns)) in with_patterns.enumerate() {
            let frame = &framed.frames[leaf.frame];
            let of_cells = frame.patterns(&leaf.conditions);
            if leaf.frame == all.frames.len() {
                let cells: Vec<f64> = of_cells.iter().map(|&p| patterns[usize::from(p)]).collect();
                let what = || format!("the cells of leaf {number}");
                let first = all.first + all.weights.len();
                subsamples.check_division(first, &cells, what)?;
                check_margins(frame, first, &cells, background, subsamples, what)?;
                all.open(frame, &cells);
            }
            all.add(leaf, &of_cells, subsamples);
        }
        Ok(all)
    }

    /// Bytes of the tables.
    pub(super) fn bytes(&self) -> usize {
        self.weights.len() * (size_of::<Units>() + size_of::<f32>())
    }

    /// A frame with the weights of its cells.
    fn open(&mut self, frame: &Frame, cells: &[f64]) {
        let total: f64 = cells.iter().sum();
        let question = |d: &Dimension| {
            let set = (0..u16::BITS).fold(0, |set, code| set | u16::from(d.class(code as u8)) << code);
            (d.indicator, set)
        };
        let questions = frame.dimensions.iter().map(question).collect();
        self.frames.push(FrameLeaves { first: self.weights.len(), questions, leaves: Vec::new() });
        self.weights.extend(cells.iter().map(|cell| (cell / total) as f32));
    }

    /// A leaf of a frame that is open.
    fn add(&mut self, leaf: &FramedLeaf, of_cells: &[u16], subsamples: &Subsamples) {
        let full = (1 << leaf.conditions.len()) - 1;
        // A leaf that no answers lead to adds nothing to any row.
        let Some(cell) = of_cells.iter().position(|&pattern| pattern == full) else { return };
        let frame = &mut self.frames[leaf.frame];
        let at = frame.first + cell;
        let effect = leaf.value * f64::from(self.weights[at]);
        add_deviation(&mut self.base, effect, &self.table[self.first + at], &subsamples.shares);
        // What all rows meet is in the base and nowhere else.
        if !frame.questions.is_empty() {
            frame.leaves.push((cell, leaf.value as f32));
        }
    }

    pub(super) fn deviations(&self, row: &[u8], n_indicators: usize) -> Deviations {
        let mut sums = Sums { units: vec![[0.0; SUBSAMPLES]; n_indicators], whole: vec![0.0; n_indicators] };
        for frame in &self.frames {
            self.add_frame(frame, row, &mut sums);
        }
        let values = sums.units.iter().zip(&sums.whole).map(|(units, &whole)| {
            std::array::from_fn(|k| {
                f64::from(units[k]) / f64::from(UNITS) - f64::from(whole) * self.uneven[k]
            })
        });
        Deviations { base: self.base, values: values.collect() }
    }

    fn add_frame(&self, frame: &FrameLeaves, row: &[u8], sums: &mut Sums) {
        let met =
            |(i, (indicator, set)): (usize, &(usize, u16))| usize::from(set >> row[*indicator] & 1 == 1) << i;
        let n = frame.questions.len();
        let cell: usize = frame.questions.iter().enumerate().map(met).sum();
        let all = (1_usize << n) - 1;
        let table = &self.table[self.first + frame.first..][..=all];
        let weights = &self.weights[frame.first..][..=all];
        for &(leaf, value) in &frame.leaves {
            // Conditions that the row meets, as in `leaf`.
            let p = all & !(cell ^ leaf);
            let n_b = n - p.count_ones() as usize;
            let (mut rest, mut rest_whole) = ([0.0_f32; SUBSAMPLES], 0.0_f32);
            let mut a = p;
            loop {
                let at = leaf ^ a;
                let effect = value * weights[at];
                // Exactly 0 if no row of the population is there, or the leaf adds nothing.
                if effect.abs() > 0.0 {
                    let units = table[at].map(|units| f32::from(units) - EVEN);
                    let n_a = a.count_ones() as usize;
                    let of_a = effect * self.coefficients[n_a][n_b];
                    for i in bits(a) {
                        sums.add(frame.questions[i].0, of_a, &units);
                    }
                    let of_b = effect * self.coefficients[n_b][n_a];
                    rest.iter_mut().zip(&units).for_each(|(sum, units)| *sum -= of_b * units);
                    rest_whole -= of_b;
                }
                if a == 0 {
                    break;
                }
                a = (a - 1) & p;
            }
            for i in bits(all ^ p) {
                let indicator = frame.questions[i].0;
                sums.units[indicator].iter_mut().zip(&rest).for_each(|(sum, rest)| *sum += rest);
                sums.whole[indicator] += rest_whole;
            }
        }
    }
}

impl Sums {
    fn add(&mut self, indicator: usize, effect: f32, units: &[f32; SUBSAMPLES]) {
        self.units[indicator].iter_mut().zip(units).for_each(|(sum, units)| *sum += effect * units);
        self.whole[indicator] += effect;
    }
}

/// The places of the bits that are set.
fn bits(mut of: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (of != 0).then_some(of.trailing_zeros() as usize);
        of &= of.wrapping_sub(1);
        at
    })
}

/// Refuses cells of a frame that divide an indicator's answers in another way than its answer sums.
fn check_margins(
    frame: &Frame,
    first: usize,
    cells: &[f64],
    background: &Background,
    subsamples: &Subsamples,
    what: impl Fn() -> String,
) -> Result<(), Error> {
    let total: f64 = cells.iter().sum();
    for (dimension, stride) in frame.dimensions.iter().zip(frame.strides()) {
        let before: usize = background.answers[..dimension.indicator].iter().map(Vec::len).sum();
        let sums = &background.answers[dimension.indicator];
        let mut difference = [0.0; SUBSAMPLES];
        let mut add = |at: usize, weight: f64| {
            let units = &subsamples.table()[at];
            difference.iter_mut().zip(units).for_each(|(d, &u)| *d += weight * f64::from(u));
        };
        for (code, sum) in sums.iter().enumerate().filter(|(code, _)| dimension.class(*code as u8) == 1) {
            add(before + code, sum / background.weight);
        }
        for (cell, sum) in cells.iter().enumerate().filter(|(cell, _)| cell / stride % 2 == 1) {
            add(first + cell, -sum / total);
        }
        // Both sides are rounded by less than a unit a cell.
        if let Some(difference) = difference.iter().find(|d| d.abs() > 2.0 + 1e-4) {
            let (what, j) = (what(), dimension.indicator);
            let problem = format!(
                "{what} divide the answers of indicator {j} in another way than its own cells: by {difference} units"
            );
            return Err(Error::invalid("subsamples", problem));
        }
    }
    Ok(())
}
