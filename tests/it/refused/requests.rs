//! Requests to a running service. Every refusal, to the letter, is tested in the service's own crate.

use std::fs;

use serde_json::{Value, json};

use crate::http::{Reply, Server};
use crate::running::quickstart;

#[test]
fn forms_that_cannot_be_read_are_refused_with_all_problems_and_not_logged() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&quick.join("registry"), dir.path(), "vpr@champion");
    let good = fs::read(quick.join("case.json")).unwrap();
    let send = |body: &[u8]| {
        let reply = server.post("/v1/assessments", body);
        (reply.status, reply.json())
    };

    let mut body: Value = serde_json::from_slice(&good).unwrap();
    let answers = body["answers"].as_object_mut().unwrap();
    answers.insert("I01".to_owned(), json!("maybe"));
    answers.remove("I02");
    answers.insert("Z9".to_owned(), json!("present"));
    body["officer"] = json!({"id": "o-1", "own_level": "huge"});
    let graded = "absent, mild, severe, very_severe, unknown";
    let detail = |field: &str, message: String| json!({"field": field, "message": message});
    let expected = json!({
        "error": "request is refused: 4 problems",
        "code": "invalid_request",
        "details": [
            detail("officer.own_level", "level `huge` is none of low, medium, high, extreme".to_owned()),
            detail("answers.I01", format!("answer `maybe` to indicator `I01` is none of {graded}")),
            detail("answers.I02", format!("indicator `I02` is not answered, expected one of {graded}")),
            detail("answers.Z9", "indicator `Z9` is not on the form `vpr5.0-h`".to_owned()),
        ],
    });
    assert_eq!(send(body.to_string().as_bytes()), (422, expected));

    let (status, error) = send(&good[..good.len() - 5]);
    assert_eq!((status, &error["code"]), (400, &json!("malformed_json")), "{error}");
    let ten_megabytes = vec![b' '; 10 * 1024 * 1024];
    let expected =
        json!({"error": "body is larger than 1048576 bytes", "code": "body_too_large", "details": []});
    assert_eq!(send(&ten_megabytes), (413, expected));
    let (status, error) = send(b"");
    assert_eq!((status, &error["code"]), (400, &json!("malformed_json")), "{error}");

    let Reply { status, .. } = server.get("/v1/assessments/nothing");
    assert_eq!(status, 404);
    // It still answers, and nothing of the above is in the log.
    let (status, proposal) = send(&good);
    assert_eq!((status, &proposal["receipt"]["log_sequence"]), (201, &json!(1)), "{proposal}");
    for private in ["maybe", "syn-0000001", "huge"] {
        assert!(!server.operational_log().contains(private), "{}", server.operational_log());
    }
}
