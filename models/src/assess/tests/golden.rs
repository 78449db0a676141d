//! One form worked by hand.
//!
//! Population (0,0,0) (1,1,0) (0,2,1) (1,0,1): mean points of I1, I2, I3 are 2, 1.75 and 0.5, half of that in log-odds. The
//! form (a1, unknown, a0) has 4 + 1 + 0 points: -3 + 5 / 2 = -0.5. Calibrated by sigmoid(-1 + 2 x -0.5) = 0.1192.
//! The other numbers, in Python:
//! ```text
//! from math import *; s = lambda x: 1 / (1 + exp(-x)); l = lambda p: log(p / (1 - p))
//! h = 1.959963984540054 * sqrt(.04 + 2 * -.5 * .01 + .25 * .09)
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
            "reason": { "es": "depende de respuestas desconocidas: I2", "en": "depends on unknown answers: I2" },
        })
    };
    json!({
        "recidivism": {
            "outcome": "new_assault",
            "horizon_days": 320,
            "log_odds": -0.5,
            "probability": 0.11920292202211755,
            "interval": { "low": 0.0795055481595308, "high": 0.17495403263000314 },
            "if_unknowns": { "low": 0.04742587317756678, "high": 0.8807970779778823 },
        },
        "lethality": {
            "outcome": "lethal",
            "horizon_days": 365,
            "log_odds": 0.0,
            "probability": 0.0001,
            "interval": { "low": 0.00005, "high": 0.0002 },
            "if_unknowns": { "low": 0.0001, "high": 0.02 },
        },
        "unknown": ["I2"],
        "ask_first": {
            "indicator": "I2",
            "probability": { "low": 0.04742587317756678, "high": 0.8807970779778823 },
            "lowest_level": "l0",
            "highest_level": "l3",
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
                { "indicator": "I1", "answer": "a1", "value": 1.0, "baseline_part": 1.0, "model_part": 0.0 },
                { "indicator": "I2", "answer": "unknown", "value": -0.375, "baseline_part": -0.375, "model_part": 0.0 },
                { "indicator": "I3", "answer": "a0", "value": -0.25, "baseline_part": -0.25, "model_part": 0.0 },
            ],
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
        },
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
