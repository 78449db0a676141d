//! One form worked by hand.
//!
//! Population (0,0,0) (1,1,0) (0,2,1) (1,0,1): mean points of I1, I2, I3 are 2, 1.75 and 0.5, half of that in log-odds. The
//! form (a1, unknown, a0) has 4 + 1 + 0 points: -3 + 5 / 2 = -0.5. Calibrated by sigmoid(-1 + 2 x -0.5) = 0.1192.
//! The other numbers, in Python:
//! ```text
//! from math import *; s = lambda x: 1 / (1 + exp(-x)); l = lambda p: log(p / (1 - p))
//! h = 1.959963984540054 * sqrt(.04 + 2 * -.5 * .01 + .25 * .09)
//! r = (s(-2) - s(-2.75)) / .375
//! print(s(-2.75), r, -.375 * r, -.25 * r, s(2) - s(-2))
//! print(s(-2), s(-2-h), s(-2+h), s(-3), s(2), .5-s(-2), (l(.5)+1)/2+.5, .1-s(-2), (l(.1)+1)/2+.5)
//! ```

use serde_json::{Value, json};

use super::of;

/// Whether two documents are the same, numbers within `tolerance`; NaN is never in JSON.
fn same(found: &Value, expected: &Value, tolerance: f64) -> bool {
    match (found, expected) {
        (Value::Number(f), Value::Number(e)) => {
            matches!((f.as_f64(), e.as_f64()), (Some(f), Some(e)) if (f - e).abs() <= tolerance)
        }
        (Value::Array(f), Value::Array(e)) => {
            f.len() == e.len() && f.iter().zip(e).all(|(f, e)| same(f, e, tolerance))
        }
        (Value::Object(f), Value::Object(e)) => {
            f.len() == e.len() && f.iter().all(|(key, f)| e.get(key).is_some_and(|e| same(f, e, tolerance)))
        }
        _ => found == expected,
    }
}

fn expected() -> Value {
    let hangs = |id: &str| {
        json!({
            "id": id,
            "indicators": ["I2"],
            "reason": { "code": "depends_on_unknown", "indicators": ["I2"] },
        })
    };
    let value = |indicator: &str, answer: &str, value: f64, probability_value: f64| {
        json!({
            "indicator": indicator, "answer": answer, "value": value, "baseline_part": value, "model_part": 0.0,
            "probability_value": probability_value,
        })
    };
    let not_kept = json!({ "undefined": { "code": "population_not_kept" } });
    let fixed = json!({ "none": { "code": "nothing_correctable" }, "sets_tried": 0 });
    json!({
        "recidivism": {
            "outcome": "new_assault",
            "horizon_days": 320,
            "log_odds": -0.5,
            "probability": 0.11920292202211755,
            "interval": { "low": 0.0795055481595308, "high": 0.17495403263000314 },
            "if_unknowns": {
                "low": 0.04742587317756678, "high": 0.8807970779778823, "certificate": "exact", "gap": 0.0, "nodes": 0,
            },
            "percentile": not_kept,
        },
        "lethality": {
            "outcome": "lethal",
            "horizon_days": 365,
            "log_odds": 0.0,
            "probability": 0.0001,
            "interval": { "low": 0.00005, "high": 0.0002 },
            "if_unknowns": { "low": 0.0001, "high": 0.02, "certificate": "exact", "gap": 0.0, "nodes": 0 },
            "percentile": not_kept,
        },
        "unknown": ["I2"],
        "if_answered": [{
            "indicator": "I2",
            "value": -0.375,
            "probability_value": -0.05911627184810993,
            "probability": { "low": 0.04742587317756678, "high": 0.8807970779778823 },
            "lowest_level": "l0",
            "highest_level": "l3",
        }],
        "ask_first": {
            "indicator": "I2",
            "probability": { "low": 0.04742587317756678, "high": 0.8807970779778823 },
            "lowest_level": "l0",
            "highest_level": "l3",
            "level_steps": 2,
            "probability_change": 0.7615941559557647,
        },
        "computed_level": "l1",
        "level": "l1",
        "raised_by": [],
        "flags": ["some"],
        "undetermined_flags": [hangs("special_relevance"), hangs("grave")],
        "undetermined_raises": [hangs("lethality"), hangs("floor:graded")],
        "explanation": {
            "base": -0.875,
            "scale": "log_odds",
            "values": [
                value("I1", "a1", 1.0, 0.1576433915949598),
                value("I2", "unknown", -0.375, -0.05911627184810993),
                value("I3", "a0", -0.25, -0.03941084789873995),
            ],
            "probability": { "path": "straight_in_log_odds", "base": 0.060086650174007626 },
            "stability": not_kept,
            "percentiles": not_kept,
        },
        "next_level": {
            "up": {
                "level": "l2",
                "probability": 0.5,
                "probability_difference": 0.3807970779778824,
                "log_odds_difference": 1.0,
            },
            "down": {
                "level": "l0",
                "probability": 0.1,
                "probability_difference": -0.01920292202211754,
                "log_odds_difference": -0.09861228866810956,
            },
            "corrections": { "up": fixed, "down": fixed },
        },
        "unlearned_answers": [],
        "measures": [{ "es": "m0", "en": "m0" }, { "es": "m1", "en": "m1" }],
        "reassess_within_hours": 50,
        "safety_plan": [
            { "id": "everybody", "text": { "es": "e", "en": "e" }, "because": [] },
            {
                "id": "careful",
                "text": { "es": "c", "en": "c" },
                "because": [
                    { "indicator": "I2", "answer": "unknown" },
                    { "indicator": "I1", "answer": "a1" },
                ],
            },
        ],
    })
}

#[test]
fn the_whole_answer_is_as_worked_by_hand() {
    let found = serde_json::to_value(of(&[1, 3, 0])).unwrap();
    assert!(same(&found, &expected(), 1e-14), "{found:#}");
}

#[test]
fn another_form_or_a_slip_in_the_last_digits_would_be_noticed() {
    let found = serde_json::to_value(of(&[1, 3, 0])).unwrap();
    let mut slipped = expected();
    slipped["next_level"]["down"]["log_odds_difference"] = json!(-0.098_612_288_7);
    assert!(!same(&found, &slipped, 1e-14));
    let mut longer = expected();
    longer["extra"] = json!(1);
    assert!(!same(&found, &longer, 1e-14));
    assert!(!same(&serde_json::to_value(of(&[1, 3, 1])).unwrap(), &expected(), 1e-14));
}
