//! Additive models: a table of log-odds for each indicator, boosted in turn.
//!
//! ```text
//! log-odds(x) = b + sum_j f_j(x_j)          f_j: one number an answer, `unknown` included
//! ```
//! A round goes through the indicators one after the other. The table of each takes a small share of a Newton step, answer by
//! answer, before the next one is looked at (cyclic boosting). Because the steps are small, indicators that go together share
//! what they explain, and stopping early shrinks all of them.
//!
//! ```text
//! loss     sum_i w_i (softplus(s_i) - y_i s_i)                     weights w_i with mean 1
//! G, H     sums of w_i (p_i - y_i) and w_i p_i (1 - p_i) over the rows with an answer
//! step     f_j[c] -= rate G / (H + l2)                             if H >= min_weight
//! ```
//! Tables of risk indicators are bound to rise along the known answers, those of protective ones to fall: after each step the
//! closest table that does so is taken. `unknown` is free. Afterwards every table has mean 0 over the rows of the fit, so that
//! a number in it is the difference to the average form.
//!
//! There are two algorithms ([`Algorithm`]). The exact one goes through all rows for each step. The fast one does so every few
//! rounds, and in between works on a quadratic model of the loss around there, which has one number for each two answers.
//! Derivatives are summed as whole numbers, as for trees, so that any number of threads gives the same bytes.
//!
//! DIFFERENCE to explainable boosting machines: each step moves every answer on its own, where interpret grows a tree of two or
//! three leaves; there are no bags.
//!
//! # References
//! Lou, Caruana and Gehrke, "Intelligible models for classification and regression", KDD 2012; Nori, Jenkins, Koch and Caruana,
//! "InterpretML: a unified framework for machine learning interpretability", arXiv 1909.09223.

mod boost;
mod column;
mod params;
mod rows;

use amparo_models::probability::logit;
use amparo_models::scorer::Additive;

use boost::Boosting;
use column::{Column, Pace};
pub use params::{AdditiveParams, Algorithm};
use rows::Rows;

use crate::boosting::Order;
use crate::boosting::gradient::Target;
use crate::{Error, TrainingSet};

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
) -> Result<Additive, Error> {
    let fit = AdditiveFit { params, orders };
    let rounds = match params.early_stopping {
        None => params.rounds,
        Some(stopping) => {
            let (part, held) = stopping.divided(set, seed)?;
            let base = logit(part.base_rate());
            let (rows, held) = (fit.rows(&part, base), fit.rows(&held, base));
            fit.boosting(&fit.columns(&part), &rows).stopped(params.rounds, &held, stopping.patience).0
        }
    };
    let base = logit(set.base_rate());
    let (columns, rows) = (fit.columns(set), fit.rows(set, base));
    let tables = fit.boosting(&columns, &rows).run(rounds);
    let weights = columns.iter().enumerate().map(|(j, column)| {
        // Sums of steps, which rounding may have put out of order by a last digit.
        let table = tables[rows.cells(j)].to_vec();
        let alike = vec![1.0; table.len()];
        column.directed(table, &alike)
    });
    Ok(centred(base, weights.collect(), set))
}

/// One fit.
#[derive(Debug, Clone, Copy)]
struct AdditiveFit<'a> {
    params: &'a AdditiveParams,
    orders: &'a [Order],
}

impl AdditiveFit<'_> {
    fn boosting<'a>(&self, columns: &'a [Column], rows: &'a Rows) -> Boosting<'a> {
        let &AdditiveParams { algorithm, learning_rate, l2, min_weight, .. } = self.params;
        Boosting { algorithm, pace: Pace { learning_rate, l2, min_weight }, columns, rows }
    }

    fn columns(&self, set: &TrainingSet) -> Vec<Column> {
        let indicators = set.answers().instrument().indicators();
        assert_eq!(self.orders.len(), indicators.len(), "one order an indicator");
        indicators.iter().zip(self.orders).map(|(i, &order)| Column::of(i.n_answers(), order)).collect()
    }

    fn rows(&self, set: &TrainingSet, base: f64) -> Rows {
        let n_answers: Vec<usize> =
            set.answers().instrument().indicators().iter().map(|i| i.n_answers()).collect();
        let code = |row: usize, column: usize| set.answers().row(row)[column];
        Rows::new(&n_answers, code, targets(set), vec![base; set.n_rows()])
    }
}

/// Events and weights of mean 1.
fn targets(set: &TrainingSet) -> Vec<Target> {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    set.events().iter().zip(set.weights()).map(|(&event, &w)| Target::new(event, w / mean)).collect()
}

/// The same model with tables of mean 0 over the rows, by their weights.
fn centred(base: f64, mut tables: Vec<Vec<f64>>, set: &TrainingSet) -> Additive {
    let total: f64 = set.weights().iter().sum();
    let mut intercept = base;
    for (j, table) in tables.iter_mut().enumerate() {
        let of_row = |(row, weight): (&[u8], &f64)| weight * table[usize::from(row[j])];
        let mean = set.answers().rows().zip(set.weights()).map(of_row).sum::<f64>() / total;
        table.iter_mut().for_each(|value| *value -= mean);
        intercept += mean;
    }
    Additive { intercept, weights: tables }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
