//! What is learned: a model in parts that can be read, and in the form in which it is published.

use amparo_models::scorer::{Additive, Forest, Table, Tree};
use amparo_models::{Candidate, Model};

use super::pairs::Places;
use super::purify::purified;
use crate::{Error, TrainingSet};

/// An additive model in its parts.
///
/// ```text
/// log-odds = intercept + sum_j effects[j][x_j] + sum over pairs of effect[x_a, x_b]
/// ```
/// Every effect has mean 0 over the rows of the fit, by their weights, and so has every pair over the rows with each answer to one
/// of its two questions (it is purified: what is about one question alone is in the effect of that question). With this the
/// parts are the only ones that add up to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct AdditiveModel {
    /// The mean log-odds over the rows of the fit.
    pub intercept: f64,
    /// What each answer adds, by indicator and code.
    pub effects: Vec<Vec<f64>>,
    /// What two answers add together, in the order of the form.
    pub pairs: Vec<PairEffect>,
    /// The same model as trees, if it has pairs.
    forest: Option<Forest>,
}

/// What the answers to two indicators add together, beyond what each adds.
#[derive(Debug, Clone, PartialEq)]
pub struct PairEffect {
    /// Places of the two indicators on the form.
    pub indicators: (usize, usize),
    /// One number for each code of the first indicator and each of the second.
    pub effect: Vec<Vec<f64>>,
}

/// A pair as it was boosted: its indicators, and a table for all that its tree is to say, row by row.
pub(super) struct Boosted {
    pub(super) places: Places,
    pub(super) total: Vec<f64>,
}

impl AdditiveModel {
    /// A model without pairs.
    pub(super) fn of_effects(intercept: f64, effects: Vec<Vec<f64>>) -> Self {
        Self { intercept, effects, pairs: Vec::new(), forest: None }
    }

    /// A model with pairs. `effects` have mean 0; those of indicators in a pair are in the tables of their pairs as well.
    pub(super) fn with_pairs(
        intercept: f64,
        effects: Vec<Vec<f64>>,
        boosted: &[Boosted],
        set: &TrainingSet,
    ) -> Self {
        let in_pair = |j: usize| boosted.iter().any(|pair| pair.places.0 == j || pair.places.1 == j);
        let alone = (0..effects.len()).filter(|&j| !in_pair(j));
        let trees: Vec<Tree> = alone
            .map(|j| {
                let n_answers = [effects[j].len()];
                Table { indicators: &[j], n_answers: &n_answers, values: &in_single(&effects[j]) }.tree()
            })
            .chain(boosted.iter().map(|Boosted { places: (a, b), total }| {
                let n_answers = [effects[*a].len(), effects[*b].len()];
                Table { indicators: &[*a, *b], n_answers: &n_answers, values: &in_single(total) }.tree()
            }))
            .collect();
        let base = f64::from(intercept as f32);
        let forest = Some(Forest { n_indicators: effects.len(), base, trees });
        let mut model = Self { intercept, effects, pairs: Vec::new(), forest };
        for j in (0..model.effects.len()).filter(|&j| in_pair(j)) {
            model.effects[j].fill(0.0);
        }
        for Boosted { places: (a, b), total } in boosted {
            let width = model.effects[*b].len();
            let parts = purified(total, &joint_weights(set, (*a, *b), total.len(), width), width);
            model.intercept += parts.mean;
            for (j, part) in [a, b].into_iter().zip(&parts.effects) {
                model.effects[*j].iter_mut().zip(part).for_each(|(effect, part)| *effect += part);
            }
            let effect = parts.pair.chunks(width).map(<[f64]>::to_vec).collect();
            model.pairs.push(PairEffect { indicators: (*a, *b), effect });
        }
        model
    }

    /// The model as a version stores it: as tables if it has no pairs, else as trees.
    ///
    /// A tree asks for one indicator or for the two of a pair. The effect of an indicator that is in several pairs is divided among
    /// their trees, so that each of them keeps the directions and is proved to. Leaves are rounded to 32-bit floats, as those of
    /// boosted trees are.
    ///
    /// # Errors
    /// [`amparo_models::Error::Invalid`] if `family` is not allowed as a name.
    pub fn candidate(self, family: &str) -> Result<Candidate, Error> {
        Ok(match self.forest {
            Some(forest) => Candidate::trees(family, forest)?,
            None => {
                Candidate::additive(family, Additive { intercept: self.intercept, weights: self.effects })?
            }
        })
    }
}

impl Model for AdditiveModel {
    fn n_indicators(&self) -> usize {
        self.effects.len()
    }

    fn score(&self, row: &[u8]) -> f64 {
        let effects = self.effects.iter().zip(row).map(|(effect, &code)| effect[usize::from(code)]);
        let of_pair = |pair: &PairEffect| {
            let (a, b) = pair.indicators;
            pair.effect[usize::from(row[a])][usize::from(row[b])]
        };
        self.intercept + effects.sum::<f64>() + self.pairs.iter().map(of_pair).sum::<f64>()
    }
}

/// Numbers rounded to 32-bit floats, as leaves of trees are that are fitted here.
pub(crate) fn in_single(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value as f32)).collect()
}

/// Tables of mean 0 over the rows, by their weights, and the intercept that makes up for it.
pub(super) fn centred(base: f64, mut tables: Vec<Vec<f64>>, set: &TrainingSet) -> (f64, Vec<Vec<f64>>) {
    let total: f64 = set.weights().iter().sum();
    let mut intercept = base;
    for (j, table) in tables.iter_mut().enumerate() {
        let of_row = |(row, weight): (&[u8], &f64)| weight * table[usize::from(row[j])];
        let mean = set.answers().rows().zip(set.weights()).map(of_row).sum::<f64>() / total;
        table.iter_mut().for_each(|value| *value -= mean);
        intercept += mean;
    }
    (intercept, tables)
}

/// The weights of the rows with each two answers.
fn joint_weights(set: &TrainingSet, (a, b): Places, n_cells: usize, width: usize) -> Vec<f64> {
    let mut weights = vec![0.0; n_cells];
    for (row, weight) in set.answers().rows().zip(set.weights()) {
        weights[usize::from(row[a]) * width + usize::from(row[b])] += weight;
    }
    weights
}
