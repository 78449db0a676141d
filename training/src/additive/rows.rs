//! Rows of codes, and sums over them.

use amparo_models::probability::softplus;
use rayon::prelude::*;

use crate::boosting::gradient::{Scale, Sums, Target};
use crate::boosting::joint::{Block, CELLS, Joint};

/// Rows that are worked on at a time, so that what is kept of them stays in the fastest memory.
const CHUNK: usize = 1_024;

/// Rows from which a second thread pays for itself.
const ROWS_PER_THREAD: usize = 32_768;

/// Rows of codes with what became of them and a score to begin with; a table has a cell for each code of a column.
///
/// Cells are numbered through: those of the first column, then those of the second. Columns are packed into blocks of at most
/// 256 combinations of codes, as for boosted trees, and stored block by block. Derivatives are whole numbers, so that their
/// sums do not depend on the number of threads.
#[derive(Debug)]
pub(crate) struct Rows {
    joint: Joint,
    /// One list of bytes a block.
    packed: Vec<Vec<u8>>,
    targets: Vec<Target>,
    offsets: Vec<f64>,
    scale: Scale,
}

impl Rows {
    /// Rows of columns with so many codes each (at most 256); `code` gives that of a row in a column.
    pub(crate) fn new(
        n_codes: &[usize],
        code: impl Fn(usize, usize) -> u8 + Sync,
        targets: Vec<Target>,
        offsets: Vec<f64>,
    ) -> Self {
        let joint = Joint::new(n_codes);
        let pack = |block: &Block| -> Vec<u8> {
            let mut row = vec![0; n_codes.len()];
            let byte = |at: usize| {
                block.members.iter().for_each(|member| row[member.indicator] = code(at, member.indicator));
                block.byte(&row)
            };
            (0..targets.len()).map(byte).collect()
        };
        let packed = joint.blocks().par_iter().map(pack).collect();
        let heaviest = targets.iter().map(|target| target.weight()).fold(0.0, f64::max);
        Self { joint, packed, targets, offsets, scale: Scale::of(heaviest) }
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.targets.len()
    }

    /// Number of cells of all columns.
    pub(super) fn n_cells(&self) -> usize {
        self.joint.n_answers()
    }

    /// The cells of one column.
    pub(crate) fn cells(&self, column: usize) -> std::ops::Range<usize> {
        self.joint.answers(column)
    }

    /// The weighted mean log loss under tables.
    pub(crate) fn log_loss(&self, tables: &[f64]) -> f64 {
        let (mut loss, mut total) = (0.0, 0.0);
        for (target, s) in self.targets.iter().zip(self.scores(tables)) {
            let y = f64::from(u8::from(target.is_event()));
            loss += target.weight() * (softplus(s) - y * s);
            total += target.weight();
        }
        loss / total
    }

    /// Sums in whole units as numbers.
    pub(crate) fn real(&self, units: &[i64]) -> Vec<f64> {
        units.iter().map(|&h| self.scale.real(Sums { g: 0, h }).1).collect()
    }

    /// The score of each row under tables with a number for each cell.
    pub(super) fn scores(&self, tables: &[f64]) -> Vec<f64> {
        let mut scores = self.offsets.clone();
        for (bytes, sums) in self.packed.iter().zip(self.by_byte(tables)) {
            bytes.iter().zip(&mut scores).for_each(|(&byte, score)| *score += sums[usize::from(byte)]);
        }
        scores
    }

    /// Adds to the scores what a change of the table of one column does to them.
    pub(super) fn add(&self, column: usize, change: &[f64], scores: &mut [f64]) {
        let (block, of_byte) = self.column_by_byte(column);
        let mut steps = [0.0; CELLS];
        steps.iter_mut().zip(&of_byte).for_each(|(step, &code)| *step = change[code]);
        scores.par_chunks_mut(ROWS_PER_THREAD).zip(self.packed[block].par_chunks(ROWS_PER_THREAD)).for_each(
            |(scores, bytes)| {
                bytes.iter().zip(scores).for_each(|(&byte, score)| *score += steps[usize::from(byte)]);
            },
        );
    }

    /// First and second derivatives at the given scores, summed over the rows with each code of one column.
    pub(super) fn derivatives_of(&self, column: usize, scores: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (block, of_byte) = self.column_by_byte(column);
        let counted = |((bytes, targets), scores): ((&[u8], &[Target]), &[f64])| {
            let mut sums = vec![Sums::default(); CELLS];
            for ((&byte, target), &score) in bytes.iter().zip(targets).zip(scores) {
                sums[usize::from(byte)] += target.derivatives(score, self.scale).into();
            }
            sums
        };
        let sums = self.packed[block]
            .par_chunks(ROWS_PER_THREAD)
            .zip(self.targets.par_chunks(ROWS_PER_THREAD))
            .zip(scores.par_chunks(ROWS_PER_THREAD))
            .map(counted)
            .reduce(|| vec![Sums::default(); CELLS], added);
        let mut of_codes = vec![Sums::default(); self.cells(column).len()];
        sums.iter().zip(&of_byte).for_each(|(sums, &code)| of_codes[code] += *sums);
        of_codes.into_iter().map(|sums| self.scale.real(sums)).unzip()
    }

    /// First derivatives at the scores of the tables, summed over the rows with each cell, in whole units.
    pub(crate) fn gradients(&self, tables: &[f64]) -> Vec<i64> {
        let by_byte = self.by_byte(tables);
        let starts: Vec<usize> = (0..self.n_rows()).step_by(ROWS_PER_THREAD).collect();
        let counted = |start: usize| {
            let mut sums = vec![[0_i64; CELLS]; self.packed.len()];
            let end = (start + ROWS_PER_THREAD).min(self.n_rows());
            for from in (start..end).step_by(CHUNK) {
                let rows = from..(from + CHUNK).min(end);
                let mut scores = [0.0; CHUNK];
                let scores = &mut scores[..rows.len()];
                scores.copy_from_slice(&self.offsets[rows.clone()]);
                for (bytes, steps) in self.packed.iter().zip(&by_byte) {
                    let bytes = &bytes[rows.clone()];
                    bytes.iter().zip(&mut *scores).for_each(|(&byte, s)| *s += steps[usize::from(byte)]);
                }
                let mut first = [0_i32; CHUNK];
                for ((g, target), score) in first.iter_mut().zip(&self.targets[rows.clone()]).zip(scores) {
                    *g = target.derivatives(*score, self.scale).g;
                }
                for (bytes, sums) in self.packed.iter().zip(&mut sums) {
                    let bytes = &bytes[rows.clone()];
                    bytes.iter().zip(&first).for_each(|(&byte, &g)| sums[usize::from(byte)] += i64::from(g));
                }
            }
            sums
        };
        let add = |mut sums: Vec<[i64; CELLS]>, more: Vec<[i64; CELLS]>| {
            sums.iter_mut().flatten().zip(more.iter().flatten()).for_each(|(sum, one)| *sum += one);
            sums
        };
        let none = || vec![[0; CELLS]; self.packed.len()];
        let sums = starts.into_par_iter().map(counted).reduce(none, add);
        let mut of_cells = vec![0; self.n_cells()];
        for (block, sums) in self.joint.blocks().iter().zip(&sums) {
            for member in &block.members {
                for (sum, &at) in sums.iter().zip(&member.answers).take(block.n_cells) {
                    of_cells[usize::from(at)] += sum;
                }
            }
        }
        of_cells
    }

    /// The derivatives of each row at the scores of the tables.
    pub(crate) fn derivatives(&self, tables: &[f64]) -> (Vec<i32>, Vec<i32>) {
        let scores = self.scores(tables);
        let of = |(target, &score): (&Target, &f64)| {
            let one = target.derivatives(score, self.scale);
            (one.g, one.h)
        };
        self.targets.par_iter().zip(scores.par_iter()).map(of).unzip()
    }

    /// Sums of one number a row over the rows with each two cells: a symmetric matrix, row by row.
    ///
    /// Rows are counted by pairs of blocks, at most 65,536 combinations each; sums of pairs of cells are marginals of those.
    /// 37 indicators have 666 pairs, in 28 pairs of blocks.
    pub(crate) fn co_occurrence(&self, values: &[i32]) -> Vec<i64> {
        let n_blocks = self.packed.len();
        let pairs: Vec<(usize, usize)> =
            (0..n_blocks).flat_map(|a| (a..n_blocks).map(move |b| (a, b))).collect();
        let counted: Vec<Vec<i64>> = pairs.par_iter().map(|&(a, b)| self.of_blocks(a, b, values)).collect();
        let (n, cells) = (self.n_cells(), self.cells_of_blocks());
        let mut matrix = vec![0_i64; n * n];
        for (sums, &(a, b)) in counted.iter().zip(&pairs) {
            for (of_x, &x) in sums.chunks(cells[b].len()).zip(&cells[a]) {
                for (&sum, &y) in of_x.iter().zip(&cells[b]) {
                    (matrix[x * n + y], matrix[y * n + x]) = (sum, sum);
                }
            }
        }
        matrix
    }

    /// The sums for each cell of block `a` with each of block `b`.
    fn of_blocks(&self, a: usize, b: usize, values: &[i32]) -> Vec<i64> {
        let (of_a, of_b) = (&self.joint.blocks()[a], &self.joint.blocks()[b]);
        let (cells_a, cells_b) = (&self.cells_of_blocks()[a], &self.cells_of_blocks()[b]);
        // Of a block with itself only the diagonal has rows.
        let width = if a == b { 1 } else { of_b.n_cells };
        let mut sums = vec![0_i64; of_a.n_cells * width];
        if a == b {
            self.packed[a].iter().zip(values).for_each(|(&x, &v)| sums[usize::from(x)] += i64::from(v));
        } else {
            for ((&x, &y), &value) in self.packed[a].iter().zip(&self.packed[b]).zip(values) {
                sums[usize::from(x) * width + usize::from(y)] += i64::from(value);
            }
        }
        // Where a cell of all columns stands among those of its block.
        let place = |cells: &[usize]| {
            let mut places = vec![0; self.n_cells()];
            cells.iter().enumerate().for_each(|(place, &cell)| places[cell] = place);
            places
        };
        let (place_a, place_b) = (place(cells_a), place(cells_b));
        let places_b: Vec<Vec<usize>> = of_b
            .members
            .iter()
            .map(|m| m.answers.iter().map(|&at| place_b[usize::from(at)]).collect())
            .collect();
        let mut matrix = vec![0_i64; cells_a.len() * cells_b.len()];
        for (x, of_x) in sums.chunks(width).enumerate() {
            // First by the cells of `b`, then added to each cell of `a` that the combination has.
            let mut by_b = vec![0_i64; cells_b.len()];
            for (y, &sum) in of_x.iter().enumerate().filter(|(_, sum)| **sum != 0) {
                let y = if a == b { x } else { y };
                places_b.iter().for_each(|places| by_b[places[y]] += sum);
            }
            for member in &of_a.members {
                let from = place_a[usize::from(member.answers[x])] * cells_b.len();
                matrix[from..from + cells_b.len()].iter_mut().zip(&by_b).for_each(|(sum, one)| *sum += one);
            }
        }
        matrix
    }

    /// The cells of the columns of each block.
    fn cells_of_blocks(&self) -> Vec<Vec<usize>> {
        let of = |block: &Block| block.members.iter().flat_map(|m| self.cells(m.indicator)).collect();
        self.joint.blocks().iter().map(of).collect()
    }

    /// What the tables add for each byte of each block.
    fn by_byte(&self, tables: &[f64]) -> Vec<[f64; CELLS]> {
        let sum = |block: &Block, byte: usize| {
            block.members.iter().map(|member| tables[usize::from(member.answers[byte])]).sum::<f64>()
        };
        self.joint.blocks().iter().map(|block| std::array::from_fn(|byte| sum(block, byte))).collect()
    }

    /// The block of a column, and the code in the column that each of its bytes stands for.
    fn column_by_byte(&self, column: usize) -> (usize, [usize; CELLS]) {
        let (block, member) = self.joint.member(column);
        let first = self.cells(column).start;
        (block, member.answers.map(|at| usize::from(at) - first))
    }
}

fn added(mut sums: Vec<Sums>, more: Vec<Sums>) -> Vec<Sums> {
    sums.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
    sums
}

#[cfg(test)]
mod tests;
