//! The one way to learn, and what a fit may see.

use amparo_datasets::Answers;

use crate::{Data, Error};

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
        let labelled = data.part(rows);
        let (events, n) = (labelled.events().iter().filter(|e| **e).count(), rows.len());
        if events == 0 || events == n {
            let (outcome, part) = (data.outcome.clone(), part.to_owned());
            return Err(Error::OneClass { outcome, part, events, rows: n });
        }
        let answers = data.cohort.answers().select(rows);
        let (events, weights) = labelled.into_events_and_weights();
        Ok(Self { answers, events, weights })
    }

    /// The same without some indicators, with the places of the others; none if nothing is left out.
    pub(crate) fn without(&self, left_out: &[String]) -> Option<(Self, Vec<usize>)> {
        if left_out.is_empty() {
            return None;
        }
        let indicators = self.answers.instrument().indicators();
        let places: Vec<usize> = (0..indicators.len()).filter(|&j| !left_out.contains(&indicators[j].id)).collect();
        let (events, weights) = (self.events.clone(), self.weights.clone());
        Some((Self { answers: self.answers.only(&places), events, weights }, places))
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
