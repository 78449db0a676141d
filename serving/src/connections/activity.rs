//! What one connection is doing, and since when.

use std::io::IoSlice;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing: no byte of a request has come since it was opened or since the last answer.
    Idle,
    /// A request has begun, and its head has not come whole.
    Head,
    /// A request is read, worked on or answered.
    Request,
}

/// What a connection is doing, shared by the task that serves it and by the one that watches all of them.
#[derive(Debug)]
pub(super) struct Activity {
    stage: Mutex<(Stage, Instant)>,
    /// Told when the connection is to end, if it is idle.
    end: Notify,
}

impl Activity {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { stage: Mutex::new((Stage::Idle, Instant::now())), end: Notify::new() })
    }

    /// The stage, and since when.
    pub fn stage(&self) -> (Stage, Instant) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stage begins.
    pub fn enter(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = (stage, Instant::now());
    }

    /// A byte has come: of a head, unless a request is being read.
    fn heard(&self) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if stage.0 == Stage::Idle {
            *stage = (Stage::Head, Instant::now());
        }
    }

    /// Ends the connection, if it is idle.
    pub fn end(&self) {
        self.end.notify_one();
    }

    /// Waits for [`Activity::end`].
    pub async fn ended(&self) {
        self.end.notified().await;
    }
}

/// A connection that notes when bytes come.
pub(super) struct Heard<T> {
    pub inner: T,
    pub activity: Arc<Activity>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Heard<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.heard();
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Heard<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
