//! Venn-Abers prediction by persistent stacks of pooled blocks.

use amparo_models::calibrator::VennAbers;

use super::isotonic::{points, pool_adjacent_violators};
use crate::Error;

/// A step that is smaller than this is rounding.
const ROUNDING: f64 = 1e-12;

/// Both isotonic fits at every score, tabulated.
///
/// ```text
/// p_y(s) = value at s of the isotonic fit of the rows and of a case (s, y) of weight 1     y = 0, 1,  weights of rows with mean 1
/// ```
/// For each score of a row, the blocks of all rows below it, as pooling leaves them, the rows at this score with the case, and the
/// blocks of all rows above it are pooled further: from the case outwards only, since the others are in order. The blocks below
/// every score are kept at once as stacks that share what is under them, and so are those above: `O(n log n)` for the sort and one
/// step a block that the case pools with. Between two scores, a non-event counts as if it stood at the lower and an event as if
/// it stood at the higher of them, because the case pools with its neighbour there.
///
/// DIFFERENCE: rows may have weights. The guarantee of validity is one for exchangeable rows of equal weight.
///
/// # Errors
/// [`Error::NotRising`] if the isotonic fit of the rows alone is level.
///
/// # References
/// Vovk, Petej and Fedorova, NIPS 2015, section 4, whose tables these are; their algorithm goes along the corners of the
/// cumulative sum diagram instead.
pub fn venn_abers(
    scores: &[f64],
    events: &[bool],
    weights: &[f64],
    outcome: &str,
) -> Result<VennAbers, Error> {
    let points = points(scores, events, weights);
    let shares: Vec<f64> = points.iter().map(|p| p.1).collect();
    let sizes: Vec<f64> = points.iter().map(|p| p.2).collect();
    let fitted = pool_adjacent_violators(&shares, &sizes);
    if fitted.first() == fitted.last() {
        return Err(Error::NotRising {
            what: "the score".to_owned(),
            outcome: outcome.to_owned(),
            slope: 0.0,
        });
    }
    let blocks: Vec<Block> =
        points.iter().map(|&(_, share, weight)| Block { events: share * weight, weight }).collect();
    let below = Stacks::of(blocks.iter().copied(), |outer, inner| outer.share() < inner.share());
    let above = Stacks::of(blocks.iter().rev().copied(), |outer, inner| outer.share() > inner.share());
    let both: Vec<[f64; 2]> = (0..blocks.len())
        .map(|at| {
            [0.0, 1.0].map(|event| {
                let case = Block { events: event, weight: 1.0 };
                pooled(blocks[at] + case, below.under(at), above.under(blocks.len() - 1 - at))
            })
        })
        .collect();
    let mut tables = VennAbers { low_from: vec![], low: vec![], high_to: vec![], high: vec![] };
    let mut last = 0.0;
    for (point, [low, _]) in points.iter().zip(&both) {
        if *low > last + ROUNDING {
            tables.low_from.push(point.0);
            tables.low.push(*low);
            last = *low;
        }
    }
    // From above, where an event alone has a share of 1.
    let mut last = 1.0;
    for (point, [_, high]) in points.iter().zip(&both).rev() {
        if *high < last - ROUNDING {
            tables.high_to.push(point.0);
            tables.high.push(*high);
            last = *high;
        }
    }
    tables.high_to.reverse();
    tables.high.reverse();
    Ok(tables)
}

/// The tables of rows that all have one score: level, since nothing tells what another score would mean.
pub(super) fn at_one_score(events: &[bool], weights: &[f64]) -> VennAbers {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    let n = weights.len() as f64;
    let of_events = events.iter().zip(weights).filter(|(e, _)| **e).map(|(_, w)| w / mean).sum::<f64>();
    VennAbers {
        low_from: vec![f64::MIN],
        low: vec![of_events / (n + 1.0)],
        high_to: vec![f64::MAX],
        high: vec![(of_events + 1.0) / (n + 1.0)],
    }
}

/// Rows that are pooled.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// Weight of those with the event.
    events: f64,
    weight: f64,
}

impl Block {
    fn share(self) -> f64 {
        self.events / self.weight
    }
}

impl std::ops::Add for Block {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { events: self.events + other.events, weight: self.weight + other.weight }
    }
}

/// The stack of pooled blocks after each of a row of blocks; what lies under a block is shared.
struct Stacks {
    /// The top of each, with the index of the stack that it lies on.
    tops: Vec<(Block, Option<usize>)>,
}

impl Stacks {
    /// `in_order` says whether a block may lie on another without being pooled with it.
    fn of(blocks: impl Iterator<Item = Block>, in_order: impl Fn(Block, Block) -> bool) -> Self {
        let mut tops: Vec<(Block, Option<usize>)> = Vec::new();
        for mut block in blocks {
            let mut under = tops.len().checked_sub(1);
            while let Some(at) = under {
                let (top, next) = tops[at];
                if in_order(top, block) {
                    break;
                }
                (block, under) = (block + top, next);
            }
            tops.push((block, under));
        }
        Self { tops }
    }

    /// The blocks of all before `at`, the nearest first.
    fn under(&self, at: usize) -> impl Iterator<Item = Block> {
        let mut next = at.checked_sub(1);
        std::iter::from_fn(move || {
            let (block, under) = self.tops[next?];
            next = under;
            Some(block)
        })
    }
}

/// The share of a block after it has been pooled with whatever is not in order on either side of it.
fn pooled(mut block: Block, below: impl Iterator<Item = Block>, above: impl Iterator<Item = Block>) -> f64 {
    let (mut below, mut above) = (below.peekable(), above.peekable());
    loop {
        if let Some(lower) = below.next_if(|lower| lower.share() >= block.share()) {
            block = block + lower;
        } else if let Some(higher) = above.next_if(|higher| higher.share() <= block.share()) {
            block = block + higher;
        } else {
            return block.share();
        }
    }
}
