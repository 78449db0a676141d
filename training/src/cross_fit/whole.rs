//! A whole experiment, fitted to some rows and to nothing else.

use amparo_models::Calibrator;

use super::{base_scores, calibrators};
use crate::bases::Bases;
use crate::dial::Dial;
use crate::stacking::dials;
use crate::{Data, Error, Experiment, TrainingSet};

/// Candidates, blends (with the dials of stacked ones) and calibrators, none of which has seen another row.
pub(crate) struct Whole<'a> {
    experiment: &'a Experiment,
    bases: Bases,
    dials: Vec<Dial>,
    calibrators: Vec<Calibrator>,
}

impl<'a> Whole<'a> {
    /// Fits to the given rows of the data, which `part` names in errors; the seed is that of the inner folds, by which dials and calibrators are
    /// found.
    ///
    /// # Errors
    /// Whatever a fit refuses.
    pub(crate) fn fit(
        experiment: &'a Experiment,
        data: &Data,
        rows: &[usize],
        (part, seed): (&str, u64),
    ) -> Result<Self, Error> {
        let inner = base_scores(experiment, data, rows, experiment.config().inner_folds, seed)?;
        let bases = Bases::fit(experiment, &TrainingSet::new(data, rows, part)?)?;
        let dials = dials(experiment, data, rows, &inner)?;
        let calibrators = calibrators(experiment, data, rows, &inner, (&bases, &dials))?;
        let calibrators = calibrators.into_iter().map(|(calibrator, _)| calibrator).collect();
        Ok(Self { experiment, bases, dials, calibrators })
    }

    /// The log-odds of some rows by each candidate and blend, in the order of [`Experiment::candidates`].
    pub(crate) fn log_odds<'r>(&self, rows: impl Iterator<Item = &'r [u8]> + Clone) -> Vec<Vec<f64>> {
        self.bases.scores(rows).candidates(self.experiment, &self.dials)
    }

    /// The same, each with its probabilities.
    pub(crate) fn scores<'r>(
        &self,
        rows: impl Iterator<Item = &'r [u8]> + Clone,
    ) -> impl Iterator<Item = (Vec<f64>, Vec<f64>)> {
        self.log_odds(rows).into_iter().zip(&self.calibrators).map(|(log_odds, calibrator)| {
            let probabilities = log_odds.iter().map(|&score| calibrator.calibrate(score).probability);
            let probabilities = probabilities.collect();
            (log_odds, probabilities)
        })
    }
}
