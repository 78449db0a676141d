//! What differs between two versions for one case, taken apart exactly.
//!
//! ```text
//! log-odds      s_A - s_B = (base_A - base_B) + sum_j (value_Aj - value_Bj)                    within 1e-9
//! probability   c_A(s_A) - c_B(s_B) = score part + calibrator part
//!     score part       the mean of  c_B(s_A) - c_B(s_B)  and  c_A(s_A) - c_A(s_B)
//!     calibrator part  the mean of  c_A(s_B) - c_B(s_B)  and  c_A(s_A) - c_B(s_A)
//! level         place_A - place_B = score + calibrator + cut-points + rules
//! ```
//! Probability and level go from B to A by exchanging one thing at a time. The order matters, so every order is taken and
//! averaged: these are the Shapley values of the two, and of the four, things that can be exchanged. A score read by the
//! other version's calibrator is a step on that way, not a probability that anybody should act on.
//!
//! Each version's values compare with its own population: [`LogOddsParts::same_population`] says whether it is the same.

mod level;

use std::collections::BTreeMap;

use amparo_datasets::{FormAnswer, Instrument, Text};
use serde::Serialize;

use crate::assess::{Interval, Raise, Reading};
use crate::calibrator::IntervalKind;
use crate::model::ADDITIVITY;
use crate::{Assessment, Calibrator, Error, OutcomeModel, Protocol, Version, assess};

pub use level::{LevelDifference, LevelParts};

/// What two versions make of one case. Every difference is model minus against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The version looked at.
    pub model: Standing,
    /// The version it is compared with.
    pub against: Standing,
    /// The difference of the scores, by indicator.
    pub log_odds: LogOddsParts,
    /// The difference of the probabilities.
    pub probability: ProbabilityParts,
    /// The difference of the levels.
    pub level: LevelDifference,
}

/// What one version makes of the case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Its name: `vpr@3`.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// Edition of its protocol.
    pub protocol: String,
    /// Its score.
    pub log_odds: f64,
    /// Its probability of the outcome.
    pub probability: f64,
    /// What its calibration rows leave open, at 95 % unless `interval_kind` says otherwise.
    pub interval: Interval,
    /// What `interval` is; left out for a 95 % confidence interval.
    #[serde(skip_serializing_if = "IntervalKind::is_confidence")]
    pub interval_kind: IntervalKind,
    /// What its lethality model says, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lethality: Option<Reading>,
    /// Id of the level that its probability alone gives.
    pub computed_level: String,
    /// Id of the level it proposes.
    pub level: String,
    /// That level, as its protocol shows it to a person.
    pub level_label: Text,
    /// The rules that raised it.
    pub raised_by: Vec<Raise>,
}

impl Difference {
    /// The same, with the numbers that a form gives stated beside the answers that they stand for.
    #[must_use]
    pub fn with_numbers(mut self, form: &BTreeMap<String, FormAnswer>) -> Self {
        for value in &mut self.log_odds.values {
            value.number = form.get(&value.indicator).and_then(FormAnswer::number);
        }
        self
    }
}

/// A difference of scores: `difference = base + sum of values.difference`, within 1e-9.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogOddsParts {
    /// The whole of it.
    pub difference: f64,
    /// Difference of the mean scores of the populations that each version compares with.
    pub base: f64,
    /// Whether both compare with the same population: the same weight, with the same share of each answer.
    pub same_population: bool,
    /// One an indicator, in the form's order.
    pub values: Vec<IndicatorDifference>,
}

/// What one answer adds to each score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorDifference {
    /// Id of the indicator.
    pub indicator: String,
    /// Id of the answer.
    pub answer: String,
    /// The number that was given and stands for this answer. Left out where the answer itself was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// Its value in the model.
    pub model: f64,
    /// Its value in the version compared with.
    pub against: f64,
    /// The first minus the second.
    pub difference: f64,
}

/// A difference of probabilities: `difference = score.value + calibrator.value`, but for rounding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbabilityParts {
    /// The whole of it.
    pub difference: f64,
    /// What the other score brings.
    pub score: BothOrders,
    /// What the other calibrator brings; exactly 0 if both have the same.
    pub calibrator: BothOrders,
}

/// What exchanging one of two things brings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BothOrders {
    /// The mean of the two.
    pub value: f64,
    /// If it is exchanged first, the other thing still that of the version compared with.
    pub first: f64,
    /// If it is exchanged last, the other thing already that of the model.
    pub last: f64,
}

/// Compares what two versions make of one case: `model` minus `against`.
///
/// `row` holds one code an indicator of the form, which has to be the same for both.
///
/// # Errors
/// [`Error::Invalid`] if the versions read other forms, or their probabilities are of other outcomes or within other
/// times, or if the parts do not add up to the difference of the scores; see also [`fn@assess`].
pub fn cases(model: &Version, against: &Version, row: &[u8]) -> Result<Difference, Error> {
    sides(&Side::of(model), &Side::of(against), row)
}

/// What of a version a comparison looks at.
#[derive(Debug, Clone)]
pub(crate) struct Side<'a> {
    pub name: String,
    pub digest: &'a str,
    pub instrument: &'a Instrument,
    pub protocol: &'a Protocol,
    pub recidivism: &'a OutcomeModel,
    pub lethality: Option<&'a OutcomeModel>,
}

impl<'a> Side<'a> {
    fn of(version: &'a Version) -> Self {
        let manifest = version.manifest();
        Self {
            name: format!("{}@{}", manifest.name, manifest.version),
            digest: version.digest(),
            instrument: version.instrument(),
            protocol: version.protocol(),
            recidivism: version.recidivism(),
            lethality: version.lethality(),
        }
    }

    fn standing(&self, assessment: &Assessment) -> Result<Standing, Error> {
        let reading = &assessment.recidivism;
        let level = self.protocol.levels().iter().find(|level| level.id == assessment.level);
        let level = level.ok_or_else(|| {
            let problem = format!("level `{}` is not in protocol `{}`", assessment.level, self.protocol.id());
            Error::invalid(format!("comparison with `{}`", self.name), problem)
        })?;
        Ok(Standing {
            level_label: level.label.clone(),
            version: self.name.clone(),
            digest: self.digest.to_owned(),
            protocol: self.protocol.id().to_owned(),
            log_odds: reading.log_odds,
            probability: reading.probability,
            interval: reading.interval,
            interval_kind: reading.interval_kind,
            lethality: assessment.lethality.clone(),
            computed_level: assessment.computed_level.clone(),
            level: assessment.level.clone(),
            raised_by: assessment.raised_by.clone(),
        })
    }
}

/// See [`cases`].
pub(crate) fn sides(model: &Side<'_>, against: &Side<'_>, row: &[u8]) -> Result<Difference, Error> {
    check(model, against)?;
    let assessed =
        |side: &Side<'_>| assess(side.protocol, side.instrument, side.recidivism, side.lethality, row);
    let (a, b) = (assessed(model)?, assessed(against)?);
    Ok(Difference {
        log_odds: log_odds(model, against, &a, &b)?,
        probability: probability(
            [model, against].map(|side| side.recidivism.calibrator()),
            [&a, &b].map(|assessment| assessment.recidivism.log_odds),
        ),
        level: level::difference([model, against], [&a, &b], row)?,
        model: model.standing(&a)?,
        against: against.standing(&b)?,
    })
}

/// Refuses, all at once, what makes the numbers of two versions incomparable.
fn check(model: &Side<'_>, against: &Side<'_>) -> Result<(), Error> {
    let mut problems = Vec::new();
    let forms = [model, against].map(|side| (side.instrument.id(), side.instrument.digest()));
    if forms[0].1 != forms[1].1 {
        let [(one, a), (other, b)] = &forms;
        problems.push(format!(
            "they read forms `{one}` ({:.12}) and `{other}` ({:.12}), expected the same form",
            a, b
        ));
    }
    let outcomes = [model, against].map(|side| side.protocol.outcome());
    if outcomes[0] != outcomes[1] {
        let [one, other] = outcomes;
        problems.push(format!("they speak of outcomes `{one}` and `{other}`, expected the same outcome"));
    }
    let times = [model, against].map(|side| side.protocol.horizon_days());
    if times[0] != times[1] {
        let [one, other] = times.map(|days| match days {
            Some(days) => format!("{days} days"),
            None => "no number of days".to_owned(),
        });
        problems.push(format!("their probabilities are within {one} and {other}, expected the same time"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(
        format!("comparison of `{}` with `{}`", model.name, against.name),
        problems.join("; "),
    ))
}

fn log_odds(
    model: &Side<'_>,
    against: &Side<'_>,
    a: &Assessment,
    b: &Assessment,
) -> Result<LogOddsParts, Error> {
    let pairs = a.explanation.values.iter().zip(&b.explanation.values);
    let values: Vec<IndicatorDifference> = pairs
        .map(|(a, b)| IndicatorDifference {
            indicator: a.indicator.clone(),
            answer: a.answer.clone(),
            number: None,
            model: a.value,
            against: b.value,
            difference: a.value - b.value,
        })
        .collect();
    let base = a.explanation.base - b.explanation.base;
    let difference = a.recidivism.log_odds - b.recidivism.log_odds;
    check_sum(base, &values, difference)?;
    Ok(LogOddsParts { difference, base, same_population: same_population(model, against), values })
}

/// Refuses parts that do not add up to the whole.
fn check_sum(base: f64, values: &[IndicatorDifference], whole: f64) -> Result<(), Error> {
    let sum = base + values.iter().map(|v| v.difference).sum::<f64>();
    let off = (sum - whole).abs();
    if off <= ADDITIVITY {
        return Ok(());
    }
    let problem =
        format!("parts add up to {sum}, the scores differ by {whole}: off by {off:e}, above {ADDITIVITY:e}");
    Err(Error::invalid("comparison", problem))
}

fn same_population(model: &Side<'_>, against: &Side<'_>) -> bool {
    let [a, b] = [model, against].map(|side| side.recidivism.background());
    let bits = |numbers: &[f64]| numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
    let answers = |table: &[Vec<f64>]| table.iter().map(|of| bits(of)).collect::<Vec<_>>();
    a.n_rows == b.n_rows
        && bits(&[a.weight]) == bits(&[b.weight])
        && answers(&a.answers) == answers(&b.answers)
}

/// `calibrators` and `scores`: of the model, then of the version compared with.
fn probability(calibrators: [&Calibrator; 2], scores: [f64; 2]) -> ProbabilityParts {
    let [a, b] = calibrators.map(|calibrator| scores.map(|score| calibrator.calibrate(score).probability));
    let both = |first: f64, last: f64| BothOrders { value: (first + last) / 2.0, first, last };
    ProbabilityParts {
        difference: a[0] - b[1],
        score: both(b[0] - b[1], a[0] - a[1]),
        calibrator: both(a[1] - b[1], a[0] - b[0]),
    }
}

#[cfg(test)]
mod tests;
