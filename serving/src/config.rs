use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use amparo_datasets::identity::CaseNumber;
use amparo_journal::VerifierKey;
use amparo_models::registry::{IN_FORCE, ModelRef, Which};

use crate::{AccessConfig, Challenger, Collector, Error, Limits, TlsFiles};

/// What the service has to know to start. Nothing is read from the environment here.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where the registry is: a folder, or another address that `amparo_stores` opens.
    pub registry: PathBuf,
    /// Address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// A second address, answered by a thread of its own, where only the state of the service is told.
    pub health_listen: Option<SocketAddr>,
    /// Keys of which one must have bound the gates that a version in force has passed; any may, if there are none.
    pub gate_keys: Vec<VerifierKey>,
    /// The decision log: a path, `sqlite:path` or `postgres://user@host/database`, as `amparo_journal::Log::open` takes it. Made if there is none.
    pub log: String,
    /// The version that answers requests that name none: `vpr@champion`. Without it, every request must name one.
    pub default_model: Option<ModelRef>,
    /// A version that answers a share of the cases for which requests name no version.
    pub challenger: Option<Challenger>,
    /// A version that also scores what the default version answered, afterwards, and is never served: `vpr@shadow`.
    pub shadow: Option<ModelRef>,
    /// How the authority writes its case numbers, so that none of them is taken for a document of identity.
    pub case_numbers: Vec<CaseNumber>,
    /// Whether the officer's own level has to be recorded before a proposal is shown, whatever a request says.
    pub own_view_first: bool,
    /// How callers are recognised. With nothing set, the service listens on this machine only.
    pub access: AccessConfig,
    /// The files that encrypted connections need; without, connections are not encrypted. The health checks' own address never is.
    pub tls: Option<TlsFiles>,
    /// References by which inference of the Open Inference Protocol, version 2, is not logged, for tests: neither the default model nor a
    /// `champion`. By another reference to the same version it is logged, and so is `/v1`.
    pub unlogged_models: Vec<ModelRef>,
    /// How many assessments are computed at the same time; see [`Config::cores`].
    pub assessment_threads: NonZeroUsize,
    /// How many more may wait, for their turn or for the log, before a request is refused as `busy`; see [`Config::QUEUE`].
    pub assessment_queue: usize,
    /// How many versions are in memory at most; see [`Config::LOADED`].
    pub loaded_versions: NonZeroUsize,
    /// How many connections there may be, and how long each may take for what.
    pub connections: Limits,
    /// Where traces of requests are sent; nowhere without it.
    pub otlp: Option<Collector>,
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

    /// Refuses what must not be said.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let always = |model: &&ModelRef| {
            self.default_model.as_ref() == Some(*model)
                || self.challenger.as_ref().map(Challenger::version) == Some(*model)
                || matches!(model.which(), Which::Alias(alias) if alias == IN_FORCE)
        };
        match self.unlogged_models.iter().find(always) {
            Some(model) => Err(Error::AlwaysLogged { model: model.to_string() }),
            None => Ok(()),
        }
    }

    /// The settings that `other` has otherwise and that only a new start can change; all but the versions that answer or stand beside, the case
    /// numbers, own views, models that are not logged and who may ask.
    pub(crate) fn fixed_but_other(&self, other: &Self) -> Vec<&'static str> {
        let Self {
            registry,
            listen,
            health_listen,
            gate_keys,
            log,
            default_model: _,
            challenger: _,
            shadow: _,
            case_numbers: _,
            own_view_first: _,
            access: _,
            tls,
            unlogged_models: _,
            assessment_threads,
            assessment_queue,
            loaded_versions,
            connections,
            otlp,
            grace,
        } = self;
        let changed = [
            ("registry", *registry != other.registry),
            ("listen", *listen != other.listen),
            ("health_listen", *health_listen != other.health_listen),
            ("gate_keys", *gate_keys != other.gate_keys),
            ("log", *log != other.log),
            (
                "tls_certificate",
                tls.as_ref().map(|tls| &tls.certificate) != other.tls.as_ref().map(|tls| &tls.certificate),
            ),
            ("tls_key", tls.as_ref().map(|tls| &tls.key) != other.tls.as_ref().map(|tls| &tls.key)),
            (
                "tls_client_authority",
                tls.as_ref().map(|tls| &tls.clients) != other.tls.as_ref().map(|tls| &tls.clients),
            ),
            ("assessment_threads", *assessment_threads != other.assessment_threads),
            ("assessment_queue", *assessment_queue != other.assessment_queue),
            ("loaded_versions", *loaded_versions != other.loaded_versions),
            ("connections", connections.most != other.connections.most),
            ("idle_time", connections.idle != other.connections.idle),
            ("head_time", connections.head != other.connections.head),
            ("answer_time", connections.answer != other.connections.answer),
            ("otlp", *otlp != other.otlp),
            ("grace", *grace != other.grace),
        ];
        changed.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect()
    }

    /// The number of cores that the system lets the process use; 1 if it does not say.
    pub fn cores() -> NonZeroUsize {
        std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
    }
}
