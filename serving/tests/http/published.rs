use serde_json::json;

use crate::support::{Service, error, put_in_force};

#[tokio::test]
async fn models_with_versions_and_aliases() {
    let service = Service::start().await;
    let expected = json!({"models": [{"name": "vpr", "versions": [1, 2], "aliases": {"champion": 1}}]});
    assert_eq!(service.get("/v1/models").await.json(), expected);
}

#[tokio::test]
async fn a_model_with_the_history_of_its_aliases() {
    let service = Service::start().await;
    put_in_force(service.app.registry(), 2);
    let model = service.get("/v1/models/vpr").await.json();
    assert_eq!(model["versions"][1]["aliases"], json!(["champion"]));
    assert_eq!(model["versions"][0]["synthetic"], "made by hand");
    assert_eq!(model["history"][1]["from"], 1);
    assert_eq!(model["history"][1]["by"], "ana");
}

#[tokio::test]
async fn a_version_by_number_or_alias() {
    let service = Service::start().await;
    let one = service.get("/v1/models/vpr/versions/1").await;
    assert_eq!(one.text, service.get("/v1/models/vpr/versions/champion").await.text);
    let one = one.json();
    assert_eq!(one["manifest"]["training"]["metrics"]["test"]["auc"], 0.75);
    assert_eq!(one["card"], "# Small\n");
    let proposal = service.post("/v1/assessments", &crate::support::form()).await.json();
    assert_eq!(one["digest"], proposal["receipt"]["version_digest"]);
}

#[tokio::test]
async fn what_is_not_published() {
    let service = Service::start().await;
    for (path, sentence) in [
        ("/v1/models/other", "no model `other` in the registry: it holds vpr"),
        ("/v1/models/vpr/versions/9", "no version `vpr@9` in the registry: the model has 1, 2"),
        ("/v1/models/vpr/versions/shadow", "no alias `vpr@shadow` in the registry: the model has champion"),
    ] {
        let reply = service.get(path).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (404, error(sentence, "model_not_found", &[])));
    }
    // Out of the folder leads no name.
    for path in ["/v1/models/..%2F..", "/v1/models/..%2Fvpr/versions/1", "/v1/models/vpr/versions/..%2F1"] {
        let reply = service.get(path).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (404, &json!("model_not_found")),
            "{path}"
        );
    }
}
