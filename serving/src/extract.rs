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
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if values.next().is_some() {
            let message = "more than one value found, expected 1 to 200 visible ASCII characters".to_owned();
            return Err(ApiError::InvalidHeader { header: HEADER, message });
        }
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match key_problem(&text) {
            None => Ok(Self(Some(Asker::from_request_parts(parts, &()).await?.0.scoped(text)))),
            Some(message) => Err(ApiError::InvalidHeader { header: HEADER, message }),
        }
    }
}

/// What is wrong with an idempotency key, if anything is. It is not searched for documents of identity: a key is drawn by a machine, and says nothing of
/// anybody.
pub(crate) fn key_problem(key: &str) -> Option<String> {
    let found = match key.len() {
        1..=200 if key.bytes().all(|byte| byte.is_ascii_graphic()) => return None,
        1..=200 => "another character".to_owned(),
        length => format!("{length} characters"),
    };
    Some(format!("{found} found, expected 1 to 200 visible ASCII characters"))
}
