//! Tokens that were checked already: their signature is not checked anew for each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::keys::KeySet;
use crate::access::Caller;

/// How many are remembered at most.
const MOST: usize = 10_000;

/// SHA-256 of a token.
pub(super) type Fingerprint = [u8; 32];

/// The callers of tokens that hold, by what the token hashes to. Tokens themselves are not kept, nor any that was refused.
#[derive(Debug, Default)]
pub(super) struct Verified(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// The keys that they were checked with: others may not know the key of a token any more.
    keys: Option<Arc<KeySet>>,
    callers: HashMap<Fingerprint, (Arc<Caller>, u64)>,
}

/// What a token hashes to.
pub(super) fn fingerprint(token: &str) -> Fingerprint {
    Sha256::digest(token.as_bytes()).into()
}

impl Verified {
    fn all(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller of a token that was checked with these keys and holds at a time, in seconds since 1970.
    pub fn caller(&self, token: &Fingerprint, keys: &Arc<KeySet>, now: u64) -> Option<Arc<Caller>> {
        let all = self.all();
        let same = all.keys.as_ref().is_some_and(|of| Arc::ptr_eq(of, keys));
        let (caller, until) = all.callers.get(token).filter(|_| same)?;
        (now < *until).then(|| Arc::clone(caller))
    }

    /// Remembers a token that was checked with some keys and holds until a time.
    pub fn remember(
        &self,
        token: Fingerprint,
        keys: &Arc<KeySet>,
        caller: &Arc<Caller>,
        until: u64,
        now: u64,
    ) {
        let mut all = self.all();
        if !all.keys.as_ref().is_some_and(|of| Arc::ptr_eq(of, keys)) {
            all.callers.clear();
            all.keys = Some(Arc::clone(keys));
        }
        if all.callers.len() >= MOST {
            all.callers.retain(|_, (_, until)| now < *until);
        }
        if all.callers.len() >= MOST {
            // All of them hold: they are checked anew when they come again.
            all.callers.clear();
        }
        all.callers.insert(token, (Arc::clone(caller), until));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::access::tokens::testing::jwks;

    #[test]
    fn a_token_is_remembered_while_it_holds_and_the_keys_are_the_same() {
        let keys = || Arc::new(KeySet::read(jwks().as_bytes()).unwrap());
        let (keys, others) = (keys(), keys());
        let (verified, caller) = (Verified::default(), Arc::new(Caller::open()));
        let (one, two) = (fingerprint("one"), fingerprint("two"));
        verified.remember(one, &keys, &caller, 100, 50);
        assert!(verified.caller(&one, &keys, 99).is_some());
        assert!(verified.caller(&one, &keys, 100).is_none(), "it has expired");
        assert!(verified.caller(&one, &others, 99).is_none(), "its key may be gone");
        assert!(verified.caller(&two, &keys, 99).is_none());
        verified.remember(two, &others, &caller, 100, 50);
        assert!(verified.caller(&one, &keys, 99).is_none() && verified.caller(&two, &others, 99).is_some());
    }

    #[test]
    fn memory_is_bounded() {
        let keys = Arc::new(KeySet::read(jwks().as_bytes()).unwrap());
        let (verified, caller) = (Verified::default(), Arc::new(Caller::open()));
        for n in 0..MOST {
            verified.remember(
                fingerprint(&n.to_string()),
                &keys,
                &caller,
                if n == 7 { 200 } else { 100 },
                50,
            );
        }
        verified.remember(fingerprint("more"), &keys, &caller, 200, 150);
        assert_eq!(verified.all().callers.len(), 2, "those that have expired made room");
        for n in 0..2 * MOST {
            verified.remember(fingerprint(&n.to_string()), &keys, &caller, 200, 150);
            assert!(verified.all().callers.len() <= MOST);
        }
    }
}
