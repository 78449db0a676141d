//! How the values of one row differ between the subsamples of the population.

mod leaves;

use std::sync::Arc;

use super::Background;
use super::deal::SUBSAMPLES;
use super::frame::Frame;
use super::subsamples::{Subsamples, UNITS, Units};
use super::sums::Framed;
use crate::scorer::Form;
use crate::{Error, Scorer};
use leaves::Leaves;

/// One number a subsample.
pub(super) type Lanes = [f64; SUBSAMPLES];

/// What each subsample contributes to the base and to the values of one row, beyond its share of them.
///
/// ```text
/// value_j           = sum_k share_k * value_j against subsample k alone
/// deviations[j][k]  = share_k * (value_j against subsample k alone - value_j)          sum over k: 0
/// ```
/// The sum over base and values is 0 as well, in each subsample: all of them explain the same score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deviations {
    pub(super) base: Lanes,
    pub(super) values: Vec<Lanes>,
}

/// A scorer's subsamples, compiled to give deviations.
#[derive(Debug, Clone)]
pub struct Spread {
    n_indicators: usize,
    /// Each with its share of the model.
    additive: Vec<(f64, Deviations)>,
    leaves: Option<(f64, Arc<Leaves>)>,
}

impl Spread {
    /// Compiles the subsamples of a background, one that [`Explainer::new`](super::Explainer::new) took for this scorer.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the subsamples do not add up to the background, or are not the same ones everywhere.
    pub fn new(scorer: &Scorer, background: &Background, subsamples: &Subsamples) -> Result<Self, Error> {
        background.check(scorer)?;
        let n_answers: Vec<usize> = background.answers.iter().map(Vec::len).collect();
        let framed = match scorer.trees() {
            Some(forest) => Framed::new(forest, |j| n_answers[j])?,
            None => Framed::default(),
        };
        let of_frames: usize = framed.frames.iter().map(Frame::n_cells).sum();
        let of_long: usize = background.long.iter().map(|sums| sums.cells.len()).sum();
        subsamples.check(background, of_frames + of_long)?;
        let mut spread = Self { n_indicators: background.answers.len(), additive: Vec::new(), leaves: None };
        for term in scorer.terms() {
            match term.form {
                Form::Additive(tables) => {
                    spread.additive.push((term.share, additive(&tables.weights, background, subsamples)));
                }
                Form::Trees(forest) => {
                    let leaves = Leaves::new(forest, &framed, background, subsamples)?;
                    spread.leaves = Some((term.share, Arc::new(leaves)));
                }
            }
        }
        Ok(spread)
    }

    /// Bytes of the tables of trees; those of additive models are a few numbers.
    pub fn table_bytes(&self) -> usize {
        self.leaves.as_ref().map_or(0, |(_, leaves)| leaves.bytes())
    }

    pub(super) fn deviations(&self, row: &[u8]) -> Deviations {
        let mut sum =
            Deviations { base: [0.0; SUBSAMPLES], values: vec![[0.0; SUBSAMPLES]; self.n_indicators] };
        for (share, part) in &self.additive {
            sum.add(*share, part);
        }
        if let Some((share, leaves)) = &self.leaves {
            sum.add(*share, &leaves.deviations(row, self.n_indicators));
        }
        sum
    }
}

impl Deviations {
    fn add(&mut self, share: f64, part: &Self) {
        let add = |to: &mut Lanes, from: &Lanes| to.iter_mut().zip(from).for_each(|(t, f)| *t += share * f);
        add(&mut self.base, &part.base);
        self.values.iter_mut().zip(&part.values).for_each(|(to, from)| add(to, from));
    }
}

/// An additive model: only the mean of each indicator's weights depends on the population, whatever the row.
///
/// ```text
/// value_j against k = w_j(x) - E_k[w_j]          base against k = intercept + sum_j E_k[w_j]
/// ```
fn additive(weights: &[Vec<f64>], background: &Background, subsamples: &Subsamples) -> Deviations {
    let mut all = Deviations { base: [0.0; SUBSAMPLES], values: Vec::with_capacity(weights.len()) };
    let mut at = 0;
    for (weights, sums) in weights.iter().zip(&background.answers) {
        let total: f64 = sums.iter().sum();
        let units = &subsamples.table()[at..at + sums.len()];
        at += sums.len();
        // Relative to the first answer, so that a table of one value moves nothing at all.
        let effects = weights.iter().zip(sums).map(|(w, sum)| (w - weights[0]) * sum / total);
        let mut mean = [0.0; SUBSAMPLES];
        for (effect, units) in effects.zip(units) {
            add_deviation(&mut mean, effect, units, &subsamples.shares);
        }
        all.base.iter_mut().zip(&mean).for_each(|(base, mean)| *base += mean);
        all.values.push(mean.map(|mean| -mean));
    }
    all
}

/// Adds what the subsamples of one cell contribute to a mean beyond their share.
fn add_deviation(to: &mut Lanes, effect: f64, units: &Units, shares: &[f64]) {
    for ((to, &units), share) in to.iter_mut().zip(units).zip(shares) {
        *to += effect * (f64::from(units) / f64::from(UNITS) - share);
    }
}

#[cfg(test)]
pub(super) mod tests;
