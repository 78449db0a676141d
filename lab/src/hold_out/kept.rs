//! How rows were kept from each version, and which rows all versions leave.

use std::num::NonZeroU32;

use amparo_datasets::Cohort;
use amparo_datasets::split::{Method, Plan as SplitPlan};
use amparo_evaluation::input::Repeats;
use amparo_models::artefact::{SplitRecord, Version};
use amparo_training::Data;

use crate::{Error, display_name};

/// How rows were kept from one version.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept<'a> {
    /// It was trained on this cohort, without the test part of this plan.
    TestPart(&'a SplitPlan),
    /// It was trained on all of this cohort: rows are scored by models that its config fits without their cases.
    CrossFitted { folds: usize, repeats: usize },
    /// It was trained on other cases, as the caller declares.
    OtherCases,
}

/// The rows to judge.
pub(super) struct Plan<'a> {
    /// Rows of the data, ascending.
    pub(super) rows: Vec<usize>,
    /// How they were kept from each version, in the order of the versions.
    pub(super) kept: Vec<Kept<'a>>,
    /// How many times each row is scored.
    pub(super) repeats: Repeats,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        versions: &[&'a Version],
        cohort: &Cohort,
        data: &Data,
        other_cases: bool,
    ) -> Result<Self, Error> {
        let fingerprint = cohort.learned_fingerprint(&data.outcome)?;
        let kept: Vec<Kept<'a>> = versions
            .iter()
            .map(|version| Kept::new(version, &fingerprint, other_cases))
            .collect::<Result<_, _>>()?;
        let repeats = repeats(&kept)?;
        let mut rows: Vec<usize> = (0..data.events.len()).collect();
        for one in &kept {
            if let Kept::TestPart(plan) = one {
                let test = plan.split(&data.cohort, &data.outcome)?.test;
                rows.retain(|row| test.binary_search(row).is_ok());
            }
        }
        if rows.is_empty() {
            return Err(Error::NoRowLeft);
        }
        Ok(Self { rows, kept, repeats })
    }

    /// Whether any version is judged by repeating its cross-fitting.
    pub(super) fn is_cross_fitted(&self) -> bool {
        self.kept.iter().any(|one| matches!(one, Kept::CrossFitted { .. }))
    }

    /// Whether the test part of any version are the cases first assessed last.
    pub(super) fn is_temporal(&self) -> bool {
        self.kept.iter().any(|one| matches!(one, Kept::TestPart(plan) if plan.method == Method::Temporal))
    }

    /// In words.
    pub(super) fn describe(&self, n: usize, n_labelled: usize) -> String {
        let is_part = n < n_labelled;
        let rounds = self.kept.iter().rev().find_map(|one| match one {
            Kept::CrossFitted { folds, repeats } => Some((folds, repeats)),
            _ => None,
        });
        let mut words = match rounds {
            Some((folds, repeats)) => format!(
                "cross-fitting: {n} rows, each scored {repeats} times by models that the versions' configs fit and calibrate on \
                 {} of {folds} parts of the cases, its own case not among them",
                folds - 1
            ),
            None if is_part => {
                format!("test part: {n} rows of cases that no version was fitted or calibrated on")
            }
            None => format!("all {n} labelled rows of a cohort that no version was trained on"),
        };
        if self.kept.iter().any(|one| matches!(one, Kept::OtherCases)) {
            if rounds.is_some() || is_part {
                words.push_str(
                    "; versions that were trained on another cohort score the same rows as they are",
                );
            }
            words.push_str(
                "; that they saw none of these cases was stated by whoever evaluated, and is not proved",
            );
        }
        words
    }
}

impl<'a> Kept<'a> {
    fn new(version: &'a Version, fingerprint: &str, other_cases: bool) -> Result<Self, Error> {
        let training = &version.manifest().training;
        if training.cohort_fingerprint != fingerprint {
            return if other_cases {
                Ok(Self::OtherCases)
            } else {
                Err(Error::CasesNotDeclared { version: display_name(version) })
            };
        }
        Ok(match &training.split {
            SplitRecord::Holdout { plan } => Self::TestPart(plan),
            SplitRecord::CrossFit { folds, repeats, .. } => {
                Self::CrossFitted { folds: *folds, repeats: *repeats }
            }
        })
    }
}

/// How many times each row is scored: as often as every cross-fitted version was.
fn repeats(kept: &[Kept<'_>]) -> Result<Repeats, Error> {
    let mut of_versions = kept.iter().filter_map(|one| match one {
        Kept::CrossFitted { repeats, .. } => Some(*repeats),
        Kept::TestPart(_) | Kept::OtherCases => None,
    });
    let Some(first) = of_versions.next() else { return Ok(Repeats::default()) };
    if let Some(other) = of_versions.find(|other| *other != first) {
        return Err(Error::Repeats { first, other });
    }
    let times = u32::try_from(first).ok().and_then(NonZeroU32::new);
    times.map(Repeats::new).ok_or(Error::RepeatsOutOfRange { found: first })
}
