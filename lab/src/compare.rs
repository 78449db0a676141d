//! Versions compared on rows that none of them has seen.

use amparo_datasets::Cohort;
use amparo_evaluation::case_mix::Mix;
use amparo_evaluation::report::{CaseMix, HeldOut, How, Report};
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;

use crate::{
    ComparedScores, Error, HeldOutRows, Observer, PartialScored, Settings, display_name, hold_out, judge,
};

/// What is compared.
#[derive(Debug, Clone)]
pub struct Comparison<'a> {
    /// The registry of the versions, which keeps fingerprints of the cases that they have seen.
    pub registry: &'a Registry,
    /// The versions, in the order of the report; each once.
    pub versions: Vec<&'a Version>,
    /// The one of them that the report is about.
    pub subject: &'a Version,
    /// The one of them that differences are taken against.
    pub reference: &'a Version,
    /// Declares that a cohort which a version was not trained on holds none of the cases it was trained on; see [`hold_out()`].
    pub other_cases: bool,
    /// Intersections of two group columns to measure as well: `children x foreign`.
    pub intersections: &'a [String],
    /// Labels that gaps are taken against, as group column (or intersection) and label; they go before those that the cohort states.
    pub references: &'a [(String, String)],
    /// What models say of the cohort that are compared only.
    pub compared: Vec<ComparedScores>,
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
    let held = comparison.hold_out(&cohort, observer)?;
    comparison.judge(held, cohort, settings, observer)
}

impl Comparison<'_> {
    /// The rows that no version has seen, with what each says of them: the first half of [`compare`].
    ///
    /// # Errors
    /// [`Error::SameVersion`]; [`Error::ComparedCases`]; whatever [`hold_out()`] refuses.
    pub fn hold_out(&self, cohort: &Cohort, observer: &dyn Observer) -> Result<HeldOutRows, Error> {
        let versions = &self.versions;
        let again = |at: &usize| versions[..*at].iter().any(|other| other.digest() == versions[*at].digest());
        if let Some(at) = (0..versions.len()).find(again) {
            let expected = "different versions to compare";
            return Err(Error::SameVersion { version: display_name(versions[at]), expected });
        }
        if let Some(one) = self.compared.first().filter(|_| !self.other_cases) {
            return Err(Error::ComparedCases { model: one.score.name.clone() });
        }
        let with_scores;
        let cohort = if self.compared.is_empty() {
            cohort
        } else {
            with_scores = cohort.with_scores(self.compared.iter().map(|one| one.score.clone()))?;
            &with_scores
        };
        let mut held = hold_out(self.registry, versions, cohort, self.other_cases, observer)?;
        let (crossed, columns) = {
            let references = self.references.iter().map(|(group, label)| (group.as_str(), label.as_str()));
            references.partition::<Vec<_>, _>(|(group, _)| self.intersections.iter().any(|one| one == group))
        };
        let intersections = self.intersections.iter().map(String::as_str);
        // An intersection takes its reference from its columns, unless it is given one of its own.
        let input = held.input.with_references(columns.iter().copied())?;
        held.input = input.with_intersections(intersections)?.with_references(crossed)?;
        let partial = held.partial.into_iter();
        held.partial = partial
            .map(|one| {
                Ok(PartialScored { input: one.input.with_references(columns.iter().copied())?, ..one })
            })
            .collect::<Result<_, Error>>()?;
        Ok(held)
    }

    /// All versions judged on these rows: the second half of [`compare`].
    ///
    /// # Errors
    /// Whatever [`judge()`] refuses.
    pub fn judge(
        &self,
        held: HeldOutRows,
        cohort: Cohort,
        settings: &Settings,
        observer: &dyn Observer,
    ) -> Result<Report, Error> {
        let case_mix = self.case_mix(&held, settings.smallest_cell)?;
        let names = (display_name(self.subject), display_name(self.reference));
        let mut report = Report { case_mix, ..judge(held, cohort, names, settings, observer)? };
        report.context.notes.extend(self.compared.iter().map(|one| one.note.clone()));
        Ok(report)
    }

    /// The rows beside those that models were fitted on, for each version whose model saw other cases only.
    fn case_mix(&self, held: &HeldOutRows, smallest_cell: u64) -> Result<Vec<CaseMix>, Error> {
        let HeldOut::Versions { versions: kept, .. } = &held.held_out else { return Ok(Vec::new()) };
        let (columns, n) = (held.input.columns(), held.part.n_rows());
        let judged = self.versions.iter().zip(kept).zip(&held.scored);
        let on_other_cases = judged
            .filter(|((_, kept), _)| matches!(kept.how, How::OtherCohort { .. } | How::Recalibrated { .. }));
        let compared = on_other_cases.map(|((version, _), scored)| {
            // Repeats follow each other: the first one has every row once.
            let mix = Mix {
                name: scored.name.clone(),
                version,
                part: &held.part,
                events: &columns.y[..n],
                weights: &columns.weight[..n],
                log_odds: &scored.score[..n],
                probability: scored.probability.as_ref().map_or(&[], |all| &all[..n]),
            };
            Ok(mix.compared()?.without_small_cells(smallest_cell))
        });
        compared.collect()
    }
}
