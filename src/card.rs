//! The model card of a version, from what is known when it is published.

use amparo_evaluation::documents::{self, Subject};
use amparo_evaluation::telling::Lang;
use amparo_models::artefact::TrainingRecord;
use amparo_models::{Part, Protocol};

/// Markdown: what the version is, what it was trained on, how it did on rows it did not see, what it must not be used for.
pub fn card(name: &str, protocol: &Protocol, record: &TrainingRecord, part: &Part) -> String {
    documents::card(&Subject::draft(name, protocol, record, part), None, Lang::En)
}
