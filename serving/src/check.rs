//! Whether a service would start, found out without starting it.

use amparo_journal::Log;

use crate::access::Access;
use crate::serve::take;
use crate::tls::Tls;
use crate::warm::{loaded, randomness};
use crate::{Config, Error, descriptors};

/// What would keep a service from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The setting that it concerns, or `system`.
    pub setting: &'static str,
    /// What was found.
    pub message: String,
}

/// Does all that a start does, as far as that leaves no trace: takes the addresses and gives them back, reads the files that say who may ask and how
/// connections are encrypted, reads the registry, loads the versions that answer and lets each answer a form, and opens the log to be read. Gives
/// everything that is wrong.
///
/// Of a log in a file it finds out whether it could be written to, or made. Of one in a PostgreSQL database, whether it can be read; that there is none yet is no
/// obstacle, and whether the role may write shows at the start.
pub async fn check(config: &Config) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let mut say = |setting, error: &dyn std::fmt::Display| {
        obstacles.push(Obstacle { setting, message: error.to_string() });
    };
    let taken = |address| take(address).map_err(|source| Error::Listen { address, source });
    if let Err(error) = taken(config.listen) {
        say("listen", &error);
    }
    match config.health_listen {
        Some(address) if address == config.listen && address.port() != 0 => {
            say("health_listen", &format!("`{address}` is the address of `listen`, expected one of its own"));
        }
        Some(address) => {
            if let Err(error) = taken(address) {
                say("health_listen", &error);
            }
        }
        None => {}
    }
    if let Err(error) = randomness() {
        say("system", &error);
    }
    if config.access.is_open() && !config.listen.ip().is_loopback() {
        say("listen", &Error::Open { address: config.listen });
    }
    if let Err(error) = Access::of(&config.access, None).await {
        say("access", &error);
    }
    if let Some(Err(problem)) = config.tls.clone().map(Tls::open) {
        say("tls", &problem);
    }
    if let Err(error) = descriptors::connections(config.connections.most) {
        say("connections", &error);
    }
    match amparo_stores::open(&config.registry).and_then(|registry| registry.list().map(|_| registry)) {
        Err(error) => say("registry", &error),
        Ok(registry) => {
            if let Err(error) = loaded(&registry.trusting(config.gate_keys.clone()), config) {
                say("default_model", &error);
            }
        }
    }
    match Log::could_open(&config.log).await {
        Ok(()) => {}
        Err(error) => say("log", &error),
    }
    obstacles
}
