//! Scores of anybody, judged.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use amparo_datasets::{ForeignScore, Group, ScoreLevel};
use amparo_lab::{Observer, Settings, Stated, documents, judge_stated};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;

use crate::error::{OrRefused, refused};
use crate::threads::on_pool;

/// A score: its name, its values, whether it is a probability, and its levels with the value from which each begins.
type Score<'py> = (String, PyReadonlyArray1<'py, f64>, bool, Vec<(String, f64)>);

/// A partition: its name, labels, the label of each row, and the one that the others are compared with.
type Partition<'py> = (String, Vec<String>, PyReadonlyArray1<'py, u16>, Option<String>);

/// What a report is called, in this order: the rows, the outcome, and how the rows were kept from the models.
type Names = (String, String, String);

/// Numbers that a report is computed by: replicates, seed, smallest cell, margin, and whether all labels are compared.
type Numbers = (u32, u64, u64, f64, bool);

/// The files of a report by name.
#[pyfunction]
#[pyo3(signature = (scores, events, weights, cases, groups, names, horizon_days, reference, numbers, progress=None))]
#[expect(clippy::too_many_arguments, reason = "called by `amparo.evaluate` only, which names them")]
pub fn evaluate<'py>(
    py: Python<'py>,
    scores: Vec<Score<'py>>,
    events: PyReadonlyArray1<'py, bool>,
    weights: PyReadonlyArray1<'py, f64>,
    cases: Vec<String>,
    groups: Vec<Partition<'py>>,
    names: Names,
    horizon_days: Option<u32>,
    reference: Option<String>,
    numbers: Numbers,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<BTreeMap<String, String>> {
    let score = |(name, values, is_probability, levels): Score<'py>| ForeignScore {
        name,
        values: values.as_array().iter().map(|&value| Some(value)).collect(),
        levels: levels.into_iter().map(|(id, from)| ScoreLevel { id, from }).collect(),
        is_probability,
    };
    let group = |(name, labels, codes, reference): Partition<'py>| Group {
        name,
        labels,
        codes: codes.as_array().to_vec(),
        reference,
    };
    let (title, outcome, held_out) = names;
    let stated = Stated {
        title,
        outcome,
        horizon_days,
        held_out,
        events: events.as_array().to_vec(),
        weights: weights.as_array().to_vec(),
        cases,
        groups: groups.into_iter().map(group).collect(),
        scores: scores.into_iter().map(score).collect(),
        reference,
    };
    let (replicates, seed, smallest_cell, margin, pairwise) = numbers;
    let settings = Settings { replicates, seed, smallest_cell, margin, pairwise, horizons: None };
    let steps = Arc::new(Steps::default());
    let done = watched(py, progress, &steps, {
        let steps = Arc::clone(&steps);
        move || {
            let report = judge_stated(stated, &settings, &*steps).map_err(|error| error.to_string())?;
            documents::of_report(&report, "report").map_err(|error| error.to_string())
        }
    })?;
    Ok(done.or_refused(py)?.into_iter().collect())
}

/// Steps that are done, of how many; the work ends at the next step if nobody waits for it any more.
#[derive(Debug, Default)]
struct Steps {
    done: AtomicU64,
    total: AtomicU64,
    abandoned: AtomicBool,
}

/// What work unwinds with that nobody waits for.
struct Abandoned;

impl Observer for Steps {
    fn stage(&self, _name: &str, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn advance(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
        if self.abandoned.load(Ordering::Relaxed) {
            std::panic::resume_unwind(Box::new(Abandoned));
        }
    }
}

/// How often signals are looked at and progress is told.
const PAUSE: Duration = Duration::from_millis(100);

/// Work on the threads of this process, while this thread looks at Python's signals and tells the progress. An interruption is raised at once, and
/// the work ends at its next step.
fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    steps: &Steps,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (told, done) = mpsc::channel();
    let done = Mutex::new(done);
    std::thread::spawn(move || {
        let found = std::panic::catch_unwind(AssertUnwindSafe(|| on_pool(work)));
        // Nobody listens any more after an interruption.
        let _ = told.send(found.unwrap_or_else(|_| Err("the computation was abandoned".to_owned())));
    });
    let abandon = |error: PyErr| {
        steps.abandoned.store(true, Ordering::Relaxed);
        error
    };
    loop {
        let waited = py.detach(|| done.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PAUSE));
        match waited {
            Ok(found) => return found.map_err(|error| refused(py, &error)),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(refused(py, &"the computation broke off"));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        py.check_signals().map_err(abandon)?;
        if let Some(progress) = progress {
            let (done, total) = (steps.done.load(Ordering::Relaxed), steps.total.load(Ordering::Relaxed));
            progress.call1((done, total)).map_err(abandon)?;
        }
    }
}
