//! What a file says of itself: each fact under a name of its own, lists as JSON.

use amparo_models::protocol::UnlearnedAnswers;
use amparo_models::{OutcomeModel, Version};
use serde_json::{Value, json};

use super::closest::Closest;
use crate::onnx::proto::StringStringEntryProto;

/// What the graph is.
pub const STATEMENT: &str = "A published version of a risk model, written by Amparo. Its level is a proposal to be confirmed by a person, \
    never a decision. It is for the form, the protocol and the outcomes that the metadata name, and for no other.";

/// What a version has besides and the graph has not.
const LEFT_OUT: &str = "explanations, intervals of probabilities, ranges over unknown answers, marks, measures, periods of reassessment and \
    advice";

/// Facts by name.
pub fn of(version: &Version, closest: &Closest) -> Vec<StringStringEntryProto> {
    let manifest = version.manifest();
    let mut facts = vec![
        ("amparo.model", manifest.name.clone()),
        ("amparo.version", manifest.version.to_string()),
        ("amparo.digest", version.digest().to_owned()),
        ("amparo.content_digest", manifest.content_digest.clone()),
        ("amparo.published_at", manifest.published_at.clone()),
        ("amparo.family", manifest.family.clone()),
        ("amparo.dial", manifest.dial.to_string()),
        ("amparo.candidate", manifest.training.candidate.clone()),
        ("amparo.instrument", instrument(version).to_string()),
        ("amparo.protocol", protocol(version).to_string()),
        ("amparo.outcomes", outcomes(version).to_string()),
        ("amparo.units", units(version).to_string()),
        ("amparo.clauses", json!(manifest.clauses).to_string()),
        ("amparo.probes", probes(closest).to_string()),
        ("amparo.statement", STATEMENT.to_owned()),
        ("amparo.left_out", LEFT_OUT.to_owned()),
    ];
    let synthetic = manifest.training.synthetic_statement();
    facts.extend(synthetic.map(|statement| ("amparo.synthetic", statement.to_owned())));
    let entry = |(key, value): (&str, String)| StringStringEntryProto { key: key.to_owned(), value };
    facts.into_iter().map(entry).collect()
}

/// What an input or output holds.
pub fn unit(name: &str) -> &'static str {
    match name {
        "answers" => {
            "codes of answers: one row a case, one column an indicator in the order of `amparo.instrument`, where a code is the place of an \
             answer from 0; `unknown` is the last one"
        }
        "log_odds" => "log-odds of the outcome before calibration; NaN for a row that is not assessed",
        "probability" => {
            "calibrated probability of the outcome within its horizon; NaN for a row that is not assessed"
        }
        "lethality_log_odds" => {
            "log-odds of the lethal outcome before calibration; NaN for a row that is not assessed"
        }
        "lethality_probability" => {
            "calibrated probability of the lethal outcome within its horizon; NaN for a row that is not assessed"
        }
        "computed_level" => {
            "place of the level, from 0, that `probability` alone gives; -1 for a row that is not assessed"
        }
        "level" => {
            "place of the proposed level, from 0 for the lowest, after clauses, lethality rules and floors; -1 for a row that is not assessed"
        }
        _ => {
            "number of answers that the models have not learned from; of a row with unknown codes it means nothing"
        }
    }
}

fn instrument(version: &Version) -> Value {
    let form = version.instrument();
    let indicators = form.indicators().iter().map(|indicator| {
        let answers: Vec<&str> = indicator.answers().iter().map(|answer| answer.id.as_str()).collect();
        json!({"id": indicator.id, "answers": answers})
    });
    json!({"id": form.id(), "digest": form.digest(), "indicators": indicators.collect::<Vec<_>>()})
}

fn protocol(version: &Version) -> Value {
    let protocol = version.protocol();
    let levels = protocol.levels();
    let of_level = |level: &amparo_models::protocol::Level| json!({"id": level.id, "from_probability": level.from_probability});
    let rules = protocol.lethality().map(|lethality| {
        let of_rule = |rule: &amparo_models::protocol::LethalityRule| {
            json!({"from_probability": rule.from_probability, "at_least": levels[rule.at_least].id})
        };
        lethality.rules.iter().map(of_rule).collect::<Vec<_>>()
    });
    let floors: Vec<&str> = protocol.floors().iter().map(|floor| floor.id.as_str()).collect();
    let refused = protocol.unlearned_answers() == UnlearnedAnswers::Refuse;
    json!({
        "id": protocol.id(),
        "digest": protocol.digest(),
        "levels": levels.iter().map(of_level).collect::<Vec<_>>(),
        "lethality_rules": rules,
        "lethality_rules_applied": rules.is_some() && version.lethality().is_some(),
        "floors": floors,
        "unlearned_answers": if refused { "refuse" } else { "flag" },
    })
}

fn outcomes(version: &Version) -> Value {
    let of = |part: &OutcomeModel, horizon: Option<u32>| json!({"outcome": part.outcome(), "horizon_days": horizon, "calibrator": part.calibrator().family()});
    let horizon = version.manifest().training.horizon_days.or(version.protocol().horizon_days());
    let lethal = version.protocol().lethality().map(|rules| rules.horizon_days);
    json!({
        "recidivism": of(version.recidivism(), horizon),
        "lethality": version.lethality().map(|part| of(part, lethal)),
    })
}

fn units(version: &Version) -> Value {
    let lethal = ["lethality_log_odds", "lethality_probability"];
    let names = ["answers", "log_odds", "probability", "computed_level", "level", "unlearned_answers"];
    let lethal = lethal.into_iter().filter(|_| version.lethality().is_some());
    names
        .into_iter()
        .chain(lethal)
        .map(|name| (name.to_owned(), Value::from(unit(name))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// How close the probe forms come to another level; JSON has no infinity.
fn probes(closest: &Closest) -> Value {
    let finite = |distance: f64| distance.is_finite().then_some(distance);
    json!({
        "forms": closest.forms,
        "smallest_distance_to_a_cut_point": {
            "probability": finite(closest.probability),
            "log_odds": finite(closest.log_odds),
        },
    })
}
