//! The keys that are known now, and when they are fetched again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::time::{Instant, sleep, timeout};

use super::keys::KeySet;
use super::source::{Failure, Source};

/// When keys are fetched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// How often they are fetched, while that succeeds.
    pub every: Duration,
    /// After how long it is tried again when it did not.
    pub again: Duration,
    /// How often they are fetched at most because a token names a key that is not known.
    pub unknown: Duration,
    /// How long the last ones hold while none can be fetched.
    pub kept: Duration,
    /// How long a request waits for them at most.
    pub patience: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(5 * 60),
            again: Duration::from_secs(30),
            unknown: Duration::from_secs(10),
            kept: Duration::from_secs(24 * 60 * 60),
            patience: Duration::from_secs(2),
        }
    }
}

/// Keys, held by those who check tokens and by the task that fetches them.
#[derive(Debug)]
pub(super) struct Held {
    source: Arc<Source>,
    times: Times,
    state: Mutex<State>,
    /// Locked while keys are fetched, so that it is done once at a time.
    fetching: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<(Arc<KeySet>, Instant)>,
    begun: Option<Instant>,
    /// Whether it is told already that none can be fetched.
    told: bool,
}

impl Held {
    pub fn new(source: Source, times: Times) -> Self {
        Self { source: Arc::new(source), times, state: Mutex::default(), fetching: Arc::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that hold now. Two answers are the same set if nothing was fetched in between.
    pub fn keys(&self) -> Option<Arc<KeySet>> {
        let state = self.state();
        let (keys, since) = state.keys.as_ref()?;
        (since.elapsed() <= self.times.kept).then(|| Arc::clone(keys))
    }

    /// Fetches the keys, once whoever does so already is done.
    pub async fn fetch(&self) -> Result<(), Failure> {
        let alone = Arc::clone(&self.fetching).lock_owned().await;
        self.fetch_alone(alone).await
    }

    async fn fetch_alone(&self, _alone: OwnedMutexGuard<()>) -> Result<(), Failure> {
        self.state().begun = Some(Instant::now());
        let fetched = fetched(Arc::clone(&self.source)).await;
        let mut state = self.state();
        match fetched {
            Ok(keys) => {
                if std::mem::take(&mut state.told) {
                    tracing::info!("the keys of the identity provider are fetched again");
                }
                state.keys = Some((Arc::new(keys), Instant::now()));
                Ok(())
            }
            Err(failure) => {
                // One line for as long as it goes on.
                if !std::mem::replace(&mut state.told, true) {
                    let known = state.keys.is_some();
                    tracing::error!(%failure, known, "the keys of the identity provider cannot be fetched");
                }
                Err(failure)
            }
        }
    }

    /// A token names a key that is not known, or none is known: fetches them, if that was not done a moment ago, and waits for a while.
    pub async fn missed(self: &Arc<Self>) {
        let wait = async {
            match Arc::clone(&self.fetching).try_lock_owned() {
                // On a task of its own: it goes on when nobody waits any more.
                Ok(alone) if self.is_due() => {
                    let held = Arc::clone(self);
                    let fetching = tokio::spawn(async move { held.fetch_alone(alone).await.is_ok() });
                    let _fetched = fetching.await;
                }
                Ok(_) => {}
                Err(_) => drop(self.fetching.lock().await),
            }
        };
        let _in_time = timeout(self.times.patience, wait).await;
    }

    fn is_due(&self) -> bool {
        self.state().begun.is_none_or(|begun| begun.elapsed() >= self.times.unknown)
    }

    /// Fetches the keys again and again, for as long as somebody holds them.
    pub fn keep(self: &Arc<Self>) {
        let (held, times) = (Arc::downgrade(self), self.times);
        tokio::spawn(async move {
            let mut fetched = held.upgrade().is_some_and(|held| held.keys().is_some());
            loop {
                sleep(if fetched { times.every } else { times.again }).await;
                let Some(held) = held.upgrade() else { return };
                fetched = held.fetch().await.is_ok();
            }
        });
    }
}

/// Fetches on a thread of its own, for which a stop of the service does not wait, as it would for one of tokio's.
async fn fetched(source: Arc<Source>) -> Result<KeySet, Failure> {
    let (done, fetched) = oneshot::channel();
    let fetch = move || {
        // That nobody waits any more is the end as well.
        let _waited_for = done.send(source.fetch());
    };
    let failed = |problem: String| Err(Failure::Unreachable(problem));
    if let Err(error) = std::thread::Builder::new().name("amparo-keys".to_owned()).spawn(fetch) {
        return failed(format!("no thread to ask on: {error}"));
    }
    fetched.await.unwrap_or_else(|_| failed("asking panicked".to_owned()))
}
