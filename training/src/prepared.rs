//! A training set as every model of it sees it.

use std::borrow::Cow;

use amparo_models::learned::Counts;
use amparo_models::pooling::Pooling;
use amparo_models::{Model, Scorer};

use crate::contend::{Contestant, Scores};
use crate::learn::Noted;
use crate::learned_rule::{LearnedRule, counts};
use crate::not_monotone::NotMonotone;
use crate::pooling::{Pooled, pooled};
use crate::{Contend, Data, Error, Experiment, Learn, TrainingSet};

/// Rows ready to be learned from: answers of wide indicators pooled, indicators that are left out taken away.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    pooling: Pooling,
    pooled: Cow<'a, TrainingSet>,
    /// How often the rows have each answer of the pooled form.
    counts: Counts,
    least_rows: u64,
    not_monotone: NotMonotone,
    /// Without the indicators that are left out, with the places of the others; none if nothing is left out.
    asked: Option<(TrainingSet, Vec<usize>)>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(experiment: &Experiment, set: &'a TrainingSet) -> Result<Self, Error> {
        let rule = experiment.learned_rule();
        let Pooled { pooling, set: pooled } = pooled(set, rule, experiment.config().seed)?;
        let counts = pooling.counts(&counts(set));
        let asked = pooled.without(&experiment.config().leave_out);
        let (least_rows, not_monotone) = (rule.least_rows, experiment.not_monotone_by_candidate());
        Ok(Self { pooling, pooled, counts, least_rows, not_monotone, asked })
    }

    /// Which answers to wide indicators the models do not tell apart.
    pub(crate) fn into_pooling(self) -> Pooling {
        self.pooling
    }

    /// The same, whatever becomes of the set.
    pub(crate) fn into_owned(self) -> Prepared<'static> {
        let Self { pooling, pooled, counts, least_rows, not_monotone, asked } = self;
        Prepared { pooling, pooled: Cow::Owned(pooled.into_owned()), counts, least_rows, not_monotone, asked }
    }

    /// A model of pooled rows.
    pub(crate) fn learn(&self, learner: &dyn Learn, candidate: &str) -> Result<Scorer, Error> {
        let fitted = learner.learn(self.asked()).map_err(Error::of_candidate(candidate, "fitted"))?;
        Ok(self.completed(fitted, learner, candidate))
    }

    /// The same with what a version says of the fit.
    pub(crate) fn learn_with_notes(
        &self,
        learner: &dyn Learn,
        candidate: &str,
    ) -> Result<(Scorer, Noted), Error> {
        let learned = learner.learn_with_notes(self.asked());
        let (fitted, noted) = learned.map_err(Error::of_candidate(candidate, "fitted"))?;
        Ok((self.completed(fitted, learner, candidate), noted))
    }

    /// What is fitted on.
    fn asked(&self) -> &TrainingSet {
        self.asked.as_ref().map_or(&*self.pooled, |(asked, _)| asked)
    }

    /// A fitted model for all pooled rows.
    fn completed(&self, fitted: Scorer, learner: &dyn Learn, candidate: &str) -> Scorer {
        let fitted = match &self.asked {
            Some((_, places)) => fitted.widened(places, self.pooled.answers().instrument()),
            None => fitted,
        };
        let not_monotone: Vec<String> =
            self.not_monotone.of_candidate(candidate, learner.rests_on()).into_iter().collect();
        let rule = LearnedRule { least_rows: self.least_rows, not_monotone: &not_monotone };
        // After the fit and in this one place, so that no family does with rare answers as it happens to.
        fitted.averaged(&rule.stand_ins(&self.counts, self.pooled.answers().instrument()))
    }

    /// A model that is only compared. What it makes of rare answers is its own affair.
    fn contend(&self, contender: &dyn Contend, candidate: &str) -> Result<Box<dyn Scores>, Error> {
        contender.contend(self.asked()).map_err(Error::of_candidate(candidate, "fitted"))
    }

    /// Learns, and scores some lists of rows of the data.
    pub(crate) fn scores(
        &self,
        contestant: &Contestant,
        candidate: &str,
        data: &Data,
        lists: &[&[usize]],
    ) -> Result<Vec<Vec<f64>>, Error> {
        match contestant {
            Contestant::Learner(learner) => {
                let scorer = self.learn(learner.as_ref(), candidate)?;
                let score = |row: &[u8]| scorer.score(&self.pooling.row(row));
                Ok(lists.iter().map(|rows| data.part(rows).answers().map(score).collect()).collect())
            }
            Contestant::Contender(contender) => {
                let fitted = self.contend(contender.as_ref(), candidate)?;
                let of_list = |rows: &&[usize]| {
                    let chosen = data.cohort.answers().select(rows);
                    let answers = self.pooling.answers(&chosen)?;
                    let answers = match &self.asked {
                        Some((_, places)) => Cow::Owned(answers.only(places)),
                        None => answers,
                    };
                    let scores = fitted.scores(&answers).map_err(Error::of_candidate(candidate, "scored"))?;
                    match scores.iter().position(|score| !score.is_finite()) {
                        Some(at) => {
                            Err(Error::NoScore { candidate: candidate.to_owned(), found: scores[at] })
                        }
                        None => Ok(scores),
                    }
                };
                lists.iter().map(of_list).collect()
            }
        }
    }
}
