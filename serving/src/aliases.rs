//! Where aliases lead, also while the registry cannot be asked.
//!
//! An alias is looked up for each request, so that a move takes effect at once: by the thread that serves, if the registry is on a disk of
//! this machine and the history of aliases is as it was; else by another one, which may have to wait. A registry on a network can be away for a while, and a
//! service that has its version loaded does not need it to answer: as long as the registry cannot be read, an alias leads where it led when
//! it was looked up last. The operational log says when that begins and when it ends, and each answer names the version that
//! gave it. What a registry says that can be read is always believed: that there is no such alias, or that its history is broken.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use amparo_models::{Error, ModelRef};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;

/// How long a request waits for the registry, if it is known where the alias led.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where aliases led. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    led_to: HashMap<ModelRef, u32>,
    /// Of those that led somewhere.
    together: HashMap<ModelRef, Arc<Together>>,
    /// Whether the registry could not be read when it was asked last, or has not answered for too long.
    is_away: bool,
    /// Whether it is being asked on behalf of nobody.
    is_asked: bool,
}

/// Those who look the same alias up at the same time.
#[derive(Debug, Default)]
struct Together {
    /// How often looking up was begun.
    begun: AtomicU64,
    /// What was found last; nothing while it is being looked up, or was not found. Held by the one who looks it up.
    last: tokio::sync::Mutex<Option<u32>>,
}

/// Why it is not known where an alias leads.
#[derive(Debug)]
pub(crate) enum Unknown {
    /// The registry says so, or cannot be read.
    Registry(Error),
    /// Asking it panicked.
    Panicked,
}

impl Aliases {
    /// The number that an alias leads to, which `look_up` finds out.
    pub async fn number(
        &self,
        alias: &ModelRef,
        look_up: impl FnOnce() -> Result<u32, Error> + Send + 'static,
    ) -> Result<u32, Unknown> {
        let (known, is_away) = {
            let state = self.state();
            (state.led_to.get(alias).copied(), state.is_away)
        };
        let Some(known) = known else {
            return self.ask(alias, look_up).await.map_err(|_| Unknown::Panicked)?.map_err(Unknown::Registry);
        };
        if is_away {
            self.ask_for_nobody(alias, look_up);
            return Ok(known);
        }
        match timeout(PATIENCE, self.ask_together(alias, look_up)).await {
            Ok(Ok(Err(error))) if !is_unreadable(&error) => Err(Unknown::Registry(error)),
            Ok(Ok(found)) => Ok(found.unwrap_or(known)),
            Ok(Err(_)) => Err(Unknown::Panicked),
            Err(_) => {
                self.away("it has not answered for a second");
                Ok(known)
            }
        }
    }

    /// Looks an alias up on behalf of all who ask meanwhile: after a move, its history is read once and not by each of many requests.
    ///
    /// What is found is only given to those who came before the looking up began, so that nobody misses a move that was made before they asked.
    async fn ask_together(
        &self,
        alias: &ModelRef,
        look_up: impl FnOnce() -> Result<u32, Error> + Send + 'static,
    ) -> Result<Result<u32, Error>, JoinError> {
        let together = Arc::clone(self.state().together.entry(alias.clone()).or_default());
        let begun_before = together.begun.load(Ordering::SeqCst);
        let mut last = together.last.lock().await;
        if together.begun.load(Ordering::SeqCst) > begun_before
            && let Some(number) = *last
        {
            return Ok(Ok(number));
        }
        together.begun.fetch_add(1, Ordering::SeqCst);
        *last = None;
        let found = self.ask(alias, look_up).await;
        *last = found.as_ref().ok().and_then(|found| found.as_ref().ok()).copied();
        found
    }

    /// Looks an alias up, off the threads that serve requests, and keeps what was found, whether somebody waits for it or not.
    fn ask(
        &self,
        alias: &ModelRef,
        look_up: impl FnOnce() -> Result<u32, Error> + Send + 'static,
    ) -> JoinHandle<Result<u32, Error>> {
        let (aliases, alias) = (self.clone(), alias.clone());
        tokio::task::spawn_blocking(move || {
            let found = look_up();
            aliases.learn(alias, &found);
            found
        })
    }

    /// Looks an alias up to find out whether the registry is back, one at a time.
    fn ask_for_nobody(
        &self,
        alias: &ModelRef,
        look_up: impl FnOnce() -> Result<u32, Error> + Send + 'static,
    ) {
        if std::mem::replace(&mut self.state().is_asked, true) {
            return;
        }
        let asked = Asked(self.clone());
        self.ask(alias, move || {
            // Also if looking up panics, nobody else is kept from asking.
            let _asked = asked;
            look_up()
        });
    }

    /// Takes to heart what was found out about an alias.
    pub fn learn(&self, alias: ModelRef, found: &Result<u32, Error>) {
        match found {
            Err(error) if is_unreadable(error) => self.away(&error.to_string()),
            found => {
                let mut state = self.state();
                if let Ok(number) = found {
                    state.led_to.insert(alias, *number);
                }
                if std::mem::take(&mut state.is_away) {
                    tracing::info!("the registry can be read again");
                }
            }
        }
    }

    fn away(&self, why: &str) {
        if !std::mem::replace(&mut self.state().is_away, true) {
            tracing::warn!(why, "the registry cannot be read, so aliases lead where they led before");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While there is one, the registry is asked on behalf of nobody.
struct Asked(Aliases);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.state().is_asked = false;
    }
}

/// Whether an error is about reaching the registry and not about what it holds.
pub(crate) fn is_unreadable(error: &Error) -> bool {
    matches!(error, Error::Io { .. })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::AtomicUsize;
    use std::time::Instant;

    use super::*;

    fn champion() -> ModelRef {
        "m@champion".parse().unwrap()
    }

    fn unreadable() -> Error {
        Error::Io { action: "read", path: "r".into(), source: std::io::ErrorKind::TimedOut.into() }
    }

    fn gone() -> Error {
        Error::NotFound { kind: "alias", name: "m@champion".to_owned(), known: "none".to_owned() }
    }

    async fn number(aliases: &Aliases, found: Result<u32, Error>) -> Result<u32, Unknown> {
        aliases.number(&champion(), || found).await
    }

    /// Asks until what is found out on behalf of nobody is known.
    async fn at_last(aliases: &Aliases, expected: u32) {
        for _ in 0..200 {
            if number(aliases, Ok(expected)).await.unwrap() == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it is not found out");
    }

    #[tokio::test]
    async fn an_alias_leads_where_it_led_while_the_registry_cannot_be_read() {
        let aliases = Aliases::default();
        assert!(matches!(
            number(&aliases, Err(unreadable())).await,
            Err(Unknown::Registry(Error::Io { .. }))
        ));
        assert_eq!(number(&aliases, Ok(1)).await.unwrap(), 1);
        assert_eq!(number(&aliases, Ok(2)).await.unwrap(), 2, "moved");
        assert_eq!(number(&aliases, Err(unreadable())).await.unwrap(), 2);
        assert_eq!(number(&aliases, Err(unreadable())).await.unwrap(), 2);
        let other = aliases.number(&"m@shadow".parse().unwrap(), || Err(unreadable())).await;
        assert!(matches!(other, Err(Unknown::Registry(Error::Io { .. }))), "this one never led anywhere");
        at_last(&aliases, 3).await;
        assert_eq!(number(&aliases, Ok(4)).await.unwrap(), 4, "it is asked each time again");
    }

    #[tokio::test]
    async fn a_registry_that_can_be_read_is_believed() {
        let aliases = Aliases::default();
        number(&aliases, Ok(1)).await.unwrap();
        assert!(matches!(
            number(&aliases, Err(gone())).await,
            Err(Unknown::Registry(Error::NotFound { .. }))
        ));
        let broken = Error::Format { path: "r".into(), expected: "a history", message: "no".to_owned() };
        assert!(matches!(number(&aliases, Err(broken)).await, Err(Unknown::Registry(Error::Format { .. }))));
        // Also the first time after it was away.
        number(&aliases, Err(unreadable())).await.unwrap();
        for _ in 0..200 {
            if matches!(number(&aliases, Err(gone())).await, Err(Unknown::Registry(Error::NotFound { .. }))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it is not believed");
    }

    #[tokio::test]
    async fn one_that_does_not_answer_holds_nobody_up_twice_and_is_asked_by_one_at_a_time() {
        let (aliases, asked) = (Aliases::default(), Arc::new(AtomicUsize::new(0)));
        number(&aliases, Ok(1)).await.unwrap();
        let slow = async || {
            let asked = Arc::clone(&asked);
            let look_up = move || {
                asked.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(1_500));
                Ok(2)
            };
            aliases.number(&champion(), look_up).await
        };
        let begun = Instant::now();
        assert_eq!(slow().await.unwrap(), 1);
        assert!(begun.elapsed() >= PATIENCE, "{:?}", begun.elapsed());
        for _ in 0..50 {
            assert_eq!(slow().await.unwrap(), 1);
        }
        assert!(begun.elapsed() < PATIENCE + Duration::from_millis(300), "{:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(asked.load(Ordering::Relaxed), 2, "the first, and one on behalf of nobody");
        at_last(&aliases, 2).await;
    }

    #[tokio::test]
    async fn many_who_ask_at_once_share_a_look_and_nobody_misses_a_move_made_before() {
        let aliases = Aliases::default();
        number(&aliases, Ok(1)).await.unwrap();
        let (moved, looked) = (Arc::new(AtomicUsize::new(1)), Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let (aliases, moved, looked) = (aliases.clone(), Arc::clone(&moved), Arc::clone(&looked));
            tokio::spawn(async move {
                let look_up = move || {
                    looked.fetch_add(1, Ordering::SeqCst);
                    let found = moved.load(Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(20));
                    Ok(found as u32)
                };
                aliases.number(&champion(), look_up).await.unwrap()
            })
        };
        let first = ask();
        while looked.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // The first look began before the move, so those who ask now must not be given what it finds.
        moved.store(2, Ordering::SeqCst);
        let later: Vec<_> = (0..64).map(|_| ask()).collect();
        assert_eq!(first.await.unwrap(), 1);
        for asked in later {
            assert_eq!(asked.await.unwrap(), 2);
        }
        assert_eq!(looked.load(Ordering::SeqCst), 2, "one before the move, and one for all after it");
    }

    #[tokio::test]
    async fn a_panic_keeps_nobody_from_asking_again() {
        let aliases = Aliases::default();
        let panics = async || aliases.number(&champion(), || panic!("planted")).await;
        assert!(matches!(panics().await, Err(Unknown::Panicked)));
        number(&aliases, Ok(1)).await.unwrap();
        number(&aliases, Err(unreadable())).await.unwrap();
        assert_eq!(panics().await.unwrap(), 1);
        at_last(&aliases, 2).await;
    }
}
