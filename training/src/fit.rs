//! The one way to learn, and what there is to learn from.

use amparo_datasets::{Answers, Cohort};

use crate::Error;

/// Checked parameters that turn a training set into a model.
pub trait Fit {
    /// What is learned.
    type Model;

    /// Learns.
    ///
    /// # Errors
    /// When the training set cannot carry such a model; never a model that was not fitted.
    fn fit(&self, set: &TrainingSet) -> Result<Self::Model, Error>;
}

/// The rows of a cohort whose outcome is known at its horizon; row numbers below are places in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The outcome.
    pub outcome: String,
    /// The rows, in the cohort's order.
    pub cohort: Cohort,
    /// Whether the event happened, one a row.
    pub events: Vec<bool>,
    /// Sampling weight times the inverse probability of not being censored, one a row.
    pub weights: Vec<f64>,
    /// Rows left out because they were censored before the horizon.
    pub n_censored: usize,
}

impl Data {
    /// The labelled rows of a cohort.
    ///
    /// # Errors
    /// See [`Cohort::labelled`].
    pub fn new(cohort: &Cohort, outcome: &str) -> Result<Self, Error> {
        let labelled = cohort.labelled(outcome)?;
        Ok(Self {
            outcome: outcome.to_owned(),
            cohort: cohort.select(&labelled.rows),
            events: labelled.events,
            weights: labelled.weights,
            n_censored: labelled.n_censored,
        })
    }
}

/// Answers, events and weights of the same rows: all that a fit may see. Both classes are present.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingSet {
    answers: Answers,
    events: Vec<bool>,
    weights: Vec<f64>,
}

impl TrainingSet {
    /// The given rows of the data; `part` names them in errors.
    ///
    /// # Errors
    /// [`Error::OneClass`].
    pub fn new(data: &Data, rows: &[usize], part: &str) -> Result<Self, Error> {
        let events: Vec<bool> = rows.iter().map(|&row| data.events[row]).collect();
        let weights = rows.iter().map(|&row| data.weights[row]).collect();
        let n_events = events.iter().filter(|e| **e).count();
        if n_events == 0 || n_events == events.len() {
            let (outcome, part) = (data.outcome.clone(), part.to_owned());
            return Err(Error::OneClass { outcome, part, events: n_events, rows: events.len() });
        }
        Ok(Self { answers: data.cohort.answers().select(rows), events, weights })
    }

    /// The answers.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Whether the event happened, one a row.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// Weights, one positive number a row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.events.len()
    }

    /// Weighted share of events.
    pub fn base_rate(&self) -> f64 {
        let of_events: f64 = self.events.iter().zip(&self.weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
        of_events / self.weights.iter().sum::<f64>()
    }
}
