//! Whether a version saw none of the cases of a cohort that it was not trained on.

use amparo_datasets::Cohort;
use amparo_datasets::split::examples;
use amparo_evaluation::report::{Compared, Proof};
use amparo_models::artefact::Version;
use amparo_models::registry::{Common, Registry, Seen};

use crate::{Error, display_name};

/// What the registry's fingerprints say of a declaration that a version saw none of the cases.
///
/// # Errors
/// [`Error::SeenCases`] if it saw any; fingerprints that are broken or were changed.
pub(crate) fn proof(registry: &Registry, version: &Version, cohort: &Cohort) -> Result<Proof, Error> {
    let common = match registry.seen(version)? {
        Seen::Known(known) => known.0.common(cohort, &known.1),
        Seen::NoFingerprints => return Ok(Proof::NoFingerprints),
        Seen::OtherKey => return Ok(Proof::OtherKey),
    };
    let Common { n_cases, n_seen, is_named, cases, n_answers, expected_answers, is_suspect } = common;
    if !cases.is_empty() {
        return Err(Error::SeenCases {
            version: display_name(version),
            n_shared: cases.len(),
            n_cases,
            examples: examples(cases.iter().map(String::as_str)),
        });
    }
    let n_answers_expected = expected_answers.round() as u64;
    let compared = Compared { n_cases, n_seen, n_answers, n_answers_expected };
    Ok(match (is_named, is_suspect) {
        (false, _) => Proof::NoCaseIds,
        (true, true) => Proof::AnswersInCommon { compared },
        (true, false) => Proof::NoneInCommon { compared },
    })
}
