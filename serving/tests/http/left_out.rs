//! Cases for a version that was fitted without a question.

use amparo_models::testing::small;
use serde_json::json;

use crate::support::{Service, form};

#[tokio::test]
async fn a_case_comes_with_or_without_an_answer_that_does_not_count() {
    let service = Service::start().await;
    service.app.registry().publish(&small::draft_without("few", "B")).unwrap();
    let mut case = form();
    case["model"] = json!("few@1");
    case["answers"] = json!({"A": "present", "B": "severe", "C": "absent"});
    let with = service.post("/v1/assessments", &case).await;
    assert_eq!(with.status, 201, "{}", with.text);
    case["answers"].as_object_mut().unwrap().remove("B");
    let without = service.post("/v1/assessments", &case).await;
    assert_eq!(without.status, 201, "{}", without.text);
    let (with, without) = (with.json(), without.json());
    for answer in [&with, &without] {
        assert_eq!(answer["left_out"], json!(["B"]));
        assert_eq!(answer["unknown"], json!([]));
        assert!(
            answer["text"]["en"].as_str().unwrap().contains("learned without these questions"),
            "{answer}"
        );
    }
    for field in ["recidivism", "lethality", "level", "next_level", "text"] {
        assert_eq!(with[field], without[field], "{field}");
    }
    assert_eq!(without["explanation"]["values"][1]["answer"], "unknown");
    // The version that counts it needs it, and what counts is needed by both.
    case["model"] = json!("vpr@1");
    assert_eq!(service.post("/v1/assessments", &case).await.status, 422);
    case["model"] = json!("few@1");
    case["answers"].as_object_mut().unwrap().remove("A");
    let refused = service.post("/v1/assessments", &case).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("indicator `A` is not answered") && !refused.text.contains("`B`"),
        "{}",
        refused.text
    );
}
