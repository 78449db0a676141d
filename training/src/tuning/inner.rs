//! Trials on the rows that a choice may see.

use amparo_datasets::split::folds;
use rayon::prelude::*;

use super::trials::{FoldLosses, Scope};
use crate::calibrate::{Scored, constant};
use crate::config::TuningParams;
use crate::contend::Contestant;
use crate::cross_fit::calibrator;
use crate::data::rest;
use crate::in_order::all_or_first;
use crate::prepared::Prepared;
use crate::{Data, Error, Experiment, Losses, TrainingSet};

/// The seen rows in inner folds, each with the rows of the others ready to be learned from.
pub(super) struct Inner {
    seen: Vec<usize>,
    folds: Vec<Vec<usize>>,
    /// The rows of the other folds, one a fold.
    others: Vec<Prepared<'static>>,
}

impl Inner {
    pub(super) fn new(
        experiment: &Experiment,
        tuning: &TuningParams,
        data: &Data,
        scope: Scope,
        seen: &[usize],
    ) -> Result<Self, Error> {
        let folds = folds(
            &data.cohort,
            seen,
            &data.outcome,
            tuning.inner_folds,
            scope.seed(experiment.config().seed),
        )?;
        let other = |held: usize| {
            let part = format!("all inner folds but {} of {scope}", held + 1);
            prepared(experiment, &TrainingSet::new(data, &rest(&folds, held), &part)?)
        };
        let others = all_or_first((0..folds.len()).into_par_iter().map(other))?;
        Ok(Self { seen: seen.to_vec(), folds, others })
    }

    /// Scores of the seen rows by models that did not see their cases; entries of all other rows of the data are 0.
    fn out_of_fold(&self, data: &Data, name: &str, contestant: &Contestant) -> Result<Vec<f64>, Error> {
        let of_fold = |(prepared, held): (&Prepared, &Vec<usize>)| -> Result<Vec<f64>, Error> {
            Ok(prepared.scores(contestant, name, data, &[held])?.concat())
        };
        let by_fold = all_or_first(self.others.par_iter().zip(&self.folds).map(of_fold))?;
        let mut scores = vec![0.0; data.n_rows()];
        for (rows, of_fold) in self.folds.iter().zip(by_fold) {
            rows.iter().zip(of_fold).for_each(|(&row, score)| scores[row] = score);
        }
        Ok(scores)
    }

    /// The losses on each inner fold of models and calibrators that did not see its cases.
    ///
    /// Where a model tells no row of any fold from another, the probability of a fold is the share of events in the others.
    pub(super) fn losses(
        &self,
        experiment: &Experiment,
        data: &Data,
        name: &str,
        contestant: &Contestant,
    ) -> Result<Vec<FoldLosses>, Error> {
        let scores = self.out_of_fold(data, name, contestant)?;
        let flat = self.folds.iter().all(|rows| constant(&data.part(rows).of(&scores)).is_some());
        let of_fold = |(held, rows): (usize, &Vec<usize>)| {
            let (others, part) = (rest(&self.folds, held), data.part(rows));
            let at = part.of(&scores).first().copied().filter(|_| flat);
            let others = Scored { data, rows: &others, scores: &scores };
            let (calibrator, _) = calibrator(experiment, name, others, at)?;
            let probabilities: Vec<f64> =
                part.of(&scores).iter().map(|&s| calibrator.calibrate(s).probability).collect();
            let Losses { log_loss, brier } =
                Losses::of_probabilities(&probabilities, part.events(), part.weights());
            Ok(FoldLosses { log_loss, brier, weight: part.weights().iter().sum() })
        };
        self.folds.iter().enumerate().map(of_fold).collect()
    }

    /// Scores and probabilities of held-out rows by models that learn from all seen rows, calibrated by the scores of the inner folds.
    pub(super) fn score(
        &self,
        experiment: &Experiment,
        data: &Data,
        name: &str,
        contestant: &Contestant,
        (all_seen, held): (&Prepared<'_>, &[usize]),
    ) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let inner = self.out_of_fold(data, name, contestant)?;
        let mut of_lists = all_seen.scores(contestant, name, data, &[&self.seen, held])?.into_iter();
        let (fitted, scores) = (of_lists.next().unwrap_or_default(), of_lists.next().unwrap_or_default());
        let seen = Scored { data, rows: &self.seen, scores: &inner };
        let (calibrator, _) = calibrator(experiment, name, seen, constant(&fitted))?;
        let probabilities = scores.iter().map(|&score| calibrator.calibrate(score).probability).collect();
        Ok((scores, probabilities))
    }

    /// All seen rows, ready to be learned from.
    pub(super) fn all_seen(
        &self,
        experiment: &Experiment,
        data: &Data,
        scope: Scope,
    ) -> Result<Prepared<'static>, Error> {
        prepared(experiment, &TrainingSet::new(data, &self.seen, &format!("the rows seen by {scope}"))?)
    }
}

fn prepared(experiment: &Experiment, set: &TrainingSet) -> Result<Prepared<'static>, Error> {
    Prepared::new(experiment, set).map(Prepared::into_owned)
}
