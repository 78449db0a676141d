//! Weights and rows by cell, summed over a population.

use std::collections::HashMap;

use amparo_datasets::Answers;

use super::condition::{Condition, conditions, is_long};
use super::deal::{Deal, SUBSAMPLES};
use super::frame::{Dimension, Frame};
use super::long::{self, LongFrame, LongFrames, LongSums};
use crate::scorer::{Leaf, Tree};
use crate::{Error, Forest};

/// Rows whose classes are worked out at a time.
const BLOCK: usize = 1024;

/// What the leaves of a forest keep of a population.
pub(super) struct LeafSums {
    /// Weight of each pattern, by tree, leaf and pattern; nothing of a leaf with a long path.
    pub(super) patterns: Vec<Vec<Vec<f64>>>,
    /// By frame of leaves with long paths.
    pub(super) long: Vec<LongSums>,
    /// Fewest rows behind a sum that is not 0.
    pub(super) smallest: Option<u64>,
}

/// Weight and number of rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WeightedRows {
    pub(super) weight: f64,
    pub(super) rows: u64,
}

impl WeightedRows {
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
pub(super) fn leaf_sums(forest: &Forest, answers: &Answers, weights: &[f64]) -> Result<LeafSums, Error> {
    let indicators = answers.instrument().indicators();
    let Framed { frames, leaves, long } = Framed::new(forest, |j| indicators[j].n_answers())?;
    let (long, smallest_long) = long::sums(&long, answers, weights)?;
    let sums = frame_sums(&frames, answers, weights, None);
    let of_leaf = |leaf: &Option<FramedLeaf>| {
        let Some(leaf) = leaf else { return Vec::new() };
        let mut patterns = vec![0.0; 1 << leaf.conditions.len()];
        for (pattern, cell) in frames[leaf.frame].patterns(&leaf.conditions).iter().zip(&sums[leaf.frame]) {
            patterns[usize::from(*pattern)] = cell.weight;
        }
        patterns
    };
    let patterns = leaves.iter().map(|tree| tree.iter().map(of_leaf).collect()).collect();
    let smallest = sums.iter().filter_map(|cells| WeightedRows::smallest(cells)).chain(smallest_long).min();
    Ok(LeafSums { patterns, long, smallest })
}

/// A forest with the frames of its leaves.
#[derive(Default)]
pub(super) struct Framed {
    /// The different frames, in the order in which leaves have them.
    pub(super) frames: Vec<Frame>,
    /// By tree, its leaves, depth-first; none in the place of one with a long path.
    pub(super) leaves: Vec<Vec<Option<FramedLeaf>>>,
    /// Those with long paths.
    pub(super) long: Vec<LongFrame>,
}

/// A leaf with the place of its frame.
pub(super) struct FramedLeaf {
    pub(super) conditions: Vec<Condition>,
    pub(super) frame: usize,
    pub(super) value: f64,
}

impl Framed {
    pub(super) fn new(forest: &Forest, n_answers: impl Fn(usize) -> usize) -> Result<Self, Error> {
        let mut frames = Vec::new();
        let mut places: HashMap<Frame, usize> = HashMap::new();
        let mut long = LongFrames::default();
        let mut of_leaf = |leaf: &Leaf| {
            if is_long(&leaf.path) {
                long.add(leaf, &n_answers)?;
                return Ok(None);
            }
            let conditions = conditions(&leaf.path)?;
            let frame = *places.entry(Frame::of(&conditions, &n_answers)).or_insert_with_key(|frame| {
                frames.push(frame.clone());
                frames.len() - 1
            });
            Ok(Some(FramedLeaf { conditions, frame, value: leaf.value }))
        };
        let of_tree = |tree: &Tree| tree.leaves().iter().map(&mut of_leaf).collect();
        let leaves = forest.trees.iter().map(of_tree).collect::<Result<_, Error>>()?;
        Ok(Self { frames, leaves, long: long.frames })
    }
}

/// The cells of each frame: summed over all rows, or over each subsample apart, `[cell * SUBSAMPLES + subsample]`.
pub(super) fn frame_sums(
    frames: &[Frame],
    answers: &Answers,
    weights: &[f64],
    deal: Option<&Deal>,
) -> Vec<Vec<WeightedRows>> {
    let n_subsamples = deal.map_or(1, |_| SUBSAMPLES);
    let mut places: HashMap<Dimension, usize> = HashMap::new();
    let mut classes: Vec<(Dimension, [u8; BLOCK])> = Vec::new();
    // By frame, the place and stride of each dimension.
    let mut indexed: Vec<Vec<(usize, usize)>> = Vec::with_capacity(frames.len());
    for frame in frames {
        let with_strides = frame.dimensions.iter().zip(frame.strides());
        let place = |(dimension, stride): (&Dimension, usize)| {
            let place = *places.entry(*dimension).or_insert_with(|| {
                classes.push((*dimension, [0; BLOCK]));
                classes.len() - 1
            });
            (place, stride * n_subsamples)
        };
        indexed.push(with_strides.map(place).collect());
    }
    let empty = |frame: &Frame| vec![WeightedRows::default(); frame.n_cells() * n_subsamples];
    let mut sums: Vec<Vec<WeightedRows>> = frames.iter().map(empty).collect();
    let codes = answers.codes().chunks(BLOCK * answers.n_indicators());
    for (block, (codes, weights)) in codes.zip(weights.chunks(BLOCK)).enumerate() {
        for (dimension, classes) in &mut classes {
            for (row, class) in codes.chunks_exact(answers.n_indicators()).zip(classes) {
                *class = dimension.class(row[dimension.indicator]);
            }
        }
        let mut subsamples = [0_u32; BLOCK];
        if let Some(deal) = deal {
            let of_rows = &deal.of_rows()[block * BLOCK..];
            subsamples.iter_mut().zip(of_rows).for_each(|(to, &from)| *to = u32::from(from));
        }
        for (cells, indexed) in sums.iter_mut().zip(&indexed) {
            let mut index = subsamples;
            for &(place, stride) in indexed {
                for (index, &class) in index.iter_mut().zip(&classes[place].1) {
                    *index += u32::from(class) * stride as u32;
                }
            }
            for (&index, &weight) in index.iter().zip(weights) {
                cells[index as usize].add(weight);
            }
        }
    }
    sums
}
