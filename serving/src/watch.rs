//! What is found out about a request while it is answered: how long each stage took.
//!
//! Whoever does the work of a stage says so here, without knowing who listens: the counts of the service, and the trace of the request
//! if there is one.

use std::sync::Arc;
use std::time::Instant;

use amparo_models::Version;

use crate::metrics::Metrics;
pub(crate) use crate::stage::Stage;
use crate::traces::Trace;

tokio::task_local! {
    static WATCH: Watch;
}

/// Who listens to what happens to a request; nobody outside of one. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Option<Arc<Watched>>);

#[derive(Debug)]
struct Watched {
    metrics: Metrics,
    trace: Option<Arc<Trace>>,
}

impl Watch {
    pub fn new(metrics: Metrics, trace: Option<Arc<Trace>>) -> Self {
        Self(Some(Arc::new(Watched { metrics, trace })))
    }

    /// The one of the request that this task answers. Other threads are handed a clone.
    pub fn current() -> Self {
        WATCH.try_with(Clone::clone).unwrap_or_default()
    }

    /// The same, counted and not traced: for what goes on after an answer has begun, however long that is.
    pub fn untraced(&self) -> Self {
        Self(
            self.0
                .as_ref()
                .map(|watched| Arc::new(Watched { metrics: watched.metrics.clone(), trace: None })),
        )
    }

    /// Answers a request that is watched.
    pub async fn over<F: Future>(self, answering: F) -> F::Output {
        WATCH.scope(self, answering).await
    }

    /// Says that a stage began at a time, and has ended.
    pub fn stage(&self, stage: Stage, begun: Instant) {
        let Some(watched) = &self.0 else { return };
        let ended = Instant::now();
        watched.metrics.stage(stage, ended.duration_since(begun));
        if let Some(trace) = &watched.trace {
            trace.stage(stage, begun, ended);
        }
    }

    /// Says that a proposal on a row is in the log. A repetition of one is none.
    pub fn proposed(&self, version: &Version, level: &str, row: &[u8]) {
        if let Some(watched) = &self.0 {
            watched.metrics.proposed(version, level, row);
        }
    }
}
