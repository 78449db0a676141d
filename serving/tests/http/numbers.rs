//! Numbers as answers: the form that a version carries says which answer a number has.

use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::Draft;
use amparo_models::wording::Glossary;
use amparo_serving::replay::Replayer;
use serde_json::{Value, json};

use crate::support::{Service, draft, error, form};

/// A draft of `num@1`, whose form asks for a number in `B`: 0 to below 1, to below 3, to 99 times.
pub fn numeric_draft() -> Draft {
    let mut draft = draft("num", -3.0);
    let mut form = serde_json::to_value(draft.instrument.as_ref()).unwrap();
    form["indicators"][1]["bins"] = json!({
        "unit": "times", "least": 0.0, "cuts": [1.0, 3.0], "most": 99.0, "answers": ["absent", "mild", "severe"],
    });
    draft.instrument = Arc::new(serde_json::from_value::<Instrument>(form).unwrap());
    draft
}

async fn numeric() -> Service {
    let service = Service::start().await;
    service.app.registry().publish(&numeric_draft()).unwrap();
    service
}

/// The body of a request, with a text in place of the answer to B.
fn body(answer: &str) -> String {
    let mut form = form();
    form["model"] = json!("num@1");
    form["answers"]["B"] = json!("HERE");
    form.to_string().replace("\"HERE\"", answer)
}

#[tokio::test]
async fn a_number_counts_as_the_answer_of_its_bin_to_the_bit() {
    let service = numeric().await;
    for (number, answer) in [
        ("0", "absent"),
        ("-0.0", "absent"),
        ("0.9999999999999999", "absent"),
        ("1", "mild"),
        ("1.0000000000000002", "mild"),
        ("2.9999999999999996", "mild"),
        ("3.0", "severe"),
        ("3.0000000000000004", "severe"),
        ("99", "severe"),
    ] {
        let of_number = service.post_text("/v1/assessments", body(number)).await;
        assert_eq!(of_number.status, 201, "{number}: {}", of_number.text);
        let mut of_number = of_number.json();
        let id = of_number["proposal_id"].as_str().unwrap().to_owned();
        let of_answer = service.post_text("/v1/assessments", body(&format!("\"{answer}\""))).await.json();
        let said = of_number["explanation"]["values"][1].as_object_mut().unwrap().remove("number").unwrap();
        assert_eq!(said.as_f64().unwrap().to_bits(), number.parse::<f64>().unwrap().to_bits());
        assert_eq!(of_number["explanation"]["values"][1]["answer"], answer);
        for field in ["recidivism", "lethality", "explanation", "level", "next_level", "if_answered"] {
            assert_eq!(of_number[field].to_string(), of_answer[field].to_string(), "{field} of {number}");
        }
        // The words are the same but for the number, which they name beside the answer.
        let parsed: f64 = number.parse().unwrap();
        for (lang, comma, counts) in [("es", ",", "que cuenta como"), ("en", ".", "which counts as")] {
            let [numbered, plain] = [&of_number, &of_answer].map(|of| of["text"][lang].as_str().unwrap());
            let said = format!("{}, {counts} ", parsed.to_string().replace('.', comma));
            assert_eq!(numbered.replace(&said, ""), plain, "{number}");
            // `mild` is the average case's answer: it is not named, and so is no number for it.
            assert_eq!((numbered != plain, plain.contains(counts)), (answer != "mild", false), "{number}");
        }
        assert!(!of_answer.to_string().contains("\"number\""));

        let entry = service.app.log().find(&id).await.unwrap().unwrap();
        let logged: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
        let logged = logged["request"]["answers"]["B"].as_f64().unwrap();
        assert_eq!(logged.to_bits(), number.parse::<f64>().unwrap().to_bits());
        let again =
            Replayer::new(service.app.registry(), Glossary::built_in().unwrap()).replay(&entry).unwrap();
        let found = (again.differences.len(), again.text_differences.len(), again.additions.len());
        assert_eq!(found, (0, 0, 0), "{again:?}");
    }
}

#[tokio::test]
async fn a_number_outside_of_the_bins_is_refused_and_nothing_is_logged() {
    let service = numeric().await;
    for (answer, message) in [
        (
            "99.00000000000001",
            "answer to indicator `B` is the number 99.00000000000001, expected 0 to 99 times",
        ),
        ("-1", "answer to indicator `B` is the number -1, expected 0 to 99 times"),
        (
            "\"2\"",
            "answer `2` to indicator `B` is none of absent, mild, severe, unknown, or a number: 0 to 99 times",
        ),
        (
            "null",
            "answer to indicator `B` is null, expected one of absent, mild, severe, unknown, or a number: 0 to 99 times",
        ),
    ] {
        let reply = service.post_text("/v1/assessments", body(answer)).await;
        assert_eq!(reply.status, 422, "{}", reply.text);
        let expected = error("request is refused: 1 problem", "invalid_request", &[("answers.B", message)]);
        assert_eq!(reply.json(), expected);
    }
    assert_eq!(service.entries().await, 0);
}
