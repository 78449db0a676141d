//! Headers that keep browsers from doing with an answer what it is not for.
//!
//! Nothing is said of other origins, so no page of another origin reads an answer (CORS).

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// An answer of the API loads nothing.
const OF_ANSWERS: &str = "default-src 'none'; frame-ancestors 'none'";

/// The page of the documentation loads its own files; Swagger UI draws icons from `data:` and sets styles in elements.
const OF_THE_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Puts them.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let policy = if request.uri().path().starts_with("/docs") { OF_THE_PAGE } else { OF_ANSWERS };
    let mut response = next.run(request).await;
    // Answers are about cases: nothing between the service and its client is to keep them (RFC 9111, section 5.2.2.5). But for those that say otherwise of
    // themselves.
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let headers: [(HeaderName, &'static str); 4] = [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
