//! Scores of one version on the held-out rows.

use amparo_datasets::{Answers, Cohort};
use amparo_evaluation::bridge::{self, RowScores};
use amparo_evaluation::input::{Dial, End, Kind, Repeats, Scored};
use amparo_models::Scorer;
use amparo_models::artefact::Version;
use amparo_models::scorer::Role;
use amparo_training::{LabelledRows, OutOfFold};

use crate::{Error, display_name};

/// Scores by the published version itself, the same in every repeat.
pub(super) fn published(version: &Version, part: &Cohort, repeats: Repeats) -> Result<Scored, Error> {
    let RowScores { log_odds, probability, baseline } = of_answers(version, part.answers());
    let times = repeats.times();
    let (log_odds, probability) = (log_odds.repeat(times), probability.repeat(times));
    scored(version, RowScores { log_odds, probability, baseline: baseline.map(|of| of.repeat(times)) })
}

/// Log-odds and probabilities by the published version itself.
pub(crate) fn of_answers(version: &Version, answers: &Answers) -> RowScores {
    let recidivism = version.recidivism();
    let log_odds: Vec<f64> = answers.rows().map(|row| recidivism.score(row)).collect();
    let probability = log_odds.iter().map(|&score| recidivism.calibrate(score).probability).collect();
    let baseline = recidivism
        .baseline_alone()
        .map(|alone| answers.rows().map(|row| alone.probability(alone.score(row))).collect());
    RowScores { log_odds, probability, baseline }
}

/// Scores by cross-fitting of the version's config, one repeat after the other.
pub(super) fn cross_fitted(
    version: &Version,
    repeats: &[OutOfFold],
    held: &LabelledRows<'_>,
) -> Result<Scored, Error> {
    let log_odds = repeats.iter().flat_map(|out| held.of(&out.log_odds)).collect();
    let probability = repeats.iter().flat_map(|out| held.of(&out.probabilities)).collect();
    let baseline: Option<Vec<Vec<f64>>> =
        repeats.iter().map(|out| out.baseline.as_ref().map(|of| held.of(of))).collect();
    if baseline.is_some() != version.recidivism().never_below_baseline().is_some() {
        return Err(Error::OtherScores { version: display_name(version) });
    }
    scored(version, RowScores { log_odds, probability, baseline: baseline.map(|of| of.concat()) })
}

fn scored(version: &Version, scores: RowScores) -> Result<Scored, Error> {
    let manifest = version.manifest();
    let kind = Kind::Version {
        digest: version.digest().to_owned(),
        family: manifest.family.clone(),
        dial: Some(dial(version.recidivism().scorer())?),
        more_unknown: None,
    };
    Ok(bridge::version(&display_name(version), kind, version.protocol(), scores))
}

/// Where a scorer stands on the dial, and between which two models.
fn dial(scorer: &Scorer) -> Result<Dial, Error> {
    let end = |role, family: Option<&str>| -> Result<Option<End>, Error> {
        let digest = scorer.digest(role)?;
        Ok(family.zip(digest).map(|(family, digest)| End { family: family.to_owned(), digest }))
    };
    let family =
        |role| scorer.terms().iter().find(|term| term.role == role).map(|term| term.family.to_owned());
    Ok(Dial {
        position: scorer.dial(),
        baseline: end(Role::Baseline, family(Role::Baseline).as_deref())?,
        candidate: end(Role::Candidate, family(Role::Candidate).as_deref())?,
    })
}
