//! Additive models: a table of log-odds for each indicator, boosted in turn, and then for chosen pairs of them.
//!
//! ```text
//! log-odds(x) = b + sum_j f_j(x_j) + sum over pairs of f_ab(x_a, x_b)          one number an answer, or two; `unknown` included
//! ```
//! A round goes through the indicators one after the other. The table of each takes a small share of a Newton step, answer by
//! answer, before the next one is looked at (cyclic boosting). Because the steps are small, indicators that go together share
//! what they explain, and stopping early shrinks all of them.
//!
//! ```text
//! loss     sum_i w_i (softplus(s_i) - y_i s_i) + l2/2 (sum of squares of all numbers in tables)       weights w_i with mean 1
//! G, H     sums of w_i (p_i - y_i) and w_i p_i (1 - p_i) over the rows with an answer
//! step     f_j[c] -= rate (G + l2 f_j[c]) / (H + l2)               if H >= min_weight
//! ```
//! Tables of risk indicators are bound to rise along the known answers, those of protective ones to fall: after each step the
//! closest table that does so is taken. `unknown` is free.
//!
//! **Pairs** come after the indicators, whose tables do not move any more. The pairs whose tables would lower the loss most are
//! chosen (`pairs`) among those that may meet (`interactions`), and boosted in the same way: a pair is a column of as many codes as there are ways to answer both. Bound to go
//! the right way is the sum of its table and an equal share of the tables of its two indicators, so a pair may take back what they
//! add, but never turn it. Afterwards every table has mean 0 over the rows of the fit, and that of a pair over each of its
//! answers (`purify`).
//!
//! There are two algorithms ([`Algorithm`]). The exact one goes through all rows for each step. The fast one does so every few
//! rounds, and in between works on a quadratic model of the loss around there, which has one number for each two answers.
//! Derivatives are summed as whole numbers, as for trees, so that any number of threads gives the same bytes.
//!
//! DIFFERENCE to explainable boosting machines: each step moves every answer on its own, where interpret grows a tree of two or
//! three leaves; `l2` is a penalty on the tables, which have an optimum with it, where interpret's slows each step down; there are
//! no bags.
//!
//! # References
//! Lou, Caruana and Gehrke, "Intelligible models for classification and regression", KDD 2012; Lou, Caruana, Gehrke and Hooker,
//! "Accurate intelligible models with pairwise interactions", KDD 2013; Nori, Jenkins, Koch and Caruana, "InterpretML: a unified
//! framework for machine learning interpretability", arXiv 1909.09223.

mod boost;
mod column;
mod model;
mod pairs;
mod params;
mod purify;
pub(crate) mod rows;

use amparo_models::probability::logit;

use boost::Boosting;
use column::{Axis, Column, Pace};
pub(crate) use model::in_single;
pub use model::{AdditiveModel, PairEffect};
use model::{Boosted, centred};
use pairs::{Places, strongest};
pub use params::{AdditiveParams, Algorithm};
use rows::Rows;

use crate::boosting::Order;
use crate::boosting::gradient::Target;
use crate::interactions::Meeting;
use crate::{EarlyStopping, Error, TrainingSet};

/// Fits an additive model; `orders` says of each indicator which way its table may go, `seed` decides which cases are set aside
/// for early stopping. `params` have passed their check.
///
/// # Errors
/// [`Error::OneClass`] if the cases that are set aside, or the others, have only events or none.
///
/// # Panics
/// If `orders` has not one entry an indicator.
pub fn additive(
    params: &AdditiveParams,
    seed: u64,
    orders: &[Order],
    set: &TrainingSet,
) -> Result<AdditiveModel, Error> {
    let indicators = set.answers().instrument().indicators();
    assert_eq!(orders.len(), indicators.len(), "one order an indicator");
    let axes = indicators.iter().zip(orders).map(|(i, &order)| Axis { n_answers: i.n_answers(), order });
    let meeting = Meeting::of(params.interactions.as_ref(), set.answers().instrument());
    let fit = AdditiveFit { params, axes: axes.collect(), meeting };
    let rounds = match params.early_stopping {
        None => Rounds { effects: params.rounds, pairs: params.rounds },
        Some(stopping) => fit.stopped(stopping, seed, set)?,
    };
    Ok(fit.on(set, rounds))
}

/// One fit.
#[derive(Debug)]
struct AdditiveFit<'a> {
    params: &'a AdditiveParams,
    axes: Vec<Axis>,
    /// Which indicators may be a pair.
    meeting: Meeting,
}

/// How often the tables of all indicators, and then of all pairs, take a step.
#[derive(Debug, Clone, Copy)]
struct Rounds {
    effects: usize,
    pairs: usize,
}

impl AdditiveFit<'_> {
    /// The model after so many rounds on all rows.
    fn on(&self, set: &TrainingSet, rounds: Rounds) -> AdditiveModel {
        let base = logit(set.base_rate());
        let (columns, rows) = (self.columns(), self.rows(set, base));
        let tables = self.boosting(&columns, &rows).run(rounds.effects);
        let effects = columns.iter().enumerate().map(|(j, column)| column.total(&tables[rows.cells(j)]));
        let (intercept, effects) = centred(base, effects.collect(), set);
        let chosen = self.chosen(&rows, &tables);
        if chosen.is_empty() {
            return AdditiveModel::of_effects(intercept, effects);
        }
        let columns = self.pair_columns(&chosen, &effects);
        let rows = self.pair_rows(set, &chosen, rows.scores(&tables));
        let tables = self.boosting(&columns, &rows).run(rounds.pairs);
        let totals = columns.iter().enumerate().map(|(k, column)| column.total(&tables[rows.cells(k)]));
        let boosted: Vec<Boosted> =
            chosen.into_iter().zip(totals).map(|(places, total)| Boosted { places, total }).collect();
        AdditiveModel::with_pairs(intercept, effects, &boosted, set)
    }

    /// How many rounds do best on cases that are set aside.
    fn stopped(&self, stopping: EarlyStopping, seed: u64, set: &TrainingSet) -> Result<Rounds, Error> {
        let (part, held) = stopping.divided(set, seed)?;
        let base = logit(part.base_rate());
        let (columns, rows, held_rows) = (self.columns(), self.rows(&part, base), self.rows(&held, base));
        let most = self.params.rounds;
        let (effects, tables) = self.boosting(&columns, &rows).stopped(most, &held_rows, stopping.patience);
        let chosen = self.chosen(&rows, &tables);
        if chosen.is_empty() {
            return Ok(Rounds { effects, pairs: 0 });
        }
        let of_indicators: Vec<Vec<f64>> =
            (0..columns.len()).map(|j| tables[rows.cells(j)].to_vec()).collect();
        let columns = self.pair_columns(&chosen, &of_indicators);
        let pair_rows = self.pair_rows(&part, &chosen, rows.scores(&tables));
        let held_rows = self.pair_rows(&held, &chosen, held_rows.scores(&tables));
        let (pairs, _) = self.boosting(&columns, &pair_rows).stopped(most, &held_rows, stopping.patience);
        Ok(Rounds { effects, pairs })
    }

    fn boosting<'a>(&self, columns: &'a [Column], rows: &'a Rows) -> Boosting<'a> {
        Boosting { algorithm: self.params.algorithm, pace: self.pace(), columns, rows }
    }

    fn pace(&self) -> Pace {
        let &AdditiveParams { learning_rate, l2, min_weight, .. } = self.params;
        Pace { learning_rate, l2, min_weight }
    }

    fn columns(&self) -> Vec<Column> {
        self.axes.iter().map(|&axis| Column::one(axis)).collect()
    }

    fn rows(&self, set: &TrainingSet, base: f64) -> Rows {
        let n_answers: Vec<usize> = self.axes.iter().map(|axis| axis.n_answers).collect();
        let code = |row: usize, column: usize| set.answers().row(row)[column];
        Rows::new(&n_answers, code, targets(set), vec![base; set.n_rows()])
    }

    fn chosen(&self, rows: &Rows, tables: &[f64]) -> Vec<Places> {
        match self.params.pairs {
            0 => Vec::new(),
            wanted => strongest(rows, &self.pairs(), tables, self.pace(), wanted),
        }
    }

    /// The pairs that there may be, in the order of the form.
    fn pairs(&self) -> Vec<Places> {
        let n = self.axes.len();
        let of = |a: usize| (a + 1..n).map(move |b| (a, b));
        (0..n).flat_map(of).filter(|&(a, b)| self.meeting.may_pair(a, b)).collect()
    }

    /// A column for each pair, on top of its share of the tables of its indicators.
    fn pair_columns(&self, chosen: &[Places], effects: &[Vec<f64>]) -> Vec<Column> {
        let share = |j: usize| -> Vec<f64> {
            let n_pairs = chosen.iter().filter(|(a, b)| *a == j || *b == j).count();
            effects[j].iter().map(|value| value / n_pairs as f64).collect()
        };
        let column = |&(a, b): &Places| Column::two([self.axes[a], self.axes[b]], [&share(a), &share(b)]);
        chosen.iter().map(column).collect()
    }

    fn pair_rows(&self, set: &TrainingSet, chosen: &[Places], offsets: Vec<f64>) -> Rows {
        let width = |b: usize| self.axes[b].n_answers;
        let n_cells: Vec<usize> = chosen.iter().map(|&(a, b)| self.axes[a].n_answers * width(b)).collect();
        let code = |row: usize, pair: usize| {
            let ((a, b), row) = (chosen[pair], set.answers().row(row));
            (usize::from(row[a]) * width(b) + usize::from(row[b])) as u8
        };
        Rows::new(&n_cells, code, targets(set), offsets)
    }
}

/// Events and weights of mean 1.
fn targets(set: &TrainingSet) -> Vec<Target> {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    set.events().iter().zip(set.weights()).map(|(&event, &w)| Target::new(event, w / mean)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
