//! API keys: who may ask, by a secret that the caller was handed once.
//!
//! A key is `amparo_<id>_<secret>`, both in hexadecimal: 6 random bytes by which it is named, and 32 that only its owner knows. The file holds the SHA-256 of
//! the secret. A slow hash is for what people choose: of 256 random bits nobody can try so many that it matters how long one trial takes, and a slow
//! hash would let anybody keep the service busy with wrong keys.

mod file;
mod issued;
mod loaded;
mod store;
mod watched;

pub use file::{ApiKey, KeyFile, Revoked};
pub use issued::{Issue, Issued};
pub use store::KeyStore;
pub(crate) use watched::WatchedKeys;
