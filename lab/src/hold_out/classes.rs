//! What versions say of the classes of an ordered outcome.

use amparo_datasets::Cohort;
use amparo_evaluation::classes::{Forecast, Observed};
use amparo_evaluation::input::{Repeats, Scored};
use amparo_models::artefact::Version;

/// The class of every row, as often as rows are repeated; nothing where the outcome is not ordered.
pub(crate) fn observed(part: &Cohort, outcome: &str, repeats: Repeats) -> Option<Observed> {
    let classes = part.outcome(outcome).ok()?.classes.as_ref()?;
    let codes = classes.codes.repeat(repeats.times());
    Some(Observed { ids: classes.ids.clone(), from: classes.from, codes })
}

/// What a version says of the classes of rows that neither its model nor its calibrator has seen.
///
/// Nothing if its model has no thresholds, or thresholds of other classes than the cohort's.
pub(super) fn forecast(version: &Version, scored: &Scored, part: &Cohort, outcome: &str) -> Forecast {
    let record = version.manifest().training.ordered.as_ref();
    let classes = part.outcome(outcome).ok().and_then(|outcome| outcome.classes.as_ref());
    let same = record
        .zip(classes)
        .filter(|(record, classes)| record.classes == classes.ids && record.from == classes.from_id());
    let Some((record, _)) = same else { return Forecast::None };
    let probability = |score: f64| version.recidivism().calibrate(score).probability;
    let of_rows = scored.score.iter().flat_map(|&score| record.probabilities(score, probability));
    Forecast::Probabilities(of_rows.collect())
}

/// The same of a version whose thresholds or calibrator were fitted on these rows: it says something, but not of rows that it has not seen.
pub(super) fn of_seen_rows(version: &Version, part: &Cohort, outcome: &str) -> Forecast {
    let is_ordered = part.outcome(outcome).is_ok_and(|outcome| outcome.classes.is_some());
    match version.manifest().training.ordered {
        Some(_) if is_ordered => Forecast::SeenRows,
        _ => Forecast::None,
    }
}
