//! What is configured of who may ask.

use std::path::PathBuf;

use super::{IdentityProvider, Rate};

/// How callers are recognised. With nothing set, everybody may do everything, and the service listens on this machine only.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccessConfig {
    /// The file of API keys, as `amparo access issue` writes it.
    pub keys: Option<PathBuf>,
    /// Whose tokens are believed.
    pub provider: Option<IdentityProvider>,
    /// The table of clients: who the certificate of a client is (TOML). It needs [`ClientAuthority`](crate::ClientAuthority), too.
    pub clients: Option<PathBuf>,
    /// How often each caller may ask; all together where nothing says who asks. Without it, as often as they want.
    pub rate: Option<Rate>,
}

impl AccessConfig {
    /// Whether nothing says who callers are.
    pub fn is_open(&self) -> bool {
        let Self { keys, provider, clients, rate: _ } = self;
        keys.is_none() && provider.is_none() && clients.is_none()
    }
}
