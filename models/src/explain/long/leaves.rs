//! What leaves with long paths add to a row.

use super::{LongFrame, LongSums, check_number};
use crate::Error;
use crate::explain::Background;
use crate::explain::condition::MAX_CONDITIONS;
use crate::explain::fixed::Fixed;
use crate::explain::frame::Dimension;
use crate::explain::leaf::{Weights, bits};

/// Neighbouring cells that are passed over together, if what they have in common rules them out.
const BLOCK: usize = 8;

/// The leaves with long paths of a forest, with the shares of the background in the cells of their frames.
///
/// With `p` the conditions of a leaf that a row meets and `q` those that one of the background does, the leaf adds (see
/// [`Weights::additions`]) only if `p` holds all that `q` lacks: then `A` is what `q` lacks, and `B` what `p` lacks. All rows of a
/// cell get the same.
#[derive(Debug, Clone)]
pub(in super::super) struct LongLeaves {
    base: f64,
    frames: Vec<FrameLeaves>,
    /// `w[a][b] = (a-1)! b! / (a+b)!`, up to the longest path.
    weights: Weights,
}

/// The leaves of one frame.
#[derive(Debug, Clone)]
struct FrameLeaves {
    dimensions: Vec<Dimension>,
    /// Which sum what a dimension adds goes to.
    sums: Vec<usize>,
    /// Cells with rows of the background, ascending.
    cells: Vec<u32>,
    shares: Vec<f64>,
    /// By block of cells, the bits that all have and those that any has.
    blocks: Vec<(u32, u32)>,
    /// The cell that leads to each leaf, and what is added there.
    leaves: Vec<(u32, f64)>,
}

impl LongLeaves {
    /// Compiles the leaves of long frames.
    pub(in super::super) fn new(frames: &[LongFrame], background: &Background) -> Result<Self, Error> {
        if frames.len() != background.long.len() {
            let (found, expected) = (background.long.len(), frames.len());
            let problem = format!("sums of {found} long paths, expected {expected}");
            return Err(Error::invalid("background", problem));
        }
        check_number(background.long.iter().map(|sums| sums.cells.len()).sum(), frames)?;
        // To add -0 to a number gives that number to the last bit.
        let mut base = -0.0;
        let of_frame = |(at, (frame, sums)): (usize, (&LongFrame, &LongSums))| {
            let shares = background.long_shares(frame, sums, || format!("the sums of long path {at}"))?;
            let cells = sums.cells.clone();
            let leaves: Vec<(u32, f64)> =
                frame.leaves.iter().filter_map(|leaf| Some((leaf.cell?, leaf.value))).collect();
            for (cell, value) in &leaves {
                base += cells.binary_search(cell).map_or(0.0, |at| value * shares[at]);
            }
            let in_common =
                |block: &[u32]| block.iter().fold((u32::MAX, 0), |(all, any), c| (all & c, any | c));
            let blocks = cells.chunks(BLOCK).map(in_common).collect();
            let dimensions = frame.frame.dimensions.clone();
            Ok(FrameLeaves { dimensions, sums: Vec::new(), cells, shares, blocks, leaves })
        };
        let frames: Vec<_> =
            frames.iter().zip(&background.long).enumerate().map(of_frame).collect::<Result<_, Error>>()?;
        let longest = frames.iter().map(|frame| frame.dimensions.len()).max().unwrap_or(0);
        Ok(Self { base, frames, weights: Weights::new(longest) })
    }

    /// Whether there are none.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Bytes of the sums.
    pub(in super::super) fn bytes(&self) -> usize {
        let of_frame = |FrameLeaves { cells, shares, blocks, .. }: &FrameLeaves| {
            size_of_val(&cells[..]) + size_of_val(&shares[..]) + size_of_val(&blocks[..])
        };
        self.frames.iter().map(of_frame).sum()
    }

    /// What the leaves add to the base.
    pub(in super::super) fn base(&self) -> f64 {
        self.base
    }

    /// The indicators that are asked, one or more times.
    pub(in super::super) fn asked(&self) -> impl Iterator<Item = usize> {
        self.frames.iter().flat_map(|frame| frame.dimensions.iter().map(|dimension| dimension.indicator))
    }

    /// How many numbers are added to the sums of a row.
    pub(in super::super) fn n_numbers(&self) -> usize {
        self.frames.iter().map(|frame| frame.dimensions.len() * frame.leaves.len()).sum()
    }

    /// Notes which sum each indicator has: its place among those asked.
    pub(in super::super) fn place(&mut self, asked: &[usize]) {
        for frame in &mut self.frames {
            let place = |d: &Dimension| asked.partition_point(|&j| j < d.indicator);
            frame.sums = frame.dimensions.iter().map(place).collect();
        }
    }

    /// Adds what one row gets.
    pub(in super::super) fn add_row(&self, fixed: Fixed, row: &[u8], sums: &mut [i64]) {
        for frame in &self.frames {
            let units = self.additions(fixed, frame, frame.cell(row));
            frame.sums.iter().zip(units).for_each(|(&sum, units)| sums[sum] += units);
        }
    }

    /// Adds what some rows get, by `add(sum, row, units)`: each cell is worked out once for all its rows.
    pub(in super::super) fn add_rows(
        &self,
        fixed: Fixed,
        rows: &[&[u8]],
        mut add: impl FnMut(usize, usize, i64),
    ) {
        for frame in &self.frames {
            let mut cells: Vec<(u32, usize)> = rows.iter().map(|row| frame.cell(row)).zip(0..).collect();
            cells.sort_unstable();
            for of_one_cell in cells.chunk_by(|a, b| a.0 == b.0) {
                let units = self.additions(fixed, frame, of_one_cell[0].0);
                for (&sum, units) in frame.sums.iter().zip(units) {
                    of_one_cell.iter().for_each(|&(_, row)| add(sum, row, units));
                }
            }
        }
    }

    /// What the leaves of a frame add to the rows of a cell, by dimension.
    fn additions(&self, fixed: Fixed, frame: &FrameLeaves, cell: u32) -> [i64; MAX_CONDITIONS] {
        let mut units = [0; MAX_CONDITIONS];
        for &(leaf, value) in &frame.leaves {
            let b = cell ^ leaf;
            let n_b = b.count_ones() as usize;
            let mut by_a = [(0.0, 0.0); MAX_CONDITIONS + 1];
            for (n_a, by_a) in by_a[..=frame.dimensions.len() - n_b].iter_mut().enumerate() {
                *by_a = (self.weights.of(n_b, n_a), self.weights.of(n_a, n_b));
            }
            let (mut of_a, mut of_b) = ([0.0; MAX_CONDITIONS], 0.0);
            let with_shares = frame.cells.chunks(BLOCK).zip(frame.shares.chunks(BLOCK));
            for ((cells, shares), (all, any)) in with_shares.zip(&frame.blocks) {
                // What all rows of the block lack, and this row lacks too.
                if ((all & !leaf) | (!any & leaf)) & b != 0 {
                    continue;
                }
                for (cell, share) in cells.iter().zip(shares) {
                    let a = cell ^ leaf;
                    if a & b == 0 {
                        let (to_b, to_a) = by_a[a.count_ones() as usize];
                        of_b += share * to_b;
                        bits(a as usize).for_each(|k| of_a[k % MAX_CONDITIONS] += share * to_a);
                    }
                }
            }
            for (k, units) in units[..frame.dimensions.len()].iter_mut().enumerate() {
                let share = if b >> k & 1 == 1 { -of_b } else { of_a[k] };
                *units += fixed.units(value * share);
            }
        }
        units
    }
}

impl FrameLeaves {
    fn cell(&self, row: &[u8]) -> u32 {
        let class = |d: &Dimension| u32::from(d.class(row[d.indicator]));
        self.dimensions.iter().rev().fold(0, |cell, dimension| cell << 1 | class(dimension))
    }
}
