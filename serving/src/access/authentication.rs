//! Finds out who asks.

use std::sync::Arc;

use axum::http::request::Parts;

use super::credential::Credential;
use super::{AccessConfig, Caller, Unrecognised};
use crate::Error;
use crate::api_error::ApiError;

/// The ways in which callers are recognised, each of which may be missing. With none, everybody may do everything.
#[derive(Debug)]
pub struct Access {
    /// Whoever asks, where nothing says who callers are.
    anybody: Option<Arc<Caller>>,
}

impl Access {
    /// A service that does not find out who asks.
    pub fn open() -> Self {
        Self { anybody: Some(Arc::new(Caller::open())) }
    }

    /// As configured. What it needs is read now.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn of(config: &AccessConfig) -> Result<Self, Error> {
        if config.is_open() { Ok(Self::open()) } else { Ok(Self { anybody: None }) }
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
            Some(Credential::Token(_)) => refused("this service takes no tokens"),
            Some(Credential::Certificate(_)) => refused("this service takes no certificates"),
            None => Err(ApiError::Unauthenticated(Unrecognised::Missing)),
        }
    }
}
