//! What clients are told before they ask.

use serde_json::{Value, json};

use super::{data, infer};
use crate::support::{Service, form};

#[tokio::test]
async fn a_form_can_be_sent_by_what_the_metadata_say() {
    let service = Service::start().await;
    let metadata = service.get("/v2/models/vpr").await.json();
    assert_eq!(metadata["versions"], json!(["1", "2"]));
    assert_eq!(metadata["parameters"]["version"], "1");
    let named = |name: &str| {
        metadata["inputs"].as_array().unwrap().iter().find(|input| input["name"] == name).unwrap().clone()
    };
    assert_eq!(named("case_id")["parameters"]["required"], true);
    let answers = named("answers");
    let form = form();
    let codes: Vec<Value> = answers["parameters"]["indicators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|indicator| {
            let parameters = &named(indicator.as_str().unwrap())["parameters"];
            assert_eq!(parameters["unknown"], parameters["codes"]["unknown"]);
            parameters["codes"][form["answers"][indicator.as_str().unwrap()].as_str().unwrap()].clone()
        })
        .collect();
    assert_eq!(answers["shape"], json!([-1, codes.len()]));
    let asking = json!({"inputs": [
        {"name": "case_id", "shape": [1], "datatype": "BYTES", "data": ["c-1"]},
        {"name": "answers", "shape": [1, codes.len()], "datatype": "UINT8", "data": codes},
    ]});
    let answer = infer(&service, asking.to_string(), &[]).await.json();
    let expected = service.post("/v1/assessments", &form).await.json();
    assert_eq!(data(&answer, "log_odds")[0], expected["recidivism"]["log_odds"]);
    // What is answered where nothing is named, and what shapes it has.
    let told: Vec<(Value, Value)> = metadata["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|output| output["parameters"]["default"] == true)
        .map(|output| (output["name"].clone(), output["datatype"].clone()))
        .collect();
    let found: Vec<(Value, Value)> = answer["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|output| (output["name"].clone(), output["datatype"].clone()))
        .collect();
    assert_eq!(told, found);
}

#[tokio::test]
async fn every_output_that_is_told_can_be_asked_for() {
    let service = Service::start().await;
    let metadata = service.get("/v2/models/vpr/versions/2").await.json();
    for output in metadata["outputs"].as_array().unwrap() {
        let mut asking = super::two();
        asking["outputs"] = json!([{"name": output["name"]}]);
        let reply = service.post("/v2/models/vpr/versions/2/infer", &asking).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let found = &reply.json()["outputs"][0];
        assert_eq!((&found["name"], &found["datatype"]), (&output["name"], &output["datatype"]));
        let told = output["shape"].as_array().unwrap();
        let expected: Vec<i64> =
            told.iter().map(|n| if *n == -1 { 2 } else { n.as_i64().unwrap() }).collect();
        assert_eq!(found["shape"], json!(expected), "{output}");
    }
}

#[tokio::test]
async fn the_service_and_its_models_are_told() {
    let service = Service::start().await;
    let model = json!({"name": "vpr", "ready": true});
    for (path, expected) in [
        ("/v2/health/live", json!({"live": true})),
        ("/v2/health/ready", json!({"ready": true})),
        ("/v2/models/vpr/ready", model.clone()),
        ("/v2/models/vpr/versions/2/ready", model),
    ] {
        let reply = service.get(path).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (200, expected), "{path}");
    }
    let server = service.get("/v2").await.json();
    assert_eq!((&server["name"], &server["extensions"]), (&json!("amparo"), &json!(["binary_tensor_data"])));
    let index = service.post_text("/v2/repository/index", "").await.json();
    let item = |version: &str| json!({"name": "vpr", "version": version, "state": "READY", "reason": ""});
    assert_eq!(index, json!([item("1"), item("2")]));
}
