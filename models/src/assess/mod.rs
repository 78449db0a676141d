//! One form in, one answer out: scores, explanation, level, and all that the protocol attaches to it.

mod baseline;
mod context;
mod correction;
mod left_out;
mod level_model;
mod levels;
mod next_level;
mod pairs;
mod parts;
mod path;
mod reading;
mod reasons;
mod rules;
mod unknown;
mod unlearned;

use std::collections::BTreeMap;

use amparo_datasets::{FormAnswer, Instrument, Text};
use serde::{Deserialize, Serialize};

use crate::protocol::{Finding, GivenAnswer};
use crate::{Error, Model, OutcomeModel, Protocol};
use levels::{Levels, Placed};
use unknown::unanswered;

pub use crate::pooling::SameEffect;
pub use crate::unlearned_answer::UnlearnedAnswer;
pub(crate) use left_out::may_be_missing;
pub(crate) use rules::{BASELINE, LETHALITY};
pub(crate) use unlearned::unlearned_answers;

pub use baseline::BaselineAlone;
pub use context::{ExplanationStability, PlacedValue, StableValue};
pub use correction::{Change, Correction, CorrectionCutOff, Corrections, NoCorrection, SmallestSet};
pub use next_level::{LogOddsDifference, NextLevel, Step};
pub use pairs::Pair;
pub use parts::{Part, Parts};
pub use path::{PathKind, ProbabilityPath};
pub use reading::{
    Contribution, IfUnknowns, Interval, PercentileOrReason, PercentilesOrReason, Reading, Scale,
    ScoreExplanation, StabilityOrReason,
};
pub use rules::{Raise, Undetermined};
pub use unknown::{AskFirst, IfAnswered};

/// What Amparo proposes for one form: to be confirmed by an officer, who may raise the level.
///
/// Every number and every reason is a function of the form, the version and the protocol, and of nothing else. The only
/// sentences here are those of the protocol; [`crate::wording`] says the rest in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assessment {
    /// The result of the recidivism model, from which the level follows: in the form of the police, a new reported assault.
    pub recidivism: Reading,
    /// The result of the lethality model. It can only raise the level. Left out if the version has no lethality model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub lethality: Option<Reading>,
    /// The baseline of the hybrid alone, below whose level the proposed one is not. Left out unless a clause of the version says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub baseline: Option<BaselineAlone>,
    /// Answers that the version has not learned from, known ones and `unknown` alike: each counts as the average of the learned
    /// answers to its question. Of proposals that an earlier edition has written, this was not asked.
    #[serde(default)]
    pub unlearned_answers: Vec<UnlearnedAnswer>,
    /// Questions that the version was fitted without, in the form's order: whatever is answered adds nothing to any number, so that
    /// none is listed elsewhere unless a rule of the protocol reads it. Left out if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// The questions answered with `unknown`, in the form's order.
    pub unknown: Vec<String>,
    /// What each of them adds now, and where its answer alone could take the case. Left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub if_answered: Option<Vec<IfAnswered>>,
    /// The unanswered question whose answer could move the level, then the probability, most. Left out if none could, or
    /// unless `if_answered` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub ask_first: Option<AskFirst>,
    /// The level that the probability alone gives.
    pub computed_level: String,
    /// The proposed level: the computed one, as raised by a clause of the version and by the protocol's rules; never lower.
    pub level: String,
    /// The rules that raised the level, in the order they did.
    pub raised_by: Vec<Raise>,
    /// Marks on the case: `special_relevance`, `minors_at_risk`, `persistent_aggressor`.
    pub flags: Vec<String>,
    /// Marks that are not set, but could be if what is unknown were known.
    pub undetermined_flags: Vec<Undetermined>,
    /// Rules that do not hold, but could raise the level further if what is unknown were known.
    pub undetermined_raises: Vec<Undetermined>,
    /// What each answer adds to the score of the recidivism model.
    pub explanation: ScoreExplanation,
    /// How far the case is from the levels above and below, and which corrections would take it there. Left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_level: Option<NextLevel>,
    /// Measures that become mandatory at the proposed level. Left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub measures: Option<Vec<Text>>,
    /// Hours within which the case is assessed again; null if the protocol sets no period.
    #[serde(default)]
    pub reassess_within_hours: Option<u32>,
    /// The advice that the answers call for. Left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub safety_plan: Option<Vec<PlannedAdvice>>,
}

impl Assessment {
    /// The same, with the numbers that a form gives stated beside the answers that they stand for.
    #[must_use]
    pub fn with_numbers(mut self, form: &BTreeMap<String, FormAnswer>) -> Self {
        for value in &mut self.explanation.values {
            value.number = form.get(&value.indicator).and_then(FormAnswer::number);
        }
        self
    }
}

/// One piece of self-protection advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Advice))]
pub struct PlannedAdvice {
    /// Its name in the protocol.
    pub id: String,
    /// What to do, told to the victim.
    pub text: Text,
    /// The answers that called for it; empty if everybody is told.
    pub because: Vec<GivenAnswer>,
}

/// Assesses one form, with all parts of the assessment.
///
/// # Errors
/// See [`assess_parts`].
pub fn assess(
    protocol: &Protocol,
    instrument: &Instrument,
    recidivism: &OutcomeModel,
    lethality: Option<&OutcomeModel>,
    row: &[u8],
) -> Result<Assessment, Error> {
    assess_parts(protocol, instrument, recidivism, lethality, row, Parts::ALL)
}

/// Assesses one form, without the parts that nobody asks for. What does come is the same to the last bit, whatever else does.
///
/// `row` holds one code an indicator. The level is that of the calibrated probability of `recidivism`, then raised by
/// the clause on its baseline if it is under one, by the lethality rules and by the floors, each only upwards. An unknown answer sets no floor and no flag; what it could
/// set is listed as undetermined.
///
/// # Errors
/// [`Error::Invalid`] if the row does not fit the form, a model was fitted for another form or for another outcome than
/// the protocol speaks of, or the protocol names an indicator that is not on the form; [`Error::UnlearnedAnswers`] if the
/// protocol refuses answers that the version has not learned from; [`Error::Additivity`].
pub fn assess_parts(
    protocol: &Protocol,
    instrument: &Instrument,
    recidivism: &OutcomeModel,
    lethality: Option<&OutcomeModel>,
    row: &[u8],
    parts: Parts,
) -> Result<Assessment, Error> {
    check_outcome(recidivism, protocol.outcome())?;
    if let (Some(part), Some(rules)) = (lethality, protocol.lethality()) {
        check_outcome(part, &rules.outcome)?;
    }
    for part in [Some(recidivism), lethality].into_iter().flatten() {
        check_row(instrument, part, row)?;
    }
    let unlearned_answers = unlearned_answers(protocol, instrument, [Some(recidivism), lethality], row)?;
    let explanation = ScoreExplanation::of(recidivism, instrument, row, parts)?;
    let reading = Reading::of(recidivism, protocol.horizon_days(), instrument, row);
    let lethal = match lethality {
        Some(part) => {
            // The values are not shown, but a score that they do not add up to is not shown either.
            part.explain(row)?;
            let horizon_days = protocol.lethality().map(|rules| rules.horizon_days);
            Some(Reading::of(part, horizon_days, instrument, row))
        }
        None => None,
    };
    let is_unknown = |j: &usize| {
        row[*j] == instrument.indicators()[*j].unknown()
            && !may_be_missing(protocol, instrument, recidivism, *j)
    };
    let open: Vec<usize> = (0..row.len()).filter(is_unknown).collect();
    let unknown: Vec<String> = open.iter().map(|&j| instrument.indicators()[j].id.clone()).collect();
    let baseline = BaselineAlone::of(protocol, instrument, recidivism, row);
    let clause = recidivism.never_below_baseline().zip(baseline.as_ref());
    let readings = rules::Readings { recidivism: &reading, clause, lethality: lethal.as_ref() };
    let ruling = rules::apply(protocol, instrument, &readings, &unknown, row)?;
    let levels = Levels::new(protocol, instrument, recidivism, lethality)?;
    let now = Placed { level: ruling.level, probability: reading.probability };
    let (if_answered, ask_first) = if parts.has(Part::IfAnswered) {
        let (all, first) = unanswered(&levels, instrument, now, &explanation, (row, &open));
        (Some(all), first)
    } else {
        (None, None)
    };
    let next_level = parts.has(Part::NextLevel).then(|| {
        let corrections = correction::corrections(&levels, instrument, ruling.level, row);
        next_level::next_level(protocol, recidivism, &reading, &ruling, corrections)
    });
    let measures =
        parts.has(Part::Measures).then(|| protocol.measures(ruling.level).into_iter().cloned().collect());
    let safety_plan =
        parts.has(Part::SafetyPlan).then(|| safety_plan(protocol, instrument, row)).transpose()?;
    let id_of = |level: usize| protocol.levels()[level].id.clone();
    Ok(Assessment {
        if_answered,
        ask_first,
        next_level,
        measures,
        reassess_within_hours: protocol.levels()[ruling.level].reassess_within_hours,
        safety_plan,
        computed_level: id_of(ruling.computed),
        level: id_of(ruling.level),
        raised_by: ruling.raised_by,
        flags: ruling.flags,
        undetermined_flags: ruling.undetermined_flags,
        undetermined_raises: ruling.undetermined_raises,
        recidivism: reading,
        lethality: lethal,
        baseline,
        unlearned_answers,
        left_out: left_out::left_out(instrument, recidivism),
        unknown,
        explanation,
    })
}

/// Advice for everybody, and that which an answer calls for.
///
/// An unknown answer calls for advice where the protocol lists `unknown` among its answers.
fn safety_plan(
    protocol: &Protocol,
    instrument: &Instrument,
    row: &[u8],
) -> Result<Vec<PlannedAdvice>, Error> {
    let mut plan = Vec::new();
    for advice in protocol.safety_plan() {
        let because = match Finding::of(&advice.any, instrument, row)? {
            _ if advice.always => Vec::new(),
            Finding::Met(because) => because,
            Finding::Open(_) | Finding::NotMet => continue,
        };
        plan.push(PlannedAdvice { id: advice.id.clone(), text: advice.text.clone(), because });
    }
    Ok(plan)
}

fn check_outcome(part: &OutcomeModel, expected: &str) -> Result<(), Error> {
    if part.outcome() == expected {
        return Ok(());
    }
    let problem =
        format!("the model is of outcome `{}`, the protocol speaks of `{expected}`", part.outcome());
    Err(Error::invalid("assessment", problem))
}

fn check_row(instrument: &Instrument, part: &OutcomeModel, row: &[u8]) -> Result<(), Error> {
    let (n, expected) = (row.len(), instrument.indicators().len());
    let asked = part.scorer().n_indicators();
    if n != expected || asked != expected {
        let problem = format!(
            "{n} answers and a model of {asked} indicators found, expected {expected} as on form `{}`",
            instrument.id()
        );
        return Err(Error::invalid("assessment", problem));
    }
    let strange: Vec<String> = instrument
        .indicators()
        .iter()
        .zip(row)
        .filter(|(indicator, code)| usize::from(**code) >= indicator.n_answers())
        .map(|(i, code)| format!("code {code} of indicator `{}` is not below {}", i.id, i.n_answers()))
        .collect();
    if strange.is_empty() { Ok(()) } else { Err(Error::invalid("assessment", strange.join("; "))) }
}

#[cfg(test)]
mod tests;
