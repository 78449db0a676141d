//! The clause that the level of a hybrid is never below the one that its baseline alone gives.

use std::collections::BTreeSet;

use amparo_datasets::{Instrument, Text};
use serde::{Deserialize, Serialize};

use crate::completion::{self, Range};
use crate::monotone::Proof;
use crate::pooling::Pooling;
use crate::{Calibrator, Error, Model, Scorer};

/// The clause as a version keeps it.
///
/// ```text
/// level >= level_of(calibrator(baseline score))
/// ```
/// The calibrator is that of the baseline as a version of its own. It is kept here, since the one of the hybrid was fitted to other
/// scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeverBelowBaseline {
    /// Why the clause is there: told wherever it raises a level.
    pub reason: Text,
    /// The map from the score of the baseline to its probability.
    pub calibrator: Calibrator,
}

/// The clause with the model that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct BaselineAlone {
    pub clause: NeverBelowBaseline,
    /// The baseline of the hybrid, by codes of the pooled form.
    scorer: Scorer,
    proof: Proof,
}

/// The baseline of a hybrid as a model of its own, of rows of the form.
#[derive(Debug, Clone, Copy)]
pub struct BaselineModel<'a> {
    alone: &'a BaselineAlone,
    pooling: &'a Pooling,
}

impl<'a> BaselineModel<'a> {
    pub(crate) fn new(alone: &'a BaselineAlone, pooling: &'a Pooling) -> Self {
        Self { alone, pooling }
    }

    /// The clause, with the calibrator of the baseline.
    pub fn clause(&self) -> &'a NeverBelowBaseline {
        &self.alone.clause
    }

    /// The score of a row, in log-odds.
    pub fn score(&self, row: &[u8]) -> f64 {
        self.alone.scorer.score(&self.pooling.row(row))
    }

    /// The calibrated probability of a score of the baseline.
    pub fn probability(&self, score: f64) -> f64 {
        self.alone.clause.calibrator.calibrate(score).probability
    }

    /// Lowest and highest score over all ways of answering the unknown questions; see [`completion::range`].
    pub fn range(&self, instrument: &Instrument, row: &[u8]) -> Range {
        let form = self.pooling.form(instrument);
        completion::range(&self.alone.scorer, &form, &self.alone.proof, &self.pooling.row(row))
    }

    /// The model, of rows of the pooled form.
    pub(crate) fn scorer(&self) -> &'a Scorer {
        &self.alone.scorer
    }

    /// What is proved of it.
    pub(crate) fn proof(&self) -> &'a Proof {
        &self.alone.proof
    }
}

impl BaselineAlone {
    /// Of a hybrid that has passed its checks; `form` is the pooled one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a scorer that is not a hybrid, and for a reason without words; [`Calibrator::check`].
    pub fn new(
        clause: NeverBelowBaseline,
        scorer: &Scorer,
        form: &Instrument,
        exempt: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        let invalid = |problem: String| Error::invalid("never_below_baseline", problem);
        let (Some(baseline), Some(_)) = (scorer.baseline(), scorer.candidate()) else {
            let found = scorer.family();
            return Err(invalid(format!(
                "the model is of family `{found}`, expected a hybrid with a baseline"
            )));
        };
        if clause.reason.es.trim().is_empty() || clause.reason.en.trim().is_empty() {
            return Err(invalid("its reason is empty, expected a sentence in `es` and in `en`".to_owned()));
        }
        clause.calibrator.check()?;
        let scorer = Scorer::from(baseline.clone());
        let proof = Proof::new(&scorer, form, exempt)?;
        Ok(Self { clause, scorer, proof })
    }

    /// The same, no longer said to keep the declared direction of these indicators.
    pub fn exempting(self, ids: &BTreeSet<String>, instrument: &Instrument) -> Self {
        Self { proof: self.proof.without(ids, instrument), ..self }
    }
}
