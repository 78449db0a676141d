//! Scores of one version on the held-out rows.

use amparo_datasets::Cohort;
use amparo_evaluation::bridge;
use amparo_evaluation::input::{Kind, Repeats, Scored};
use amparo_models::artefact::Version;
use amparo_training::{LabelledRows, OutOfFold};

use crate::display_name;

/// Scores by the published version itself, the same in every repeat.
pub(super) fn published(version: &Version, part: &Cohort, repeats: Repeats) -> Scored {
    let recidivism = version.recidivism();
    let log_odds: Vec<f64> = part.answers().rows().map(|row| recidivism.score(row)).collect();
    let probabilities: Vec<f64> = log_odds.iter().map(|&s| recidivism.calibrate(s).probability).collect();
    let times = repeats.times();
    scored(version, log_odds.repeat(times), probabilities.repeat(times))
}

/// Scores by cross-fitting of the version's config, one repeat after the other.
pub(super) fn cross_fitted(version: &Version, repeats: &[OutOfFold], held: &LabelledRows<'_>) -> Scored {
    let log_odds = repeats.iter().flat_map(|out| held.of(&out.log_odds)).collect();
    let probabilities = repeats.iter().flat_map(|out| held.of(&out.probabilities)).collect();
    scored(version, log_odds, probabilities)
}

fn scored(version: &Version, log_odds: Vec<f64>, probabilities: Vec<f64>) -> Scored {
    let manifest = version.manifest();
    let kind = Kind::Version {
        digest: version.digest().to_owned(),
        family: manifest.family.clone(),
        dial: version.recidivism().scorer().dial_to_trees(),
    };
    bridge::version(&display_name(version), kind, version.protocol(), log_odds, probabilities)
}
