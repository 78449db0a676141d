//! Categorical naive Bayes.

use std::sync::Arc;

use amparo_models::{Additive, Candidate, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::counts::{counts, total};
use crate::boosting::Order;
use crate::calibrate::pool_adjacent_violators;
use crate::{Error, Fit, Learn, TrainingSet};

/// Naive Bayes.
pub const FAMILY: Family = Family {
    name: "naive_bayes",
    read: |settings| Ok(Arc::new(NaiveBayesFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How the naive Bayes candidate is fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `smoothing` | above 0 | rows that are added to every answer in each class (1: Laplace; else Lidstone) |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NaiveBayesParams {
    /// Rows added to every answer in each class.
    pub smoothing: f64,
}

/// Checked [`NaiveBayesParams`] with the indicators whose direction is not enforced.
///
/// Answers are taken to be independent of each other among the rows with the event, and among those without it:
///
/// ```text
/// log-odds   = ln(E / N) + sum_j ln(P(x_j | event) / P(x_j | no event))        E, N: weight of the rows with the event, without
/// P(a | c)   = (count of a in class c + smoothing) / (weight of class c + smoothing * answers)      `unknown` is one of the answers
/// ```
/// Weights have mean 1, so `smoothing` is a number of rows. The score is a sum of one number an answer, so it is explained exactly.
///
/// **Directions.** The ratio `P(a | event) / P(a | no event)` must not fall along the known answers of a risk indicator, nor rise along
/// those of a protective one. The tables of greatest likelihood that keep to that come from pooling adjacent violators of the share of
/// events, each answer weighing as much as its smoothed count: pooled answers have the ratio of their counts together.
///
/// DIFFERENCE to scikit-learn's `CategoricalNB`: it knows no directions; and an answer that no row has gets a ratio of 1 here (or that
/// of its neighbour, where a direction is kept), where scikit-learn's comes from the smoothing alone and is that of the classes.
///
/// # References
/// - Hand and Yu, "Idiot's Bayes: not so stupid after all?", International Statistical Review 69, 2001.
/// - Dykstra, Kochar and Robertson, "Inference for likelihood ratio ordering in the two-sample problem", JASA 90, 1995 (directions).
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayesFit {
    smoothing: f64,
    exempt: Vec<String>,
}

impl NaiveBayesFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &NaiveBayesParams, exempt: &[String]) -> Result<Self, Error> {
        let smoothing = params.smoothing;
        if !(smoothing.is_finite() && smoothing > 0.0) {
            let message = format!("`smoothing` is {smoothing}, expected a number above 0");
            return Err(Error::config("smoothing", message));
        }
        Ok(Self { smoothing, exempt: exempt.to_vec() })
    }
}

impl Fit for NaiveBayesFit {
    type Model = Additive;

    fn fit(&self, set: &TrainingSet) -> Result<Additive, Error> {
        let orders = Order::all(set.answers().instrument(), &self.exempt);
        let tables: Vec<Vec<[f64; 2]>> = (0..orders.len()).map(|j| counts(set, j)).collect();
        // Every row has one answer to each indicator, so any of them gives the classes.
        let [n, e] = total(&tables[0]);
        let weights = tables.iter().zip(&orders).map(|(counts, &order)| self.log_ratios(counts, order));
        Ok(Additive { intercept: libm::log(e / n), weights: weights.collect() })
    }
}

impl NaiveBayesFit {
    /// What each answer adds to the log-odds; `unknown` is the last.
    fn log_ratios(&self, counts: &[[f64; 2]], order: Order) -> Vec<f64> {
        let smoothed: Vec<[f64; 2]> = counts.iter().map(|count| count.map(|c| c + self.smoothing)).collect();
        let [n_all, e_all] = total(&smoothed);
        let log_ratio = |[n, e]: [f64; 2]| libm::log(e * n_all / (n * e_all));
        let occurs = |at: usize| counts[at][0] + counts[at][1] > 0.0;
        let mut values: Vec<f64> =
            (0..counts.len()).map(|at| if occurs(at) { log_ratio(smoothed[at]) } else { 0.0 }).collect();
        let sign = match order {
            Order::Subsets | Order::Graded => return values,
            Order::Rising => 1.0,
            Order::Falling => -1.0,
        };
        let known: Vec<usize> = (0..counts.len() - 1).filter(|&at| occurs(at)).collect();
        let shares: Vec<f64> = known.iter().map(|&at| sign * share(smoothed[at])).collect();
        let sizes: Vec<f64> = known.iter().map(|&at| smoothed[at][0] + smoothed[at][1]).collect();
        let pooled = pool_adjacent_violators(&shares, &sizes);
        let (mut from, mut least) = (0, f64::NEG_INFINITY);
        for pool in pooled.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let members = &known[from..from + pool.len()];
            from += pool.len();
            // Pools rise, but for the last bit of their logarithms.
            least = least.max(sign * log_ratio(total(members.iter().map(|&at| &smoothed[at]))));
            members.iter().for_each(|&at| values[at] = sign * least);
        }
        // A grade that no row has: as the one below it that some have, or else as the one above.
        for at in (0..counts.len() - 1).filter(|&at| !occurs(at)) {
            let place = known.partition_point(|&occurring| occurring < at);
            if let Some(&beside) = known.get(place.saturating_sub(1)) {
                values[at] = values[beside];
            }
        }
        values
    }
}

/// The share of events.
fn share([n, e]: [f64; 2]) -> f64 {
    e / (n + e)
}

impl Learn for NaiveBayesFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(Candidate::additive(FAMILY.name, self.fit(set)?)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
