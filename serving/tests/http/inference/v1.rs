//! Version 1 of the protocol.

use serde_json::{Value, json};

use crate::support::{Service, draft, form};

fn instances(n: usize) -> Value {
    let mut instance = form();
    instance.as_object_mut().unwrap().remove("instrument");
    let all: Vec<Value> = (0..n)
        .map(|k| {
            instance["case_id"] = json!(format!("c-{k}"));
            instance.clone()
        })
        .collect();
    json!({"instances": all})
}

#[tokio::test]
async fn predictions_are_the_proposals_as_they_are_logged() {
    let service = Service::start().await;
    let reply = service.post_text("/v1/models/vpr:predict", instances(2).to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let predictions = reply.json()["predictions"].as_array().unwrap().clone();
    assert_eq!((predictions.len(), service.entries().await), (2, 2));
    for (k, prediction) in predictions.iter().enumerate() {
        let id = prediction["proposal_id"].as_str().unwrap();
        let shown = service.get(&format!("/v1/assessments/{id}")).await;
        assert_eq!(shown.json()["case_id"], json!(format!("c-{k}")));
        assert!(reply.text.contains(&shown.text), "byte for byte");
    }
}

#[tokio::test]
async fn explanations_are_those_of_the_proposals() {
    let service = Service::start().await;
    let explained = service.post("/v1/models/vpr@2:explain", &instances(1)).await.json();
    let explanation = &explained["explanations"][0];
    let id = explanation["proposal_id"].as_str().unwrap();
    let shown = service.get(&format!("/v1/assessments/{id}")).await.json();
    for field in ["level", "version", "recidivism", "explanation"] {
        assert_eq!(explanation[field].to_string(), shown[field].to_string(), "{field}");
    }
    assert_eq!((&explanation["version"], explained.get("predictions")), (&json!(2), None));
}

#[tokio::test]
async fn a_key_gives_the_same_predictions() {
    let service = Service::start().await;
    let ask = async || service.post_with_key("/v1/models/vpr:predict", "k", &instances(3)).await;
    assert_eq!(ask().await.text, ask().await.text);
    assert_eq!(service.entries().await, 3);
}

#[tokio::test]
async fn the_sentence_says_what_is_wrong_with_which_instance() {
    let service = Service::start().await;
    service.app.registry().publish(&draft("other", -3.0)).unwrap();
    let mut wrong = instances(2);
    wrong["instances"][1]["answers"] = json!({"A": "maybe"});
    wrong["instances"][1]["officer"] = json!({});
    let mut again = instances(2);
    again["instances"][1]["answers"]["A"] = json!("maybe");
    let mut mixed = instances(1);
    mixed["instances"][0]["model"] = json!("vpr@2");
    for (path, body, status, expected) in [
        ("vpr:predict", wrong, 422, "field `officer.id` is missing, expected a text (instance 1)"),
        (
            "vpr:explain",
            again,
            422,
            "answer `maybe` to indicator `A` is none of absent, present, unknown (row 1)",
        ),
        ("vpr:predict", mixed, 422, "field `model` is unknown"),
        ("vpr:predict", json!({"instances": []}), 422, "0 instances found, expected 1 to 1000"),
        ("vpr:predict", json!({"instances": [[1, 2]]}), 422, "instance 0"),
        ("vpr:predict", json!({"instances": 1}), 422, "expected a sequence"),
        ("vpr:predict", json!({}), 422, "missing field `instances`"),
        ("other:predict", instances(1), 400, "names no version of `other`"),
        ("nope:predict", instances(1), 404, "nope"),
        ("vpr:guess", instances(1), 404, "no such path"),
        ("vpr", instances(1), 404, "no such path"),
    ] {
        let reply = service.post(&format!("/v1/models/{path}"), &body).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        assert!(reply.json()["error"].as_str().unwrap().contains(expected), "{expected}: {}", reply.text);
    }
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn whether_a_model_is_ready_is_told() {
    let service = Service::start().await;
    assert_eq!(service.get("/").await.json(), json!({"status": "alive"}));
    assert_eq!(service.get("/v1/models/vpr").await.json()["ready"], true);
}
