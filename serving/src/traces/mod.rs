//! Traces of requests (OpenTelemetry): a span for each request and one for each of its stages, with route and status and nothing else.
//!
//! Off unless a collector is named. The trace that a request names in `traceparent` is continued. Its ids are the client's choice and may be anything, so
//! they go to the collector and never into the operational log. `tracestate` is not looked at.

mod collector;
mod exporter;
mod message;
mod parent;

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;

use crate::stage::Stage;
pub use collector::Collector;
pub(crate) use exporter::Tracer;
use message::{KeyValue, Span, Status};
use parent::parent;

/// Most stages that are told of a request; those of a large batch are many.
const STAGES: usize = 64;

/// A request that is traced.
#[derive(Debug)]
pub(crate) struct Trace {
    trace: [u8; 16],
    /// The span of the request; those of its stages follow.
    span: u64,
    parent: Option<[u8; 8]>,
    begun: (SystemTime, Instant),
    stages: Mutex<Vec<(Stage, Instant, Instant)>>,
}

impl Trace {
    /// A trace for a request: the one that it names, or a new one. None if whoever asked did not record it, or if there is no randomness.
    fn begin(headers: &HeaderMap) -> Option<Self> {
        let mut drawn = [0; 24];
        getrandom::fill(&mut drawn).ok()?;
        let (id, span) = drawn.split_first_chunk()?;
        let (trace, above) = match parent(headers) {
            Some(parent) if !parent.sampled => return None,
            Some(parent) => (parent.trace, Some(parent.span)),
            None => (*id, None),
        };
        Some(Self {
            trace,
            span: u64::from_be_bytes(*span.first_chunk()?),
            parent: above,
            begun: (SystemTime::now(), Instant::now()),
            stages: Mutex::default(),
        })
    }

    /// Remembers a stage.
    pub fn stage(&self, stage: Stage, begun: Instant, ended: Instant) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        if stages.len() < STAGES {
            stages.push((stage, begun, ended));
        }
    }

    /// The spans of the request, which was answered just now.
    fn spans(&self, method: &'static str, route: &str, status: u16) -> Vec<Span> {
        let stages = std::mem::take(&mut *self.stages.lock().unwrap_or_else(PoisonError::into_inner));
        let (wall, clock) = self.begun;
        let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = |moment: Instant| (since + moment.saturating_duration_since(clock)).as_nanos() as u64;
        let span = |number: usize, parent: Option<[u8; 8]>, name: String, kind, (from, to)| Span {
            trace_id: self.trace.to_vec(),
            span_id: self.id(number).to_vec(),
            parent_span_id: parent.map_or_else(Vec::new, |parent| parent.to_vec()),
            name,
            kind,
            start_time_unix_nano: at(from),
            end_time_unix_nano: at(to),
            attributes: Vec::new(),
            status: None,
        };
        let mut request =
            span(0, self.parent, format!("{method} {route}"), Span::SERVER, (clock, Instant::now()));
        request.attributes = vec![
            KeyValue::text("http.request.method", method),
            KeyValue::text("http.route", route),
            KeyValue::integer("http.response.status_code", i64::from(status)),
        ];
        request.status = (status >= 500).then_some(Status { code: Status::ERROR });
        let of_stages = stages.into_iter().enumerate().map(|(k, (stage, from, to))| {
            span(k + 1, Some(self.id(0)), stage.name().to_owned(), Span::INTERNAL, (from, to))
        });
        std::iter::once(request).chain(of_stages).collect()
    }

    /// The id of a span of the request; never zero, which would be none.
    fn id(&self, number: usize) -> [u8; 8] {
        let id = self.span.wrapping_add(number as u64);
        if id == 0 { u64::MAX / 3 } else { id }.to_be_bytes()
    }
}
