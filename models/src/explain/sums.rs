//! Weights and rows by cell, summed over a population.

use std::collections::HashMap;

use amparo_datasets::Answers;

use super::condition::{Condition, conditions};
use super::frame::{Dimension, Frame};
use crate::{Error, Forest};

/// Rows whose classes are worked out at a time.
const BLOCK: usize = 1024;

/// Weight of each pattern, by tree, leaf and pattern, and the fewest rows behind a non-zero one.
pub(super) type Patterns = (Vec<Vec<Vec<f64>>>, Option<u64>);

/// Weight and number of rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) weight: f64,
    pub(super) rows: u64,
}

impl Cell {
    pub(super) fn add(&mut self, weight: f64) {
        self.weight += weight;
        self.rows += 1;
    }

    /// Fewest rows in any cell that is not empty.
    pub(super) fn smallest(cells: &[Self]) -> Option<u64> {
        cells.iter().map(|cell| cell.rows).filter(|&rows| rows > 0).min()
    }
}

/// Sums the patterns of every leaf. Each sum runs over the rows in their order.
///
/// Leaves of one frame (siblings, and the same questions in another tree) are summed once.
pub(super) fn leaf_patterns(forest: &Forest, answers: &Answers, weights: &[f64]) -> Result<Patterns, Error> {
    let indicators = answers.instrument().indicators();
    let mut sums = FrameSums::default();
    let mut leaves: Vec<Vec<(Vec<Condition>, usize)>> = Vec::with_capacity(forest.trees.len());
    for tree in &forest.trees {
        let of_leaf = |leaf: &crate::scorer::Leaf| {
            let conditions = conditions(&leaf.path)?;
            let frame = sums.place(Frame::of(&conditions, |j| indicators[j].n_answers()));
            Ok((conditions, frame))
        };
        leaves.push(tree.leaves().iter().map(of_leaf).collect::<Result<_, Error>>()?);
    }
    sums.run(answers, weights);
    let of_leaf = |(conditions, frame): &(Vec<Condition>, usize)| {
        let (frame, cells) = &sums.frames[*frame];
        let mut patterns = vec![0.0; 1 << conditions.len()];
        for (pattern, cell) in frame.patterns(conditions).iter().zip(cells) {
            patterns[usize::from(*pattern)] = cell.weight;
        }
        patterns
    };
    let patterns = leaves.iter().map(|tree| tree.iter().map(of_leaf).collect()).collect();
    Ok((patterns, sums.frames.iter().filter_map(|(_, cells)| Cell::smallest(cells)).min()))
}

/// Frames with the sums of their cells.
#[derive(Default)]
struct FrameSums {
    frames: Vec<(Frame, Vec<Cell>)>,
    places: HashMap<Frame, usize>,
}

impl FrameSums {
    fn place(&mut self, frame: Frame) -> usize {
        let Self { frames, places } = self;
        *places.entry(frame).or_insert_with_key(|frame| {
            frames.push((frame.clone(), vec![Cell::default(); frame.n_cells()]));
            frames.len() - 1
        })
    }

    fn run(&mut self, answers: &Answers, weights: &[f64]) {
        let mut places: HashMap<Dimension, usize> = HashMap::new();
        let mut classes: Vec<(Dimension, [u8; BLOCK])> = Vec::new();
        // By frame, the place and stride of each dimension.
        let mut indexed: Vec<Vec<(usize, u16)>> = Vec::with_capacity(self.frames.len());
        for (frame, _) in &self.frames {
            let with_strides = frame.dimensions.iter().zip(frame.strides());
            let place = |(dimension, stride): (&Dimension, usize)| {
                let place = *places.entry(*dimension).or_insert_with(|| {
                    classes.push((*dimension, [0; BLOCK]));
                    classes.len() - 1
                });
                (place, stride as u16)
            };
            indexed.push(with_strides.map(place).collect());
        }
        let codes = answers.codes().chunks(BLOCK * answers.n_indicators());
        for (codes, weights) in codes.zip(weights.chunks(BLOCK)) {
            for (dimension, classes) in &mut classes {
                for (row, class) in codes.chunks_exact(answers.n_indicators()).zip(classes) {
                    *class = dimension.class(row[dimension.indicator]);
                }
            }
            for ((_, cells), indexed) in self.frames.iter_mut().zip(&indexed) {
                let mut index = [0_u16; BLOCK];
                for &(place, stride) in indexed {
                    for (index, &class) in index.iter_mut().zip(&classes[place].1) {
                        *index += u16::from(class) * stride;
                    }
                }
                for (&index, &weight) in index.iter().zip(weights) {
                    cells[usize::from(index)].add(weight);
                }
            }
        }
    }
}
