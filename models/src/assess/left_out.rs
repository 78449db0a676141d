//! Questions that a version was fitted without.

use amparo_datasets::Instrument;

use crate::{OutcomeModel, Protocol};

/// The questions whose answers no calculation counts, in the form's order.
pub(super) fn left_out(instrument: &Instrument, recidivism: &OutcomeModel) -> Vec<String> {
    let indicators = instrument.indicators().iter().enumerate();
    indicators.filter(|(j, _)| recidivism.leaves_out(*j)).map(|(_, indicator)| indicator.id.clone()).collect()
}

/// Whether a form may come without an answer to a question: no calculation counts it, and no rule of the protocol reads it.
pub(crate) fn may_be_missing(
    protocol: &Protocol,
    instrument: &Instrument,
    recidivism: &OutcomeModel,
    indicator: usize,
) -> bool {
    recidivism.leaves_out(indicator) && !protocol.reads(&instrument.indicators()[indicator].id)
}
