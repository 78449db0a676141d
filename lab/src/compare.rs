//! Versions compared on rows that none of them has seen.

use amparo_datasets::Cohort;
use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;

use crate::{Error, Observer, Settings, display_name, hold_out, judge};

/// What is compared.
#[derive(Debug, Clone)]
pub struct Comparison<'a> {
    /// The versions, in the order of the report; each once.
    pub versions: Vec<&'a Version>,
    /// The one of them that the report is about.
    pub subject: &'a Version,
    /// The one of them that differences are taken against.
    pub reference: &'a Version,
    /// Declares that a cohort which a version was not trained on holds none of the cases it was trained on.
    pub other_cases: bool,
    /// Intersections of two group columns to measure as well: `children x foreign`.
    pub intersections: &'a [String],
}

/// Holds out rows of a cohort and judges all versions on them, with the scores that came with the cohort.
///
/// # Errors
/// [`Error::SameVersion`]; whatever [`hold_out()`] and [`judge()`] refuse.
pub fn compare(
    comparison: &Comparison<'_>,
    cohort: Cohort,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<Report, Error> {
    let versions = &comparison.versions;
    let again = |at: &usize| versions[..*at].iter().any(|other| other.digest() == versions[*at].digest());
    if let Some(at) = (0..versions.len()).find(again) {
        let expected = "different versions to compare";
        return Err(Error::SameVersion { version: display_name(versions[at]), expected });
    }
    let mut held = hold_out(versions, &cohort, comparison.other_cases, observer)?;
    let intersections = comparison.intersections.iter().map(String::as_str);
    held.input = held.input.with_intersections(intersections)?;
    let names = (display_name(comparison.subject), display_name(comparison.reference));
    judge(held, cohort, names, settings, observer)
}
