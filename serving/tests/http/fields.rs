//! Parts of a proposal that a client does without.

use std::collections::BTreeSet;

use amparo_journal::Entry;
use amparo_models::assess::Part;
use amparo_models::wording::Glossary;
use amparo_serving::replay::{Replay, Replayer};
use serde_json::{Map, Value, json};

use crate::support::{Service, error, form, form_with};

/// What comes whatever is asked for: nobody who reads a level may miss what stands behind it, or could raise it.
const ALWAYS: [&str; 21] = [
    "proposal_id",
    "created_at",
    "case_id",
    "assessed_at",
    "model",
    "version",
    "instrument",
    "protocol",
    "recidivism",
    "lethality",
    "unlearned_answers",
    "unknown",
    "computed_level",
    "level",
    "raised_by",
    "flags",
    "undetermined_flags",
    "undetermined_raises",
    "explanation",
    "reassess_within_hours",
    "reassess_by",
];

fn asking(fields: &[&str]) -> Value {
    form_with("fields", json!(fields))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// What of a proposal is a function of form and version.
fn constant(proposal: &Value) -> Map<String, Value> {
    let mut fields = proposal.as_object().unwrap().clone();
    fields.retain(|field, _| {
        !["proposal_id", "created_at", "assessed_at", "reassess_by", "receipt"].contains(&field.as_str())
    });
    fields
}

#[tokio::test]
async fn come_only_if_asked_for_and_change_nothing_else() {
    let service = Service::start().await;
    let whole = service.post("/v1/assessments", &form()).await.json();
    let lean = service.post("/v1/assessments", &asking(&[])).await.json();
    let expected: BTreeSet<&str> = ALWAYS.into_iter().chain(["receipt"]).collect();
    assert_eq!(keys(&lean), expected);
    assert_eq!(keys(&lean["explanation"]), BTreeSet::from(["base", "scale", "values", "probability"]));
    // Each part by itself: that part, as in the whole, and nothing but it.
    for part in Part::ALL {
        let one = service.post("/v1/assessments", &asking(&[part.name()])).await.json();
        let mut more: BTreeSet<&str> = keys(&one).difference(&expected).copied().collect();
        let of_explanation: BTreeSet<&str> =
            keys(&one["explanation"]).difference(&keys(&lean["explanation"])).copied().collect();
        match part {
            Part::Stability | Part::Percentiles => {
                assert!(more.is_empty(), "{more:?}");
                assert_eq!(of_explanation, BTreeSet::from([part.name()]));
                assert_eq!(one["explanation"][part.name()], whole["explanation"][part.name()]);
            }
            Part::TextEs | Part::TextEn => {
                assert_eq!(more, BTreeSet::from(["reasons", "text"]));
                assert_eq!(keys(&one["text"]), BTreeSet::from([&part.name()["text.".len()..]]));
            }
            Part::IfAnswered | Part::NextLevel | Part::Measures | Part::SafetyPlan => {
                more.remove("ask_first");
                assert_eq!(more, BTreeSet::from([part.name()]));
                assert_eq!(one[part.name()], whole[part.name()]);
            }
        }
        for field in ["recidivism", "lethality", "level", "raised_by", "undetermined_flags"] {
            assert_eq!(one[field], whole[field], "{field} beside {part:?}");
        }
        assert_eq!(one["explanation"]["values"], whole["explanation"]["values"], "{part:?}");
    }
    // All of them together are what comes by default.
    let all = service.post("/v1/assessments", &asking(&Part::ALL.map(Part::name))).await.json();
    assert_eq!(constant(&all), constant(&whole));
    assert_ne!(constant(&lean), constant(&whole));
}

#[tokio::test]
async fn a_text_says_what_was_not_asked_for() {
    let service = Service::start().await;
    let short = service.post("/v1/assessments", &asking(&["text.es", "text.en"])).await.json();
    let whole = service.post("/v1/assessments", &form()).await.json();
    let sentence = "It was not asked what each missing answer would change.";
    assert!(short["text"]["en"].as_str().unwrap().contains(sentence), "{short}");
    assert!(!whole["text"]["en"].as_str().unwrap().contains("not asked"), "{whole}");
    let sentence = "No se ha pedido calcular qué cambiaría con cada respuesta que falta.";
    assert!(short["text"]["es"].as_str().unwrap().contains(sentence), "{short}");
    let with =
        service.post("/v1/assessments", &asking(&["text.en", "if_answered", "stability"])).await.json();
    assert_eq!(with["text"]["en"], whole["text"]["en"]);
}

#[tokio::test]
async fn unknown_parts_are_refused_with_everything_else_that_is_wrong() {
    let service = Service::start().await;
    let mut wrong = asking(&["text", "stability", "stability"]);
    wrong["answers"]["A"] = json!("so-so");
    let reply = service.post("/v1/assessments", &wrong).await;
    let known = "`stability`, `percentiles`, `if_answered`, `next_level`, `measures`, `safety_plan`, `text.es`, `text.en`";
    let unknown = format!("field `text` is unknown, expected one of {known}");
    let body = reply.json();
    let details = body["details"].as_array().unwrap();
    assert_eq!(reply.status, 422);
    assert_eq!(details[0], json!({"field": "fields.0", "message": unknown}));
    assert_eq!(details[1], json!({"field": "fields.2", "message": "field `stability` is listed twice"}));
    assert_eq!((details.len(), &details[2]["field"]), (3, &json!("answers.A")));
    for (fields, place, message) in [
        (json!("stability"), "fields", "field `fields` is a text, expected a list of texts"),
        (json!(["stability", 1]), "fields.1", "field `fields.1` is a number, expected a text"),
    ] {
        let reply = service.post("/v1/assessments", &form_with("fields", fields)).await;
        let told = &reply.json()["details"][0];
        assert_eq!((reply.status.as_u16(), told), (422, &json!({"field": place, "message": message})));
    }
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn are_part_of_the_request_that_a_key_stands_for() {
    let service = Service::start().await;
    let lean = asking(&["text.es"]);
    let first = service.post_with_key("/v1/assessments", "k", &lean).await;
    let again = service.post_with_key("/v1/assessments", "k", &lean).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16(), &again.text), (201, 200, &first.text));
    let other = service.post_with_key("/v1/assessments", "k", &form()).await;
    let sentence = "header `Idempotency-Key` was used before with another request";
    assert_eq!((other.status.as_u16(), other.json()), (409, error(sentence, "idempotency_key_reused", &[])));
}

#[tokio::test]
async fn a_lean_proposal_comes_out_again() {
    let service = Service::start().await;
    let replay = |entry: &Entry| -> Replay {
        Replayer::new(service.app.registry(), Glossary::built_in().unwrap()).replay(entry).unwrap()
    };
    for fields in [&[][..], &["text.es"], &["stability", "text.en", "measures"]] {
        let p = service.post("/v1/assessments", &asking(fields)).await.json();
        let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
        let again = replay(&entry);
        assert_eq!(
            (&again.differences, &again.text_differences, &again.additions),
            (&vec![], &vec![], &vec![])
        );
        // A last bit of a value shows.
        let mut body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
        let value = &mut body["answer"]["explanation"]["values"][0]["value"];
        *value = json!(f64::from_bits(value.as_f64().unwrap().to_bits() + 1));
        entry.body = Some(body.to_string());
        let fields: Vec<String> = replay(&entry).differences.into_iter().map(|d| d.field).collect();
        assert_eq!(fields, ["explanation.values.0.value"]);
    }
}
