use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use amparo_datasets::identity::CaseNumber;
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
    /// How the authority writes its case numbers, so that none of them is taken for a document of identity.
    pub case_numbers: Vec<CaseNumber>,
    /// How many assessments are computed at the same time; see [`Config::cores`].
    pub assessment_threads: NonZeroUsize,
    /// How many more may wait for their turn before a request is refused as `busy`; see [`Config::QUEUE`].
    pub assessment_queue: usize,
    /// How many versions are in memory at most; see [`Config::LOADED`].
    pub loaded_versions: NonZeroUsize,
    /// How long a stop waits for requests in flight; see [`Config::GRACE`].
    pub grace: Duration,
}

impl Config {
    /// The usual time to finish what is in flight.
    pub const GRACE: Duration = Duration::from_secs(10);

    /// The usual number of assessments that may wait. On two threads, and at 100 ms an assessment, the last of them waits
    /// 6.4 s: well within the time that a request may take.
    pub const QUEUE: usize = 128;

    /// The usual number of versions in memory: those that aliases lead to, and a few old ones that somebody looks at.
    pub const LOADED: NonZeroUsize = NonZeroUsize::new(8).unwrap();

    /// The number of cores that the system lets the process use; 1 if it does not say.
    pub fn cores() -> NonZeroUsize {
        std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
    }
}
