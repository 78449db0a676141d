//! How far the values of one row, and their order, would move with another population of the same kind.
//!
//! The population that a row is compared with is a sample itself. Its cases are dealt into 16 subsamples ([`Deal`]), and a
//! value is the weighted mean of the values against each of them, so what they differ by says how precise it is:
//!
//! ```text
//! d_jk  = share_k * (value_j against subsample k alone - value_j)
//! sd_j  = sqrt( 16/15 * sum_k d_jk^2 )          equal shares: standard deviation of the 16 values / sqrt(16)
//! value_j - t sd_j .. value_j + t sd_j          t = 2.131: Student's, 95 %, 15 degrees of freedom
//! ```
//! The sd is an estimate from 16 numbers itself: its own relative error is about `1 / sqrt(2 * 15)`, 18 %.
//!
//! Ranks come from 400 resamples of subsamples. In each, 15 are drawn with replacement, the same draws for every row:
//!
//! ```text
//! value_j* = value_j + 16/15 * sum_k times_k d_jk          mean value_j, variance sd_j^2
//! ```
//! A value is drawn only if it could trade places with another one at all; most cannot, whatever is drawn. What each cell of the
//! trees' questions adds is worked out once, when a version is loaded, if it fits into 64 MiB; else for each row anew.
//!
//! It is the grouped form of resampling the population case by case, which would need its rows. It says nothing about
//! another fit of the model, nor about cases of another kind.
//!
//! # References
//! - Wolter, "Introduction to variance estimation", 2nd edition, 2007, chapter 2 (the random group method).
//! - Rao and Wu, "Resampling inference with complex survey data", Journal of the American Statistical Association 83, 1988,
//!   section 4 (n - 1 draws of n).
//!
//! [`Deal`]: super::Deal

mod ranks;

use super::deal::SUBSAMPLES;
use super::spread::{Deviations, Lanes, Spread};
use crate::Explanation;
use ranks::Ranks;

/// Degrees of freedom of an sd.
pub const DEGREES_OF_FREEDOM: usize = SUBSAMPLES - 1;

/// Resamples behind a range of ranks.
pub const RESAMPLES: usize = 400;

/// The 97.5 % quantile of Student's t with 15 degrees of freedom: `qt(0.975, 15)` of R 4.5.
const T: f64 = 2.131_449_545_559_323;

/// Resamples left out at either end of a range of ranks: 2.5 %.
const TAIL: usize = RESAMPLES / 40;

/// How far base and values of one row could move.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Standard deviation of the base, in log-odds.
    pub base_sd: f64,
    /// One an indicator.
    pub values: Vec<ValueStability>,
}

/// How far one value could move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueStability {
    /// Its standard deviation, in log-odds.
    pub sd: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Its place by absolute value, 1 for the largest; the form's order among equals.
    pub rank: usize,
    /// The first place it has in 95 % of the resamples, or `rank` if that is before.
    pub rank_from: usize,
    /// The last one, or `rank` if that is after.
    pub rank_to: usize,
}

impl ValueStability {
    /// Whether the interval stays on one side of 0, which may be its end.
    pub fn sign_holds(&self) -> bool {
        self.low >= 0.0 || self.high <= 0.0
    }
}

impl Stability {
    /// The stability of an explanation of `row`.
    pub fn of(spread: &Spread, row: &[u8], explanation: &Explanation) -> Self {
        let Deviations { base, values } = spread.deviations(row);
        let ranks = Ranks::of(&explanation.values, &values);
        let of_value = |((&value, deviations), (rank, (rank_from, rank_to)))| {
            let sd = sd(deviations);
            ValueStability { sd, low: value - T * sd, high: value + T * sd, rank, rank_from, rank_to }
        };
        let values =
            explanation.values.iter().zip(&values).zip(ranks.now.into_iter().zip(ranks.ranges)).map(of_value);
        Self { base_sd: sd(&base), values: values.collect() }
    }
}

fn sd(deviations: &Lanes) -> f64 {
    let correction = SUBSAMPLES as f64 / DEGREES_OF_FREEDOM as f64;
    (correction * deviations.iter().map(|d| d * d).sum::<f64>()).sqrt()
}

#[cfg(test)]
mod tests;
