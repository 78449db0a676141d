//! What is asked for by tensors is logged like every proposal.

use amparo_models::wording::Glossary;
use amparo_serving::Config;
use amparo_serving::replay::Replayer;
use serde_json::{Value, json};

use super::{data, infer, one, two};
use crate::running::config;
use crate::support::{Service, form};

/// What `/v1/assessments` answers to the first form of [`two`].
async fn asked(service: &Service) -> Value {
    service.post("/v1/assessments", &form()).await.json()
}

#[tokio::test]
async fn every_number_is_the_one_of_the_proposal_to_the_bit() {
    let service = Service::start().await;
    let reply = infer(&service, two().to_string(), &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let answer = reply.json();
    assert_eq!(answer["id"], "r-1");
    assert_eq!((&answer["model_name"], &answer["model_version"]), (&json!("vpr"), &json!("1")));
    assert_eq!(answer["parameters"], json!({"log": "on"}));
    let p = asked(&service).await;
    for (output, expected) in [
        ("level", &p["level"]),
        ("log_odds", &p["recidivism"]["log_odds"]),
        ("probability", &p["recidivism"]["probability"]),
        ("lower", &p["recidivism"]["interval"]["low"]),
        ("upper", &p["recidivism"]["interval"]["high"]),
        ("base", &p["explanation"]["base"]),
        ("values", &p["explanation"]["values"][0]["value"]),
    ] {
        assert_eq!(data(&answer, output)[0].to_string(), expected.to_string(), "{output}");
        // The explanations of all forms begin with the same.
        if output != "base" {
            assert_ne!(
                data(&answer, output)[if output == "values" { 3 } else { 1 }],
                *expected,
                "{output} of another form"
            );
        }
    }
    let values = data(&answer, "values").as_array().unwrap();
    for (k, contribution) in p["explanation"]["values"].as_array().unwrap().iter().enumerate() {
        assert_eq!(values[k].to_string(), contribution["value"].to_string());
    }
}

#[tokio::test]
async fn each_row_is_an_entry_that_is_shown_confirmed_and_replayed() {
    let service = Service::start().await;
    let answer = infer(&service, two().to_string(), &[]).await.json();
    assert_eq!(service.entries().await, 2);
    let replayer = Replayer::new(service.app.registry(), Glossary::built_in().unwrap());
    let mut sequences = Vec::new();
    for (row, case) in ["c-1", "c-2"].into_iter().enumerate() {
        let id = data(&answer, "proposal_id")[row].as_str().unwrap();
        let entry = service.app.log().find(id).await.unwrap().unwrap();
        assert_eq!(data(&answer, "log_sequence")[row], entry.sequence);
        sequences.push(entry.sequence);
        let again = replayer.replay(&entry).unwrap();
        assert_eq!((again.differences.len(), again.additions.len()), (0, 0), "{again:?}");
        assert_eq!(again.text_differences, []);
        let shown = service.get(&format!("/v1/assessments/{id}")).await.json();
        assert_eq!((&shown["case_id"], shown.get("text")), (&json!(case), None));
        let confirmation = json!({"officer": {"id": "o"}, "level": "extreme", "reason": "seen"});
        let confirmed = service.post(&format!("/v1/assessments/{id}/confirmation"), &confirmation).await;
        assert_eq!(confirmed.status, 201, "{}", confirmed.text);
    }
    sequences.sort_unstable();
    assert_eq!(sequences, [1, 2]);
}

#[tokio::test]
async fn the_whole_proposal_can_be_asked_for_byte_for_byte() {
    let service = Service::start().await;
    let mut asking = one();
    asking["outputs"] = json!([{"name": "proposal"}, {"name": "log_hash"}]);
    let answer = infer(&service, asking.to_string(), &[]).await.json();
    let proposal = data(&answer, "proposal")[0].as_str().unwrap();
    let read: Value = serde_json::from_str(proposal).unwrap();
    assert_eq!(read["receipt"]["log_hash"], data(&answer, "log_hash")[0]);
    assert!(read["text"]["es"].is_string());
    let shown = service.get(&format!("/v1/assessments/{}", read["proposal_id"].as_str().unwrap())).await;
    assert_eq!(shown.text, proposal);
    let outputs: Vec<&Value> = answer["outputs"].as_array().unwrap().iter().map(|o| &o["name"]).collect();
    assert_eq!(outputs, ["proposal", "log_hash"]);
}

#[tokio::test]
async fn a_key_gives_the_same_proposals_and_refuses_other_rows() {
    let service = Service::start().await;
    let key = [("idempotency-key", "k-1")];
    let first = infer(&service, two().to_string(), &key).await;
    let again = infer(&service, two().to_string(), &key).await;
    assert_eq!(first.text, again.text);
    assert_ne!(first.text, infer(&service, two().to_string(), &[("idempotency-key", "k-2")]).await.text);
    assert_eq!(service.entries().await, 4);
    let mut other = two();
    other["inputs"][1]["data"][5] = json!("absent");
    let reused = infer(&service, other.to_string(), &key).await;
    assert_eq!((reused.status.as_u16(), &reused.json()["code"]), (409, &json!("idempotency_key_reused")));
    // Nothing of it is written, not even the row that is the same.
    assert_eq!(service.entries().await, 4);
}

#[tokio::test]
async fn of_many_rows_each_has_its_own_answer() {
    let service = Service::start().await;
    let n = 100;
    let answers = ["absent", "present", "unknown"];
    let cases: Vec<String> = (0..n).map(|k| format!("c-{k}")).collect();
    let forms: Vec<[&str; 3]> = (0..n)
        .map(|k| [answers[k % 3], ["absent", "mild", "severe"][k / 3 % 3], answers[k / 9 % 3]])
        .collect();
    let asking = json!({"inputs": [
        {"name": "case_id", "shape": [n, 1], "datatype": "BYTES", "data": cases},
        {"name": "answers", "shape": [n, 3], "datatype": "BYTES", "data": forms},
    ]});
    let answer = infer(&service, asking.to_string(), &[]).await.json();
    assert_eq!(service.entries().await, n as i64);
    for (k, [a, b, c]) in forms.into_iter().enumerate() {
        let mut form = form();
        form["answers"] = json!({"A": a, "B": b, "C": c});
        let expected = &service.post("/v1/assessments", &form).await.json()["recidivism"]["log_odds"];
        assert_eq!(data(&answer, "log_odds")[k].to_string(), expected.to_string(), "row {k}");
        let id = data(&answer, "proposal_id")[k].as_str().unwrap();
        let shown = service.get(&format!("/v1/assessments/{id}")).await.json();
        assert_eq!(shown["case_id"], cases[k]);
    }
}

#[tokio::test]
async fn a_model_that_an_operator_marks_is_not_logged_and_says_so() {
    let service = Service::start().await;
    let unlogged_models = vec!["vpr@2".parse().unwrap()];
    service.app.reload(&Config { unlogged_models, ..config(service.dir.path()) }).await.unwrap();
    let mut asking = one();
    asking["inputs"].as_array_mut().unwrap().remove(0);
    let path = "/v2/models/vpr/versions/2/infer";
    let reply = service.post(path, &asking).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let answer = reply.json();
    assert_eq!(answer["parameters"], json!({"log": "off"}));
    assert!(!reply.text.contains("proposal_id") && !reply.text.contains("log_sequence"), "{}", reply.text);
    assert_eq!(service.entries().await, 0);
    let metadata = service.get("/v2/models/vpr/versions/2").await.json();
    assert_eq!(metadata["parameters"]["log"], "off");
    assert!(!metadata["outputs"].to_string().contains("proposal"), "{metadata}");
    asking["outputs"] = json!([{"name": "proposal_id"}]);
    let refused = service.post(path, &asking).await;
    assert!(
        refused.json()["error"].as_str().unwrap().contains("marked the model as not logged"),
        "{}",
        refused.text
    );
    // By another reference, and by `/v1`, it is logged.
    let mut named = one();
    named["inputs"][0]["data"] = json!(["c-9"]);
    assert_eq!(infer(&service, named.to_string(), &[]).await.json()["parameters"]["log"], "on");
    let mut form = form();
    form["model"] = json!("vpr@2");
    let logged = service.post("/v1/assessments", &form).await.json();
    assert_eq!(logged["recidivism"]["log_odds"], data(&answer, "log_odds")[0]);
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn what_answers_by_default_or_is_in_force_is_always_logged() {
    let service = Service::start().await;
    for marked in ["vpr@champion", "other@champion"] {
        let marked = Config { unlogged_models: vec![marked.parse().unwrap()], ..config(service.dir.path()) };
        let error = service.app.reload(&marked).await.unwrap_err().to_string();
        assert!(error.contains("always logged"), "{error}");
    }
    assert_eq!(infer(&service, one().to_string(), &[]).await.json()["parameters"]["log"], "on");
}
