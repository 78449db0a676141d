//! Finds out who asks.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::request::Parts;
use jiff::Timestamp;

#[cfg(not(feature = "tls"))]
use super::absent::Certificates;
#[cfg(not(feature = "oidc"))]
use super::absent::Tokens;
#[cfg(feature = "tls")]
use super::certificates::Certificates;
use super::credential::Credential;
use super::keys::WatchedKeys;
use super::rate::Limiter;
#[cfg(feature = "oidc")]
use super::tokens::Tokens;
use super::{AccessConfig, Caller, IdentityProvider, Peer, Rate};
use crate::Error;
use crate::api_error::ApiError;
use crate::unrecognised::Unrecognised;

/// How often the file of API keys is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often an address may fail to say who asks.
const FAILURES: Rate = Rate { per_minute: NonZeroU32::new(60).unwrap(), burst: NonZeroU32::new(60).unwrap() };

/// The ways in which callers are recognised, each of which may be missing. With none, everybody may do everything.
#[derive(Debug)]
pub struct Access {
    /// Whoever asks, where nothing says who callers are.
    anybody: Option<Arc<Caller>>,
    keys: Option<Arc<WatchedKeys>>,
    tokens: Option<Arc<Tokens>>,
    certificates: Option<Certificates>,
    limiter: Option<Limiter>,
    failures: Limiter,
}

impl Access {
    /// A service that does not find out who asks.
    pub fn open() -> Self {
        Self {
            anybody: Some(Arc::new(Caller::open())),
            keys: None,
            tokens: None,
            certificates: None,
            limiter: None,
            failures: Limiter::new(FAILURES),
        }
    }

    /// As configured. What it needs is read now; of the same identity provider, what is known `before` is kept.
    ///
    /// # Errors
    /// A file cannot be read, or what an identity provider says cannot be used.
    pub async fn of(config: &AccessConfig, before: Option<&Self>) -> Result<Self, Error> {
        let limiter = config.rate.map(Limiter::new);
        if config.is_open() {
            return Ok(Self { limiter, ..Self::open() });
        }
        let keys = config.keys.as_deref().map(WatchedKeys::read).transpose()?.map(Arc::new);
        let failed = |what| move |problem| Error::Access { what, problem };
        let tokens = match &config.provider {
            Some(provider) => {
                Some(tokens(provider, before).await.map_err(failed("tokens of the identity provider"))?)
            }
            None => None,
        };
        let certificates = config.clients.clone().map(Certificates::open).transpose();
        let certificates = certificates.map_err(failed("certificates of clients"))?;
        Ok(Self { anybody: None, keys, tokens, certificates, limiter, ..Self::open() })
    }

    /// Whether nothing says who callers are.
    pub fn is_open(&self) -> bool {
        self.anybody.is_some()
    }

    /// Looks each second whether API keys were issued or revoked; for ever.
    pub(crate) async fn keep(&self) {
        let Some(keys) = &self.keys else { return std::future::pending().await };
        loop {
            tokio::time::sleep(LOOK).await;
            let keys = Arc::clone(keys);
            // Panics are told by the runtime; the next look is a new one.
            let _looked = tokio::task::spawn_blocking(move || keys.renew()).await;
        }
    }

    /// Counts a request of a caller, where callers have a rate.
    ///
    /// # Errors
    /// [`ApiError::TooManyRequests`].
    pub(crate) fn count(&self, caller: &Caller, now: Instant) -> Result<(), ApiError> {
        self.limiter.as_ref().map_or(Ok(()), |limiter| limiter.count(&caller.id, now))
    }

    /// How whoever is not recognised is answered: by the error, or, if there were many from its address, by [`ApiError::TooManyRequests`]. Callers who
    /// are recognised share the address of their gateway with those who are not, and are let in all the same.
    pub(crate) fn failed(&self, peer: Option<&Peer>, error: ApiError, now: Instant) -> ApiError {
        match (&error, peer) {
            (ApiError::Unauthenticated(_), Some(peer)) => {
                self.failures.count(&peer.address.to_string(), now).err().unwrap_or(error)
            }
            _ => error,
        }
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] if nobody is recognised; [`ApiError::InvalidHeader`] if what is presented cannot be read.
    pub(crate) async fn caller(&self, parts: &Parts) -> Result<Arc<Caller>, ApiError> {
        if let Some(anybody) = &self.anybody {
            return Ok(Arc::clone(anybody));
        }
        let refused = |problem| Err(ApiError::Unauthenticated(Unrecognised::Invalid(problem)));
        match Credential::of(parts)? {
            Some(Credential::Key(key)) => match &self.keys {
                Some(keys) => keys.caller(key, Timestamp::now()).map_err(ApiError::Unauthenticated),
                None => refused("this service takes no API keys"),
            },
            Some(Credential::Token(token)) => match &self.tokens {
                Some(tokens) => tokens.caller(token).await,
                None => refused("this service takes no tokens"),
            },
            Some(Credential::Certificate(certificate)) => match &self.certificates {
                Some(certificates) => certificates.caller(certificate).map_err(ApiError::Unauthenticated),
                None => refused("this service takes no certificates"),
            },
            None => Err(ApiError::Unauthenticated(Unrecognised::Missing)),
        }
    }
}

/// Those of a provider: the ones that are known already, or they are fetched.
async fn tokens(provider: &IdentityProvider, before: Option<&Access>) -> Result<Arc<Tokens>, String> {
    let known = before.and_then(|access| access.tokens.as_ref());
    match known.filter(|tokens| tokens.provider() == provider) {
        Some(tokens) => {
            tokens.refresh().await;
            Ok(Arc::clone(tokens))
        }
        None => Tokens::open(provider.clone()).await.map(Arc::new),
    }
}
