use amparo_serving::CODE_VERSION;
use serde_json::{Value, json};

use crate::support::{Service, error, form, form_with};

fn asked() -> Value {
    form_with("own_view_first", json!(true))
}

fn view(level: &str) -> Value {
    json!({"officer": {"id": "o-41"}, "level": level})
}

async fn ticket(service: &Service) -> (String, Value) {
    let reply = service.post_with_key("/v1/assessments", "k", &asked()).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    (format!("/v1/assessments/{}", reply.json()["proposal_id"].as_str().unwrap()), reply.json())
}

#[tokio::test]
async fn the_officers_level_is_recorded_before_the_proposal_is_shown() {
    let service = Service::start().await;
    let (path, ticket) = ticket(&service).await;
    let names: Vec<&String> = ticket.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["proposal_id", "own_view_first", "created_at", "case_id", "assessed_at", "receipt"]
            .map(str::to_owned)
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(ticket["receipt"]["code_version"], CODE_VERSION);
    // Nothing tells the level before.
    let id = ticket["proposal_id"].as_str().unwrap();
    let sentence = format!(
        "proposal `{id}` is withheld until the officer's own level is recorded, by `POST /v1/assessments/{id}/own-view`"
    );
    let reply = service.get(&path).await;
    assert_eq!((reply.status.as_u16(), reply.json()), (409, error(&sentence, "own_view_required", &[])));
    let level = json!({"officer": {"id": "o-41"}, "level": "high"});
    assert_eq!(
        service.post(&format!("{path}/confirmation"), &level).await.json()["code"],
        "own_view_required"
    );
    let listed = service.get("/v1/assessments").await.json();
    assert_eq!(
        (&listed["proposals"][0]["level"], &listed["proposals"][0]["withheld"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(service.get("/v1/assessments?level=high").await.json()["proposals"], json!([]));
    let again = service.post_with_key("/v1/assessments", "k", &asked()).await;
    assert_eq!((again.status.as_u16(), again.json()), (202, ticket.clone()));
    // The answer to the own view is the proposal, which is shown from then on.
    let shown = service.post_with_key(&format!("{path}/own-view"), "v", &view("low")).await;
    assert_eq!(shown.status, 201, "{}", shown.text);
    assert_eq!((&shown.json()["level"], &shown.json()["own_view_first"]), (&json!("high"), &json!(true)));
    assert_eq!(service.get(&path).await.text, shown.text);
    assert_eq!(service.get("/v1/assessments?level=high").await.json()["proposals"][0]["level"], "high");
    let repeated = service.post_with_key(&format!("{path}/own-view"), "v", &view("low")).await;
    assert_eq!((repeated.status.as_u16(), &repeated.text), (200, &shown.text));
    let other = service.post(&format!("{path}/own-view"), &view("high")).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (409, &json!("own_view_recorded")));
    assert_eq!(service.post(&format!("{path}/confirmation"), &level).await.status, 201);
    assert_eq!(service.entries().await, 3);
    let decided = amparo_journal::decisions(service.app.log()).await.unwrap().all;
    assert_eq!(
        (decided[0].own_level.as_deref(), decided[0].confirmed.as_deref()),
        (Some("low"), Some("high"))
    );
}

#[tokio::test]
async fn a_level_that_comes_with_the_form_is_recorded_before_already() {
    let service = Service::start().await;
    let mut form = asked();
    form["officer"] = json!({"id": "o-41", "own_level": "low"});
    let reply = service.post("/v1/assessments", &form).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["level"]), (201, &json!("high")));
    let path = format!("{}/own-view", reply.headers["location"].to_str().unwrap());
    assert_eq!(service.post(&path, &view("low")).await.json()["code"], "own_view_not_expected");
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn a_service_may_demand_it() {
    let service = Service::start().await;
    service.app.demand_own_views(true);
    assert_eq!(service.post("/v1/assessments", &form()).await.status, 202);
    let reply = service.post("/v1/assessments", &form_with("own_view_first", json!(false))).await;
    let message =
        "own_view_first is false, and the service demands the officer's own level before a proposal is shown";
    assert_eq!((reply.status.as_u16(), &reply.json()["details"][0]["message"]), (422, &json!(message)));
    service.app.demand_own_views(false);
    assert_eq!(service.post("/v1/assessments", &form()).await.status, 201);
}

#[tokio::test]
async fn what_is_wrong_is_told_and_what_is_withheld_is_replayed() {
    let service = Service::start().await;
    let (path, _) = ticket(&service).await;
    let wrong = json!({"officer": {"id": "12345678Z"}, "level": "huge"});
    let reply = service.post(&format!("{path}/own-view"), &wrong).await;
    let fields: Vec<Value> =
        reply.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!((reply.status.as_u16(), fields), (422, vec![json!("officer.id"), json!("level")]));
    assert_eq!(service.post("/v1/assessments/nothing/own-view", &view("low")).await.status, 404);
    assert_eq!(service.entries().await, 1);
    let entry = service.app.log().entries(1, 1).await.unwrap().remove(0);
    let glossary = amparo_models::wording::Glossary::built_in().unwrap();
    let replayer = amparo_serving::replay::Replayer::new(service.app.registry(), glossary);
    let replay = replayer.replay(&entry).unwrap();
    assert_eq!((replay.differences.len(), replay.text_differences.len()), (0, 0));
}
