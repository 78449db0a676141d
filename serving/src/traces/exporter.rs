//! Spans on their way to the collector: by a thread of their own, from a bounded queue. A collector that is slow or away holds no request up;
//! what does not fit, or is not taken, is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use prost::Message;
use ureq::Agent;

use super::message::{
    ExportTraceServiceRequest, ExportTraceServiceResponse, InstrumentationScope, KeyValue, Resource,
    ResourceSpans, ScopeSpans, Span,
};
use super::{Collector, Trace};
use crate::Error;

/// Requests whose spans may wait.
const WAITING: usize = 2048;

/// Spans that are sent together at most.
const TOGETHER: usize = 512;

/// How long spans gather before they are sent.
const PAUSE: Duration = Duration::from_millis(500);

/// How long the collector may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the same spans are sent while the collector says that it may take them later, or is not there.
const TRIES: u32 = 3;

/// Sends spans. Clones send to the same collector.
#[derive(Debug, Clone)]
pub(crate) struct Tracer {
    queue: SyncSender<Told>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    dropped: AtomicU64,
}

enum Told {
    Spans(Vec<Span>),
    /// Everything before this is on its way.
    End(SyncSender<()>),
}

impl Tracer {
    /// Starts the thread that sends.
    ///
    /// # Errors
    /// [`Error::Serve`] if there is none.
    pub fn start(collector: &Collector) -> Result<Self, Error> {
        let (queue, told) = sync_channel(WAITING);
        let counts = Arc::<Counts>::default();
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            // Nothing is read from the environment here.
            .proxy(None)
            .build()
            .into();
        let sender = Sender { agent, url: collector.traces(), counts: Arc::clone(&counts), failing: false };
        std::thread::Builder::new()
            .name("amparo-otlp".to_owned())
            .spawn(move || sender.run(&told))
            .map_err(|source| Error::Serve { action: "start the thread that sends traces", source })?;
        Ok(Self { queue, counts })
    }

    /// A trace for a request, unless whoever asks does not want one.
    pub fn begin(&self, headers: &HeaderMap) -> Option<Arc<Trace>> {
        Trace::begin(headers).map(Arc::new)
    }

    /// Sends what a request that was answered consists of, soon.
    pub fn end(&self, trace: &Trace, method: &'static str, route: &str, status: u16) {
        if let Err(TrySendError::Full(told) | TrySendError::Disconnected(told)) =
            self.queue.try_send(Told::Spans(trace.spans(method, route, status)))
            && let Told::Spans(spans) = told
        {
            self.counts.dropped.fetch_add(spans.len() as u64, Ordering::Relaxed);
        }
    }

    /// Spans that the collector took.
    pub fn sent(&self) -> u64 {
        self.counts.sent.load(Ordering::Relaxed)
    }

    /// Spans that it did not.
    pub fn dropped(&self) -> u64 {
        self.counts.dropped.load(Ordering::Relaxed)
    }

    /// Sends what waits, and waits no longer than some time.
    pub fn finish(&self, patience: Duration) {
        let (end, ended) = sync_channel(1);
        if self.queue.try_send(Told::End(end)).is_ok() {
            let _in_time = ended.recv_timeout(patience);
        }
    }
}

/// What the thread has.
struct Sender {
    agent: Agent,
    url: String,
    counts: Arc<Counts>,
    /// So that one line is said for as long as it goes on.
    failing: bool,
}

impl Sender {
    fn run(mut self, told: &Receiver<Told>) {
        loop {
            let Ok(first) = told.recv() else { return };
            let (mut spans, mut end) = (Vec::new(), None);
            let until = Instant::now() + PAUSE;
            let mut next = Ok(first);
            loop {
                match next {
                    Ok(Told::Spans(more)) => spans.extend(more),
                    Ok(Told::End(waits)) => end = Some(waits),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
                if end.is_some() || spans.len() >= TOGETHER {
                    break;
                }
                next = told.recv_timeout(until.saturating_duration_since(Instant::now()));
            }
            if !spans.is_empty() {
                self.send(spans, end.is_some());
            }
            if let Some(end) = end {
                let _gone = end.send(());
            }
        }
    }

    fn send(&mut self, spans: Vec<Span>, is_last: bool) {
        let count = spans.len() as u64;
        let body = request(spans).encode_to_vec();
        let mut pause = Duration::from_secs(1);
        for tries_left in (0..if is_last { 1 } else { TRIES }).rev() {
            match self.post(&body) {
                Ok(rejected) => {
                    let rejected = rejected.min(count);
                    self.counts.sent.fetch_add(count - rejected, Ordering::Relaxed);
                    self.counts.dropped.fetch_add(rejected, Ordering::Relaxed);
                    self.failing = false;
                    return;
                }
                Err(Refusal::Later(_)) if tries_left > 0 => {
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                Err(Refusal::Later(problem) | Refusal::ForGood(problem)) => {
                    self.counts.dropped.fetch_add(count, Ordering::Relaxed);
                    if !self.failing {
                        tracing::warn!(problem, "spans were dropped that the collector did not take");
                    }
                    self.failing = true;
                    return;
                }
            }
        }
    }

    /// Posts spans; gives how many of them the collector rejected.
    fn post(&self, body: &[u8]) -> Result<u64, Refusal> {
        let posted = self.agent.post(&self.url).header(CONTENT_TYPE, "application/x-protobuf").send(body);
        let mut answer = posted.map_err(|error| Refusal::Later(error.to_string()))?;
        let status = answer.status();
        let answered = answer.body_mut().with_config().limit(64 * 1024).read_to_vec();
        match status.as_u16() {
            200..300 => {
                // An answer that cannot be read rejects nothing.
                let said = answered.ok().and_then(|bytes| ExportTraceServiceResponse::decode(&*bytes).ok());
                let rejected =
                    said.and_then(|said| said.partial_success).map_or(0, |part| part.rejected_spans);
                Ok(u64::try_from(rejected).unwrap_or(0))
            }
            // Those that the protocol calls retryable.
            429 | 502..=504 => Err(Refusal::Later(format!("it answered {status}"))),
            _ => Err(Refusal::ForGood(format!("it answered {status}"))),
        }
    }
}

/// Why spans were not taken.
enum Refusal {
    Later(String),
    ForGood(String),
}

fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let attributes =
        vec![KeyValue::text("service.name", "amparo"), KeyValue::text("service.version", version)];
    let scope = InstrumentationScope { name: name.to_owned(), version: version.to_owned() };
    let resource_spans = vec![ResourceSpans {
        resource: Some(Resource { attributes }),
        scope_spans: vec![ScopeSpans { scope: Some(scope), spans }],
    }];
    ExportTraceServiceRequest { resource_spans }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::super::message::{PartialSuccess, Status};
    use super::*;
    use crate::stage::Stage;

    /// What a client posted.
    fn posted(stream: &TcpStream) -> ExportTraceServiceRequest {
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        ExportTraceServiceRequest::decode(&*body).unwrap()
    }

    fn at(listener: &TcpListener) -> Tracer {
        Tracer::start(&format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()).unwrap()
    }

    fn ended(tracer: &Tracer, traceparent: &str, status: u16) {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", traceparent.parse().unwrap());
        let trace = tracer.begin(&headers).unwrap();
        let now = Instant::now();
        trace.stage(Stage::Body, now, now + Duration::from_millis(2));
        tracer.end(&trace, "GET", "/v1/models", status);
    }

    #[test]
    fn a_trace_is_continued_and_told_with_its_stages() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tracer = at(&listener);
        ended(&tracer, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 503);
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = posted(&stream);
        // One of the two is rejected.
        let partial_success = Some(PartialSuccess { rejected_spans: 1 });
        let answer = ExportTraceServiceResponse { partial_success }.encode_to_vec();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
        stream.write_all(&[head.as_bytes(), &answer].concat()).unwrap();
        tracer.finish(Duration::from_secs(10));
        assert_eq!((tracer.sent(), tracer.dropped()), (1, 1));
        let [request, stage]: [Span; 2] =
            request.resource_spans.remove(0).scope_spans.remove(0).spans.try_into().unwrap();
        assert_eq!(
            (request.name.as_str(), request.kind, request.status.unwrap().code),
            ("GET /v1/models", Span::SERVER, Status::ERROR)
        );
        assert_eq!(request.trace_id[..2], [0x4b, 0xf9]);
        assert_eq!(request.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
        assert_eq!((stage.name.as_str(), &stage.parent_span_id), ("body", &request.span_id));
        assert_eq!(stage.trace_id, request.trace_id);
        assert_eq!(stage.end_time_unix_nano - stage.start_time_unix_nano, 2_000_000);
        assert_ne!(stage.span_id, request.span_id);
    }

    #[test]
    fn a_trace_that_the_caller_did_not_record_is_none() {
        let mut headers = HeaderMap::new();
        assert!(Trace::begin(&headers).is_some());
        let unrecorded = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        headers.insert("traceparent", unrecorded.parse().unwrap());
        assert!(Trace::begin(&headers).is_none());
    }

    #[test]
    fn a_collector_that_stands_still_holds_nobody_up_and_what_does_not_fit_is_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tracer = at(&listener);
        let begun = Instant::now();
        let requests = WAITING + TOGETHER + 100;
        for _ in 0..requests {
            ended(&tracer, "broken", 200);
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        // Two spans a request; some of them are in the sender's hands.
        let dropped = tracer.dropped();
        assert!((2 * 100..=2 * (100 + TOGETHER as u64)).contains(&dropped), "{dropped}");
        assert_eq!(tracer.sent(), 0);
    }

    #[test]
    fn spans_that_the_collector_refuses_for_good_are_dropped_and_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tracer = at(&listener);
        ended(&tracer, "", 200);
        let (mut stream, _) = listener.accept().unwrap();
        posted(&stream);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").unwrap();
        tracer.finish(Duration::from_secs(10));
        assert_eq!((tracer.sent(), tracer.dropped()), (0, 2));
    }
}
