//! The caller, for handlers.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Caller;
use crate::api_error::ApiError;

/// Who asks, as admission found out.
pub(crate) struct Asker(pub Arc<Caller>);

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Arc<Caller>>() {
            Some(caller) => Ok(Self(Arc::clone(caller))),
            None => Err(ApiError::internal("a request came to its handler without having been let in")),
        }
    }
}
