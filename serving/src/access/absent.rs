//! What a program without the features `oidc` or `tls` can have of them: nothing.

use std::sync::Arc;

use super::Caller;

/// The tokens of an identity provider.
#[cfg(not(feature = "oidc"))]
#[derive(Debug)]
pub(crate) enum Tokens {}

#[cfg(not(feature = "oidc"))]
impl Tokens {
    /// Refuses.
    ///
    /// # Errors
    /// Always, in words.
    pub async fn open(_: super::IdentityProvider) -> Result<Self, String> {
        Err("this program was built without the feature `oidc`".to_owned())
    }

    /// There is none.
    pub fn provider(&self) -> &super::IdentityProvider {
        match *self {}
    }

    /// There is nothing to fetch.
    pub async fn refresh(&self) {
        match *self {}
    }

    /// There is nobody to recognise.
    ///
    /// # Errors
    /// None.
    pub async fn caller(&self, _: &str) -> Result<Arc<Caller>, crate::ApiError> {
        match *self {}
    }
}

/// Who may ask by certificate.
#[cfg(not(feature = "tls"))]
#[derive(Debug)]
pub(crate) enum Certificates {}

#[cfg(not(feature = "tls"))]
impl Certificates {
    /// Refuses.
    ///
    /// # Errors
    /// Always, in words.
    pub fn open(_: std::path::PathBuf) -> Result<Self, String> {
        Err("this program was built without the feature `tls`".to_owned())
    }

    /// There is nobody to recognise.
    ///
    /// # Errors
    /// None.
    pub fn caller(
        &self,
        _: &super::PeerCertificate,
    ) -> Result<Arc<Caller>, crate::unrecognised::Unrecognised> {
        match *self {}
    }
}
