//! Who may ask what: the caller of each request, and the right that its route takes.
//!
//! Every route has a row in [`table`]; what has none is refused. A caller has roles, and a role has rights.

#[cfg(not(all(feature = "oidc", feature = "tls")))]
mod absent;
mod asker;
mod authentication;
mod caller;
#[cfg(feature = "tls")]
mod certificates;
mod config;
mod credential;
pub mod keys;
mod peer;
mod provider;
mod rate;
mod rights;
mod table;
#[cfg(feature = "oidc")]
mod tokens;

pub(crate) use asker::Asker;
pub use authentication::Access;
pub use caller::{Caller, Officers};
pub use config::AccessConfig;
pub(crate) use peer::{Peer, PeerCertificate};
pub use provider::{ClaimPath, Claims, IdentityProvider, KeySource, ProviderUrl, RoleName};
pub use rate::Rate;
pub use rights::{Right, Role};
pub(crate) use table::right;
