//! What holds at the moment at which it is asked.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::metrics::OfVersion;
use crate::{App, Lines};

/// Numbers about the state of the service now.
pub(super) fn of(app: &App) -> Registry {
    let mut registry = Registry::default();
    let mut gauge = |name: &str, help: &str, value: usize| {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    let occupied = app.assessments().occupied();
    gauge("amparo_places", "Requests for an assessment that are taken at most", occupied.places);
    gauge("amparo_places_taken", "Requests for an assessment that are worked on or wait", occupied.taken);
    gauge("amparo_assessments_running", "Assessments that are computed", occupied.running);
    gauge(
        "amparo_connections_open",
        "Connections that are open, without those for health checks",
        app.open_connections().len(),
    );
    if let Some(progress) = app.log().progress() {
        gauge(
            "amparo_log_waiting",
            "Entries that wait to be written to the log, or are being written",
            progress.waiting,
        );
        let commits: Counter = Counter::default();
        commits.inc_by(progress.commits);
        registry.register("amparo_log_commits", "Transactions that wrote entries to the log", commits);
        let seconds = Counter::<f64, AtomicU64>::default();
        seconds.inc_by(progress.commit_time.as_secs_f64());
        registry.register("amparo_log_commit_seconds", "Time that these transactions took together", seconds);
    }
    let dropped: Counter = Counter::default();
    dropped.inc_by(Lines::dropped_by_all());
    registry.register("amparo_log_lines_dropped", "Lines of the operational log that nobody took", dropped);
    let versions: Family<OfVersion, Gauge> = Family::default();
    for (model, version) in app.loaded() {
        versions.get_or_create(&OfVersion { model, version }).set(1);
    }
    registry.register("amparo_version_loaded", "Versions that are in memory", versions);
    if let Some(tracer) = app.tracer() {
        let (sent, dropped): (Counter, Counter) = (Counter::default(), Counter::default());
        sent.inc_by(tracer.sent());
        dropped.inc_by(tracer.dropped());
        registry.register("amparo_spans_sent", "Spans that the collector took", sent);
        registry.register("amparo_spans_dropped", "Spans that no collector took", dropped);
    }
    registry
}
