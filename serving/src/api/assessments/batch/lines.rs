//! A body taken apart into its lines, as it comes.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::Poll;

use axum::body::{Body, HttpBody};

use crate::BODY_LIMIT;
use crate::api_error::ApiError;
use crate::body::BODY_TIME;

/// Most lines that are worked on together, and most bytes after which no line is added to them.
const TOGETHER: usize = 64;
const BYTES: usize = 512 * 1024;

/// A line and its number; or why it is none.
pub(super) type Line = (u64, Result<Vec<u8>, ApiError>);

/// The lines of a body. What is kept of it is a line that has not come whole, of at most [`BODY_LIMIT`] bytes, and what came together with its beginning.
pub(super) struct Lines {
    body: Option<Body>,
    /// Whole lines.
    whole: VecDeque<Line>,
    /// Bytes of these.
    bytes: usize,
    /// The beginning of the next one.
    begun: Vec<u8>,
    /// Whether it is too long, so that the rest of it is thrown away.
    too_long: bool,
    number: u64,
}

impl Lines {
    pub fn of(body: Body) -> Self {
        Self {
            body: Some(body),
            whole: VecDeque::new(),
            bytes: 0,
            begun: Vec::new(),
            too_long: false,
            number: 0,
        }
    }

    /// The next lines: at least one, and of more all that have come, up to a limit; nothing at the end.
    pub async fn chunk(&mut self) -> Option<Vec<Line>> {
        loop {
            if self.whole.len() >= TOGETHER || self.bytes >= BYTES || self.body.is_none() {
                break;
            }
            if self.whole.is_empty() {
                match tokio::time::timeout(BODY_TIME, self.read(true)).await {
                    Ok(_) => {}
                    Err(_) => self.end(Some(ApiError::BodyTimeout { seconds: BODY_TIME.as_secs() })),
                }
            } else if !self.read(false).await {
                break;
            }
        }
        let mut chunk = Vec::new();
        let mut bytes = 0;
        while chunk.len() < TOGETHER && bytes < BYTES {
            let Some(line) = self.whole.pop_front() else { break };
            let length = line.1.as_ref().map_or(0, Vec::len);
            bytes += length;
            self.bytes -= length;
            chunk.push(line);
        }
        (!chunk.is_empty()).then_some(chunk)
    }

    /// Takes the next part of the body; whether there was one. It is waited for, or not.
    async fn read(&mut self, waits: bool) -> bool {
        let Some(body) = &mut self.body else { return false };
        let frame = std::future::poll_fn(|context| match Pin::new(&mut *body).poll_frame(context) {
            Poll::Pending if !waits => Poll::Ready(Some(None)),
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(frame)) => Poll::Ready(Some(Some(frame))),
        });
        match frame.await {
            Some(None) => return false,
            None => self.end(None),
            Some(Some(Err(_))) => {
                self.end(Some(ApiError::MalformedJson { message: "the body ended early".to_owned() }));
            }
            Some(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    self.take(&data);
                }
            }
        }
        true
    }

    fn take(&mut self, mut data: &[u8]) {
        while let Some(at) = data.iter().position(|byte| *byte == b'\n') {
            self.begin(&data[..at]);
            self.finish();
            data = &data[at + 1..];
        }
        self.begin(data);
    }

    fn begin(&mut self, part: &[u8]) {
        if self.too_long || self.begun.len() + part.len() > BODY_LIMIT {
            self.too_long = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn finish(&mut self) {
        self.number += 1;
        let line = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.too_long) {
            self.whole.push_back((self.number, Err(ApiError::BodyTooLarge { limit: BODY_LIMIT })));
        } else if !line.trim_ascii().is_empty() {
            self.bytes += line.len();
            self.whole.push_back((self.number, Ok(line)));
        }
    }

    /// The last line needs no line break, unless the body broke off.
    fn end(&mut self, early: Option<ApiError>) {
        self.body = None;
        match early {
            Some(error) => self.whole.push_back((self.number + 1, Err(error))),
            None => self.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::task::Context;

    use axum::body::Bytes;
    use hyper::body::Frame;

    use super::*;

    /// A body that comes in parts, and then ends, breaks off or stands still.
    struct Parts(VecDeque<&'static str>, Option<&'static str>);

    impl HttpBody for Parts {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            match (self.0.pop_front(), self.1) {
                (Some("..."), _) | (None, Some("stands still")) => Poll::Pending,
                (Some(part), _) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(part.as_bytes()))))),
                (None, None) => Poll::Ready(None),
                (None, Some(_)) => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into()))),
            }
        }
    }

    async fn chunks(parts: &[&'static str], end: Option<&'static str>) -> Vec<Vec<(u64, String)>> {
        let mut lines = Lines::of(Body::new(Parts(parts.iter().copied().collect(), end)));
        let mut chunks = Vec::new();
        while let Some(chunk) = lines.chunk().await {
            let text = |(n, line): Line| {
                (n, line.map_or_else(|error| error.kind().1.to_owned(), |l| String::from_utf8(l).unwrap()))
            };
            chunks.push(chunk.into_iter().map(text).collect());
        }
        chunks
    }

    fn of(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
        lines.iter().map(|(n, line)| (*n, (*line).to_owned())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn lines_are_put_together_and_numbered_and_empty_ones_passed_over() {
        let found = chunks(&["a", "b\n\n  \nc", "", "d\r\ne"], None).await;
        assert_eq!(found, [of(&[(1, "ab"), (4, "cd\r"), (5, "e")])]);
        assert_eq!(chunks(&["a\n"], None).await, [of(&[(1, "a")])]);
        assert_eq!(chunks(&[], None).await, Vec::<Vec<_>>::new());
        // What has come is worked on, and not kept until more comes.
        let found = chunks(&["a\nb\nc", "...", "\nd\n"], Some("stands still")).await;
        assert_eq!(found[0], of(&[(1, "a"), (2, "b")]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_breaks_off_or_stands_still_ends_with_an_error_in_place_of_the_unfinished_line() {
        let cut = chunks(&["a\n{\"case"], Some("breaks off")).await.concat();
        assert_eq!(cut, of(&[(1, "a"), (2, "malformed_json")]));
        let late = chunks(&["a\n{\"case"], Some("stands still")).await.concat();
        assert_eq!(late, of(&[(1, "a"), (2, "body_timeout")]));
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_refused_alone_and_not_kept() {
        let long: &'static str = String::leak("x".repeat(600_000));
        let mut lines = Lines::of(Body::new(Parts(["a\n", long, long, long, "\nb\n"].into(), None)));
        let mut found = Vec::new();
        while let Some(chunk) = lines.chunk().await {
            assert!(lines.begun.len() <= BODY_LIMIT);
            found.extend(chunk.into_iter().map(|(n, line)| (n, line.map_err(|error| error.kind().1))));
        }
        assert_eq!(found, [(1, Ok(b"a".to_vec())), (2, Err("body_too_large")), (3, Ok(b"b".to_vec()))]);
    }

    #[tokio::test]
    async fn chunks_are_bounded_in_lines() {
        let many: &'static str = String::leak("x\n".repeat(150));
        let found = chunks(&[many], None).await;
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [64, 64, 22]);
    }
}
