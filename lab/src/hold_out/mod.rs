//! Rows of a cohort that no version has seen, with the scores of each version on them.

pub(crate) mod classes;
mod cross_fitted;
mod follow_up;
mod kept;
pub(crate) mod other_cases;
mod scores;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use amparo_datasets::Cohort;
use amparo_evaluation::bridge;
use amparo_evaluation::classes::Forecast;
use amparo_evaluation::input::{Columns, Input, Scored};
use amparo_evaluation::report::{HeldOut, PartialScore, VersionDirections};
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;
use amparo_training::Data;

pub(crate) use self::cross_fitted::same_code;
pub(crate) use self::follow_up::FollowUp;
use self::follow_up::severe;
use self::kept::{Kept, Plan};
pub(crate) use self::scores::of_answers;
use crate::{Error, Observer, display_name};

/// Everything an evaluation needs besides its settings.
#[derive(Debug)]
pub struct HeldOutRows {
    /// Outcomes, weights, cases and groups of the rows, as often as cross-fitting repeats them.
    pub input: Input,
    /// The rows themselves, each once.
    pub part: Cohort,
    /// Scores of the versions, in their order, and the scores of the cohort that every row has.
    pub scored: Vec<Scored>,
    /// What each of those says of the classes of an ordered outcome.
    pub forecasts: Vec<Forecast>,
    /// Of each of those, the fold that each of its rows was held out in, from 0; `None` if it was not cross-fitted.
    pub folds: Vec<Option<Vec<u32>>>,
    /// Scores of the cohort that some rows do not have, each on the rows that do.
    pub partial: Vec<PartialScored>,
    /// What each version's manifest says of the declared directions.
    pub directions: Vec<VersionDirections>,
    /// How the rows were held out.
    pub held_out: HeldOut,
    /// The outcome.
    pub outcome: String,
    /// Days within which it counts, where the cohort says.
    pub horizon_days: Option<u32>,
    /// Rows of the cohort left out because they were censored before the horizon.
    pub n_censored: usize,
    /// Rows of the cohort left out because the outcome excludes them.
    pub n_excluded: usize,
}

/// A score of the cohort that some rows do not have.
#[derive(Debug)]
pub struct PartialScored {
    /// The rows that have it, as columns.
    pub input: Input,
    /// The same rows, each once.
    pub part: Cohort,
    /// Its values.
    pub scored: Scored,
}

/// Scores versions, and the scores that came with the cohort, on the rows that no version was fitted or calibrated on.
///
/// A version that was trained on this very cohort is judged on its test part, or by the out-of-fold scores that the registry keeps beside it;
/// where they are missing, the observer is told, and its cross-fitting is repeated. On any other cohort all
/// rows count if the caller declares `other_cases`, else it is refused. The registry's keyed fingerprints of the cases that a version has
/// seen then prove the declaration or refuse it; where there are none, it stays a declaration. Rows are those that all versions leave.
///
/// # Errors
/// [`Error::NoVersion`]; [`Error::Outcome`] and [`Error::Form`] for versions that are about something else;
/// [`Error::CasesNotDeclared`]; [`Error::SeenCases`]; [`Error::Repeats`]; [`Error::OtherParts`]; [`Error::NoRowLeft`]; kept scores that were changed; [`Error::OtherCode`], [`Error::OtherScores`] and whatever a
/// fit refuses.
pub fn hold_out(
    registry: &Registry,
    versions: &[&Version],
    cohort: &Cohort,
    other_cases: bool,
    observer: &dyn Observer,
) -> Result<HeldOutRows, Error> {
    let first = versions.first().ok_or(Error::NoVersion)?;
    let outcome = first.recidivism().outcome().to_owned();
    check(versions, cohort, &outcome)?;
    let data = Data::new(cohort, &outcome)?;
    let plan = Plan::new(registry, versions, cohort, &data, other_cases)?;
    let crossed = cross_fitted::scores(registry, versions, &plan, &data, observer)?;

    let Plan { rows, repeats, .. } = &plan;
    let held = data.part(rows);
    let part = held.cohort();
    let follow_up = FollowUp::new(cohort, &data, rows, *repeats);

    let (mut scored, mut folds, mut forecasts) = (Vec::new(), Vec::new(), Vec::new());
    for ((version, kept), out) in versions.iter().zip(&plan.kept).zip(&crossed) {
        scored.push(match kept {
            Kept::CrossFitted { .. } | Kept::Recalibrated { .. } => {
                let survival = follow_up.as_ref().map(|f| f.out_of_fold(out));
                folds.push(Some(out.iter().flat_map(|one| held.of(&one.folds)).collect()));
                forecasts.push(classes::of_seen_rows(version, &part, &outcome));
                Scored { survival, ..scores::cross_fitted(version, out, &held)? }
            }
            Kept::TestPart(_) | Kept::OtherCases(_) => {
                let survival = follow_up.as_ref().map(|f| f.scores(version));
                folds.push(None);
                let scored = Scored { survival, ..scores::published(version, &part, *repeats)? };
                forecasts.push(classes::forecast(version, &scored, &part, &outcome));
                scored
            }
        });
    }
    let (mut partial, mut of_some_rows) = (Vec::new(), Vec::new());
    for (at, score) in data.cohort.scores().iter().enumerate() {
        let known: Vec<usize> = rows.iter().copied().filter(|&row| score.values[row].is_some()).collect();
        if known.len() == rows.len() {
            let survival = follow_up.as_ref().and_then(|f| f.foreign(at));
            scored.push(Scored { survival, ..bridge::foreign(&part.scores()[at], *repeats) });
            folds.push(None);
            forecasts.push(Forecast::None);
            continue;
        }
        of_some_rows.push(PartialScore { score: score.name.clone(), n_rows: known.len() as u64 });
        if !known.is_empty() {
            let held = data.part(&known);
            let part = held.cohort();
            let columns = bridge::columns(&part, held.events(), held.weights(), &outcome, *repeats);
            let scored = bridge::foreign(&part.scores()[at], *repeats);
            partial.push(PartialScored { input: Input::new(columns)?, part, scored });
        }
    }
    let columns = Columns {
        severe: severe(versions, &part, &outcome, *repeats),
        survival: follow_up.map(FollowUp::into_survival),
        ..bridge::columns(&part, held.events(), held.weights(), &outcome, *repeats)
    };
    Ok(HeldOutRows {
        input: Input::new(columns)?,
        scored,
        forecasts,
        folds,
        partial,
        directions: versions.iter().map(|v| bridge::directions(&display_name(v), v)).collect(),
        held_out: HeldOut::Versions {
            n_rows: part.n_rows() as u64,
            versions: plan.of_versions(versions),
            partial: of_some_rows,
        },
        horizon_days: cohort.outcome(&outcome)?.horizon_days,
        n_censored: data.n_censored(),
        n_excluded: data.n_excluded,
        part,
        outcome,
    })
}

/// Refuses versions that are about another outcome than the first, or read another form than the cohort answers.
fn check(versions: &[&Version], cohort: &Cohort, outcome: &str) -> Result<(), Error> {
    for version in versions {
        let found = version.recidivism().outcome();
        if found != outcome {
            return Err(Error::Outcome {
                version: display_name(version),
                found: found.to_owned(),
                expected: outcome.to_owned(),
            });
        }
        let (form, answered) = (version.instrument(), cohort.instrument());
        if form.digest() != answered.digest() {
            return Err(Error::Form {
                reader: format!("`{}`", display_name(version)),
                reads: form.id().to_owned(),
                cohort: "cohort",
                answers: answered.id().to_owned(),
            });
        }
    }
    Ok(())
}
