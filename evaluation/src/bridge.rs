//! From cohorts, protocols and foreign scores to what [`evaluate`](crate::evaluate) takes.

use amparo_datasets::{Cohort, ForeignScore, Group, ScoreLevel, Text as Label, number_cases};
use amparo_models::Protocol;
use amparo_models::artefact::Version;

use crate::definitions::Text;
use crate::input::{Columns, GroupColumn, Kind, Levels, Repeats, Scored};
use crate::report::{Effects, VersionDirections};

/// The rows of a cohort, `times` over (once for each repeat of cross-fitting), as columns.
///
/// `events` and `weights` hold one entry a row of the cohort. The oracle is the cohort's truth of `outcome`, if it is
/// synthetic.
#[must_use]
pub fn columns(
    cohort: &Cohort,
    events: &[bool],
    weights: &[f64],
    outcome: &str,
    repeats: Repeats,
) -> Columns {
    let times = repeats.times();
    let (cluster, _) = number_cases(cohort.cases().iter().map(String::as_str));
    Columns {
        y: events.repeat(times),
        weight: weights.iter().map(|w| w * repeats.share()).collect::<Vec<_>>().repeat(times),
        cluster: cluster.repeat(times),
        repeats,
        groups: cohort.groups().iter().map(|of| group(of, repeats)).collect(),
        oracle: cohort.oracles().iter().find(|o| o.outcome == outcome).map(|o| o.probability.repeat(times)),
        strata: None,
        severe: None,
        survival: None,
    }
}

/// A partition of rows as a column, as often as they are repeated.
#[must_use]
pub fn group(group: &Group, repeats: Repeats) -> GroupColumn {
    GroupColumn {
        name: group.name.clone(),
        labels: group.labels.clone(),
        codes: group.codes.repeat(repeats.times()),
        unknown: group.labels.iter().filter(|label| *label == Group::UNKNOWN).cloned().collect(),
        reference: group.reference.clone(),
        pairs: Vec::new(),
    }
}

/// What a version says of rows, one number a row each.
#[derive(Debug, Clone, PartialEq)]
pub struct RowScores {
    /// Scores, in log-odds.
    pub log_odds: Vec<f64>,
    /// Calibrated probabilities.
    pub probability: Vec<f64>,
    /// Probabilities by the baseline alone, where a clause says that the level is never below the one that they give.
    pub baseline: Option<Vec<f64>>,
}

/// Scores of a version with the levels that its protocol gives to their probabilities: where the version is under the clause on its
/// baseline, the higher one of both.
#[must_use]
pub fn version(name: &str, kind: Kind, protocol: &Protocol, scores: RowScores) -> Scored {
    let RowScores { log_odds, probability, baseline } = scores;
    let levels = protocol.levels();
    let mut codes: Vec<u8> = probability.iter().map(|&p| protocol.level_of(p) as u8).collect();
    for (code, p) in codes.iter_mut().zip(baseline.into_iter().flatten()) {
        *code = (*code).max(protocol.level_of(p) as u8);
    }
    Scored {
        name: name.to_owned(),
        kind,
        score: log_odds,
        levels: Some(Levels {
            ids: levels.iter().map(|level| level.id.clone()).collect(),
            labels: Some(levels.iter().map(|level| text(&level.label)).collect()),
            codes,
            cuts: levels.iter().skip(1).map(|level| level.from_probability).collect(),
            intensity: None,
            reassess_days: Some(
                levels
                    .iter()
                    .map(|level| level.reassess_within_hours.map(|hours| f64::from(hours) / 24.0))
                    .collect(),
            ),
        }),
        probability: Some(probability),
        survival: None,
    }
}

/// What the manifest of a version says of the declared directions; `name` is that of its scores.
#[must_use]
pub fn directions(name: &str, version: &Version) -> VersionDirections {
    let effects = Effects::of(version.recidivism(), version.instrument());
    VersionDirections::new(name, &version.manifest().training.directions, effects)
}

/// A text of a form or a protocol.
pub(crate) fn text(label: &Label) -> Text {
    Text { es: label.es.clone().into(), en: label.en.clone().into() }
}

/// A score that came with the cohort, with its own levels, on the rows that have one (which the cohort was cut to); a probability if
/// its source declares it one.
#[must_use]
pub fn foreign(score: &ForeignScore, repeats: Repeats) -> Scored {
    let known: Vec<f64> = score.values.iter().flatten().copied().collect();
    stated(&score.name, known.repeat(repeats.times()), score.is_probability, &score.levels)
}

/// A score as numbers, one a row, with the levels that it is cut into, if there are two or more.
#[must_use]
pub fn stated(name: &str, values: Vec<f64>, is_probability: bool, levels: &[ScoreLevel]) -> Scored {
    let cuts: Vec<f64> = levels.iter().skip(1).map(|level| level.from).collect();
    let code = |value: &f64| cuts.partition_point(|cut| cut <= value) as u8;
    Scored {
        name: name.to_owned(),
        kind: Kind::Foreign,
        levels: (levels.len() >= 2).then(|| Levels {
            ids: levels.iter().map(|level| level.id.clone()).collect(),
            codes: values.iter().map(code).collect(),
            cuts: cuts.clone(),
            intensity: None,
            reassess_days: None,
            labels: None,
        }),
        probability: is_probability.then(|| values.clone()),
        score: values,
        survival: None,
    }
}
