//! Finds out who asks.

use std::sync::Arc;

use axum::http::request::Parts;

#[cfg(not(feature = "tls"))]
use super::absent::Certificates;
#[cfg(not(feature = "oidc"))]
use super::absent::Tokens;
#[cfg(feature = "tls")]
use super::certificates::Certificates;
use super::credential::Credential;
#[cfg(feature = "oidc")]
use super::tokens::Tokens;
use super::{AccessConfig, Caller, IdentityProvider, Unrecognised};
use crate::Error;
use crate::api_error::ApiError;

/// The ways in which callers are recognised, each of which may be missing. With none, everybody may do everything.
#[derive(Debug)]
pub struct Access {
    /// Whoever asks, where nothing says who callers are.
    anybody: Option<Arc<Caller>>,
    tokens: Option<Arc<Tokens>>,
    certificates: Option<Certificates>,
}

impl Access {
    /// A service that does not find out who asks.
    pub fn open() -> Self {
        Self { anybody: Some(Arc::new(Caller::open())), tokens: None, certificates: None }
    }

    /// As configured. What it needs is read now; of the same identity provider, what is known `before` is kept.
    ///
    /// # Errors
    /// A file cannot be read, or what an identity provider says cannot be used.
    pub async fn of(config: &AccessConfig, before: Option<&Self>) -> Result<Self, Error> {
        if config.is_open() {
            return Ok(Self::open());
        }
        let failed = |what| move |problem| Error::Access { what, problem };
        let tokens = match &config.provider {
            Some(provider) => {
                Some(tokens(provider, before).await.map_err(failed("tokens of the identity provider"))?)
            }
            None => None,
        };
        let certificates = config.clients.clone().map(Certificates::open).transpose();
        let certificates = certificates.map_err(failed("certificates of clients"))?;
        Ok(Self { anybody: None, tokens, certificates })
    }

    /// Whether nothing says who callers are.
    pub fn is_open(&self) -> bool {
        self.anybody.is_some()
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
            Some(Credential::Key(_)) => refused("this service takes no API keys"),
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
