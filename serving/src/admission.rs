//! Nobody comes to a handler without having been let in.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::access::{Caller, Right, right as right_of};
use crate::api_error::ApiError;

/// Finds out who asks, and lets in those who may. Handlers find the caller by [`Asker`](crate::access::Asker).
pub(crate) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admitted(&app, &parts).await {
        Ok(caller) => {
            if let Some(caller) = caller {
                parts.extensions.insert(caller);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    }
}

/// The caller; nobody for what anybody may see, where nobody is asked who it is.
async fn admitted(app: &App, parts: &Parts) -> Result<Option<Arc<Caller>>, ApiError> {
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let right = route.and_then(|route| right_of(parts.method.as_str(), route));
    if right == Some(Right::Anyone) {
        return Ok(None);
    }
    let access = app.access();
    let now = Instant::now();
    let caller = match access.caller(parts).await {
        Ok(caller) => caller,
        Err(error) => return Err(access.failed(parts.extensions.get(), error, now)),
    };
    access.count(&caller, now)?;
    // Who is not recognised is told so first, whatever was asked for.
    match right {
        Some(right) if caller.may(right) => Ok(Some(caller)),
        Some(_) | None => Err(ApiError::Forbidden),
    }
}
