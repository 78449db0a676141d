//! The body of a request: JSON, and tensors behind it if a header says how long the JSON is. What type it is declared as does not
//! matter: clients name JSON where there is more, and some name none.

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, HeaderName};

use super::gzip;
use crate::api_error::ApiError;
use crate::body::{BodyMemory, RawBody};
use crate::content::declared_as_gzip;

/// The header that says how long the JSON is.
pub(super) const JSON_LENGTH: HeaderName = HeaderName::from_static("inference-header-content-length");

/// A body that is not looked at yet.
pub(crate) struct InferenceBody {
    body: RawBody,
    json_length: Option<usize>,
}

impl<S: Send + Sync> FromRequest<S> for InferenceBody
where
    BodyMemory: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_packed = declared_as_gzip(request.headers())?;
        let json_length = json_length(request.headers())?;
        let memory = BodyMemory::from_ref(state);
        let body = RawBody::of(request, &memory).await?;
        let body = if is_packed { body.unpacked(&memory, gzip::unpacked)? } else { body };
        Ok(Self { body, json_length })
    }
}

impl InferenceBody {
    /// The JSON, and what follows it.
    pub fn parts(&self) -> Result<(&[u8], &[u8]), ApiError> {
        let bytes = self.body.bytes();
        let Some(length) = self.json_length else { return Ok((bytes, &[])) };
        bytes
            .split_at_checked(length)
            .ok_or_else(|| refused(&format!("{length} found, and the body has {} bytes", bytes.len())))
    }
}

fn refused(message: &str) -> ApiError {
    ApiError::InvalidHeader { header: "Inference-Header-Content-Length", message: message.to_owned() }
}

fn json_length(headers: &HeaderMap) -> Result<Option<usize>, ApiError> {
    let mut values = headers.get_all(JSON_LENGTH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(refused("more than one value found, expected the length of the JSON in bytes"));
    }
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let length = digits.and_then(|digits| digits.parse().ok());
    length.map(Some).ok_or_else(|| refused("no number found, expected the length of the JSON in bytes"))
}
