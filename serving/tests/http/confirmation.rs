use serde_json::{Value, json};

use crate::support::{Service, error, form};

async fn proposed(service: &Service) -> (String, Value) {
    let proposal = service.post("/v1/assessments", &form()).await.json();
    (format!("/v1/assessments/{}/confirmation", proposal["proposal_id"].as_str().unwrap()), proposal)
}

fn level(level: &str) -> Value {
    json!({"officer": {"id": "o-41"}, "level": level})
}

fn raised(to: &str) -> Value {
    json!({"officer": {"id": "o-41"}, "level": to, "reason": "he was seen at her door"})
}

#[tokio::test]
async fn as_proposed() {
    let service = Service::start().await;
    let (path, proposal) = proposed(&service).await;
    let reply = service.post(&path, &level("high")).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let c = reply.json();
    assert_eq!(c["proposal_id"], proposal["proposal_id"]);
    assert_eq!(
        (&c["level"], &c["raised"], &c["officer_id"]),
        (&json!("high"), &json!(false), &json!("o-41"))
    );
    assert_eq!((&c["measures"], &c["reassess_by"]), (&proposal["measures"], &proposal["reassess_by"]));
    assert_eq!(c["receipt"]["proposal_log_hash"], proposal["receipt"]["log_hash"]);
    assert_eq!(c["receipt"]["log_sequence"], 2);
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn raised_with_a_reason_brings_the_higher_levels_measures() {
    let service = Service::start().await;
    let (path, _) = proposed(&service).await;
    let c = service.post(&path, &raised("extreme")).await.json();
    assert_eq!(
        (&c["proposed_level"], &c["level"], &c["raised"]),
        (&json!("high"), &json!("extreme"), &json!(true))
    );
    assert_eq!(c["measures"].as_array().unwrap().len(), 4);
    assert_eq!(c["reassess_by"], "2026-03-08T09:00:00Z");
    assert_eq!(c["reason"], "he was seen at her door");
}

#[tokio::test]
async fn never_lowered() {
    let service = Service::start().await;
    let (path, _) = proposed(&service).await;
    let reply = service.post(&path, &raised("medium")).await;
    let sentence = "level `medium` is below the proposed `high`: a level may be raised, never lowered";
    let detail = ("level", "level `medium` is below the proposed `high`");
    assert_eq!((reply.status.as_u16(), reply.json()), (422, error(sentence, "level_lowered", &[detail])));
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let service = Service::start().await;
    let (path, _) = proposed(&service).await;
    let with_reason = |reason: &str| json!({"officer": {"id": "o-41"}, "level": "extreme", "reason": reason});
    let cases = [
        (
            level("extreme"),
            "reason",
            "level is raised from `high` to `extreme` without a reason, expected one",
        ),
        (level("huge"), "level", "level `huge` is none of high, extreme"),
        (with_reason("  "), "reason", "reason of 2 characters found, expected 1 to 2000, not all blank"),
        (
            with_reason("call 12345678Z"),
            "reason",
            "reason holds what looks like a Spanish DNI: documents of identity are never accepted",
        ),
    ];
    for (body, field, message) in cases {
        let reply = service.post(&path, &body).await;
        let expected = error("request is refused: 1 problem", "invalid_request", &[(field, message)]);
        assert_eq!((reply.status.as_u16(), reply.json()), (422, expected));
    }
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn once() {
    let service = Service::start().await;
    let (path, proposal) = proposed(&service).await;
    let first = service.post_with_key(&path, "k", &level("high")).await;
    let again = service.post_with_key(&path, "k", &level("high")).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(first.text, again.text);
    let other = service.post(&path, &raised("extreme")).await;
    let id = proposal["proposal_id"].as_str().unwrap();
    let expected = error(&format!("proposal `{id}` was confirmed before"), "already_confirmed", &[]);
    assert_eq!((other.status.as_u16(), other.json()), (409, expected));
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn the_proposal_stays_as_it_was_and_a_confirmation_is_none() {
    let service = Service::start().await;
    let (path, proposal) = proposed(&service).await;
    service.post(&path, &raised("extreme")).await;
    let id = proposal["proposal_id"].as_str().unwrap();
    assert_eq!(service.get(&format!("/v1/assessments/{id}")).await.json(), proposal);
    assert_eq!(service.get(&format!("/v1/assessments/{id}%2Fconfirmation")).await.status, 404);
    assert_eq!(service.post("/v1/assessments/nothing/confirmation", &level("high")).await.status, 404);
}
