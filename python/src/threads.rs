//! Threads that survive a fork.
//!
//! `multiprocessing` and joblib fork on Linux, and a child has none of its parent's threads: whatever it gave to them would never come back. So each
//! process has a pool of its own, made when it is first needed.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{OrRefused, refused};

/// The pool, and the process whose it is.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Runs work without Python's lock, on the threads of this process.
pub fn detached<T: Send, E: ToString + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T> {
    let done = py.detach(|| on_pool(work));
    match done {
        Ok(done) => done.or_refused(py),
        Err(error) => Err(refused(py, &error)),
    }
}

/// Runs work on the threads of this process.
pub fn on_pool<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    pool().map(|pool| pool.install(work))
}

/// The pool of this process.
fn pool() -> Result<Arc<ThreadPool>, String> {
    let mut held = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((of, pool)) = &*held
        && *of == process
    {
        return Ok(Arc::clone(pool));
    }
    let made =
        ThreadPoolBuilder::new().build().map_err(|error| format!("threads cannot be started: {error}"))?;
    let made = Arc::new(made);
    // A pool of the parent is left as it is: to end it would be to wait for threads that are not here.
    std::mem::forget(held.replace((process, Arc::clone(&made))));
    Ok(made)
}
