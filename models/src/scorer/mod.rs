//! The models that Amparo can publish, and what an analysis sees of them.
//!
//! A scorer is the baseline, a candidate, or a blend of the two. Nobody outside this folder can tell which: an analysis
//! asks for [`Scorer::terms`], each of a role, a share and one of two forms, and handles both forms. How a model was
//! fitted is its family, which is a name to be shown.

mod additive;
mod averaged;
mod candidate;
mod forest;
mod hybrid;
mod table;
mod tagged;
mod term;
mod widened;

use std::borrow::Cow;

use amparo_datasets::Instrument;

pub use additive::{Additive, Points};
pub use candidate::Candidate;
pub use forest::{Forest, Leaf, Node, Path, Tree};
pub use hybrid::Hybrid;
pub use table::Table;
pub use term::{Form, Role, Term};

use crate::{Error, Model};

/// Family of the baseline.
const POINTS: &str = "points";
/// Family of a blend.
const HYBRID: &str = "hybrid";

/// Any model that Amparo can publish; made from [`Points`], a [`Candidate`] or a [`Hybrid`].
///
/// ```
/// use amparo_models::scorer::{Additive, Candidate, Form, Points, Scorer};
///
/// let baseline = Scorer::from(Points { points: vec![vec![0, 2]], offset: -1.0, scale: 0.5 });
/// let tables = Additive { intercept: -1.0, weights: vec![vec![0.0, 1.0]] };
/// let candidate = Scorer::from(Candidate::additive("logistic", tables)?);
/// assert_eq!([baseline.family(), candidate.family()], ["points", "logistic"]);
/// // Two families, one form, and here the same tables.
/// assert_eq!(baseline.terms()[0].form, candidate.terms()[0].form);
/// # Ok::<(), amparo_models::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer(Kind);

/// Private, so that whatever is computed of a scorer is computed of its terms.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Points(Points),
    Candidate(Candidate),
    Hybrid(Hybrid),
}

impl From<Points> for Scorer {
    fn from(points: Points) -> Self {
        Self(Kind::Points(points))
    }
}

impl From<Candidate> for Scorer {
    fn from(candidate: Candidate) -> Self {
        Self(Kind::Candidate(candidate))
    }
}

impl From<Hybrid> for Scorer {
    fn from(hybrid: Hybrid) -> Self {
        Self(Kind::Hybrid(hybrid))
    }
}

impl Scorer {
    /// Name of the family: `points`, `hybrid`, or that of the candidate (`logistic`, `forest`, ...).
    pub fn family(&self) -> &str {
        match &self.0 {
            Kind::Points(_) => POINTS,
            Kind::Candidate(candidate) => candidate.family(),
            Kind::Hybrid(_) => HYBRID,
        }
    }

    /// The dial from baseline (0) to candidate (1).
    pub fn dial(&self) -> f64 {
        match &self.0 {
            Kind::Points(_) => 0.0,
            Kind::Candidate(_) => 1.0,
            Kind::Hybrid(hybrid) => hybrid.dial(),
        }
    }

    /// The addends of the score, the baseline before the candidate. There is at least one, and at most one of each role.
    pub fn terms(&self) -> Vec<Term<'_>> {
        let baseline = self.baseline().map(|points| Term {
            role: Role::Baseline,
            share: 1.0 - self.dial(),
            family: POINTS,
            form: Form::Additive(Cow::Owned(points.additive())),
        });
        let candidate = self.candidate().map(|candidate| Term {
            role: Role::Candidate,
            share: self.dial(),
            family: candidate.family(),
            form: candidate.form(),
        });
        baseline.into_iter().chain(candidate).collect()
    }

    /// The baseline that it is or holds.
    pub fn baseline(&self) -> Option<&Points> {
        match &self.0 {
            Kind::Points(points) => Some(points),
            Kind::Candidate(_) => None,
            Kind::Hybrid(hybrid) => Some(hybrid.baseline()),
        }
    }

    /// The candidate that it is or holds.
    pub fn candidate(&self) -> Option<&Candidate> {
        match &self.0 {
            Kind::Points(_) => None,
            Kind::Candidate(candidate) => Some(candidate),
            Kind::Hybrid(hybrid) => Some(hybrid.candidate()),
        }
    }

    /// The trees among its terms; at most one term has some, for the baseline is additive.
    pub fn trees(&self) -> Option<&Forest> {
        match self.candidate()?.form() {
            Form::Trees(forest) => Some(forest),
            Form::Additive(_) => None,
        }
    }

    /// SHA-256 of the part of a role as a version's file holds it; `None` if it holds none. Versions that blend the same two models, each
    /// at its own dial, have the same two digests.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the part cannot be written.
    pub fn digest(&self, role: Role) -> Result<Option<String>, Error> {
        let part = match role {
            Role::Baseline => self.baseline().map(serde_json::to_vec),
            Role::Candidate => self.candidate().map(serde_json::to_vec),
        };
        let unwritten = |error: serde_json::Error| Error::invalid("scorer", error.to_string());
        Ok(part.transpose().map_err(unwritten)?.map(|bytes| crate::digest::sha256(&bytes)))
    }

    /// The indicators, by place, whose known answers no table and no tree tells apart: they have no effect.
    pub fn without_effect(&self, instrument: &Instrument) -> Vec<usize> {
        let terms = self.terms();
        let is_flat = |j: usize, n_known: usize| {
            terms.iter().all(|term| match &term.form {
                Form::Additive(tables) => {
                    tables.weights[j][..n_known].windows(2).all(|pair| (pair[0] - pair[1]).abs() <= 0.0)
                }
                Form::Trees(forest) => forest
                    .trees
                    .iter()
                    .all(|tree| (1..n_known).all(|code| tree.goes_the_same_way(j, code - 1, code))),
            })
        };
        let all = instrument.indicators().iter().enumerate();
        all.filter(|(j, indicator)| is_flat(*j, indicator.n_known())).map(|(j, _)| j).collect()
    }

    /// Checks that every number is finite and that tables and trees fit the instrument.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first thing that does not fit.
    pub fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        match &self.0 {
            Kind::Points(points) => points.check(instrument),
            Kind::Candidate(candidate) => candidate.check(instrument),
            Kind::Hybrid(hybrid) => hybrid.check(instrument),
        }
    }
}

impl Model for Scorer {
    fn n_indicators(&self) -> usize {
        match &self.0 {
            Kind::Points(points) => points.n_indicators(),
            Kind::Candidate(candidate) => candidate.n_indicators(),
            Kind::Hybrid(hybrid) => hybrid.n_indicators(),
        }
    }

    fn score(&self, row: &[u8]) -> f64 {
        match &self.0 {
            Kind::Points(points) => points.score(row),
            Kind::Candidate(candidate) => candidate.score(row),
            Kind::Hybrid(hybrid) => hybrid.score(row),
        }
    }
}

#[cfg(test)]
mod tests;
