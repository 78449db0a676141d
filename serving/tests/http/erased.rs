//! What a client sees of a proposal that was erased.

use amparo_journal::{Criterion, Ground};
use amparo_models::wording::Glossary;
use amparo_serving::replay::{Outcome, Replayer};
use serde_json::json;

use crate::support::{Service, error, form, form_with};

/// Erases a case, as an operator does beside the service.
async fn erase(service: &Service, case: &str) {
    let ground =
        Ground { reason: "asked for".to_owned(), by: "dpo".to_owned(), at: jiff::Timestamp::UNIX_EPOCH };
    let selection = service.app.log().select(&Criterion::Case(case.to_owned())).await.unwrap();
    for erasure in selection.erasures(&ground) {
        service.app.log().erase(erasure).await.unwrap();
    }
}

#[tokio::test]
async fn an_erased_proposal_is_gone_and_its_key_is_free() {
    let service = Service::start().await;
    let first = service.post_with_key("/v1/assessments", "k-1", &form()).await.json();
    let id = first["proposal_id"].as_str().unwrap().to_owned();
    let confirmed = format!("/v1/assessments/{id}/confirmation");
    let confirmation = json!({"officer": {"id": "o-1"}, "level": "high"});
    assert_eq!(service.post_with_key(&confirmed, "k-2", &confirmation).await.status, 201);
    let other = service.post("/v1/assessments", &form_with("case_id", json!("c-2"))).await.json();
    erase(&service, "c-1").await;

    let sentence = format!(
        "proposal `{id}` was erased: the log holds its place and its hash, and nothing of what was asked and answered"
    );
    let gone = error(&sentence, "proposal_erased", &[]);
    let shown = service.get(&format!("/v1/assessments/{id}")).await;
    assert_eq!((shown.status.as_u16(), shown.json()), (410, gone.clone()));
    // Neither with a new key nor with the one from before, which is gone, too.
    for key in ["k-2", "k-3"] {
        let again = service.post_with_key(&confirmed, key, &confirmation).await;
        assert_eq!((again.status.as_u16(), again.json()), (410, gone.clone()), "{key}");
    }
    let kept = other["proposal_id"].as_str().unwrap();
    assert_eq!(service.get(&format!("/v1/assessments/{kept}")).await.status, 200);

    let again = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_ne!(again.json()["proposal_id"], first["proposal_id"]);
    let verified = service.app.log().verify().await.unwrap();
    assert_eq!((verified.entries, verified.erased), (5, 2));
}

#[tokio::test]
async fn an_erased_proposal_is_counted_and_not_replayed() {
    let service = Service::start().await;
    let reply = service.post("/v1/assessments", &form()).await.json();
    let id = reply["proposal_id"].as_str().unwrap();
    erase(&service, "c-1").await;
    let entry = service.app.log().find(id).await.unwrap().unwrap();
    let replayer = Replayer::new(service.app.registry(), Glossary::built_in().unwrap());
    assert_eq!(replayer.outcome(&entry, None), Outcome::Erased);
    assert_eq!(replayer.outcome(&entry, Some(jiff::Timestamp::now())), Outcome::Erased);
    let error = replayer.replay(&entry).unwrap_err().to_string();
    assert_eq!(error, format!("cannot replay `{id}`: it was erased, so that nobody can compute it again"));
}
