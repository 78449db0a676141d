//! The rows of a training set whose class on an ordered scale is known.

use amparo_datasets::{Classes, Outcome};

use crate::{Error, TrainingSet};

/// Rows with their classes; every class has a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Classed {
    /// The rows whose class is known, in the order of the training set.
    pub set: TrainingSet,
    /// Place of each row's class among `classes`.
    pub codes: Vec<u8>,
    /// Weights with mean 1, one a row.
    pub weights: Vec<f64>,
    /// Names of the classes, from the lowest to the highest.
    pub classes: Vec<String>,
    /// Place of the lowest class that is the event, at least 1.
    pub from: usize,
    /// Rows that were left out because their class is not known.
    pub n_unknown: usize,
}

impl Classed {
    fn new(set: &TrainingSet, classes: &Classes) -> Result<Self, Error> {
        let known = classes.codes.iter().enumerate().filter_map(|(row, code)| Some((row, (*code)?)));
        let (rows, codes): (Vec<usize>, Vec<u8>) = known.unzip();
        let is_missing = |at: &usize| !codes.iter().any(|code| usize::from(*code) == *at);
        if let Some(at) = (0..classes.ids.len()).find(is_missing) {
            let (outcome, class) = (set.outcome().to_owned(), classes.ids[at].clone());
            return Err(Error::NoRowOfClass { outcome, class, rows: rows.len() });
        }
        // Of these rows, whatever is said of events is what the classes say: the cohort has checked that both agree.
        let set = set.select(&rows, "the rows whose class is known")?;
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        Ok(Self {
            weights: set.weights().iter().map(|weight| weight / mean).collect(),
            set,
            codes,
            classes: classes.ids.clone(),
            from: usize::from(classes.from),
            n_unknown: classes.n_unknown(),
        })
    }
}

impl TrainingSet {
    /// Those of these rows whose class is known.
    ///
    /// # Errors
    /// [`Error::NotOrdered`] if the outcome has no classes; [`Error::NoRowOfClass`] if one of them has no row.
    pub fn classed(&self) -> Result<Classed, Error> {
        let none = || Error::NotOrdered { outcome: self.outcome().to_owned() };
        Classed::new(self, self.classes().ok_or_else(none)?)
    }
}

/// The classes of an outcome.
///
/// # Errors
/// [`Error::Config`] if it has none.
pub(crate) fn known(outcome: &Outcome) -> Result<&Classes, Error> {
    outcome.classes.as_ref().ok_or_else(|| {
        let message = format!(
            "outcome `{}` has no ordered classes, and a cumulative model is learned from them; a source states them with `classes`",
            outcome.name
        );
        Error::config("outcome", message)
    })
}
