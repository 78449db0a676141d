//! The models that are fitted, and the blends made of them.

use amparo_models::pooling::Pooling;
use amparo_models::{Hybrid, Model, Scorer};

use crate::dial::Dial;
use crate::experiment::Pair;
use crate::learn::Noted;
use crate::prepared::Prepared;
use crate::{Error, Experiment, TrainingSet};

/// The fitted candidates, one a candidate of the config, all of the same pools.
pub(crate) struct Bases {
    pooling: Pooling,
    scorers: Vec<Scorer>,
}

/// Scores of the candidates on some rows: by candidate of the config, then by row.
pub(crate) struct BaseScores(Vec<Vec<f64>>);

impl Bases {
    pub(crate) fn fit(experiment: &Experiment, set: &TrainingSet) -> Result<Self, Error> {
        let prepared = Prepared::new(experiment, set)?;
        let of_config = experiment.learners.iter().zip(&experiment.config().candidate);
        let scorers = of_config
            .map(|(learner, of)| prepared.learn(learner.as_ref(), &of.name))
            .collect::<Result<_, _>>()?;
        Ok(Self { pooling: prepared.into_pooling(), scorers })
    }

    /// The same with what the version of each candidate says of its fit.
    pub(crate) fn fit_with_notes(
        experiment: &Experiment,
        set: &TrainingSet,
    ) -> Result<(Self, Vec<Noted>), Error> {
        let prepared = Prepared::new(experiment, set)?;
        let of_config = experiment.learners.iter().zip(&experiment.config().candidate);
        let learned = of_config.map(|(learner, of)| prepared.learn_with_notes(learner.as_ref(), &of.name));
        let (scorers, noted) = learned.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        Ok((Self { pooling: prepared.into_pooling(), scorers }, noted))
    }

    /// Which answers to wide indicators the candidates do not tell apart.
    pub(crate) fn pooling(&self) -> &Pooling {
        &self.pooling
    }

    pub(crate) fn scores<'a>(&self, rows: impl Iterator<Item = &'a [u8]> + Clone) -> BaseScores {
        let of = |model: &Scorer| rows.clone().map(|row| model.score(&self.pooling.row(row))).collect();
        BaseScores(self.scorers.iter().map(of).collect())
    }

    /// Every candidate and every blend as a scorer of pooled rows, in the order of [`Experiment::candidates`]; `dials` has one entry a blend.
    pub(crate) fn scorers(
        self,
        experiment: &Experiment,
        dials: &[Dial],
    ) -> Result<Vec<(String, Scorer)>, Error> {
        let blends = experiment
            .blends()
            .zip(dials)
            .map(|((pair, _), dial)| {
                blend(&self.scorers[pair.baseline], &self.scorers[pair.candidate], dial.at)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(experiment.candidates().into_iter().zip(self.scorers.into_iter().chain(blends)).collect())
    }
}

/// The blend of a baseline, which a version stores as points, with any other model.
fn blend(baseline: &Scorer, candidate: &Scorer, dial: f64) -> Result<Scorer, Error> {
    let is_blend = |scorer: &Scorer| scorer.terms().len() > 1;
    match (baseline.baseline(), candidate.candidate()) {
        (Some(points), Some(other)) if !is_blend(baseline) && !is_blend(candidate) => {
            Ok(Hybrid::new(dial, points.clone(), other.clone())?.into())
        }
        _ => Err(Error::NoBlend {
            baseline: baseline.family().to_owned(),
            candidate: candidate.family().to_owned(),
        }),
    }
}

impl BaseScores {
    /// No row yet, with the candidates of an experiment.
    pub(crate) fn zeros(experiment: &Experiment, n_rows: usize) -> Self {
        Self(vec![vec![0.0; n_rows]; experiment.learners.len()])
    }

    /// Puts the scores of some rows in their places.
    pub(crate) fn place(&mut self, rows: &[usize], scores: &Self) {
        for (into, from) in self.0.iter_mut().zip(&scores.0) {
            rows.iter().zip(from).for_each(|(&row, &score)| into[row] = score);
        }
    }

    /// Scores of a candidate, by its place in the config.
    pub(crate) fn of(&self, candidate: usize) -> &[f64] {
        &self.0[candidate]
    }

    /// Scores of a blend.
    pub(crate) fn blend(&self, pair: Pair, dial: f64) -> Vec<f64> {
        let (baseline, candidate) = (&self.0[pair.baseline], &self.0[pair.candidate]);
        baseline.iter().zip(candidate).map(|(b, c)| (1.0 - dial) * b + dial * c).collect()
    }

    /// Scores of every candidate and blend, in the order of [`Experiment::candidates`]; `dials` has one entry a blend.
    pub(crate) fn candidates(&self, experiment: &Experiment, dials: &[Dial]) -> Vec<Vec<f64>> {
        let blends = experiment.blends().zip(dials).map(|((pair, _), dial)| self.blend(pair, dial.at));
        self.0.iter().cloned().chain(blends).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
