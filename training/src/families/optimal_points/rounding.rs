//! From weights to whole points.

use amparo_models::probability::sigmoid;

use super::beam::Support;
use super::support::score;

/// Multipliers that are tried: FasterRisk's default.
const MULTIPLIERS: usize = 20;

/// Whole points for the lines of a support, for multipliers by which the largest weight gets 1 to `largest` points.
///
/// Rounded one line at a time, up or down, whichever line and way gives the least auxiliary loss:
///
/// ```text
/// U(d) = min over b of sum_i w_i l_i^2 (b + sum_j d_j x_ij)^2        d_j: how far line j has been moved, 0 until it is rounded
/// l_i                                                                slope of the loss of row i at the worst corner of the cell of
///                                                                    whole numbers around the weights
/// ```
/// `U` bounds how much the loss can rise, so that the points are at most as far from the weights as Theorem 3.1 of Liu et al. says.
///
/// DIFFERENCE: the offset stays a real number, so that it is not rounded and `b` is free, and multipliers below 1 are tried
/// wherever a weight does not fit: a point is worth what it is worth.
pub(super) fn rounded(support: &Support, largest: i32) -> Vec<Vec<i32>> {
    let weights = &support.fitted.weights;
    let most = weights[1..].iter().map(|w| w.abs()).fold(0.0, f64::max);
    if most <= 0.0 {
        return vec![];
    }
    let of = |at: usize| {
        let points = 1.0 + f64::from(largest - 1) * at as f64 / (MULTIPLIERS - 1) as f64;
        one_by_one(support, points / most, largest)
    };
    let n = if largest == 1 { 1 } else { MULTIPLIERS };
    (0..n).map(of).collect()
}

fn one_by_one(support: &Support, multiplier: f64, largest: i32) -> Vec<i32> {
    let weights = &support.fitted.weights;
    let within = f64::from(largest);
    let scaled: Vec<f64> = weights[1..].iter().map(|w| (w * multiplier).clamp(-within, within)).collect();
    let quadratic = auxiliary(support, &scaled, multiplier);
    let n = scaled.len();
    let mut moved = vec![0.0; n];
    // The gradient of half the auxiliary loss.
    let mut slopes = vec![0.0; n];
    let is_whole = |x: f64| (x - x.round()).abs() <= 0.0;
    let mut left: Vec<usize> = (0..n).filter(|&k| !is_whole(scaled[k])).collect();
    while !left.is_empty() {
        let mut least = (f64::INFINITY, 0, 0.0);
        for (place, &k) in left.iter().enumerate() {
            for to in [scaled[k].floor(), scaled[k].ceil()] {
                let d = to - scaled[k];
                let rise = 2.0 * d * slopes[k] + d * d * quadratic[k * n + k];
                if rise < least.0 {
                    least = (rise, place, d);
                }
            }
        }
        let k = left.remove(least.1);
        moved[k] = least.2;
        (0..n).for_each(|l| slopes[l] += least.2 * quadratic[k * n + l]);
    }
    scaled.iter().zip(&moved).map(|(x, d)| (x + d).round() as i32).collect()
}

/// `U` as a matrix, row by row.
fn auxiliary(support: &Support, scaled: &[f64], multiplier: f64) -> Vec<f64> {
    let (n, intercept) = (scaled.len(), support.fitted.weights[0]);
    let corner = |round: fn(f64) -> f64| -> Vec<f64> {
        std::iter::once(intercept).chain(scaled.iter().map(|&x| round(x) / multiplier)).collect()
    };
    let (low, high) = (corner(f64::floor), corner(f64::ceil));
    let (mut sums, mut all) = (vec![0.0; n], 0.0);
    let mut matrix = vec![0.0; n * n];
    for (held, &[without, with]) in support.patterns.held.iter().zip(&support.patterns.weight) {
        // The slope is steepest where an event scores lowest, and a row without one highest.
        let of_event = 1.0 - sigmoid(score(held, &low));
        let of_other = sigmoid(score(held, &high));
        let v = with * of_event * of_event + without * of_other * of_other;
        all += v;
        for &k in held {
            sums[k] += v;
            held.iter().for_each(|&l| matrix[k * n + l] += v);
        }
    }
    for k in 0..n {
        (0..n).for_each(|l| matrix[k * n + l] -= sums[k] * sums[l] / all);
    }
    matrix
}
