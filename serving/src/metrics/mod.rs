//! What the service counts, as Prometheus reads it.
//!
//! No series is of a case, a caller or a request: see [`labels`]. How many there are is bounded by the routes, the codes of errors, and limits on
//! what the registry holds.

mod labels;
#[cfg(test)]
mod tests;
mod unknowns;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use amparo_models::Version;
use prometheus_client::encoding::prometheus_text;
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::stage::Stage;
pub(crate) use labels::OfVersion;
use labels::{Answered, Build, Proposed, Refused, Route, Staged, Timed};
use unknowns::Unknowns;

/// Seconds: from a fast answer to the longest time that a request may take.
const REQUEST_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Seconds: stages may be much shorter than a request.
const STAGE_BUCKETS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 10.0];

/// Most versions whose proposals are told apart. A registry gathers versions for years, and few of them answer.
const VERSIONS: usize = 64;

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Counts of one service. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    answers: Family<Answered, Counter>,
    durations: Histograms<Timed>,
    stages: [Histogram; Stage::ALL.len()],
    refusals: Family<Refused, Counter>,
    proposals: Family<Proposed, Counter>,
    /// Those whose proposals are told apart.
    versions: Mutex<BTreeSet<(String, u32)>>,
    unknowns: Unknowns,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let answers = Family::<Answered, Counter>::default();
        registry.register("amparo_http_requests", "Requests that were answered", answers.clone());
        let durations: Histograms<Timed> = Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS));
        registry.register(
            "amparo_http_request_duration_seconds",
            "Time from the head of a request to its answer",
            durations.clone(),
        );
        let of_stages: Histograms<Staged> = Family::new_with_constructor(|| Histogram::new(STAGE_BUCKETS));
        registry.register(
            "amparo_stage_duration_seconds",
            "Time of a stage: `body` reads the body, `wait` waits for a thread, `assess` computes, `log` makes the proposal durable",
            of_stages.clone(),
        );
        let stages = Stage::ALL.map(|stage| of_stages.get_or_create_owned(&Staged { stage: stage.name() }));
        let refusals = Family::<Refused, Counter>::default();
        registry.register("amparo_refusals", "Answers that are errors, by their code", refusals.clone());
        let proposals = Family::<Proposed, Counter>::default();
        registry.register("amparo_proposals", "Proposals that were made and logged", proposals.clone());
        let unknowns = Unknowns::default();
        unknowns.register(&mut registry);
        registry.register(
            "amparo_build",
            "The program that runs",
            Info::new(Build { version: env!("CARGO_PKG_VERSION") }),
        );
        let versions = Mutex::default();
        Self(Arc::new(Inner {
            registry,
            answers,
            durations,
            stages,
            refusals,
            proposals,
            versions,
            unknowns,
        }))
    }

    /// Counts an answer; the code if it is an error.
    pub fn answered(
        &self,
        method: &'static str,
        route: &Arc<str>,
        status: u16,
        code: Option<&'static str>,
        took: Duration,
    ) {
        let answered = Answered { method, route: Route(Arc::clone(route)), status: u32::from(status) };
        self.0.answers.get_or_create(&answered).inc();
        let Answered { method, route, .. } = answered;
        self.0.durations.get_or_create(&Timed { method, route }).observe(took.as_secs_f64());
        if let Some(code) = code {
            self.0.refusals.get_or_create(&Refused { code }).inc();
        }
    }

    /// Counts the time of a stage.
    pub fn stage(&self, stage: Stage, took: Duration) {
        self.0.stages[stage as usize].observe(took.as_secs_f64());
    }

    /// Counts a proposal that is in the log.
    pub fn proposed(&self, version: &Version, level: &str, row: &[u8]) {
        let manifest = version.manifest();
        let (model, number) = (&manifest.name, manifest.version);
        let (model, version_label) = if self.tells_apart(model, number) {
            (model.clone(), number.to_string())
        } else {
            ("other".to_owned(), "other".to_owned())
        };
        let proposed = Proposed { model, version: version_label, level: level.to_owned() };
        self.0.proposals.get_or_create(&proposed).inc();
        self.0.unknowns.count(version.instrument(), row);
    }

    fn tells_apart(&self, model: &str, number: u32) -> bool {
        let mut versions = self.0.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (model.to_owned(), number);
        versions.contains(&key) || versions.len() < VERSIONS && versions.insert(key)
    }

    /// All of it, and numbers about the state of the service now, in Prometheus' text format 0.0.4.
    pub fn text(&self, state: &Registry) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0.registry)?;
        prometheus_text::encode(&mut text, state)?;
        Ok(text)
    }
}
