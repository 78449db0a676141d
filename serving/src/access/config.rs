//! What is configured of who may ask.

use std::path::PathBuf;

/// How callers are recognised. With nothing set, everybody may do everything, and the service listens on this machine only.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccessConfig {
    /// The file of API keys, as `amparo access issue` writes it.
    pub keys: Option<PathBuf>,
}

impl AccessConfig {
    /// Whether nothing says who callers are.
    pub fn is_open(&self) -> bool {
        let Self { keys } = self;
        keys.is_none()
    }
}
