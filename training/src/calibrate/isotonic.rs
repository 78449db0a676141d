//! Isotonic regression by pooling adjacent violators.

use amparo_datasets::wilson;
use amparo_models::calibrator::Isotonic;

use crate::Error;

/// The non-decreasing step function of the score that fits the events best, as a piecewise linear curve.
///
/// Scores that tie are one point. Each pooled block gives a knot at its first and last score with the block's share:
/// the curve is flat inside a block and linear between two, as in scikit-learn's `IsotonicRegression`. The interval at a
/// knot is the block's Wilson interval, made non-decreasing by running maxima and minima.
///
/// DIFFERENCE: a block's share is `(events + 1/2) / (rows + 1)` where it would be 0 or 1, because a probability of
/// exactly 0 or 1 is never known from a sample. Where that share steps over the next block's (few rows at an end), the
/// two are pooled like any other violators.
///
/// # Errors
/// [`Error::NotRising`] if everything pools into one block.
pub fn isotonic(scores: &[f64], events: &[bool], weights: &[f64], outcome: &str) -> Result<Isotonic, Error> {
    let points = points(scores, events, weights);
    let shares: Vec<f64> = points.iter().map(|p| p.1).collect();
    let sizes: Vec<f64> = points.iter().map(|p| p.2).collect();
    let fitted = inside(pool_adjacent_violators(&shares, &sizes), &sizes);
    let mut curve = Isotonic { scores: vec![], probabilities: vec![], low: vec![], high: vec![] };
    let mut at = 0;
    let mut n_blocks = 0;
    for block in fitted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        let (first, last) = (at, at + block.len() - 1);
        let n: f64 = sizes[first..=last].iter().sum();
        let share = block[0];
        let (low, high) = wilson(share, n);
        for knot in if first == last { vec![first] } else { vec![first, last] } {
            curve.scores.push(points[knot].0);
            curve.probabilities.push(share);
            curve.low.push(low);
            curve.high.push(high);
        }
        at = last + 1;
        n_blocks += 1;
    }
    if n_blocks < 2 {
        return Err(Error::NotRising {
            what: "the score".to_owned(),
            outcome: outcome.to_owned(),
            slope: 0.0,
        });
    }
    for at in 1..curve.low.len() {
        curve.low[at] = curve.low[at].max(curve.low[at - 1]);
    }
    for at in (1..curve.high.len()).rev() {
        curve.high[at - 1] = curve.high[at - 1].min(curve.high[at]);
    }
    Ok(curve)
}

/// Scores that tie as one point: `(score, share of events, weight)` by rising score, weights with mean 1 a row.
pub(super) fn points(scores: &[f64], events: &[bool], weights: &[f64]) -> Vec<(f64, f64, f64)> {
    // Adding 0 makes -0 into 0, which the order below would take for less.
    let scores: Vec<f64> = scores.iter().map(|score| score + 0.0).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let mean = weights.iter().sum::<f64>() / scores.len() as f64;
    let mut points: Vec<(f64, f64, f64)> = Vec::new();
    for tied in order.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq()) {
        let weight: f64 = tied.iter().map(|&i| weights[i] / mean).sum();
        let of_events: f64 = tied.iter().filter(|&&i| events[i]).map(|&i| weights[i] / mean).sum();
        points.push((scores[tied[0]], of_events / weight, weight));
    }
    points
}

/// Pooled shares with those of 0 and 1 moved inside by half a case, pooled again.
fn inside(pooled: Vec<f64>, sizes: &[f64]) -> Vec<f64> {
    let mut at = 0;
    let mut moved = Vec::with_capacity(pooled.len());
    for block in pooled.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        let n: f64 = sizes[at..at + block.len()].iter().sum();
        at += block.len();
        let open = block[0] > 0.0 && block[0] < 1.0;
        moved.extend(block.iter().map(|share| if open { *share } else { (share * n + 0.5) / (n + 1.0) }));
    }
    if moved.is_sorted() { moved } else { pool_adjacent_violators(&moved, sizes) }
}

/// The non-decreasing values closest to `values` in weighted squares.
///
/// # References
/// Barlow, Bartholomew, Bremner and Brunk, "Statistical inference under order restrictions", 1972.
pub fn pool_adjacent_violators(values: &[f64], weights: &[f64]) -> Vec<f64> {
    // Blocks as (weighted sum, weight, length), merged while they are not increasing.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (&value, &weight) in values.iter().zip(weights) {
        let mut block = (value * weight, weight, 1);
        while let Some(&(sum, w, n)) = blocks.last() {
            if sum / w < block.0 / block.1 {
                break;
            }
            block = (block.0 + sum, block.1 + w, block.2 + n);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|&(sum, weight, n)| std::iter::repeat_n(sum / weight, n)).collect()
}
