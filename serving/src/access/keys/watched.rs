//! The file of API keys, read again when it was written: a key that was revoked holds no more, without a restart.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::loaded::{ApiKeys, Stamp, stamp};
use crate::Error;
use crate::access::Caller;
use crate::unrecognised::Unrecognised;

/// The keys that hold now.
#[derive(Debug)]
pub(crate) struct WatchedKeys {
    in_force: RwLock<State>,
}

#[derive(Debug)]
struct State {
    keys: Arc<ApiKeys>,
    /// What the file was when it was looked at last, whether it could be read or not.
    seen: Option<Stamp>,
}

impl WatchedKeys {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::ApiKeys`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        // Before the text: what is written meanwhile is read the next time.
        let seen = stamp(path);
        Ok(Self { in_force: RwLock::new(State { keys: Arc::new(ApiKeys::read(path)?), seen }) })
    }

    /// Whoever presents a key.
    ///
    /// # Errors
    /// It is none, or holds no more.
    pub fn caller(&self, key: &str, now: Timestamp) -> Result<Arc<Caller>, Unrecognised> {
        self.keys().caller(key, now)
    }

    /// Reads the file again if it was written since. One that cannot be read changes nothing, which the operational log says, once.
    pub fn renew(&self) {
        let path = self.keys().path().to_owned();
        let now = stamp(&path);
        if now == self.in_force.read().unwrap_or_else(PoisonError::into_inner).seen {
            return;
        }
        let read = ApiKeys::read(&path);
        let mut state = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        state.seen = now;
        match read {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "API keys read again");
                state.keys = Arc::new(keys);
            }
            Err(error) => tracing::error!(%error, "API keys cannot be read, so those from before hold"),
        }
    }

    fn keys(&self) -> Arc<ApiKeys> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner).keys)
    }
}
