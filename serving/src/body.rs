//! How the body of a request is read: bounded in length, in time, and in the memory of all bodies together.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::header::EXPECT;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api_error::{ApiError, Detail};
use crate::content::declared_as_json;
use crate::shape::{self, Shaped};
use crate::watch::{Stage, Watch};

/// Largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Longest time that a body may take to come: shorter than a request may take, so that a client that sends slowly is not told that the service is slow.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(20);

/// Bytes of a too large body that are read and thrown away, so that the client, still sending, gets its answer and not
/// a closed connection.
const DRAIN_LIMIT: usize = 32 * 1024 * 1024;

/// The memory of all bodies that are being read or wait to be looked at. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct BodyMemory(Arc<Semaphore>);

impl BodyMemory {
    /// Bytes of all bodies together: thousands of forms, or 64 of the largest bodies.
    const ALL: usize = 64 * 1024 * 1024;

    /// Bytes that are counted together.
    const UNIT: usize = 1024;

    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(Self::ALL / Self::UNIT)))
    }

    /// Room for a body of an announced length, or of the largest that is read.
    fn room(&self, announced: Option<u64>) -> Result<OwnedSemaphorePermit, ApiError> {
        let bytes = announced.map_or(BODY_LIMIT, |bytes| bytes.min(BODY_LIMIT as u64) as usize);
        let units = bytes.div_ceil(Self::UNIT) as u32;
        Arc::clone(&self.0).try_acquire_many_owned(units).map_err(|_| ApiError::Busy)
    }
}

/// The bytes of a body: at most [`BODY_LIMIT`] of them.
pub(crate) struct RawBody {
    bytes: Vec<u8>,
    #[expect(dead_code, reason = "held until the bytes go")]
    room: OwnedSemaphorePermit,
}

/// A body that is declared to be JSON, not looked at yet.
pub(crate) struct JsonBody(RawBody);

impl<S: Send + Sync> FromRequest<S> for JsonBody
where
    BodyMemory: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        declared_as_json(request.headers())?;
        RawBody::of(request, &BodyMemory::from_ref(state)).await.map(Self)
    }
}

impl RawBody {
    /// Reads the body of a request.
    pub async fn of(request: Request, memory: &BodyMemory) -> Result<Self, ApiError> {
        let waits = request.headers().contains_key(EXPECT);
        let body = request.into_body();
        let room = memory.room(body.size_hint().exact())?;
        let begun = Instant::now();
        let late = |_| ApiError::BodyTimeout { seconds: BODY_TIME.as_secs() };
        let read = tokio::time::timeout(BODY_TIME, read(body, waits)).await;
        Watch::current().stage(Stage::Body, begun);
        let bytes = read.map_err(late)??;
        Ok(Self { bytes, room })
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same with what its bytes are unpacked to; the room is as for the largest body that is read.
    pub fn unpacked(
        self,
        memory: &BodyMemory,
        unpack: impl FnOnce(&[u8]) -> Result<Vec<u8>, ApiError>,
    ) -> Result<Self, ApiError> {
        let room = memory.room(None)?;
        Ok(Self { bytes: unpack(&self.bytes)?, room })
    }
}

impl JsonBody {
    /// The value that the body is.
    ///
    /// # Errors
    /// Everything that is wrong with its fields.
    pub fn parse<T: Shaped + DeserializeOwned>(self) -> Result<T, ApiError> {
        parse(self.0.bytes())
    }
}

/// The value that some bytes are.
///
/// # Errors
/// Everything that is wrong with its fields.
pub(crate) fn parse<T: Shaped + DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let refused = |error: serde_json::Error| match error.classify() {
        Category::Data => ApiError::Invalid { details: vec![Detail::new("body", error.to_string())] },
        Category::Io | Category::Syntax | Category::Eof => {
            ApiError::MalformedJson { message: error.to_string() }
        }
    };
    let details = shape::problems::<T>(bytes).map_err(refused)?;
    if details.is_empty() {
        serde_json::from_slice(bytes).map_err(refused)
    } else {
        Err(ApiError::Invalid { details })
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::convert::Infallible;
    use std::task::{Context, Poll};

    use axum::body::Bytes;
    use axum::http::header::{CONNECTION, CONTENT_TYPE};
    use axum::response::IntoResponse;
    use hyper::body::Frame;
    use tokio::time::Instant;

    use super::*;

    /// A body that begins and never goes on.
    struct HalfSent(Option<Bytes>);

    impl HttpBody for HalfSent {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(Frame::data(bytes)))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_half_sent_body_is_the_clients_fault() {
        let body = Body::new(HalfSent(Some(Bytes::from_static(b"{"))));
        let request = Request::post("/").header(CONTENT_TYPE, "application/json").body(body).unwrap();
        let begun = Instant::now();
        let Err(error) = JsonBody::from_request(request, &BodyMemory::new()).await else {
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

    /// A body that begins, of an announced length if one is given.
    fn begun(announced: Option<usize>) -> Request {
        struct Sized(HalfSent, Option<usize>);
        impl HttpBody for Sized {
            type Data = Bytes;
            type Error = Infallible;
            fn poll_frame(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
                Pin::new(&mut self.0).poll_frame(context)
            }
            fn size_hint(&self) -> hyper::body::SizeHint {
                self.1.map_or_else(Default::default, |bytes| hyper::body::SizeHint::with_exact(bytes as u64))
            }
        }
        let body = Body::new(Sized(HalfSent(Some(Bytes::from_static(b"{"))), announced));
        Request::post("/").header(CONTENT_TYPE, "application/json").body(body).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn all_bodies_together_have_a_limit_and_each_gives_its_room_back() {
        let memory = BodyMemory::new();
        let read = |announced| {
            let memory = memory.clone();
            tokio::spawn(async move { JsonBody::from_request(begun(announced), &memory).await.map(|_| ()) })
        };
        // Of unknown length, each may become as long as the longest.
        let mut reading: Vec<_> = (0..63).map(|_| read(None)).collect();
        reading.push(read(Some(BODY_LIMIT - BodyMemory::UNIT)));
        // Time passes only when all of them wait.
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(memory.0.available_permits(), 1);
        assert_eq!(read(Some(2 * BodyMemory::UNIT)).await.unwrap(), Err(ApiError::Busy));
        reading.push(read(Some(1)));
        for body in reading {
            assert_eq!(body.await.unwrap(), Err(ApiError::BodyTimeout { seconds: 20 }));
        }
        assert_eq!(memory.0.available_permits(), BodyMemory::ALL / BodyMemory::UNIT);
    }
}
