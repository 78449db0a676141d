//! What an experiment may learn from, before anything is fitted.

use std::sync::Arc;

use amparo_datasets::{Cohort, Instrument};
use amparo_models::Protocol;

use super::check::check_outcome_model;
use crate::{Data, Error, Experiment, cross_fit, leak};

/// What an experiment learns from a cohort: the form, what the probabilities mean, and the rows, as places in the data.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The form.
    pub instrument: Arc<Instrument>,
    /// What the probabilities mean.
    pub protocol: Protocol,
    /// The rows whose outcome is known.
    pub data: Data,
    /// Those that may be learned from: the fit part, or all that are cross-fitted.
    pub rows: Vec<usize>,
}

/// What an experiment may learn its first outcome from, without a fit.
///
/// # Errors
/// All mismatches between config, protocol and cohort at once; [`Error::Leaks`].
pub fn learned_from(experiment: &Experiment, cohort: &Cohort) -> Result<Learned, Error> {
    let config = experiment.config();
    let (instrument, protocol) = experiment.form_and_protocol()?;
    check_outcome_model(experiment, &instrument, &protocol, cohort)?;
    let data = Data::new(cohort, &config.outcome)?;
    let split = experiment.plan().map(|plan| plan.split(&data.cohort, &data.outcome)).transpose()?;
    let rows = match split {
        Some(split) => split.fit,
        None => cross_fit::rows_in_folds(&experiment.split_record(), &data)?,
    };
    leak::guard(experiment, &[(&data, &rows)])?;
    Ok(Learned { instrument, protocol, data, rows })
}
