//! What must hold for whatever a reader accepted, worked out again from the numbers alone.

use amparo_datasets::Instrument;
use amparo_models::{Assessment, Error, OutcomeModel, Protocol, assess, wording};

/// Largest difference between an explanation's sum and the score.
const ADDITIVITY: f64 = 1e-9;

/// Scores up to this are told apart far below 1e-9, so an accepted model must explain them.
const LARGE: f64 = 1e4;

/// What is wrong with a part that was accepted, on one form.
///
/// # Errors
/// The fault.
pub fn part(part: &OutcomeModel, instrument: &Instrument, row: &[u8]) -> Result<(), String> {
    let score = part.score(row);
    let large = largest(part, instrument);
    match part.explain(row) {
        Ok(parts) => {
            sums(parts.total.base, &parts.total.values, score)?;
            for ((v, b), c) in parts.total.values.iter().zip(&parts.baseline).zip(&parts.candidate) {
                near("the parts of a value", b + c, *v)?;
            }
        }
        Err(Error::Additivity { .. }) if !(large <= LARGE) => return Ok(()),
        Err(error) => return Err(format!("no explanation of a model up to {large:e}: {error}")),
    }
    match part.interactions(row) {
        Ok(found) => sums(found.base, &found.values, score)?,
        Err(Error::Additivity { .. }) if !(large <= LARGE) => {}
        Err(error) => return Err(format!("no interactions of a model up to {large:e}: {error}")),
    }
    let calibrated = part.calibrate(score);
    ordered("interval", calibrated.low, calibrated.probability, calibrated.high)?;
    let range = part.range(instrument, row);
    let ends = [range.low, range.attained_low, range.attained_high, range.high];
    if !(ends.windows(2).all(|two| two[0] <= two[1]) && ends.iter().all(|end| end.is_finite())) {
        return Err(format!("range {range:?}"));
    }
    Ok(())
}

/// What is wrong with an assessment, its pairs and its text; a refusal of numbers too large to tell apart is no fault.
///
/// # Errors
/// The fault.
pub fn form(
    protocol: &Protocol,
    instrument: &Instrument,
    recidivism: &OutcomeModel,
    lethality: Option<&OutcomeModel>,
    row: &[u8],
) -> Result<(), String> {
    let large = [Some(recidivism), lethality].into_iter().flatten().map(|p| largest(p, instrument));
    let large = large.fold(0.0, f64::max);
    let found = assess(protocol, instrument, recidivism, lethality, row)
        .and_then(|found| found.with_pairs(instrument, recidivism, row));
    let found = match found {
        Ok(found) => found,
        Err(Error::Additivity { .. }) if !(large <= LARGE) => return Ok(()),
        Err(error) => return Err(format!("a form that fits is refused: {error}")),
    };
    assessment(&found, protocol)?;
    let facts = wording::Facts { instrument, protocol, synthetic: false };
    let text = wording::words(facts, &found)
        .map(|words| words.text)
        .map_err(|error| format!("no words: {error}"))?;
    if text.es.trim().is_empty() || text.en.contains("NaN") { Err(format!("text {text:?}")) } else { Ok(()) }
}

/// What is wrong with an assessment by its own numbers.
///
/// # Errors
/// The fault.
pub fn assessment(found: &Assessment, protocol: &Protocol) -> Result<(), String> {
    let explanation = &found.explanation;
    let log_odds = found.recidivism.log_odds;
    let of = |value: fn(&amparo_models::assess::Contribution) -> f64| -> Vec<f64> {
        explanation.values.iter().map(value).collect()
    };
    sums(explanation.base, &of(|v| v.value), log_odds)?;
    sums(explanation.probability.base, &of(|v| v.probability_value), found.recidivism.probability)?;
    let pairs: Vec<f64> = explanation.interactions.iter().flatten().map(|pair| pair.value).collect();
    sums(explanation.base, &[of(|v| v.alone.unwrap_or(f64::NAN)), pairs].concat(), log_odds)?;
    for reading in [Some(&found.recidivism), found.lethality.as_ref()].into_iter().flatten() {
        ordered("interval", reading.interval.low, reading.probability, reading.interval.high)?;
        let open = &reading.if_unknowns;
        // The probability of `unknown` itself may lie outside.
        ordered("range of the unknown", open.low, open.low, open.high)?;
        if !(0.0..=1.0).contains(&open.gap)
            || (found.unknown.is_empty() && !(open.high - open.low).abs().le(&ADDITIVITY))
        {
            return Err(format!("range of the unknown {open:?} with {} unknown", found.unknown.len()));
        }
    }
    for open in found.if_answered.iter().flatten() {
        ordered(
            "probability if answered",
            open.probability.low,
            open.probability.low,
            open.probability.high,
        )?;
    }
    let place = |level: &str| protocol.position(level).ok_or_else(|| format!("level `{level}` is not there"));
    let (computed, level) = (place(&found.computed_level)?, place(&found.level)?);
    if level < computed || computed != protocol.level_of(found.recidivism.probability) {
        return Err(format!("level {level}, computed {computed}"));
    }
    Ok(())
}

/// The largest score that a part could give, summed up without regard to sign.
fn largest(part: &OutcomeModel, instrument: &Instrument) -> f64 {
    use amparo_models::scorer::{Form, Node};
    let leaf =
        |most: f64, node: &Node| if let Node::Leaf(value) = node { most.max(value.abs()) } else { most };
    debug_assert_eq!(instrument.indicators().len(), part.background().answers.len());
    let of_form = |form: Form| match form {
        Form::Additive(tables) => {
            let largest = tables.weights.iter().map(|w| w.iter().fold(0.0, |most: f64, w| most.max(w.abs())));
            tables.intercept.abs() + largest.sum::<f64>()
        }
        Form::Trees(f) => {
            f.base.abs() + f.trees.iter().map(|tree| tree.nodes.iter().fold(0.0, leaf)).sum::<f64>()
        }
    };
    part.scorer().terms().into_iter().map(|term| of_form(term.form)).sum()
}

fn sums(base: f64, values: &[f64], score: f64) -> Result<(), String> {
    near("an explanation", base + values.iter().sum::<f64>(), score)
}

/// Said so that what is not a number is not near anything.
fn near(what: &str, found: f64, expected: f64) -> Result<(), String> {
    if (found - expected).abs() <= ADDITIVITY {
        Ok(())
    } else {
        Err(format!("{what} adds up to {found:e}, not {expected:e}"))
    }
}

fn ordered(what: &str, low: f64, middle: f64, high: f64) -> Result<(), String> {
    if 0.0 <= low && low <= middle && middle <= high && high <= 1.0 {
        Ok(())
    } else {
        Err(format!("{what}: {low:e} <= {middle:e} <= {high:e} does not hold"))
    }
}
