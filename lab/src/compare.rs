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
    /// Labels that gaps are taken against, as group column (or intersection) and label; they go before those that the cohort states.
    pub references: &'a [(String, String)],
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
    let (crossed, columns) = {
        let references = comparison.references.iter().map(|(group, label)| (group.as_str(), label.as_str()));
        references
            .partition::<Vec<_>, _>(|(group, _)| comparison.intersections.iter().any(|one| one == group))
    };
    let intersections = comparison.intersections.iter().map(String::as_str);
    // An intersection takes its reference from its columns, unless it is given one of its own.
    let input = held.input.with_references(columns.iter().copied())?;
    held.input = input.with_intersections(intersections)?.with_references(crossed)?;
    let partial = held.partial.into_iter();
    held.partial = partial
        .map(|(input, score)| Ok((input.with_references(columns.iter().copied())?, score)))
        .collect::<Result<_, Error>>()?;
    let names = (display_name(comparison.subject), display_name(comparison.reference));
    judge(held, cohort, names, settings, observer)
}
