//! What the path and the headers of a request say, each with errors in the API's own form.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::access::Asker;
use crate::api_error::ApiError;

/// What stands in the path; what cannot be read there is a path that nothing has.
pub(crate) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(found)) => Ok(Self(found)),
            Err(_) => Err(ApiError::NotFound),
        }
    }
}

/// The header `Idempotency-Key`, if there is one, as the log keeps it: of the institution of whoever asks.
pub(crate) struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        const HEADER: &str = "Idempotency-Key";
        let refused = |found: &str| ApiError::InvalidHeader {
            header: HEADER,
            message: format!("{found} found, expected 1 to 200 visible ASCII characters"),
        };
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if values.next().is_some() {
            return Err(refused("more than one value"));
        }
        let bytes = value.as_bytes();
        if !(1..=200).contains(&bytes.len()) {
            return Err(refused(&format!("{} characters", bytes.len())));
        }
        match value.to_str().map(str::to_owned) {
            // It is not searched for documents of identity: a key is drawn by a machine, and says nothing of anybody.
            Ok(key) if key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(Self(Some(Asker::from_request_parts(parts, &()).await?.0.scoped(key))))
            }
            _ => Err(refused("another character")),
        }
    }
}
