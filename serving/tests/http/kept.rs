use std::io::Read;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::json;
use tower::ServiceExt;

use crate::support::{Reply, Service, form, form_with, put_in_force};

async fn get_with(service: &Service, path: &str, name: &str, value: &str) -> Reply {
    service.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let service = Service::start().await;
    for path in
        ["/v1/models", "/v1/models/vpr", "/v1/models/vpr/versions/1", "/v1/models/vpr/versions/champion"]
    {
        let first = service.get(path).await;
        let tag = first.headers["etag"].to_str().unwrap();
        assert_eq!(first.headers["cache-control"], "private, no-cache");
        let again = get_with(&service, path, "if-none-match", tag).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
        assert_eq!(again.headers["etag"], tag);
        let other = get_with(&service, path, "if-none-match", "\"other\", W/\"x\"").await;
        assert_eq!((other.status.as_u16(), &other.text), (200, &first.text));
        put_in_force(service.app.registry(), 2);
        let moved = get_with(&service, path, "if-none-match", tag).await;
        assert_eq!(moved.status, 200, "an alias has moved");
        put_in_force(service.app.registry(), 1);
    }
    // What is about a case is kept by nobody, and neither is an error.
    let made = service.post("/v1/assessments", &form()).await;
    let shown = service.get(made.headers["location"].to_str().unwrap()).await;
    for reply in [made, shown, service.get("/v1/models/other").await] {
        assert!(!reply.headers.contains_key("etag"));
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn an_answer_is_compressed_where_it_is_asked_and_worth_it() {
    let service = Service::start().await;
    let made = service.post("/v1/assessments", &form()).await;
    assert!(!made.headers.contains_key("content-encoding"));
    let path = made.headers["location"].to_str().unwrap();
    let asked = Request::get(path).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    let response = service.router.clone().oneshot(asked).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["vary"], "accept-encoding");
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, made.text);
    assert!(bytes.len() * 3 < text.len() * 2, "{} of {}", bytes.len(), text.len());
    let small = get_with(&service, "/health/live", "accept-encoding", "gzip").await;
    assert!(!small.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn text_comes_in_the_language_that_is_asked_for_and_is_logged_so() {
    let service = Service::start().await;
    let ask = async |language: &str, form: &serde_json::Value| {
        let request = Request::post("/v1/assessments")
            .header("content-type", "application/json")
            .header("accept-language", language);
        service.send(request.body(Body::from(form.to_string())).unwrap()).await
    };
    let both = service.post("/v1/assessments", &form()).await.json();
    let spanish = ask("es-ES, en;q=0.5", &form()).await;
    assert_eq!(
        (spanish.status.as_u16(), &spanish.headers["content-language"]),
        (201, &"es".parse().unwrap())
    );
    let text = &spanish.json()["text"];
    assert_eq!((&text["es"], text.get("en")), (&both["text"]["es"], None));
    for field in ["recidivism", "explanation", "measures", "if_lower"] {
        assert_eq!(spanish.json().get(field), both.get(field), "{field}");
    }
    // Neither a language that we have not, nor one beside `fields`, changes anything.
    assert_eq!(ask("de", &form()).await.json()["text"], both["text"]);
    let of_fields = form_with("fields", json!(["text.en"]));
    let reply = ask("es", &of_fields).await;
    assert!(!reply.headers.contains_key("content-language"));
    let text = &reply.json()["text"];
    assert!(text["en"].is_string() && text.get("es").is_none(), "{text}");
    let glossary = amparo_models::wording::Glossary::built_in().unwrap();
    let replayer = amparo_serving::replay::Replayer::new(service.app.registry(), glossary);
    for entry in service.app.log().entries(1, 9).await.unwrap() {
        let replay = replayer.replay(&entry).unwrap();
        assert_eq!((replay.differences.len(), replay.text_differences.len()), (0, 0), "{replay:?}");
    }
}
