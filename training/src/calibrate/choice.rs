//! The method of calibration that loses least on rows that it was not fitted on.

use amparo_datasets::split::folds;
use amparo_models::Calibrator;
use amparo_models::artefact::{CalibrationRecord, TriedCalibration};

use super::Method;
use crate::data::rest;
use crate::{Data, Error, Losses};

/// Scores of the rows to calibrate on, by a model that was not fitted on them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored<'a> {
    pub(crate) data: &'a Data,
    /// Rows of the data.
    pub(crate) rows: &'a [usize],
    /// One a row of the data; those of other rows mean nothing.
    pub(crate) scores: &'a [f64],
}

/// How rows are dealt to compare methods.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deal {
    pub(crate) n_folds: usize,
    pub(crate) seed: u64,
}

/// The calibrator of the only method, or of the one with the least cross-fitted log loss, and what was compared.
///
/// Cases are dealt into folds; each method is fitted on all folds but one and judged on that one. The best one is then fitted on
/// all rows. A method that cannot be fitted on some of them is out of the choice, which the record says with the reason. Of methods
/// that lose the same the first is taken.
///
/// # Errors
/// Whatever the only method refuses; [`Error::NoCalibrator`] if none of several can be fitted; fewer cases than folds.
pub(crate) fn choose(
    methods: &[Method],
    scored: Scored<'_>,
    deal: Deal,
) -> Result<(Calibrator, CalibrationRecord), Error> {
    if let [method] = methods {
        return Ok((scored.fit(*method, scored.rows)?, CalibrationRecord::only(method.name())));
    }
    let outcome = &scored.data.outcome;
    let folds = folds(&scored.data.cohort, scored.rows, outcome, deal.n_folds, deal.seed)?;
    let mut compared: Vec<(Method, Result<f64, Error>)> =
        methods.iter().map(|&method| (method, scored.cross_fitted(method, &folds))).collect();
    loop {
        let losses =
            compared.iter().enumerate().filter_map(|(at, (_, loss))| Some((at, *loss.as_ref().ok()?)));
        let Some((best, _)) = losses.min_by(|a, b| a.1.total_cmp(&b.1)) else {
            let problems = compared
                .iter()
                .filter_map(|(method, loss)| Some(format!("`{}`: {}", method.name(), loss.as_ref().err()?)));
            return Err(Error::NoCalibrator { problems: problems.collect::<Vec<_>>().join("; ") });
        };
        let method = compared[best].0;
        match scored.fit(method, scored.rows) {
            Ok(calibrator) => {
                let tried = compared.into_iter().map(|(method, loss)| tried(method, loss)).collect();
                let record = CalibrationRecord {
                    method: method.name().to_owned(),
                    folds: Some(folds.len() as u64),
                    tried,
                };
                return Ok((calibrator, record));
            }
            Err(error) => compared[best].1 = Err(error),
        }
    }
}

fn tried(method: Method, loss: Result<f64, Error>) -> TriedCalibration {
    let (log_loss, problem) = match loss {
        Ok(loss) => (Some(loss), None),
        Err(error) => (None, Some(error.to_string())),
    };
    TriedCalibration { method: method.name().to_owned(), log_loss, problem }
}

impl Scored<'_> {
    fn fit(&self, method: Method, rows: &[usize]) -> Result<Calibrator, Error> {
        let part = self.data.part(rows);
        method.fit(&part.of(self.scores), part.events(), part.weights(), &self.data.outcome)
    }

    /// Log loss of all folds, each by a calibrator that did not see its cases.
    fn cross_fitted(&self, method: Method, folds: &[Vec<usize>]) -> Result<f64, Error> {
        let probabilities = self.out_of_fold(method, folds)?;
        let all = folds.concat();
        let part = self.data.part(&all);
        Ok(Losses::of_probabilities(&probabilities, part.events(), part.weights()).log_loss)
    }

    /// Probabilities of the rows of all folds, one fold after the other, each by a calibrator that did not see its cases.
    pub(crate) fn out_of_fold(&self, method: Method, folds: &[Vec<usize>]) -> Result<Vec<f64>, Error> {
        let mut probabilities = Vec::with_capacity(folds.iter().map(Vec::len).sum());
        for (held, of_fold) in folds.iter().enumerate() {
            let calibrator = self.fit(method, &rest(folds, held))?;
            let held = self.data.part(of_fold).of(self.scores);
            probabilities.extend(held.into_iter().map(|score| calibrator.calibrate(score).probability));
        }
        Ok(probabilities)
    }
}
