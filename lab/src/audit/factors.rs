//! What each factor of the form adds over a population.

use amparo_evaluation::audit::{Factors, Pushes, Settings, factors as evaluate};
use amparo_models::artefact::Version;

use super::Topics;
use crate::{Error, HeldOutRows};

/// What the indicators of each topic add, on rows held out from one version with [`hold_out()`](crate::hold_out()).
///
/// An indicator is present where its answer is neither the first, which says that it is not there, nor the last, which says
/// that nobody knows. A wide one ([`is_wide`](amparo_datasets::Indicator::is_wide)), whose answers have no order, is where it is known.
///
/// # Errors
/// Whatever an explanation or the evaluation refuses.
pub fn factors(
    version: &Version,
    held: &HeldOutRows,
    topics: Topics,
    settings: Settings,
) -> Result<Factors, Error> {
    let indicators = version.instrument().indicators();
    let mut values = Vec::with_capacity(held.part.n_rows() * indicators.len());
    for parts in version.recidivism().explain_batch(held.part.answers()) {
        values.extend(parts?.total.values);
    }
    let present = held.part.answers().rows().flat_map(|row| {
        row.iter()
            .zip(indicators)
            .map(|(&code, indicator)| (code > 0 || indicator.is_wide()) && code < indicator.unknown())
    });
    let pushes = Pushes {
        indicators: indicators.iter().map(|indicator| indicator.id.clone()).collect(),
        present: present.collect(),
        values,
        probability: held.scored[0].probability.clone().unwrap_or_default(),
        topics: topics.into_parts(),
    };
    Ok(evaluate(&held.input, &pushes, settings)?)
}
