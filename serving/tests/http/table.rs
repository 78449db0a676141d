//! Who may ask for what: role by route and method, written out by hand.

use std::collections::BTreeSet;

use amparo_serving::{Role, openapi};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::access::{Callers, authorised};
use crate::support::{Reply, Service};

/// What may be done by which roles: platform, officer, scientist, oversight, operator. Nobody has to be known for what all may do without a key.
const TABLE: &[(&str, &str, &str)] = &[
    ("GET", "/health/live", "anybody"),
    ("GET", "/health/ready", "anybody"),
    ("GET", "/", "anybody"),
    ("GET", "/metrics", "oversight operator"),
    ("GET", "/v1/shadow", "scientist oversight"),
    ("PUT", "/v1/models/{model}/aliases/{alias}", "operator"),
    ("POST", "/v1/models/{model}/aliases/{alias}/rollback", "operator"),
    ("POST", "/v1/models/{model}", "platform"),
    ("GET", "/v2", "platform officer scientist oversight operator"),
    ("GET", "/v2/health/live", "anybody"),
    ("GET", "/v2/health/ready", "anybody"),
    ("GET", "/v2/models/{model}", "platform officer scientist oversight operator"),
    ("GET", "/v2/models/{model}/ready", "platform officer scientist oversight operator"),
    ("GET", "/v2/models/{model}/versions/{version}", "platform officer scientist oversight operator"),
    ("GET", "/v2/models/{model}/versions/{version}/ready", "platform officer scientist oversight operator"),
    ("POST", "/v2/models/{model}/infer", "platform"),
    ("POST", "/v2/models/{model}/versions/{version}/infer", "platform"),
    ("POST", "/v2/repository/index", "platform officer scientist oversight operator"),
    ("POST", "/v1/assessments", "platform"),
    ("GET", "/v1/assessments/{id}", "platform officer oversight"),
    ("POST", "/v1/assessments/{id}/confirmation", "officer"),
    ("GET", "/v1/assessments", "platform officer oversight"),
    ("POST", "/v1/assessments/{id}/own-view", "officer"),
    ("POST", "/v1/assessments:batch", "platform"),
    ("GET", "/v1/models", "platform officer scientist oversight operator"),
    ("GET", "/v1/models/{model}", "platform officer scientist oversight operator"),
    ("GET", "/v1/models/{model}/versions/{version}", "platform officer scientist oversight operator"),
];

/// Method and path of every operation of the document.
fn routes() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(openapi()).unwrap();
    let of = |(path, item): (&String, &serde_json::Value)| {
        let methods: Vec<String> =
            item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of).collect()
}

async fn ask(service: &Service, method: &str, path: &str, key: Option<&str>) -> Reply {
    let path = path
        .replace("{id}", "p-1")
        .replace("{model}", "vpr")
        .replace("{version}", "1")
        .replace("{alias}", "shadow");
    assert!(!path.contains('{'), "`{path}` needs something in the place of its parameter");
    let request = authorised(Request::builder().method(method).uri(path), key);
    service.send(request.header("content-type", "application/json").body(Body::from("{}")).unwrap()).await
}

/// What does not hold of a table; the routes without a row, and the rows without a route, among it.
async fn faults(table: &[(&str, &str, &str)]) -> Vec<String> {
    let (service, callers) = Callers::service().await;
    let rows: BTreeSet<_> =
        table.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let mut faults: Vec<String> =
        routes().symmetric_difference(&rows).map(|other| format!("{other:?}")).collect();
    for (method, path, who) in table {
        let mut expect = |what: String, reply: &Reply, may: bool, refused: u16| {
            let admitted = ![401, 403].contains(&reply.status.as_u16());
            if admitted != may || !may && reply.status != refused {
                faults.push(format!("{method} {path} {what}: {}", reply.status));
            }
        };
        for role in Role::ALL {
            let may = *who == "anybody" || who.split(' ').any(|name| name == role.name());
            expect(
                role.name().to_owned(),
                &ask(&service, method, path, Some(callers.of(role))).await,
                may,
                403,
            );
        }
        for (what, key) in callers.useless() {
            expect(what.to_owned(), &ask(&service, method, path, key).await, *who == "anybody", 401);
        }
    }
    faults
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    assert_eq!(faults(TABLE).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_table_that_is_wrong_is_found_out() {
    let without = &TABLE[1..];
    assert_eq!(faults(without).await, [r#"("GET", "/health/live")"#]);
    let mut other = TABLE.to_vec();
    let form =
        other.iter().position(|(method, path, _)| (*method, *path) == ("POST", "/v1/assessments")).unwrap();
    other[form].2 = "platform scientist";
    assert_eq!(faults(&other).await, ["POST /v1/assessments scientist: 403 Forbidden"]);
    other[form].2 = "";
    assert_eq!(faults(&other).await, ["POST /v1/assessments platform: 422 Unprocessable Entity"]);
}

#[tokio::test]
async fn whoever_is_refused_is_told_how_to_ask() {
    let (service, callers) = Callers::service().await;
    let [none, _, revoked, ..] = callers.useless();
    let reply = ask(&service, "GET", "/v1/models", none.1).await;
    assert_eq!(reply.headers["www-authenticate"], r#"Bearer realm="amparo""#);
    assert_eq!(reply.json()["code"], "unauthenticated");
    let reply = ask(&service, "GET", "/v1/models", revoked.1).await;
    assert_eq!(reply.headers["www-authenticate"], r#"Bearer realm="amparo", error="invalid_token""#);
    assert_eq!(reply.json()["error"], "no caller is recognised: the API key was revoked");
    let reply = ask(&service, "POST", "/v1/assessments", Some(callers.of(Role::Scientist))).await;
    assert_eq!(reply.headers["www-authenticate"], r#"Bearer realm="amparo", error="insufficient_scope""#);
    assert_eq!(
        reply.json(),
        json!({"error": "no role of the caller may do this", "code": "forbidden", "details": []})
    );
    // A scheme that is not ours is no key.
    let request =
        Request::get("/v1/models").header("authorization", "Basic eDp5").body(Body::empty()).unwrap();
    assert_eq!(service.send(request).await.json()["code"], "invalid_header");
}
