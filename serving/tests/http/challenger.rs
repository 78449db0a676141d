//! Which of two versions answers requests that name none.

use amparo_models::testing::small::draft_with_a_pair;
use amparo_models::wording::Glossary;
use amparo_serving::replay::Replayer;
use amparo_serving::{Challenger, Config, Error, Share};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::running::config;
use crate::support::{Reply, Service, form, form_with};

fn with(service: &Service, share: f64) -> Config {
    let challenger =
        Challenger::new("vpr@2".parse().unwrap(), Share::new(share).unwrap(), "trial-1").unwrap();
    Config { challenger: Some(challenger), ..config(service.dir.path()) }
}

/// The bucket, by the formula of the documentation and with other people's SHA-256.
fn bucket(case_id: &str) -> u64 {
    let hash = Sha256::digest(format!("trial-1\n{case_id}"));
    u64::from_be_bytes(hash[..8].try_into().unwrap()) % 10_000
}

async fn of_case(service: &Service, case_id: &str) -> Value {
    let reply = service.post("/v1/assessments", &form_with("case_id", json!(case_id))).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn a_share_of_the_cases_is_answered_by_the_challenger_always_the_same() {
    let service = Service::start().await;
    service.app.reload(&with(&service, 0.3)).await.unwrap();
    let mut by_challenger = 0;
    for n in 0..60 {
        let case_id = format!("c-{n}");
        let proposal = of_case(&service, &case_id).await;
        let (bucket, is_challenger) = (bucket(&case_id), bucket(&case_id) < 3_000);
        by_challenger += u32::from(is_challenger);
        let answered_by = if is_challenger { "challenger" } else { "default" };
        let expected = json!({"answered_by": answered_by, "share": 0.3, "salt": "trial-1", "bucket": bucket});
        assert_eq!(proposal["assignment"], expected, "{case_id}");
        assert_eq!(proposal["version"], if is_challenger { 2 } else { 1 }, "{case_id}");
        assert_eq!(of_case(&service, &case_id).await["version"], proposal["version"]);
    }
    assert!((1..60).contains(&by_challenger), "or this shows nothing");
}

#[tokio::test]
async fn another_share_moves_only_the_cases_between_the_two() {
    let service = Service::start().await;
    let mut versions = Vec::new();
    for share in [0.2, 0.5] {
        service.app.reload(&with(&service, share)).await.unwrap();
        let mut of_share = Vec::new();
        for n in 0..60 {
            of_share.push(of_case(&service, &format!("c-{n}")).await["version"].as_u64().unwrap());
        }
        versions.push(of_share);
    }
    let mut moved = 0;
    for (n, (before, after)) in versions[0].iter().zip(&versions[1]).enumerate() {
        let between = (2_000..5_000).contains(&bucket(&format!("c-{n}")));
        moved += u32::from(between);
        assert_eq!(before != after, between, "c-{n}");
        assert!(before <= after, "c-{n}: nobody goes back to the default version");
    }
    assert!(moved > 0, "or this shows nothing");
}

#[tokio::test]
async fn who_names_a_version_is_answered_by_it_and_nothing_is_assigned() {
    let service = Service::start().await;
    let before = service.post("/v1/assessments", &form()).await.json();
    assert!(before.get("assignment").is_none(), "nobody was assigned");
    service.app.reload(&with(&service, 1.0)).await.unwrap();
    for (model, version) in [("vpr@1", 1), ("vpr@champion", 1), ("vpr@2", 2)] {
        let named = service.post("/v1/assessments", &form_with("model", json!(model))).await.json();
        assert_eq!(named["version"], version);
        assert!(named.get("assignment").is_none(), "{named}");
    }
    assert_eq!(service.post("/v1/assessments", &form()).await.json()["version"], 2);
}

async fn replayed(service: &Service, proposal: &Value, changed: impl Fn(&mut String)) -> Vec<String> {
    let id = proposal["proposal_id"].as_str().unwrap();
    let mut entry = service.app.log().find(id).await.unwrap().unwrap();
    changed(entry.body.as_mut().unwrap());
    let glossary = Glossary::built_in().unwrap();
    let replay = Replayer::new(service.app.registry(), glossary).replay(&entry).unwrap();
    assert_eq!(replay.additions, Vec::<String>::new());
    replay.differences.into_iter().map(|difference| difference.field).collect()
}

#[tokio::test]
async fn what_decided_is_decided_again_when_a_proposal_is_replayed() {
    let service = Service::start().await;
    service.app.reload(&with(&service, 0.5)).await.unwrap();
    for n in 0..6 {
        let proposal = of_case(&service, &format!("c-{n}")).await;
        assert_eq!(replayed(&service, &proposal, |_| {}).await, Vec::<String>::new());
        let bucket = bucket(&format!("c-{n}"));
        let put = async |other: Value| {
            let written = |body: &mut String| {
                let at = body.find(r#""assignment":{"#).unwrap() + r#""assignment":"#.len();
                let end = at + body[at..].find('}').unwrap() + 1;
                body.replace_range(at..end, &other.to_string());
            };
            replayed(&service, &proposal, written).await
        };
        let mut other = proposal["assignment"].clone();
        other["bucket"] = json!(bucket + 1);
        assert_eq!(put(other).await, ["assignment.bucket"]);
        let mut other = proposal["assignment"].clone();
        other["share"] = json!(if bucket < 5_000 { 0.0 } else { 1.0 });
        assert_eq!(put(other).await, ["assignment.answered_by"]);
    }
}

#[tokio::test]
async fn a_repetition_is_answered_as_before_whatever_the_share_is_now() {
    let service = Service::start().await;
    let first = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    service.app.reload(&with(&service, 1.0)).await.unwrap();
    let again: Reply = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    assert_eq!((again.status.as_u16(), again.text), (200, first.text));
}

#[tokio::test]
async fn a_challenger_that_cannot_answer_is_not_taken_over() {
    let service = Service::start().await;
    let challenger = |version: &str| Config {
        challenger: Some(Challenger::new(version.parse().unwrap(), Share::new(1.0).unwrap(), "s").unwrap()),
        ..config(service.dir.path())
    };
    let missing = service.app.reload(&challenger("vpr@3")).await.unwrap_err();
    assert_eq!(missing.to_string(), "no version `vpr@3` in the registry: the model has 1, 2");
    service.app.registry().publish(&crate::numbers::numeric_draft()).unwrap();
    let other = service.app.reload(&challenger("num@1")).await.unwrap_err();
    assert!(matches!(other, Error::OtherForm { .. }), "{other}");
    assert_eq!(service.post("/v1/assessments", &form()).await.json()["version"], 1, "nothing was changed");
    service.app.registry().publish(&draft_with_a_pair("pair")).unwrap();
    service.app.reload(&challenger("pair@1")).await.unwrap();
    assert_eq!(service.post("/v1/assessments", &form()).await.json()["model"], "pair");
}
