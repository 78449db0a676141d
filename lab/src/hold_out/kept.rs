//! How rows were kept from each version, and which rows all versions leave.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use amparo_datasets::Cohort;
use amparo_datasets::split::{Plan as SplitPlan, Split};
use amparo_evaluation::input::Repeats;
use amparo_evaluation::report::{How, Proof, VersionHeldOut};
use amparo_models::artefact::{SplitRecord, Version};
use amparo_models::registry::Registry;
use amparo_training::{Data, rows_in_folds};

use super::other_cases::proof;
use crate::{Error, display_name};

/// How rows were kept from one version.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept<'a> {
    /// It was trained on this cohort, without the test part of this plan.
    TestPart(&'a SplitPlan),
    /// It was trained on all of this cohort: rows are scored by models that its config fits without their cases.
    CrossFitted { folds: usize, repeats: usize },
    /// Its model was trained on other cases, and its calibrator fitted on this cohort: probabilities are those of calibrators that did not see
    /// the case.
    Recalibrated { folds: usize },
    /// It was trained on other cases, as the caller declares, proved or not.
    OtherCases(Proof),
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
        registry: &Registry,
        versions: &[&'a Version],
        cohort: &Cohort,
        data: &Data,
        other_cases: bool,
    ) -> Result<Self, Error> {
        let kept: Vec<Kept<'a>> = versions
            .iter()
            .map(|version| Kept::new(registry, version, cohort, &data.outcome, other_cases))
            .collect::<Result<_, _>>()?;
        let repeats = repeats(&kept)?;
        let mut rows: Vec<usize> = (0..data.n_rows()).collect();
        for (version, one) in versions.iter().zip(&kept) {
            if let Kept::CrossFitted { .. } = one {
                let in_folds = rows_in_folds(&version.manifest().training.split, data)?;
                rows.retain(|row| in_folds.binary_search(row).is_ok());
            }
            if let Kept::TestPart(plan) = one {
                let split = plan.split(&data.cohort, &data.outcome)?;
                same_parts(version, &split)?;
                let test = split.test;
                if version.manifest().training.recalibration.is_some() {
                    // The rows that the model has not seen could be among those of its new calibrator.
                    let part = data.part(&test).cohort();
                    let proved = matches!(proof(registry, version, &part)?, Proof::NoneInCommon { .. });
                    if !(proved || other_cases) {
                        return Err(Error::CasesNotDeclared { version: display_name(version) });
                    }
                }
                rows.retain(|row| test.binary_search(row).is_ok());
            }
        }
        if rows.is_empty() {
            return Err(Error::NoRowLeft);
        }
        Ok(Self { rows, kept, repeats })
    }

    /// The same for a report, in the order of the versions.
    pub(super) fn of_versions(&self, versions: &[&Version]) -> Vec<VersionHeldOut> {
        let of = |(version, kept): (&&Version, &Kept<'_>)| VersionHeldOut {
            version: display_name(version),
            how: kept.how(),
        };
        versions.iter().zip(&self.kept).map(of).collect()
    }
}

impl<'a> Kept<'a> {
    fn new(
        registry: &Registry,
        version: &'a Version,
        cohort: &Cohort,
        outcome: &str,
        other_cases: bool,
    ) -> Result<Self, Error> {
        let training = &version.manifest().training;
        if let Some(record) = &training.recalibration
            && record.cohort.fingerprint == cohort.learned_fingerprint(outcome)?
        {
            return Ok(Self::Recalibrated { folds: record.folds as usize });
        }
        if training.cohort_fingerprint != training.split.fingerprint(cohort, outcome)? {
            return if other_cases {
                Ok(Self::OtherCases(proof(registry, version, cohort)?))
            } else {
                Err(Error::CasesNotDeclared { version: display_name(version) })
            };
        }
        match (&training.split, &training.recalibration) {
            (SplitRecord::Holdout { plan }, _) => Ok(Self::TestPart(plan)),
            (SplitRecord::CrossFit { folds, repeats, .. }, None) => {
                Ok(Self::CrossFitted { folds: *folds, repeats: *repeats })
            }
            (SplitRecord::CrossFit { .. }, Some(record)) => {
                Err(Error::TrainedAndRecalibrated { version: display_name(version), of: record.of.clone() })
            }
        }
    }

    fn how(self) -> How {
        match self {
            Self::TestPart(_) => How::TestPart,
            Self::CrossFitted { folds, repeats } => {
                How::CrossFit { folds: folds as u64, repeats: repeats as u64 }
            }
            Self::Recalibrated { folds } => How::Recalibrated { folds: folds as u64 },
            Self::OtherCases(proof) => How::OtherCohort { proof },
        }
    }
}

/// Refuses a plan that does not divide the cohort as it did when the version was trained.
///
/// An edition of this program before cuts lay between days divided those of one day in the order of the file. Parts of as many rows are the
/// same parts, because both orders are by day.
pub(super) fn same_parts(version: &Version, split: &Split) -> Result<(), Error> {
    let recorded = &version.manifest().training.n_rows;
    let found = split.counts().into_iter().map(|(part, n)| (part.to_owned(), n as u64)).collect();
    if *recorded == found {
        return Ok(());
    }
    let told = |parts: &BTreeMap<String, u64>| {
        parts.iter().map(|(part, n)| format!("{part} {n}")).collect::<Vec<_>>().join(", ")
    };
    Err(Error::OtherParts { version: display_name(version), then: told(recorded), now: told(&found) })
}

/// How many times each row is scored: as often as every cross-fitted version was.
fn repeats(kept: &[Kept<'_>]) -> Result<Repeats, Error> {
    let mut of_versions = kept.iter().filter_map(|one| match one {
        Kept::CrossFitted { repeats, .. } => Some(*repeats),
        Kept::TestPart(_) | Kept::OtherCases(_) | Kept::Recalibrated { .. } => None,
    });
    let Some(first) = of_versions.next() else { return Ok(Repeats::default()) };
    if let Some(other) = of_versions.find(|other| *other != first) {
        return Err(Error::Repeats { first, other });
    }
    let times = u32::try_from(first).ok().and_then(NonZeroU32::new);
    times.map(Repeats::new).ok_or(Error::RepeatsOutOfRange { found: first })
}
