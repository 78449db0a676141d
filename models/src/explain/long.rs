//! Leaves whose paths are too long for tables: of the patterns of their conditions, those that occur.
//!
//! A path of `d` indicators has `2^d` patterns, but `n` rows have `n` of them at most. So what is kept of a population grows
//! with the length of a path no further than to one sum a row, and what a leaf adds to a row is one pass over these sums
//! (see [`LongLeaves`]). How much that is in practice: `models/benches/README.md`.

mod leaves;

use std::collections::HashMap;

use amparo_datasets::Answers;
use serde::{Deserialize, Serialize};

use super::condition::conditions;
use super::deal::{Deal, SUBSAMPLES};
use super::frame::Frame;
use super::sums::WeightedRows;
use crate::Error;
use crate::scorer::Leaf;

pub(super) use leaves::LongLeaves;

/// Most sums for all long paths of a forest. Each is 12 bytes in memory, and a row of any form passes all of them.
pub(super) const MOST_SUMS: usize = 1 << 24;

/// The weight of each combination of answers, as far as the leaves of one long path tell answers apart, that occurs.
///
/// The leaves divide the answers to each indicator in two. A cell says on which side of each a row is: bit `i` is set if the
/// answer to the `i`-th of the indicators, in the order of the form, is not on the side of its first answer. An indicator of which
/// all answers are on one side has no bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongSums {
    /// The cells that have rows, ascending.
    pub cells: Vec<u32>,
    /// Their weights.
    pub weights: Vec<f64>,
}

/// A frame with the leaves that have it.
pub(super) struct LongFrame {
    pub(super) frame: Frame,
    pub(super) leaves: Vec<LongLeaf>,
}

pub(super) struct LongLeaf {
    /// The cell that leads to it; none if no answers do.
    pub(super) cell: Option<u32>,
    pub(super) value: f64,
}

/// The different frames of long paths, in the order in which leaves have them.
#[derive(Default)]
pub(super) struct LongFrames {
    pub(super) frames: Vec<LongFrame>,
    places: HashMap<Frame, usize>,
}

impl LongFrames {
    pub(super) fn add(&mut self, leaf: &Leaf, n_answers: impl Fn(usize) -> usize) -> Result<(), Error> {
        let conditions = conditions(&leaf.path)?;
        let frame = Frame::of(&conditions, n_answers);
        let cell = frame.cell_of(&conditions).map(|cell| cell as u32);
        let at = *self.places.entry(frame).or_insert_with_key(|frame| {
            self.frames.push(LongFrame { frame: frame.clone(), leaves: Vec::new() });
            self.frames.len() - 1
        });
        self.frames[at].leaves.push(LongLeaf { cell, value: leaf.value });
        Ok(())
    }
}

/// Sums a population by the cells of each frame, and tells the fewest rows behind a sum. Each runs over the rows in their order.
pub(super) fn sums(
    frames: &[LongFrame],
    answers: &Answers,
    weights: &[f64],
) -> Result<(Vec<LongSums>, Option<u64>), Error> {
    let (mut all, mut smallest, mut n_sums) = (Vec::with_capacity(frames.len()), None, 0);
    for frame in frames {
        let mut sums = LongSums { cells: Vec::new(), weights: Vec::new() };
        for rows in by_cell(frame, answers).chunk_by(|a, b| a.0 == b.0) {
            let mut sum = WeightedRows::default();
            rows.iter().for_each(|&(_, row)| sum.add(weights[row]));
            sums.cells.push(rows[0].0);
            sums.weights.push(sum.weight);
            smallest = Some(smallest.map_or(sum.rows, |least: u64| least.min(sum.rows)));
        }
        n_sums += sums.cells.len();
        check_number(n_sums, frames)?;
        all.push(sums);
    }
    Ok((all, smallest))
}

/// The same by subsample, `[sum * SUBSAMPLES + subsample]`.
pub(super) fn by_subsample(
    frame: &LongFrame,
    answers: &Answers,
    weights: &[f64],
    deal: &Deal,
) -> Vec<WeightedRows> {
    let mut all = Vec::new();
    for rows in by_cell(frame, answers).chunk_by(|a, b| a.0 == b.0) {
        let mut sums = [WeightedRows::default(); SUBSAMPLES];
        rows.iter().for_each(|&(_, row)| sums[usize::from(deal.of_rows()[row])].add(weights[row]));
        all.extend(sums);
    }
    all
}

/// How many cells have rows.
pub(super) fn n_cells(frame: &LongFrame, answers: &Answers) -> usize {
    by_cell(frame, answers).chunk_by(|a, b| a.0 == b.0).count()
}

/// Refuses more sums than there may be.
pub(super) fn check_number(n_sums: usize, frames: &[LongFrame]) -> Result<(), Error> {
    if n_sums <= MOST_SUMS {
        return Ok(());
    }
    let n_leaves: usize = frames.iter().map(|frame| frame.leaves.len()).sum();
    let problem = format!(
        "{n_leaves} leaves have paths of more than {} indicators, and the population needs more than {MOST_SUMS} sums for them: \
         fit shallower trees or fewer",
        super::TABULATED
    );
    Err(Error::invalid("explanation tables", problem))
}

/// The cell of each row, ordered by cell and row.
fn by_cell(LongFrame { frame, .. }: &LongFrame, answers: &Answers) -> Vec<(u32, usize)> {
    let cells = answers.rows().map(|row| frame.cell(row) as u32);
    let mut cells: Vec<(u32, usize)> = cells.zip(0..).collect();
    cells.sort_unstable();
    cells
}
