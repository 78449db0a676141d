//! Models other than the baseline, by the name of their family and their form.

use std::borrow::Cow;

use amparo_datasets::Instrument;

use super::{Additive, Forest, Form, HYBRID, POINTS};
use crate::name::check_name;
use crate::{Error, Model};

/// A model other than the baseline: how it was fitted is its family, what it computes is its form.
///
/// The family is a name and nothing hangs on it, so a family that is new only in how it is fitted needs no code here.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    family: String,
    fitted: Fitted,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fitted {
    Additive(Additive),
    Trees(Forest),
}

impl Candidate {
    /// A candidate of the additive form.
    ///
    /// # Errors
    /// [`Error::Invalid`] if `family` is not allowed as a name, or is that of the baseline or of a blend.
    pub fn additive(family: &str, tables: Additive) -> Result<Self, Error> {
        Self::new(family, Fitted::Additive(tables))
    }

    /// A candidate made of trees.
    ///
    /// # Errors
    /// As [`Self::additive`].
    pub fn trees(family: &str, forest: Forest) -> Result<Self, Error> {
        Self::new(family, Fitted::Trees(forest))
    }

    pub(super) fn new(family: &str, fitted: Fitted) -> Result<Self, Error> {
        check_family(family)?;
        Ok(Self { family: family.to_owned(), fitted })
    }

    /// Name of the family: `logistic`, `forest`, or any other.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// What the model computes.
    pub fn form(&self) -> Form<'_> {
        match &self.fitted {
            Fitted::Additive(tables) => Form::Additive(Cow::Borrowed(tables)),
            Fitted::Trees(forest) => Form::Trees(forest),
        }
    }

    /// The same family with another model.
    pub(super) fn with(&self, fitted: Fitted) -> Self {
        Self { family: self.family.clone(), fitted }
    }

    pub(super) fn fitted(&self) -> &Fitted {
        &self.fitted
    }

    pub(super) fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        match &self.fitted {
            Fitted::Additive(tables) => tables.check(&self.family, instrument),
            Fitted::Trees(forest) => forest.check(&self.family, instrument),
        }
    }
}

impl Model for Candidate {
    fn n_indicators(&self) -> usize {
        match &self.fitted {
            Fitted::Additive(tables) => tables.n_indicators(),
            Fitted::Trees(forest) => forest.n_indicators(),
        }
    }

    fn score(&self, row: &[u8]) -> f64 {
        match &self.fitted {
            Fitted::Additive(tables) => tables.score(row),
            Fitted::Trees(forest) => forest.score(row),
        }
    }
}

/// Refuses a name that is none, or that stands for another kind of scorer in a file.
pub(super) fn check_family(family: &str) -> Result<(), Error> {
    check_name("family", family)?;
    if [POINTS, HYBRID].contains(&family) {
        let problem = format!("`{family}` is reserved, expected another name for a candidate");
        return Err(Error::invalid("family", problem));
    }
    Ok(())
}
