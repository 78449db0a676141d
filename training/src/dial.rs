//! Where a blend stands between its baseline and its candidate.

use amparo_models::artefact::StackingRecord;

/// Where a blend stands on its dial.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dial {
    /// In [0, 1]: 0 is the baseline, 1 the candidate.
    pub(crate) at: f64,
    /// How that was chosen; nothing where the config says it.
    pub(crate) stacking: Option<StackingRecord>,
}
