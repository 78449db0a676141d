//! Headers that say what the bytes of a body are.

use axum::body::Body;
use axum::http::Request;

use crate::support::{Reply, Service, error, form};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn sent(service: &Service, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::post("/v1/assessments");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    service.send(request.body(Body::from(form().to_string())).unwrap()).await
}

#[tokio::test]
async fn bodies_that_are_not_declared_as_json() {
    let service = Service::start().await;
    for (declared, found) in [
        (vec![], "missing"),
        (vec!["text/plain; charset=utf-8"], "`text/plain`"),
        (vec!["application/problem+json"], "`application/problem+json`"),
        (vec!["application/json; charset=iso-8859-1"], "`application/json` with `charset=iso-8859-1`"),
        (vec!["application/json;charset=\"UTF-16\""], "`application/json` with `charset=\"UTF-16\"`"),
        (vec!["application/json; charset=utf-8; charset=utf-8"], "`application/json` with `charset=utf-8`"),
        (vec!["application/json; charset"], "`application/json` with `charset`"),
        (vec!["application/json; odata=verbose"], "`application/json` with `odata=verbose`"),
        (vec!["application/json", "application/json"], "given twice"),
    ] {
        let headers: Vec<_> = declared.iter().map(|declared| ("content-type", *declared)).collect();
        let reply = sent(&service, &headers).await;
        let sentence = format!("content type is {found}, expected `application/json`");
        let expected = error(&sentence, "unsupported_media_type", &[]);
        assert_eq!((reply.status.as_u16(), reply.json()), (415, expected), "{declared:?}");
    }
    assert_eq!(service.entries().await, 0);
    for declared in [
        "application/json",
        "Application/JSON;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "application/json;",
    ] {
        assert_eq!(sent(&service, &[("content-type", declared)]).await.status, 201, "{declared}");
    }
}

#[tokio::test]
async fn bodies_that_are_declared_as_coded() {
    let service = Service::start().await;
    // The bytes are plain JSON all the same: they are not looked at.
    for (coding, found) in [("gzip", "gzip"), ("identity, BR", "identity, br"), ("x-unknown", "x-unknown")] {
        let reply = sent(&service, &[JSON, ("content-encoding", coding)]).await;
        let expected =
            error(&format!("content coding is `{found}`, expected none"), "unsupported_content_coding", &[]);
        assert_eq!((reply.status.as_u16(), reply.json()), (415, expected));
        assert_eq!(reply.headers["accept-encoding"], "identity");
    }
    assert_eq!(service.entries().await, 0);
    assert_eq!(sent(&service, &[JSON, ("content-encoding", "identity")]).await.status, 201);
}

#[tokio::test]
async fn bodies_that_are_not_whole() {
    let service = Service::start().await;
    let reply = sent(&service, &[JSON, ("content-range", "bytes 0-99/200")]).await;
    let sentence = "header `Content-Range` is refused: a part of a body found, expected the whole";
    assert_eq!((reply.status.as_u16(), reply.json()), (400, error(sentence, "invalid_header", &[])));
    for (coding, found) in [("gzip, chunked", "gzip, chunked"), ("chunked, chunked", "chunked, chunked")] {
        let reply = sent(&service, &[JSON, ("transfer-encoding", coding)]).await;
        let sentence = format!("transfer coding is `{found}`, expected `chunked` or none");
        assert_eq!(
            (reply.status.as_u16(), reply.json()),
            (501, error(&sentence, "unsupported_transfer_coding", &[]))
        );
    }
    assert_eq!(service.entries().await, 0);
    assert_eq!(sent(&service, &[JSON, ("transfer-encoding", "Chunked")]).await.status, 201);
    // What says nothing about the bytes is nobody's business here.
    let more = [("content-language", "es"), ("content-location", "/forms/1"), ("accept-encoding", "br")];
    assert_eq!(sent(&service, &[&[JSON][..], &more].concat()).await.status, 201);
}
