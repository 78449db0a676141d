//! The models that are fitted, and the candidates made of them.

use amparo_models::scorer::Candidate;
use amparo_models::{Additive, Forest, Hybrid, Model, Points, Scorer};

use crate::config::{CandidateName, hybrid_name};
use crate::{Error, Experiment, Fit, Table};

/// The fitted parts that every candidate is made of.
pub(crate) struct Bases {
    points: Points,
    logistic: Option<Additive>,
    boosted: Option<Forest>,
}

/// Scores of the parts on some rows, one a row.
pub(crate) struct BaseScores {
    points: Vec<f64>,
    logistic: Option<Vec<f64>>,
    boosted: Option<Vec<f64>>,
}

impl Bases {
    pub(crate) fn fit(experiment: &Experiment, table: &Table) -> Result<Self, Error> {
        Ok(Self {
            points: experiment.points.fit(table)?,
            logistic: experiment.logistic.as_ref().map(|fit| fit.fit(table)).transpose()?,
            boosted: experiment.boosted.as_ref().map(|fit| fit.fit(table)).transpose()?,
        })
    }

    pub(crate) fn scores<'a>(&self, rows: impl Iterator<Item = &'a [u8]> + Clone) -> BaseScores {
        let of = |model: &dyn Model| rows.clone().map(|row| model.score(row)).collect();
        BaseScores {
            points: of(&self.points),
            logistic: self.logistic.as_ref().map(|m| of(m)),
            boosted: self.boosted.as_ref().map(|m| of(m)),
        }
    }

    /// Every candidate as a scorer, in the order of [`Experiment::candidates`].
    pub(crate) fn scorers(self, experiment: &Experiment) -> Result<Vec<(String, Scorer)>, Error> {
        let Self { points, logistic, boosted } = self;
        let logistic = logistic.map(|m| Candidate::additive("logistic", m)).transpose()?;
        let boosted = boosted.map(|m| Candidate::trees("forest", m)).transpose()?;
        let mut hybrids = Vec::new();
        for (name, dial) in experiment.hybrids() {
            let candidate = match name {
                CandidateName::Logistic => logistic.clone(),
                CandidateName::Boosted => boosted.clone(),
            };
            if let Some(candidate) = candidate {
                let hybrid = Hybrid::new(dial, points.clone(), candidate)?;
                hybrids.push((hybrid_name(name, dial), Scorer::from(hybrid)));
            }
        }
        let bases = std::iter::once(("points".to_owned(), Scorer::from(points)))
            .chain(logistic.map(|m| ("logistic".to_owned(), Scorer::from(m))))
            .chain(boosted.map(|m| ("boosted".to_owned(), Scorer::from(m))));
        Ok(bases.chain(hybrids).collect())
    }
}

impl BaseScores {
    /// No row yet, with the parts of an experiment.
    pub(crate) fn zeros(experiment: &Experiment, n_rows: usize) -> Self {
        let zeros = || vec![0.0; n_rows];
        Self {
            points: zeros(),
            logistic: experiment.logistic.is_some().then(zeros),
            boosted: experiment.boosted.is_some().then(zeros),
        }
    }

    /// Puts the scores of some rows in their places.
    pub(crate) fn place(&mut self, rows: &[usize], scores: &Self) {
        let put = |into: &mut [f64], from: &[f64]| rows.iter().zip(from).for_each(|(&row, &s)| into[row] = s);
        put(&mut self.points, &scores.points);
        for (into, from) in [(&mut self.logistic, &scores.logistic), (&mut self.boosted, &scores.boosted)] {
            if let (Some(into), Some(from)) = (into, from) {
                put(into, from);
            }
        }
    }

    /// Scores of a blend; `None` if the experiment does not fit that candidate.
    pub(crate) fn blend(&self, candidate: CandidateName, dial: f64) -> Option<Vec<f64>> {
        let scores = match candidate {
            CandidateName::Logistic => self.logistic.as_ref(),
            CandidateName::Boosted => self.boosted.as_ref(),
        }?;
        Some(self.points.iter().zip(scores).map(|(b, c)| (1.0 - dial) * b + dial * c).collect())
    }

    /// Scores of every candidate, in the order of [`Experiment::candidates`].
    pub(crate) fn candidates(&self, experiment: &Experiment) -> Vec<Vec<f64>> {
        let parts = std::iter::once(&self.points).chain(&self.logistic).chain(&self.boosted).cloned();
        parts.chain(experiment.hybrids().filter_map(|(name, dial)| self.blend(name, dial))).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
