//! The whole service as one router, the same for the program and for its tests.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::admission::admit;
use crate::api::{aliases, assessments, health, metrics, models, shadow};
use crate::api_error::ApiError;
use crate::content::LINES;
use crate::inference::{v1, v2};
use crate::observe::observe;
use crate::protective::protect;
use crate::unchanged::tagged;
use crate::{App, example, flattened, secured};

/// Longest time a request may take, from its head to its answer.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Amparo",
        description = "Risk assessment for protection: for each filled-in form a **proposal**, with its explanation, to be \
                       confirmed by an officer, who may raise the level and never lower it. Every proposal is in a durable, \
                       chained log before it is answered.\n\n\
                       Errors are `{\"error\": sentence, \"code\": snake_case, \"details\": [{\"field\", \"message\"}]}`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "The service that this document came from.")),
    components(schemas(assessments::batch::RefusedLine)),
    tags(
        (name = "assessments", description = "Proposals: made, shown, confirmed."),
        (name = "models", description = "What is published, and which version an alias points to."),
        (name = "inference", description = "The Open Inference Protocol: proposals for other people's clients."),
        (name = "health", description = "Whether the process runs, and whether it can answer."),
    ),
)]
struct Document;

/// The router of the whole service.
pub fn build_handler(app: App) -> Router {
    let (router, mut document) = routes().split_for_parts();
    flattened::merge(&mut document);
    secured::declare(&mut document, app.access().is_open());
    if let Some(request) = app.example() {
        example::put(&mut document, request.clone());
    }
    let router = router.route_layer(from_fn_with_state(app.clone(), admit)).with_state(app.clone());
    // The document and its page hold nothing of anybody, so anybody may see them.
    layered(router.merge(SwaggerUi::new("/docs").url("/openapi.json", document)), app)
}

/// The router of an address where only the state of the service is told.
pub(crate) fn build_health_handler(app: App) -> Router {
    let (router, _) = health_routes().split_for_parts();
    layered(router.with_state(app.clone()), app)
}

/// What is the same for every answer.
fn layered(router: Router, app: App) -> Router {
    let router = router
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);
    // The last one is the outermost.
    router
        .layer(from_fn(limit_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(compressed())
        .layer(from_fn(protect))
        .layer(from_fn_with_state(app, observe))
}

/// The OpenAPI document of the service.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = routes().into_openapi();
    flattened::merge(&mut document);
    secured::declare(&mut document, false);
    document
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(assessments::create::create, assessments::list::list))
        .routes(routes!(assessments::batch::batch))
        .routes(routes!(assessments::own_view::record))
        .routes(routes!(assessments::show::show))
        .routes(routes!(assessments::confirm::confirm))
        .merge(model_routes())
        .routes(routes!(v1::alive))
        .routes(routes!(v1::call))
        .routes(routes!(v2::server::live))
        .routes(routes!(v2::server::ready))
        .routes(routes!(v2::server::metadata))
        .routes(routes!(v2::server::index))
        .routes(routes!(v2::model::metadata))
        .routes(routes!(v2::model::version_metadata))
        .routes(routes!(v2::model::ready))
        .routes(routes!(v2::model::version_ready))
        .routes(routes!(v2::infer::infer))
        .routes(routes!(v2::infer::infer_by_version))
        .merge(health_routes())
}

fn model_routes() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new()
        .routes(routes!(models::list))
        .routes(routes!(models::show))
        .routes(routes!(models::version))
        .routes(routes!(aliases::point))
        .routes(routes!(aliases::roll_back))
        .routes(routes!(shadow::show));
    routes.layer(from_fn(tagged))
}

fn health_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
}

/// Smallest answer that is compressed, in bytes: a smaller one fits into a packet or two.
const COMPRESSED_FROM: u64 = 2048;

/// Answers are compressed where the client asks for it, fast. Lines of a batch are not: each is sent as soon as it can be.
fn compressed() -> CompressionLayer<impl Predicate> {
    let worth = SizeAbove::new(COMPRESSED_FROM).and(NotForContentType::const_new(LINES));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth)
}

async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::Timeout.into_response(),
    }
}

/// What a panic becomes. Its message may hold anything, so it is neither told nor logged here.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    ApiError::Internal.into_response()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_in_json_without_its_message() {
        async fn handler() -> &'static str {
            panic!("of case c-1")
        }
        let router: Router = Router::new().route("/", get(handler)).layer(CatchPanicLayer::custom(panicked));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        let expected =
            r#"{"error":"the service failed, so there is no answer","code":"internal","details":[]}"#;
        assert_eq!(body, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered() {
        async fn handler() -> &'static str {
            tokio::time::sleep(TIMEOUT * 2).await;
            "late"
        }
        let router: Router = Router::new().route("/", get(handler)).layer(from_fn(limit_time));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 503);
    }
}
