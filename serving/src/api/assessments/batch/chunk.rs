//! A few lines answered, in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use amparo_journal::Log;
use amparo_models::{ModelRef, Version};
use axum::http::HeaderMap;

use super::line::{self, RefusedLine};
use super::lines::Line;
use super::together::Together;
use crate::App;
use crate::access::Caller;
use crate::api::assessments::asking::{self, Asking, Durable, Made, Sent};
use crate::api::assessments::request::Checked;
use crate::api::assessments::{correction, create, proposal};
use crate::api_error::ApiError;
use crate::pool::Batch;

/// How long a slice may go on: a form with many unknown answers takes its time, and others wait for the thread.
const SLICE: Duration = Duration::from_millis(4);

/// What all lines of a batch have in common.
pub(super) struct Answering {
    pub app: App,
    pub caller: Arc<Caller>,
    pub headers: HeaderMap,
    pub batch: Batch,
}

/// A line on its way.
enum State {
    /// A request as it came, and what was found out about it without a version.
    Read(Box<(Sent, Checked)>),
    /// It can be answered.
    Ready(Box<Asking>),
    /// It is answered.
    Done(Box<Result<Durable, ApiError>>),
}

impl State {
    fn done(answered: Result<Durable, ApiError>) -> Self {
        Self::Done(Box::new(answered))
    }
}

impl Answering {
    /// The lines of the answer.
    pub async fn answer(self: Arc<Self>, chunk: Vec<Line>) -> Vec<u8> {
        let (numbers, lines): (Vec<u64>, Vec<_>) = chunk.into_iter().unzip();
        let of = Arc::clone(&self);
        let read =
            self.batch.run(move || std::future::ready(lines.into_iter().map(|line| of.read(line)).collect()));
        let mut states: Vec<State> = match read.await {
            Ok(states) => states,
            Err(error) => numbers.iter().map(|_| State::done(Err(error.clone()))).collect(),
        };
        self.look_up(&mut states).await;
        let answered = self.computed(states).await;
        let mut text = Vec::new();
        for (number, answered) in numbers.into_iter().zip(answered) {
            match answered.and_then(|durable| durable.answer()) {
                Ok(answer) => text.extend_from_slice(answer.as_bytes()),
                // What cannot be written leaves its line empty; there is no such error.
                Err(error) => {
                    let _written = serde_json::to_writer(&mut text, &RefusedLine::of(number, error));
                }
            }
            text.push(b'\n');
        }
        text
    }

    /// A line as a request.
    fn read(&self, line: Result<Vec<u8>, ApiError>) -> State {
        let read = || {
            let (request, key) = line::parsed(&line?, &self.headers)?;
            let request_digest = asking::digest(&request)?;
            let key = key.map(|key| self.caller.scoped(key));
            let now = proposal::now();
            let in_force = self.app.in_force();
            let checked = request.check(now, &in_force)?;
            let checked = checked.demanding(&request, in_force.own_view_first);
            let sent = Sent { request, request_digest, key, caller: Arc::clone(&self.caller), now };
            Ok((sent, checked))
        };
        read().map_or_else(|error| State::done(Err(error)), |read| State::Read(Box::new(read)))
    }

    /// Looks up what is known already of the keys, the proposals that are replaced, and the versions.
    async fn look_up(&self, states: &mut [State]) {
        let mut versions = HashMap::new();
        for state in states {
            if let State::Read(_) = state
                && let State::Read(read) = std::mem::replace(state, State::done(Err(ApiError::Internal)))
            {
                let (sent, checked) = *read;
                *state = match self.found(sent, checked, &mut versions).await {
                    Ok(state) => state,
                    Err(error) => State::done(Err(error)),
                };
            }
        }
    }

    async fn found(
        &self,
        sent: Sent,
        mut checked: Checked,
        versions: &mut HashMap<String, Arc<Version>>,
    ) -> Result<State, ApiError> {
        if let Some(held) = create::held(&self.app, sent.key.as_deref()).await? {
            let held = create::repeated(held, &sent.request_digest)?;
            return Ok(State::done(Ok(Durable::Before(held))));
        }
        correction::check(&self.app, &self.caller, &sent.request, &mut checked).await?;
        let version = self.version(checked.model.clone(), versions).await?;
        Ok(State::Ready(Box::new(Asking::new(sent, checked, version)?)))
    }

    /// The version behind a reference, looked up once for the whole chunk.
    async fn version(
        &self,
        reference: ModelRef,
        versions: &mut HashMap<String, Arc<Version>>,
    ) -> Result<Arc<Version>, ApiError> {
        let name = reference.to_string();
        if let Some(version) = versions.get(&name) {
            return Ok(Arc::clone(version));
        }
        let version = self.app.version(reference).await?;
        versions.insert(name, Arc::clone(&version));
        Ok(version)
    }

    /// Computes what can be answered, slice by slice, and writes it to the log. The next slice does not wait for the log.
    async fn computed(&self, states: Vec<State>) -> Vec<Result<Durable, ApiError>> {
        let mut answered: Vec<Option<Result<Durable, ApiError>>> = Vec::new();
        let mut ready = Vec::new();
        for (place, state) in states.into_iter().enumerate() {
            answered.push(match state {
                State::Done(done) => Some(*done),
                State::Ready(asking) => {
                    ready.push((place, *asking));
                    None
                }
                State::Read(_) => Some(Err(ApiError::internal("a line of a batch was not looked up"))),
            });
        }
        let mut slices = Vec::new();
        while !ready.is_empty() {
            let places: Vec<usize> = ready.iter().map(|(place, _)| *place).collect();
            let (batch, log) = (self.batch.clone(), self.app.log().clone());
            let (left, rest) = tokio::sync::oneshot::channel();
            let taken = std::mem::take(&mut ready);
            let slice = tokio::spawn(async move { batch.run(move || sliced(taken, &log, left)).await });
            // A panic takes the rest of the chunk with it.
            ready = rest.await.unwrap_or_default();
            let done = places.len() - ready.len();
            slices.push((places.into_iter().take(done), slice));
        }
        for (places, slice) in slices {
            let logged = match slice.await {
                Ok(Ok(logged)) => logged,
                Ok(Err(_)) | Err(_) => Vec::new(),
            };
            for (place, logged) in places.zip(logged) {
                answered[place] = Some(logged);
            }
        }
        let missing = || Err(ApiError::internal("a line of a batch was not answered"));
        answered.into_iter().map(|answered| answered.unwrap_or_else(missing)).collect()
    }
}

/// Computes as many as there is time for, hands the others back, and gives what writes those to the log.
fn sliced(
    asked: Vec<(usize, Asking)>,
    log: &Log,
    left: tokio::sync::oneshot::Sender<Vec<(usize, Asking)>>,
) -> impl Future<Output = Vec<Result<Durable, ApiError>>> + Send + 'static + use<> {
    let begun = Instant::now();
    let mut asked = asked.into_iter();
    let mut made = Vec::new();
    for (_, asking) in asked.by_ref() {
        made.push(asking.made());
        if begun.elapsed() > SLICE {
            break;
        }
    }
    let _gone = left.send(asked.collect());
    let logged = |made: Result<Made, ApiError>| {
        let log = log.clone();
        async move { made?.logged(&log).await }
    };
    made.into_iter().map(logged).collect::<Together<_>>()
}
