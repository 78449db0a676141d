//! One form, however its tensors are written.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{data, infer, one, two};
use crate::numbers::numeric_draft;
use crate::support::{Reply, Service};

/// The bits of the first log-odds of an answer.
fn score(reply: &Reply) -> u64 {
    assert_eq!(reply.status, 200, "{}", reply.text);
    data(&reply.json(), "log_odds")[0].as_f64().unwrap().to_bits()
}

/// One form with these inputs beside the case.
fn of(inputs: Value) -> String {
    let mut all = vec![json!({"name": "case_id", "shape": [1], "datatype": "BYTES", "data": ["c-1"]})];
    all.extend(inputs.as_array().unwrap().iter().cloned());
    json!({"inputs": all}).to_string()
}

/// One answer as an input of its own.
fn answer(name: &str, datatype: &str, data: Value) -> Value {
    json!({"name": name, "shape": [1], "datatype": datatype, "data": [data]})
}

#[tokio::test]
async fn ids_and_codes_of_every_datatype_say_the_same() {
    let service = Service::start().await;
    let expected = score(&infer(&service, two().to_string(), &[]).await);
    for datatype in ["INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64"]
    {
        for codes in ["[1,2,2]", "[[1,2,null]]", "[1.0,2,NaN]"] {
            let mut asking = one();
            asking["inputs"][1]["datatype"] = json!(datatype);
            let asking = asking.to_string().replace("[1,2,2]", codes);
            assert_eq!(score(&infer(&service, asking, &[]).await), expected, "{datatype} {codes}");
        }
    }
    let other = one().to_string().replace("[1,2,2]", "[1,2,1]");
    assert_ne!(score(&infer(&service, other, &[]).await), expected);
}

#[tokio::test]
async fn each_indicator_may_have_an_input_of_its_own() {
    let service = Service::start().await;
    let expected = score(&infer(&service, two().to_string(), &[]).await);
    let (a, b, c) = (
        answer("A", "BYTES", json!("present")),
        answer("B", "UINT8", json!(2)),
        answer("C", "FP64", json!(null)),
    );
    for inputs in [json!([a, b, c]), json!([c, a, b])] {
        assert_eq!(score(&infer(&service, of(inputs), &[]).await), expected);
    }
    let column = json!([{"name": "A", "shape": [1, 1], "datatype": "BYTES", "data": [["present"]]}, b, c]);
    assert_eq!(score(&infer(&service, of(column), &[]).await), expected);
}

/// A body with `case_id` and codes behind its JSON, and the length of the JSON.
fn behind(datatype: &str, codes: &[u8]) -> (Vec<u8>, String) {
    let json = json!({"inputs": [
        {"name": "case_id", "shape": [1], "datatype": "BYTES", "parameters": {"binary_data_size": 7}},
        {"name": "answers", "shape": [1, 3], "datatype": datatype, "parameters": {"binary_data_size": codes.len()}},
    ], "parameters": {"binary_data_output": true}})
    .to_string();
    let length = json.len().to_string();
    let body = [json.as_bytes(), b"\x03\0\0\0c-1", codes].concat();
    (body, length)
}

#[tokio::test]
async fn tensors_behind_the_json_are_read_and_answered() {
    let service = Service::start().await;
    let expected = data(&infer(&service, two().to_string(), &[]).await.json(), "values").clone();
    let texts = [b"\x07\0\0\0present".as_slice(), b"\x06\0\0\0severe", b"\x07\0\0\0unknown"].concat();
    let floats: Vec<u8> = [1.0_f32, 2.0, f32::NAN].into_iter().flat_map(f32::to_le_bytes).collect();
    let numbers: Vec<u8> = [1_i16, 2, 2].into_iter().flat_map(i16::to_le_bytes).collect();
    for (datatype, codes) in
        [("BYTES", texts), ("FP32", floats), ("INT16", numbers), ("UINT8", vec![1, 2, 2])]
    {
        let (body, length) = behind(datatype, &codes);
        let header = [("inference-header-content-length", length.as_str())];
        let reply = infer(&service, body, &header).await;
        assert_eq!(reply.status, 200, "{datatype}: {}", reply.text);
        let length: usize =
            reply.headers["inference-header-content-length"].to_str().unwrap().parse().unwrap();
        let head: Value = serde_json::from_slice(&reply.bytes[..length]).unwrap();
        let mut rest = &reply.bytes[length..];
        let mut values = Vec::new();
        for output in head["outputs"].as_array().unwrap() {
            let size = output["parameters"]["binary_data_size"].as_u64().unwrap() as usize;
            let (tensor, next) = rest.split_at(size);
            if output["name"] == "values" {
                values = tensor
                    .chunks_exact(8)
                    .map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()))
                    .collect();
            }
            if output["name"] == "level" {
                assert_eq!(tensor[..4], ((size - 4) as u32).to_le_bytes());
            }
            rest = next;
        }
        assert_eq!((rest, values.len()), ([].as_slice(), 3));
        for (k, value) in values.iter().enumerate() {
            assert_eq!(value.to_bits(), expected[k].as_f64().unwrap().to_bits(), "{datatype}");
        }
    }
}

#[tokio::test]
async fn an_output_says_itself_how_it_comes() {
    let service = Service::start().await;
    let mut asking = one();
    asking["parameters"] = json!({"binary_data_output": true});
    asking["outputs"] = json!([{"name": "level", "parameters": {"binary_data": false}}]);
    let reply = infer(&service, asking.to_string(), &[]).await;
    assert!(!reply.headers.contains_key("inference-header-content-length"));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(data(&reply.json(), "level")[0].is_string());
    asking["outputs"] =
        json!([{"name": "level", "parameters": {"binary_data": false}}, {"name": "log_odds"}]);
    let reply = infer(&service, asking.to_string(), &[]).await;
    assert_eq!(reply.headers["content-type"], "application/octet-stream");
    let length: usize = reply.headers["inference-header-content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!(reply.bytes.len(), length + 8);
}

#[tokio::test]
async fn numbers_of_bins_have_inputs_of_their_own() {
    let service = Service::start().await;
    service.app.registry().publish(&numeric_draft()).unwrap();
    let path = "/v2/models/num@1/infer";
    let asked = async |b: Value| {
        let body = of(json!([answer("A", "INT8", json!(1)), b, answer("C", "INT8", json!(2))]));
        service.post_text(path, body).await
    };
    let of_code = score(&asked(answer("B", "INT8", json!(1))).await);
    let of_number = asked(answer("B.number", "FP64", json!(2.5))).await;
    assert_eq!(score(&of_number), of_code);
    assert_ne!(score(&asked(answer("B.number", "INT16", json!(4))).await), of_code);
    let id = data(&of_number.json(), "proposal_id")[0].as_str().unwrap().to_owned();
    let shown = service.get(&format!("/v1/assessments/{id}")).await.json();
    assert_eq!(shown["explanation"]["values"][1]["number"], 2.5);
    let unknown = score(&asked(answer("B.number", "FP64", json!(null))).await);
    assert_eq!(unknown, score(&asked(answer("B", "BYTES", json!("unknown"))).await));
    let refused = asked(answer("B.number", "FP64", json!(1000))).await;
    assert!(refused.json()["error"].as_str().unwrap().contains("is the number 1000"), "{}", refused.text);
}

#[tokio::test]
async fn what_a_version_leaves_out_may_be_missing() {
    let service = Service::start().await;
    service.app.registry().publish(&amparo_models::testing::small::draft_without("few", "B")).unwrap();
    let (a, c) = (answer("A", "INT8", json!(1)), answer("C", "INT8", json!(0)));
    let without = service.post_text("/v2/models/few@1/infer", of(json!([a, c]))).await;
    let with =
        service.post_text("/v2/models/few@1/infer", of(json!([a, c, answer("B", "INT8", json!(2))]))).await;
    assert_eq!(score(&without), score(&with));
    assert_eq!(infer(&service, of(json!([a, c])), &[]).await.status, 422);
}

#[tokio::test]
async fn a_body_may_be_packed_and_so_may_its_answer() {
    use std::io::{Read, Write};
    let service = Service::start().await;
    let plain = infer(&service, two().to_string(), &[("idempotency-key", "k")]).await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(two().to_string().as_bytes()).unwrap();
    let headers = [("content-encoding", "gzip"), ("accept-encoding", "gzip, br"), ("idempotency-key", "k")];
    let mut asking = two();
    asking["outputs"] = json!([{"name": "proposal"}]);
    let packed = infer(&service, packer.finish().unwrap(), &headers).await;
    assert_eq!(packed.status, 200, "{}", packed.text);
    // As short as it is, it comes as it is.
    assert_eq!((packed.text == plain.text, packed.headers.get("content-encoding")), (true, None));
    let long = infer(&service, asking.to_string(), &headers[1..2]).await;
    assert_eq!(long.headers["content-encoding"], "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(long.bytes.as_slice()).read_to_string(&mut text).unwrap();
    assert!(serde_json::from_str::<Value>(&text).unwrap()["outputs"][0]["data"][1].is_string());
}

#[tokio::test]
async fn texts_beside_the_form_are_those_of_a_request() {
    let service = Service::start().await;
    let mut asking = two();
    let inputs = asking["inputs"].as_array_mut().unwrap();
    let mut beside = |name: &str, data: Value| {
        inputs.push(json!({"name": name, "shape": [2], "datatype": "BYTES", "data": data}))
    };
    beside("assessed_at", json!(["2026-03-05T10:00:00Z", null]));
    beside("officer.id", json!(["u-7:o-1", null]));
    beside("officer.unit", json!(["u-7", null]));
    beside("officer.own_level", json!(["extreme", null]));
    let answer = infer(&service, asking.to_string(), &[]).await.json();
    let id = data(&answer, "proposal_id")[0].as_str().unwrap();
    let body = service.app.log().find(id).await.unwrap().unwrap().body.unwrap();
    let request = &serde_json::from_str::<Value>(&body).unwrap()["request"];
    assert_eq!(request["officer"], json!({"id": "u-7:o-1", "unit": "u-7", "own_level": "extreme"}));
    assert_eq!(request["assessed_at"], "2026-03-05T10:00:00Z");
    assert_eq!(request["model"], "vpr@champion");
    asking["inputs"][3]["data"] = json!([null, null]);
    let refused = infer(&service, asking.to_string(), &[]).await;
    assert!(refused.json()["error"].as_str().unwrap().contains("officer id is refused"), "{}", refused.text);
}

#[tokio::test]
async fn a_content_type_decides_nothing() {
    let service = Service::start().await;
    for content in ["application/json", "application/octet-stream", "text/plain"] {
        let request = Request::post("/v2/models/vpr/versions/champion/infer").header("content-type", content);
        let reply = service.send(request.body(Body::from(one().to_string())).unwrap()).await;
        assert_eq!(reply.status, 200, "{content}: {}", reply.text);
    }
}
