//! What pairs of answers add together, where the request asks for it.

use amparo_journal::Entry;
use amparo_models::Registry;
use amparo_models::explain::Interactions;
use amparo_models::testing::small::draft_with_a_pair;
use amparo_models::wording::Glossary;
use amparo_serving::replay::{self, Replay};
use serde_json::{Value, json};

use crate::support::{Service, error, form, form_with};

const TOLERANCE: f64 = 1e-9;

fn replay(registry: &Registry, entry: &Entry) -> Replay {
    replay::Replayer::new(registry, Glossary::built_in().unwrap()).replay(entry).unwrap()
}

async fn started() -> Service {
    let service = Service::start().await;
    service.app.registry().publish(&draft_with_a_pair("pair")).unwrap();
    service
}

/// The form for the version with a pair, asking for pairs.
fn asking() -> Value {
    let mut form = form_with("model", json!("pair@1"));
    form["pairs"] = json!(true);
    form
}

/// What is wrong with the sums of an explanation that has pairs: its largest difference.
fn worst(proposal: &Value) -> f64 {
    let number = |value: &Value| value.as_f64().unwrap();
    let explanation = &proposal["explanation"];
    let pairs = explanation["interactions"].as_array().unwrap();
    let mut whole = number(&explanation["base"]) - number(&proposal["recidivism"]["log_odds"]);
    whole += pairs.iter().map(|pair| number(&pair["value"])).sum::<f64>();
    let mut largest = 0.0_f64;
    for value in explanation["values"].as_array().unwrap() {
        whole += number(&value["alone"]);
        let of = pairs.iter().filter(|p| [&p["a"], &p["b"]].contains(&&value["indicator"]));
        let sum = number(&value["alone"]) + of.map(|p| number(&p["value"]) / 2.0).sum::<f64>();
        largest = largest.max((sum - number(&value["value"])).abs());
    }
    largest.max(whole.abs())
}

#[tokio::test]
async fn are_served_as_the_library_has_them() {
    let service = started().await;
    let reply = service.post("/v1/assessments", &asking()).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let proposal = reply.json();
    // The tree adds 0.5 x 3 if A is present and B severe. Of the four rows two have A present, another B severe, so with
    // v() = 0, v(A) = 1.5 / 4, v(B) = 1.5 x 2 / 4 and v(A, B) = 1.5 the two add 1.5 - 0.375 - 0.75 together, and none adds
    // anything with C.
    let pairs = &proposal["explanation"]["interactions"];
    let value = pairs[0]["value"].as_f64().unwrap();
    assert_eq!(
        (pairs.as_array().unwrap().len(), &pairs[0]["a"], &pairs[0]["b"]),
        (1, &json!("A"), &json!("B"))
    );
    assert!((value - 0.375).abs() <= TOLERANCE, "{value}");
    let version = service.app.registry().load(&"pair@1".parse().unwrap()).unwrap();
    let row = [1, 2, 2];
    let found: Interactions = version.recidivism().interactions(&row).unwrap();
    assert_eq!(value.to_bits(), found.pair(0, 1).unwrap().to_bits());
    for (j, served) in proposal["explanation"]["values"].as_array().unwrap().iter().enumerate() {
        assert_eq!(served["alone"].as_f64().unwrap().to_bits(), found.values[j * 3 + j].to_bits());
    }
    assert!(worst(&proposal) <= TOLERANCE, "{proposal}");
    let mut wrong = proposal.clone();
    wrong["explanation"]["interactions"][0]["value"] = json!(value + 1e-6);
    assert!(worst(&wrong) > TOLERANCE);
    let said = proposal["text"]["en"].as_str().unwrap();
    let sentence = "Pairs of answers that, together, go with a higher number than adding up what each weighs alone, the \
                    largest difference first: “a”: present together with “b”: severe.";
    assert!(said.contains(sentence), "{said}");
}

#[tokio::test]
async fn are_left_out_unless_asked_for_and_change_nothing_else() {
    let service = started().await;
    let asked = service.post("/v1/assessments", &asking()).await.json();
    for request in [form_with("model", json!("pair@1")), {
        let mut form = asking();
        form["pairs"] = json!(false);
        form
    }] {
        let plain = service.post("/v1/assessments", &request).await;
        assert!(!plain.text.contains("interactions") && !plain.text.contains("alone"), "{}", plain.text);
        let plain = plain.json();
        for field in ["recidivism", "lethality", "level", "next_level", "if_answered", "measures"] {
            assert_eq!(asked[field], plain[field], "{field}");
        }
        assert_eq!(asked["explanation"]["base"], plain["explanation"]["base"]);
        assert_ne!(asked["explanation"], plain["explanation"]);
    }
    // A version of points has no pairs: the list is there, and empty.
    let mut points = form();
    points["pairs"] = json!(true);
    let points = service.post("/v1/assessments", &points).await.json();
    assert_eq!(points["explanation"]["interactions"], json!([]));
    assert!(worst(&points) <= TOLERANCE, "{points}");
    assert!(points["text"]["es"].as_str().unwrap().contains("Ninguna pareja de respuestas pesa, junta, "));
}

#[tokio::test]
async fn are_part_of_the_request_that_a_key_stands_for() {
    let service = started().await;
    let first = service.post_with_key("/v1/assessments", "k-1", &asking()).await;
    let again = service.post_with_key("/v1/assessments", "k-1", &asking()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16(), &again.text), (201, 200, &first.text));
    let without = form_with("model", json!("pair@1"));
    let reply = service.post_with_key("/v1/assessments", "k-1", &without).await;
    let sentence = "header `Idempotency-Key` was used before with another request";
    assert_eq!((reply.status.as_u16(), reply.json()), (409, error(sentence, "idempotency_key_reused", &[])));
    // To ask and not to say so is the same as `false`.
    assert_eq!(service.post_with_key("/v1/assessments", "k-2", &without).await.status, 201);
    let mut said = without;
    said["pairs"] = json!(false);
    assert_eq!(service.post_with_key("/v1/assessments", "k-2", &said).await.status, 200);
    let mut wrong = asking();
    wrong["pairs"] = json!("yes");
    let refused = service.post("/v1/assessments", &wrong).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn come_out_again_when_the_proposal_is_answered_again() {
    let service = started().await;
    let p = service.post("/v1/assessments", &asking()).await.json();
    let mut entry = service.app.log().find(p["proposal_id"].as_str().unwrap()).await.unwrap().unwrap();
    let body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
    assert_eq!(body["request"]["pairs"], json!(true));
    let again = replay(service.app.registry(), &entry);
    assert_eq!((again.differences, again.additions), (vec![], vec![]));
    // A last bit of a pair shows; so does a list that is no longer there.
    let mut spoiled = body.clone();
    let value = body["answer"]["explanation"]["interactions"][0]["value"].as_f64().unwrap();
    spoiled["answer"]["explanation"]["interactions"][0]["value"] = json!(f64::from_bits(value.to_bits() + 1));
    entry.body = Some(spoiled.to_string());
    let again = replay(service.app.registry(), &entry);
    let fields: Vec<&str> = again.differences.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["explanation.interactions.0.value"]);
    spoiled = body;
    spoiled["answer"]["explanation"].as_object_mut().unwrap().remove("interactions");
    entry.body = Some(spoiled.to_string());
    let again = replay(service.app.registry(), &entry);
    let fields: Vec<&str> = again.differences.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["explanation.interactions"]);
}
