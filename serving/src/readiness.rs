//! Whether the service can answer, as it was found out last.
//!
//! To find out, the registry is read and a trial entry written, behind the entries that wait. An orchestrator that asks while a
//! disk stands still, or while thousands of requests come, must have its answer all the same: within
//! [`PATIENCE`], the latest that is known, if it is not older than [`STALE`].

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::api_error::{ApiError, Detail};

/// How long an answer of a running service waits for a fresh check.
const PATIENCE: Duration = Duration::from_millis(25);

/// How long a check is as good as a fresh one, so that nobody who asks often makes the service write often.
const FRESH: Duration = Duration::from_millis(100);

/// How long the result of a check holds.
const STALE: Duration = Duration::from_secs(15);

/// How often a running service checks unasked, so that there is always a result to answer with.
const PERIOD: Duration = Duration::from_secs(5);

/// What is known of the service's ability to answer. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readiness(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    known: Mutex<Known>,
    /// Told when a check has ended.
    ended: Notify,
}

#[derive(Debug, Default, Clone)]
struct Known {
    /// When the latest check ended, and what was missing.
    latest: Option<(Instant, Vec<Detail>)>,
    /// When the check began that has not ended.
    begun: Option<Instant>,
    /// Whether checks are made unasked.
    kept: bool,
}

impl Readiness {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers by a check that ends in time, or else by the latest one. A check gives everything that is missing.
    ///
    /// # Errors
    /// [`ApiError::NotReady`] with everything that is missing, or that it is not known.
    pub async fn answer<F>(&self, check: impl FnOnce() -> F) -> Result<(), ApiError>
    where
        F: Future<Output = Vec<Detail>> + Send + 'static,
    {
        let asked = Instant::now();
        let mut ended = std::pin::pin!(self.0.ended.notified());
        // From here on it is told of an end, even of one that comes before it waits.
        ended.as_mut().enable();
        let before = self.known().clone();
        if let Some((at, missing)) = before.latest
            && asked.duration_since(at) < FRESH
        {
            return verdict(missing);
        }
        self.begin(check);
        let patience = if before.kept { PATIENCE } else { STALE };
        // Whether it came in time shows in what is known now.
        let _ended = timeout_at(asked + patience, ended).await;
        let now = self.known().clone();
        match now.latest {
            Some((at, missing)) if at.elapsed() < STALE => verdict(missing),
            _ => {
                let seconds = now.begun.map_or(0, |begun| begun.elapsed().as_secs());
                verdict(vec![Detail::new("check", format!("it began {seconds} s ago and has not ended"))])
            }
        }
    }

    /// Checks again and again, until it is dropped.
    pub async fn keep<F>(&self, check: impl Fn() -> F)
    where
        F: Future<Output = Vec<Detail>> + Send + 'static,
    {
        self.known().kept = true;
        loop {
            self.begin(&check);
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Begins a check, unless one is under way.
    fn begin<F>(&self, check: impl FnOnce() -> F)
    where
        F: Future<Output = Vec<Detail>> + Send + 'static,
    {
        let mut known = self.known();
        if known.begun.is_some() {
            return;
        }
        known.begun = Some(Instant::now());
        drop(known);
        let (under_way, check) = (UnderWay(self.clone()), check());
        tokio::spawn(async move {
            let missing = check.await;
            under_way.0.known().latest = Some((Instant::now(), missing));
            drop(under_way);
        });
    }
}

/// While there is one, a check is under way. It ends with it, even if the check panics.
struct UnderWay(Readiness);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.known().begun = None;
        self.0.0.ended.notify_waiters();
    }
}

fn verdict(missing: Vec<Detail>) -> Result<(), ApiError> {
    if missing.is_empty() { Ok(()) } else { Err(ApiError::NotReady { details: missing }) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    /// A check that takes its time, and finds what it is told to find when it ends.
    #[derive(Clone, Default)]
    struct Checks {
        begun: Arc<AtomicUsize>,
        broken: Arc<AtomicBool>,
        slow: Arc<AtomicBool>,
    }

    impl Checks {
        fn one(&self) -> impl Future<Output = Vec<Detail>> + Send + 'static {
            let checks = self.clone();
            async move {
                checks.begun.fetch_add(1, Ordering::Relaxed);
                let slow = checks.slow.load(Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(if slow { 60_000 } else { 10 })).await;
                let broken = checks.broken.load(Ordering::Relaxed);
                if broken { vec![Detail::new("log", "gone")] } else { Vec::new() }
            }
        }
    }

    fn fields(answer: Result<(), ApiError>) -> Vec<String> {
        match answer {
            Ok(()) => Vec::new(),
            Err(ApiError::NotReady { details }) => details.into_iter().map(|d| d.field).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_share_a_check_and_one_that_is_over_is_not_asked_again() {
        let (readiness, checks) = (Readiness::default(), Checks::default());
        let asked: Vec<_> = (0..100)
            .map(|_| {
                let (readiness, checks) = (readiness.clone(), checks.clone());
                tokio::spawn(async move { readiness.answer(|| checks.one()).await })
            })
            .collect();
        for answer in asked {
            assert_eq!(answer.await.unwrap(), Ok(()));
        }
        assert_eq!(checks.begun.load(Ordering::Relaxed), 1);
        checks.broken.store(true, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        assert_eq!(fields(readiness.answer(|| checks.one()).await), ["log"]);
        assert_eq!(checks.begun.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_stands_still_holds_nobody_up_and_is_told_when_nothing_newer_is_known() {
        let (readiness, checks) = (Readiness::default(), Checks::default());
        let (kept, asked) = (readiness.clone(), checks.clone());
        tokio::spawn(async move { kept.keep(|| asked.one()).await });
        tokio::time::sleep(PERIOD * 3).await;
        assert_eq!(checks.begun.load(Ordering::Relaxed), 3);
        checks.slow.store(true, Ordering::Relaxed);
        let ask = async || {
            let asked = Instant::now();
            let answer = readiness.answer(|| checks.one()).await;
            (fields(answer), asked.elapsed())
        };
        let (missing, took) = ask().await;
        assert_eq!(missing, [""; 0]);
        assert!(took <= PATIENCE + Duration::from_millis(5), "{took:?}");
        tokio::time::sleep(STALE).await;
        let (missing, took) = ask().await;
        assert_eq!(missing, ["check"]);
        assert!(took <= PATIENCE + Duration::from_millis(5), "{took:?}");
        // Once it has ended, what it found is known.
        checks.slow.store(false, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(ask().await.0, [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_panics_does_not_stand_in_the_way_of_the_next() {
        let (readiness, checks) = (Readiness::default(), Checks::default());
        let panics = || async { panic!("of case c-1") };
        assert_eq!(fields(readiness.answer(panics).await), ["check"]);
        assert_eq!(readiness.answer(|| checks.one()).await, Ok(()));
    }
}
