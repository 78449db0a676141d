#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_models::Reason;
use amparo_models::explain::OrReason;
use serde_json::{Value, json};

use super::*;

fn answer() -> Value {
    json!({
        "recidivism": {
            "outcome": "assault", "horizon_days": 180, "log_odds": 0.5, "probability": 0.62,
            "interval": {"low": 0.5, "high": 0.7}, "if_unknowns": {"low": 0.6, "high": 0.7, "certificate": "exact", "gap": 0.0, "nodes": 1},
            "percentile": {"percentile": 0.8, "resolution": 0.005}
        },
        "unknown": [], "if_answered": [], "computed_level": "high", "level": "high", "raised_by": [], "flags": [],
        "undetermined_flags": [], "undetermined_raises": [], "measures": [],
        "next_level": {"corrections": {
            "up": {"none": {"code": "never_rises", "correctable": 2}, "sets_tried": 3},
            "down": {"none": {"code": "never_falls", "correctable": 2}, "sets_tried": 3}
        }},
        "reassess_within_hours": 168, "safety_plan": [],
        "explanation": {
            "base": -1.5, "scale": "log_odds", "probability": {"path": "straight_in_log_odds", "base": 0.2},
            "values": [{
                "indicator": "A", "answer": "present", "value": 2.0, "baseline_part": 1.5, "model_part": 0.5,
                "probability_value": 0.42
            }],
            "stability": {
                "subsamples": 16, "degrees_of_freedom": 15, "resamples": 400, "base_sd": 0.1,
                "values": [{
                    "indicator": "A", "sd": 0.1, "low": 1.8, "high": 2.2, "sign_holds": true,
                    "rank": 1, "rank_from": 1, "rank_to": 1
                }]
            },
            "percentiles": [{"indicator": "A", "percentile": 0.9, "resolution": 0.005}]
        }
    })
}

fn checked(place: &str, add: f64) -> Result<(), ApiError> {
    let mut answer = answer();
    let number = answer.pointer_mut(place).unwrap();
    *number = json!(number.as_f64().unwrap() + add);
    check(&serde_json::from_value(answer).unwrap())
}

#[test]
fn an_answer_that_does_not_add_up_is_withheld() {
    let places = [
        "/explanation/base",
        "/recidivism/log_odds",
        "/explanation/values/0/baseline_part",
        "/explanation/probability/base",
        "/explanation/values/0/probability_value",
    ];
    for place in places {
        assert_eq!(checked(place, 0.0), Ok(()));
        assert_eq!(checked(place, 1e-10), Ok(()), "{place}");
        assert_eq!(checked(place, 1.1e-9), Err(ApiError::ExplanationMismatch), "{place}");
        assert_eq!(checked(place, -1.1e-9), Err(ApiError::ExplanationMismatch), "{place}");
    }
    let mut assessment: Assessment = serde_json::from_value(answer()).unwrap();
    // Pairs that do not add up are no answer, either.
    assessment.explanation.interactions = Some(Vec::new());
    assert_eq!(check(&assessment), Err(ApiError::ExplanationMismatch));
    assessment.explanation.values[0].alone = Some(2.0);
    assert_eq!(check(&assessment), Ok(()));
    assessment.explanation.values[0].alone = Some(2.0 + 1.1e-9);
    assert_eq!(check(&assessment), Err(ApiError::ExplanationMismatch));
    assessment.explanation.interactions = None;
    assessment.explanation.stability = Some(OrReason::undefined(Reason::PopulationNotKept));
    assessment.explanation.values[0].value = f64::NAN;
    assert_eq!(check(&assessment), Err(ApiError::ExplanationMismatch));
}

#[test]
fn a_probability_that_is_none_is_withheld() {
    for place in ["/recidivism/probability", "/recidivism/interval/low", "/recidivism/interval/high"] {
        assert_eq!(checked(place, 1.0), Err(ApiError::Internal), "{place}");
    }
    let mut assessment: Assessment = serde_json::from_value(answer()).unwrap();
    assessment.recidivism.probability = f64::NAN;
    assert_eq!(check(&assessment), Err(ApiError::Internal));
}

#[test]
fn a_margin_without_its_value_and_a_percentile_that_is_none_are_withheld() {
    let places = [
        ("/recidivism/percentile/percentile", 0.5),
        ("/explanation/percentiles/0/percentile", -1.0),
        ("/explanation/stability/values/0/low", 0.3),
        ("/explanation/stability/values/0/high", -0.3),
        ("/explanation/stability/values/0/sd", -0.2),
        ("/explanation/stability/base_sd", -0.2),
    ];
    for (place, add) in places {
        assert_eq!(checked(place, 0.0), Ok(()), "{place}");
        assert_eq!(checked(place, add), Err(ApiError::Internal), "{place}");
    }
    let mut assessment: Assessment = serde_json::from_value(answer()).unwrap();
    assessment.explanation.percentiles = Some(OrReason::Value(Vec::new()));
    assert_eq!(check(&assessment), Err(ApiError::Internal));
    assessment.explanation.percentiles = Some(OrReason::undefined(Reason::PopulationNotKept));
    assert_eq!(check(&assessment), Ok(()));
    assessment.explanation.values[0].value = 1e3;
    assert_eq!(check(&assessment), Err(ApiError::Internal));
}
