//! Models that are compared with those that can be published, and never published themselves.

use std::fmt::Debug;
use std::sync::Arc;

use amparo_datasets::Answers;

use crate::{Error, Learn, TrainingSet};

/// Checked parameters of a model whose scores cannot be explained exactly, indicator by indicator: it takes part in a comparison.
pub trait Contend: Debug + Send + Sync {
    /// Learns from the training set; the same set gives the same scores.
    ///
    /// # Errors
    /// When the training set cannot carry such a model.
    fn contend(&self, set: &TrainingSet) -> Result<Box<dyn Scores>, Error>;
}

/// What a [`Contend`] has learned.
pub trait Scores: Send + Sync {
    /// A finite number for each row, higher for more risk, on any scale: it is calibrated before it is judged.
    ///
    /// # Errors
    /// Whatever the library behind it refuses.
    fn scores(&self, rows: &Answers) -> Result<Vec<f64>, Error>;
}

/// Whoever takes part in a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Contestant {
    /// Of a family that can be published.
    Learner(Arc<dyn Learn>),
    /// Of one that cannot.
    Contender(Arc<dyn Contend>),
}

/// A family of models that can only be compared.
#[derive(Debug, Clone, Copy)]
pub struct ContenderFamily {
    /// What stands after `family =` in a config.
    pub name: &'static str,
    /// Why no model of it is published.
    pub why_not_published: &'static str,
    /// Reads and checks what a config says of one candidate.
    pub read: fn(&crate::families::Settings<'_>) -> Result<Arc<dyn Contend>, Error>,
}
