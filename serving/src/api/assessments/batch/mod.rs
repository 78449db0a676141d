//! Many forms in one stream, each answered or refused on its own.
//!
//! Lines are taken as they come and put together in chunks, each of which is worked on by itself; what comes of them is sent in order. A few chunks are
//! under way at a time, so that the entries of several are written to the log together. When the client reads no further, nothing more is read from it.

mod chunk;
mod line;
mod lines;
mod together;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::App;
use crate::access::{Asker, Caller};
use crate::api_error::{ApiError, ErrorBody};
use crate::content::{LINES, declared_as_lines};
use crate::pool::Batch;
use crate::watch::Watch;
use chunk::Answering;
pub(crate) use line::RefusedLine;
use lines::Lines;

/// Chunks of a batch that are worked on at a time, or wait to be sent.
const UNDER_WAY: usize = 8;

/// Assess many forms.
///
/// One form a line (`application/x-ndjson`), of any number. A line is what `POST /v1/assessments` takes, and may have its own `idempotency_key`. For each line
/// there is one line of the answer, in order: what `POST /v1/assessments` would answer, a proposal or a ticket, or the error with the `line` (1, 2, 3, ...) and the `status`.
/// A proposal is in the log, durably, before its line is sent; a line that is refused writes nothing and stops nothing. Empty lines are passed over, and counted.
///
/// Answers come while forms are still sent: a client has to read while it writes. If the body breaks off or stands still for 20 s, all lines that came whole are
/// answered, and an error for the rest ends the answer. Batches take no places from single requests, which go before them.
#[utoipa::path(
    post,
    path = "/v1/assessments:batch",
    operation_id = "createAssessments",
    tag = "assessments",
    request_body(content = String, content_type = "application/x-ndjson", description = "a form (`AssessmentRequest`, with `idempotency_key` if wanted) on each line, of at most 1 MiB"),
    responses(
        (status = 200, description = "a proposal, a ticket or an error (`RefusedLine`) on each line", body = String, content_type = "application/x-ndjson"),
        (status = 400, description = "`invalid_header`", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`: as many batches are answered as may", body = ErrorBody,
            headers(("Retry-After" = u32, description = "seconds after which to ask again"))),
    ),
)]
pub(crate) async fn batch(
    State(app): State<App>,
    Asker(caller): Asker,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    declared_as_lines(&headers)?;
    let batch = app.assessments().enter_batch()?;
    let (chunks, answers) = mpsc::channel(UNDER_WAY);
    let watch = Watch::current().untraced();
    tokio::spawn(watch.over(taken(app, caller, headers, batch, request.into_body(), chunks)));
    let body = Body::new(Answers { chunks: answers, next: None });
    Ok((StatusCode::OK, [(CONTENT_TYPE, LINES)], body).into_response())
}

/// Takes lines as they come, and has each chunk of them answered.
async fn taken(
    app: App,
    caller: Arc<Caller>,
    headers: HeaderMap,
    batch: Batch,
    body: Body,
    chunks: mpsc::Sender<JoinHandle<Vec<u8>>>,
) {
    let answering = Arc::new(Answering { app, caller, headers, batch });
    let mut lines = Lines::of(body);
    while let Ok(room) = chunks.reserve().await {
        let Some(chunk) = lines.chunk().await else { break };
        let answering = Arc::clone(&answering);
        let answered = async move { answering.answer(chunk).await };
        room.send(tokio::spawn(Watch::current().over(answered)));
    }
}

/// What is answered, chunk after chunk.
struct Answers {
    chunks: mpsc::Receiver<JoinHandle<Vec<u8>>>,
    next: Option<JoinHandle<Vec<u8>>>,
}

impl HttpBody for Answers {
    type Data = Bytes;
    type Error = ApiError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ApiError>>> {
        loop {
            if let Some(next) = &mut self.next {
                let answered = ready!(Pin::new(next).poll(context));
                self.next = None;
                return Poll::Ready(Some(match answered {
                    Ok(lines) => Ok(Frame::data(lines.into())),
                    // The stream breaks off, so that nobody takes what came for all.
                    Err(_) => Err(ApiError::internal("answering a chunk of a batch panicked")),
                }));
            }
            match ready!(self.chunks.poll_recv(context)) {
                Some(next) => self.next = Some(next),
                None => return Poll::Ready(None),
            }
        }
    }
}
