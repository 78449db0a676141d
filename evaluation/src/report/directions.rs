//! Which declared directions the rows of a version's fit contradict.

use amparo_datasets::{Instrument, Polarity};
use amparo_models::OutcomeModel;
use amparo_models::artefact::DirectionRecord;
use serde::{Deserialize, Serialize};

/// What a version's manifest says of the directions that its form declares, and what became of them in the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VersionDirections {
    /// Name of the version's scores in the report.
    pub name: String,
    /// Indicators whose direction is enforced and was compared with the rows of the fit.
    pub examined: u64,
    /// Those that the rows contradict, each by itself: the whole interval lies on the side that is not declared.
    pub contradicted: Vec<ContradictedDirection>,
    /// Indicators whose known answers the score does not tell apart, although it was fitted on them.
    pub without_effect: Vec<String>,
    /// Indicators that the version was fitted without. Verdicts of former editions do not say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// A declared direction that the rows of the fit contradict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContradictedDirection {
    /// The indicator.
    pub indicator: String,
    /// What the form declares it to be: `risk` or `protective`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub declared: Polarity,
    /// Change of the share of events from one known answer to the next, without a bound.
    pub per_step: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl VersionDirections {
    /// Those of a version, from its manifest's list and what has no effect in its score.
    #[must_use]
    pub fn new(name: &str, directions: &[DirectionRecord], effects: Effects) -> Self {
        let Effects { without_effect, left_out } = effects;
        let contradicted = directions.iter().filter(|direction| direction.is_contradicted());
        Self {
            name: name.to_owned(),
            examined: directions.len() as u64,
            contradicted: contradicted
                .map(|direction| ContradictedDirection {
                    indicator: direction.indicator.clone(),
                    declared: direction.declared,
                    per_step: direction.per_step,
                    low: direction.low,
                    high: direction.high,
                })
                .collect(),
            without_effect,
            left_out,
        }
    }
}

/// Ids of the indicators that have no effect in a score, by the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// The score was fitted on them and does not tell their known answers apart.
    pub without_effect: Vec<String>,
    /// It was fitted without them.
    pub left_out: Vec<String>,
}

impl Effects {
    /// Those of a model.
    #[must_use]
    pub fn of(part: &OutcomeModel, instrument: &Instrument) -> Self {
        let flat = part.without_effect(instrument).into_iter().filter(|&j| !part.leaves_out(j));
        Self {
            without_effect: flat.map(|j| instrument.indicators()[j].id.clone()).collect(),
            left_out: part.left_out(instrument).map(str::to_owned).collect(),
        }
    }
}
