use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use amparo_models::registry::ModelRef;

/// What the service has to know to start. Nothing is read from the environment here.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the registry.
    pub registry: PathBuf,
    /// Address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The decision log: a path or `sqlite:path`. Made if there is none.
    pub log: String,
    /// The version that answers requests that name none: `vpr@champion`. Without it, every request must name one.
    pub default_model: Option<ModelRef>,
    /// How long a stop waits for requests in flight; see [`Config::GRACE`].
    pub grace: Duration,
}

impl Config {
    /// The usual time to finish what is in flight.
    pub const GRACE: Duration = Duration::from_secs(10);
}
