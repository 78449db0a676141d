use serde_json::{Value, json};

use crate::support::{Service, form, form_with};

fn correcting(id: &str, answers: Value) -> Value {
    let mut form = form_with("answers", answers);
    form["replaces"] = json!({"proposal_id": id, "reason": "B was filled in for another case"});
    form
}

fn right() -> Value {
    json!({"A": "present", "B": "mild", "C": "unknown"})
}

async fn proposed(service: &Service, form: &Value) -> (String, String) {
    let reply = service.post("/v1/assessments", form).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    (reply.json()["proposal_id"].as_str().unwrap().to_owned(), reply.text)
}

#[tokio::test]
async fn a_form_is_corrected_by_a_proposal_that_names_the_one_it_replaces() {
    let service = Service::start().await;
    let (wrong, then) = proposed(&service, &form()).await;
    let path = format!("/v1/assessments/{wrong}");
    assert!(!service.get(&path).await.headers.contains_key("link"));
    let (corrected, _) = proposed(&service, &correcting(&wrong, right())).await;
    // It is shown as it was, and says where to go on.
    let now = service.get(&path).await;
    assert_eq!(now.text, then);
    assert_eq!(now.headers["link"], format!("</v1/assessments/{corrected}>; rel=\"successor-version\""));
    let listed = service.get("/v1/assessments?order=oldest").await.json();
    let links: Vec<_> = listed["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["replaces"].clone(), p["replaced_by"].clone()))
        .collect();
    assert_eq!(links, [(Value::Null, json!(corrected)), (json!(wrong), Value::Null)]);
    // Only the last one is confirmed.
    let level = json!({"officer": {"id": "o"}, "level": "extreme", "reason": "seen at her door"});
    let reply = service.post(&format!("{path}/confirmation"), &level).await;
    let said = reply.json();
    assert_eq!((reply.status.as_u16(), &said["code"]), (409, &json!("proposal_replaced")));
    assert_eq!(
        said["error"],
        format!("proposal `{wrong}` was replaced by another, which counts in its place")
    );
    let reply = service.post(&format!("/v1/assessments/{corrected}/confirmation"), &level).await;
    assert_eq!(reply.status, 201);
    // A confirmed one can be corrected, and it is what counts.
    let (last, _) = proposed(&service, &correcting(&corrected, right())).await;
    let decided = amparo_journal::decisions(service.app.log()).await.unwrap();
    assert_eq!((decided.replaced, decided.all.len()), (2, 1));
    assert_eq!((decided.all[0].proposal_id.as_str(), &decided.all[0].confirmed), (last.as_str(), &None));
    assert_eq!(service.entries().await, 4);
}

#[tokio::test]
async fn what_cannot_be_replaced_is_refused_with_all_that_is_wrong() {
    let service = Service::start().await;
    let (first, _) = proposed(&service, &form()).await;
    let (second, _) = proposed(&service, &correcting(&first, right())).await;
    let reply = service.post("/v1/assessments", &correcting(&first, right())).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (409, &json!("proposal_replaced")));
    let mut wrong = correcting(&second, json!({"A": "maybe", "B": "mild", "C": "unknown"}));
    wrong["case_id"] = json!("c-2");
    wrong["replaces"]["reason"] = json!(" ");
    let reply = service.post("/v1/assessments", &wrong).await;
    let fields: Vec<Value> =
        reply.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(reply.status, 422);
    assert_eq!(fields, ["replaces.reason", "replaces.proposal_id", "answers.A"]);
    assert!(!reply.text.contains("c-1"), "the other case is not named: {}", reply.text);
    let reply = service.post("/v1/assessments", &correcting("nothing", right())).await;
    assert_eq!(
        reply.json()["details"],
        json!([{"field": "replaces.proposal_id", "message": "no proposal `nothing`"}])
    );
    let reply = service.post("/v1/assessments", &form_with("replaces", json!("x"))).await;
    assert_eq!(reply.json()["details"][0]["message"], "field `replaces` is a text, expected an object");
    assert_eq!(service.entries().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_replace_one_at_once_one_does() {
    let service = std::sync::Arc::new(Service::start().await);
    let (wrong, _) = proposed(&service, &form()).await;
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (service, form) = (service.clone(), correcting(&wrong, right()));
            tokio::spawn(async move { service.post("/v1/assessments", &form).await.status.as_u16() })
        })
        .collect();
    let mut found = Vec::new();
    for task in tasks {
        found.push(task.await.unwrap());
    }
    found.sort_unstable();
    assert_eq!(found, [vec![201], vec![409; 11]].concat());
    assert_eq!(service.entries().await, 2);
}
