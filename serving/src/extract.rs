//! How a request is read: a bounded JSON body and the idempotency key, each with errors in the API's own form.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::EXPECT;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::api_error::{ApiError, Detail};
use crate::content::declared_as_json;
use crate::shape::{self, Shaped};

/// Largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Longest time that a body may take to come: shorter than a request may take, so that a client that sends slowly is not told that the service is slow.
const BODY_TIME: Duration = Duration::from_secs(20);

/// Bytes of a too large body that are read and thrown away, so that the client, still sending, gets its answer and not
/// a closed connection.
const DRAIN_LIMIT: usize = 32 * 1024 * 1024;

/// A JSON body of at most [`BODY_LIMIT`] bytes.
pub(crate) struct Json<T>(pub T);

impl<T: Shaped + DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        declared_as_json(request.headers())?;
        let waits = request.headers().contains_key(EXPECT);
        let late = |_| ApiError::BodyTimeout { seconds: BODY_TIME.as_secs() };
        let bytes =
            tokio::time::timeout(BODY_TIME, read(request.into_body(), waits)).await.map_err(late)??;
        parse(&bytes).map(Self)
    }
}

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

/// The header `Idempotency-Key`, if there is one.
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
        match value.to_str() {
            // It is not searched for documents of identity: a key is drawn by a machine, and says nothing of anybody.
            Ok(key) if bytes.iter().all(u8::is_ascii_graphic) => Ok(Self(Some(key.to_owned()))),
            _ => Err(refused("another character")),
        }
    }
}

async fn read(mut body: Body, waits: bool) -> Result<Vec<u8>, ApiError> {
    let too_large = Err(ApiError::BodyTooLarge { limit: BODY_LIMIT });
    let announced = body.size_hint().lower();
    if announced > BODY_LIMIT as u64 && (waits || announced > DRAIN_LIMIT as u64) {
        // The client sends nothing before we say so, or more than we care to read.
        return too_large;
    }
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let cut = |_| ApiError::MalformedJson { message: "the body ended early".to_owned() };
        let Ok(data) = frame.map_err(cut)?.into_data() else { continue };
        length += data.len();
        if length > DRAIN_LIMIT {
            return too_large;
        }
        if length > BODY_LIMIT {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    if length > BODY_LIMIT { too_large } else { Ok(bytes) }
}

/// The value that a body is, or everything that is wrong with its fields.
fn parse<T: Shaped + DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let refused = |error: serde_json::Error| match error.classify() {
        Category::Data => ApiError::Invalid { details: vec![Detail::new("body", error.to_string())] },
        Category::Io | Category::Syntax | Category::Eof => {
            ApiError::MalformedJson { message: error.to_string() }
        }
    };
    let details = shape::problems::<T>(body).map_err(refused)?;
    if details.is_empty() {
        serde_json::from_slice(body).map_err(refused)
    } else {
        Err(ApiError::Invalid { details })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::convert::Infallible;
    use std::task::{Context, Poll};

    use axum::body::Bytes;
    use axum::http::header::{CONNECTION, CONTENT_TYPE};
    use axum::response::IntoResponse;
    use tokio::time::Instant;

    use super::*;
    use crate::api::assessments::request::AssessmentRequest;

    /// A body that begins and never goes on.
    struct HalfSent(Option<Bytes>);

    impl HttpBody for HalfSent {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(http_body::Frame::data(bytes)))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_half_sent_body_is_the_clients_fault() {
        let body = Body::new(HalfSent(Some(Bytes::from_static(b"{"))));
        let request = Request::post("/").header(CONTENT_TYPE, "application/json").body(body).unwrap();
        let begun = Instant::now();
        let Err(error) = Json::<AssessmentRequest>::from_request(request, &()).await else {
            panic!("half a body was read");
        };
        assert_eq!(error, ApiError::BodyTimeout { seconds: 20 });
        assert!(begun.elapsed() >= BODY_TIME && begun.elapsed() < BODY_TIME * 2);
        let response = error.into_response();
        assert_eq!(
            (response.status().as_u16(), &response.headers()[CONNECTION]),
            (408, &"close".parse().unwrap())
        );
    }
}
