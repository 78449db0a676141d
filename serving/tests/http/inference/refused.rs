//! What is refused, and that the sentence itself says why: clients show nothing else.

use serde_json::{Value, json};

use super::{infer, one, two};
use crate::support::Service;

/// The status and the sentence of a refusal, which writes nothing.
async fn refused(service: &Service, body: Value) -> (u16, String) {
    let reply = infer(service, body.to_string(), &[]).await;
    assert_eq!(service.entries().await, 0);
    (reply.status.as_u16(), reply.json()["error"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_sentence_says_what_is_wrong() {
    let service = Service::start().await;
    let tensor = |name: &str, shape: Value, datatype: &str, data: Value| json!({"name": name, "shape": shape, "datatype": datatype, "data": data});
    let case = || tensor("case_id", json!([1]), "BYTES", json!(["c-1"]));
    let answers = |datatype: &str, data: Value| json!({"inputs": [case(), tensor("answers", json!([1, 3]), datatype, data)]});
    let inputs = |inputs: Value| json!({"inputs": inputs});
    let all = tensor("answers", json!([1, 3]), "INT64", json!([1, 2, 2]));
    for (body, expected) in [
        (
            inputs(json!([all])),
            "input `case_id` is missing, expected BYTES of shape [n]: every proposal is logged by its case",
        ),
        (
            inputs(json!([case()])),
            "indicator `A` is not answered, expected an input `A` of shape [1], or all in `answers` of shape [1, 3]",
        ),
        (inputs(json!([])), "input `case_id` is missing"),
        (json!({}), "field `inputs` is missing, expected a list of tensors"),
        (json!([]), "expected an object"),
        (inputs(json!({})), "field `inputs` is an object, expected a list of tensors"),
        (inputs(json!([1])), "field `inputs.0` is a number, expected an object"),
        (inputs(json!([case(), all, all])), "indicator `C` is answered by 2 inputs, expected one"),
        (inputs(json!([case(), case(), all])), "input `case_id` is given twice"),
        (
            inputs(json!([case(), all, tensor("I05", json!([1]), "INT8", json!([0]))])),
            "input `I05` is neither `answers`, nor an indicator of the form `small`, nor one of `case_id`",
        ),
        (
            inputs(json!([case(), all, tensor("B.number", json!([1]), "FP64", json!([0]))])),
            "input `B.number` is neither",
        ),
        (
            answers("BYTES", json!(["present", "maybe", "unknown"])),
            "answer `maybe` to indicator `B` is none of absent, mild, severe, unknown",
        ),
        (answers("BYTES", json!(["present", "", "unknown"])), "answer `` to indicator `B` is none of"),
        (
            answers("INT64", json!([1, 9, 2])),
            "answer to indicator `B` is the code 9, expected one of 0 (absent), 1 (mild), 2 (severe), 3 (unknown) (row 0)",
        ),
        (answers("INT64", json!([1, -1, 2])), "the code -1"),
        (answers("UINT64", json!([1, 18_446_744_073_709_551_615_u64, 2])), "the code 18446744073709551615"),
        (answers("FP64", json!([1, 1.5, 2])), "the code 1.5"),
        (answers("FP64", json!([1, 1e300, 2])), "the code 1"),
        (answers("INT64", json!([1, 2])), "input `answers`: 2 elements found, expected 3, as its shape says"),
        (answers("INT64", json!([1, 2, 2, 2])), "more than 3 elements found, expected 3"),
        (
            answers("INT64", json!([[1, 2], [2]])),
            "a list has 2 members, expected lists as the shape [1, 3] says",
        ),
        (answers("INT64", json!([[[1, 2, 2]]])), "the shape [1, 3] says"),
        (answers("INT64", json!([1, "x", 2])), "element 1 is a text, expected INT64"),
        (answers("BYTES", json!([1, 2, 2])), "element 0 is a number, expected BYTES"),
        (
            answers("INT64", json!([true, 2, 2])),
            "invalid type: boolean `true`, expected a number, a text, null, or a list of them",
        ),
        (answers("INT64", json!(5)), "`data` is no list"),
        (answers("FP16", json!([1, 2, 2])), "datatype `FP16` is not read, expected one of BYTES, INT8"),
        (answers("BOOL", json!([true, true, true])), "datatype `BOOL` is not read"),
        (
            inputs(json!([case(), tensor("answers", json!([3]), "INT64", json!([1, 2, 2]))])),
            "shape of input `answers` is [3], expected [1, 3]",
        ),
        (
            inputs(json!([case(), tensor("answers", json!([1, -3]), "INT64", json!([]))])),
            "field `inputs.1.shape` is another one, expected a list of whole numbers",
        ),
        (
            inputs(json!([
                tensor("case_id", json!([0]), "BYTES", json!([])),
                tensor("answers", json!([0, 3]), "BYTES", json!([]))
            ])),
            "0 rows found, expected 1 to 1000 in one request",
        ),
        (
            inputs(json!([tensor("case_id", json!([1]), "INT64", json!([7])), all])),
            "datatype of input `case_id` is INT64, expected BYTES",
        ),
        (
            inputs(json!([tensor("case_id", json!([1]), "BYTES", json!([null])), all])),
            "`case_id` is null, expected the pseudonym of a case (row 0)",
        ),
        (
            inputs(json!([tensor("case_id", json!([1]), "BYTES", json!(["12345678Z"])), all])),
            "case id is refused",
        ),
        (
            inputs(json!([case(), json!({"name": "answers", "shape": [1, 3], "datatype": "INT64"})])),
            "field `inputs.1.data` is missing, and so is `binary_data_size`",
        ),
        (
            json!({"inputs": [case(), all], "outputs": [{"name": "y"}]}),
            "output `y` is unknown, expected one of `proposal_id`, `level`",
        ),
        (
            json!({"inputs": [case(), all], "outputs": [{"name": "level"}, {"name": "level"}]}),
            "output `level` is named twice",
        ),
        (
            json!({"inputs": [case(), all], "outputs": [{"name": "level", "parameters": {"classification": 2}}]}),
            "that extension is not offered",
        ),
        (
            json!({"inputs": [case(), all], "model_name": "other"}),
            "field `model_name` is `other`, expected `vpr`, which the path names",
        ),
        (json!({"inputs": [case(), all], "id": 5}), "field `id` is a number, expected a text"),
        (
            json!({"inputs": [case(), all], "input": []}),
            "field `input` is unknown, expected one of `id`, `model_name`",
        ),
        (
            json!({"inputs": [case(), all], "parameters": {"binary_data_output": "yes"}}),
            "field `parameters.binary_data_output` is a text, expected true or false",
        ),
    ] {
        let (status, error) = refused(&service, body.clone()).await;
        assert_eq!(status, 422, "{body}: {error}");
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    assert_eq!(infer(&service, one().to_string(), &[]).await.status, 200);
}

#[tokio::test]
async fn several_rows_are_told_apart_and_one_that_is_wrong_refuses_all() {
    let service = Service::start().await;
    let mut body = two();
    body["inputs"][0]["data"] = json!(["c-1", "12345678Z"]);
    body["inputs"][1]["data"] = json!(["maybe", "severe", "unknown", "absent", "absent", "perhaps"]);
    let reply = infer(&service, body.to_string(), &[]).await;
    let json = reply.json();
    let fields: Vec<&Value> = json["details"].as_array().unwrap().iter().map(|d| &d["field"]).collect();
    assert_eq!(fields, ["answers.A[0]", "case_id[1]", "answers.C[1]"]);
    let error = json["error"].as_str().unwrap();
    assert!(error.starts_with("request is refused: 3 problems: answer `maybe` to indicator `A`"), "{error}");
    assert!(error.contains("(row 1)"), "{error}");
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn more_rows_than_may_be_are_refused_before_they_are_read() {
    let service = Service::start().await;
    for (n, expected) in [(1001, "1001 rows found"), (usize::MAX, "rows found, expected 1 to 1000")] {
        let body = json!({"inputs": [
            {"name": "case_id", "shape": [n], "datatype": "BYTES", "data": []},
            {"name": "answers", "shape": [n, 3], "datatype": "INT8", "data": []},
        ]});
        let (status, error) = refused(&service, body).await;
        assert!(status == 422 && error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn bytes_behind_the_json_have_to_be_what_it_says() {
    let service = Service::start().await;
    let json = |case: usize, answers: usize| {
        json!({"inputs": [
            {"name": "case_id", "shape": [1], "datatype": "BYTES", "data": [], "parameters": {"binary_data_size": case}},
            {"name": "answers", "shape": [1, 3], "datatype": "INT8", "parameters": {"binary_data_size": answers}},
        ]})
        .to_string()
    };
    for (json, behind, expected) in [
        (json(7, 3), b"\x03\0\0\0c-1\x01\x02\x02".as_slice(), ""),
        (json(7, 3), b"\x03\0\0\0c-1\x01\x02", "is 3, and fewer bytes are left behind the JSON"),
        (
            json(7, 3),
            b"\x03\0\0\0c-1\x01\x02\x02\0",
            "11 bytes follow the JSON, and the inputs say that 10 do",
        ),
        (json(7, 2), b"\x03\0\0\0c-1\x01\x02", "2 bytes found, expected 3 elements of INT8, of 1 bytes each"),
        (json(7, 3), b"\x04\0\0\0c-1\x01\x02\x02", "its bytes end within element 0, expected 1 elements"),
        (json(7, 3), b"\x02\0\0\0c-1\x01\x02\x02", "1 bytes follow its 1 elements"),
        (json(7, 3), b"\xff\xff\xff\xffc-1\x01\x02\x02", "its bytes end within element 0"),
        (json(2, 3), b"\x03\0\x01\x02\x02", "its bytes end within element 0"),
        (json(7, 3), b"\x03\0\0\0c-\xff\x01\x02\x02", "element 0 is not UTF-8"),
        (json(usize::MAX, 3), b"\x03\0\0\0c-1\x01\x02\x02", "and fewer bytes are left behind the JSON"),
    ] {
        let length = json.len().to_string();
        let body = [json.as_bytes(), behind].concat();
        let reply = infer(&service, body, &[("inference-header-content-length", &length)]).await;
        if expected.is_empty() {
            assert_eq!(reply.status, 200, "{}", reply.text);
        } else {
            assert_eq!(reply.status, 422, "{}", reply.text);
            assert!(reply.json()["error"].as_str().unwrap().contains(expected), "{expected}: {}", reply.text);
        }
    }
    for length in ["9999", "-1", "x", "", "99999999999999999999999"] {
        let reply = infer(&service, one().to_string(), &[("inference-header-content-length", length)]).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (400, &json!("invalid_header")),
            "{length}"
        );
    }
    let reply = infer(&service, "{", &[]).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!("malformed_json")));
}

#[tokio::test]
async fn a_version_is_never_guessed() {
    let service = Service::start().await;
    service.app.registry().publish(&crate::support::draft("other", -3.0)).unwrap();
    for (path, status, expected) in [
        ("vpr/versions/9", 404, "no version `vpr@9`"),
        ("nope", 404, "nope"),
        ("..%2f", 404, ""),
        (
            "other",
            400,
            "the path names no version of `other`, which is not the model of the service's default version",
        ),
        ("vpr@nothing", 404, "nothing"),
        ("vpr@1/versions/2", 404, ""),
    ] {
        let reply = service.post(&format!("/v2/models/{path}/infer"), &one()).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        assert!(reply.text.contains(expected), "{path}: {}", reply.text);
        for of in ["", "/ready"] {
            assert_eq!(service.get(&format!("/v2/models/{path}{of}")).await.status, status, "{path}");
        }
    }
    for (path, version) in [
        ("vpr", "1"),
        ("vpr@2", "2"),
        ("vpr/versions/2", "2"),
        ("vpr/versions/champion", "1"),
        ("other@1", "1"),
    ] {
        let reply = service.post(&format!("/v2/models/{path}/infer"), &one()).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["model_version"]),
            (200, &json!(version)),
            "{path}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_service_that_demands_own_views_shows_no_number_before() {
    let service = Service::start().await;
    service.app.demand_own_views(true);
    let expected =
        "the officer's own level is missing, and the service demands it before a proposal is shown";
    let (status, error) = refused(&service, one()).await;
    assert!(status == 422 && error.contains(expected), "{error}");
    let instance = json!({"instances": [{"case_id": "c-1", "answers": crate::support::form()["answers"]}]});
    let predicted = service.post("/v1/models/vpr:predict", &instance).await;
    assert!(predicted.status == 422 && predicted.text.contains(expected), "{}", predicted.text);
    assert_eq!(service.entries().await, 0);
    let mut body = one();
    for (name, text) in [("officer.id", "u-7:o-1"), ("officer.own_level", "high")] {
        let input = json!({"name": name, "shape": [1], "datatype": "BYTES", "data": [text]});
        body["inputs"].as_array_mut().unwrap().push(input);
    }
    let reply = infer(&service, body.to_string(), &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}
