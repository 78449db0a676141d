//! Work that may take long: Ctrl-C is raised at once, and the progress is told.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use amparo_lab::Observer;
use pyo3::prelude::*;

use crate::error::{OrRefused, refused};
use crate::threads::on_pool;

/// Steps that are done, of how many; the work ends at the next step if nobody waits for it any more.
#[derive(Debug, Default)]
pub struct Steps {
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
        self.done.fetch_max(done, Ordering::Relaxed);
        if self.abandoned.load(Ordering::Relaxed) {
            std::panic::resume_unwind(Box::new(Abandoned));
        }
    }
}

/// How often signals are looked at and progress is told.
const PAUSE: Duration = Duration::from_millis(100);

/// Work on the threads of this process, while this thread looks at Python's signals and tells the progress. An interruption is raised at once, and
/// the work ends at its next step.
pub fn watched<T: Send + 'static, E: ToString>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Steps) -> Result<T, E> + Send + 'static,
) -> PyResult<T> {
    let steps = Arc::new(Steps::default());
    let (told, done) = mpsc::channel();
    let done = Mutex::new(done);
    std::thread::spawn({
        let steps = Arc::clone(&steps);
        move || {
            let work = || on_pool(|| work(&steps).map_err(|error| error.to_string()));
            let found = std::panic::catch_unwind(AssertUnwindSafe(work));
            // Nobody listens any more after an interruption.
            let _ = told.send(found.unwrap_or_else(|_| Err("the computation was abandoned".to_owned())));
        }
    });
    let abandon = |error: PyErr| {
        steps.abandoned.store(true, Ordering::Relaxed);
        error
    };
    loop {
        let waited = py.detach(|| done.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PAUSE));
        match waited {
            Ok(found) => return found.map_err(|error| refused(py, &error))?.or_refused(py),
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
