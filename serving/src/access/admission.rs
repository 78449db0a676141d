//! Nobody comes to a handler without having been let in.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Caller, Right, table};
use crate::App;
use crate::api_error::ApiError;

/// Finds out who asks, and lets in those who may. Handlers find the caller by [`Asker`](super::Asker).
pub(crate) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admitted(&app, &request) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

fn admitted(app: &App, request: &Request) -> Result<Arc<Caller>, ApiError> {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let right = route.and_then(|route| table::right(request.method(), route));
    let caller = app.caller();
    match right {
        Some(Right::Anyone) => Ok(caller),
        Some(right) if caller.may(right) => Ok(caller),
        Some(_) | None => Err(ApiError::Forbidden),
    }
}
