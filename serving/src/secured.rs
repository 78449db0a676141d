//! The OpenAPI document says of every route what admission does: who may ask, and how others are answered.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response};

use crate::access::{Right, right};

/// The name of the scheme: an API key or a token, either way a bearer.
const BEARER: &str = "bearer";

/// What admission answers, with the header that goes with it.
const ANSWERS: [(&str, &str, Option<(&str, Type, &str)>); 4] = [
    ("400", "`invalid_header`", None),
    (
        "401",
        "`unauthenticated`: nobody is recognised as the caller",
        Some(("WWW-Authenticate", Type::String, "how to say who asks")),
    ),
    ("403", "`forbidden`: no role of the caller may do this; `officer_not_covered`", None),
    ("429", "`too_many_requests`", Some(("Retry-After", Type::Integer, "seconds after which to ask again"))),
];

/// Says it of every route that is not for anybody; `open` says that the service does not find out who asks.
pub(crate) fn declare(document: &mut OpenApi, open: bool) {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some(
        "An API key that `amparo access issue` made (`amparo_...`), or a token of the identity provider that the service believes.".to_owned(),
    );
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            if right(method, path) == Some(Right::Anyone) {
                operation.security = Some(vec![SecurityRequirement::default()]);
                continue;
            }
            let bearer = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
            let anybody = open.then(SecurityRequirement::default);
            operation.security = Some(std::iter::once(bearer).chain(anybody).collect());
            answered(operation);
        }
    }
}

fn answered(operation: &mut Operation) {
    for (status, description, header) in ANSWERS {
        let answers = &mut operation.responses.responses;
        if !answers.contains_key(status) {
            answers.insert(status.to_owned(), RefOr::T(answer(description, header)));
        }
    }
}

fn answer(description: &str, header: Option<(&str, Type, &str)>) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let mut response = ResponseBuilder::new().description(description).content("application/json", body);
    if let Some((name, kind, description)) = header {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        response = response
            .header(name, HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build());
    }
    response.build()
}
