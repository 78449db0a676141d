//! Why nobody is recognised.

use axum::http::HeaderValue;

/// Why nobody is recognised, as the client is told it: with nothing of what it presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unrecognised {
    /// Nothing says who asks.
    #[error("no key, no token and no certificate of a client is presented")]
    Missing,
    /// What says who asks does not hold.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Unrecognised {
    /// The header `WWW-Authenticate`: without a code if nothing was presented (RFC 6750, section 3).
    pub(crate) fn challenge(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Missing => r#"Bearer realm="amparo""#,
            Self::Invalid(_) => r#"Bearer realm="amparo", error="invalid_token""#,
        })
    }
}
