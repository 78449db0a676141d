//! What `train`, `evaluate`, `gate` and `models alias` leave as runs: folders, which a tracking server may be sent.

mod judged;
mod moved;
mod recorder;
mod trained;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use amparo_lab::number_name;
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;
use amparo_tracking::{
    Address, Aliases, Authorities, Client, Credentials, Error, Head, Limits, Pointed, Registered, Run, Runs,
    push,
};

pub use self::judged::{of_evaluation, of_gate};
pub use self::moved::of_move;
pub use self::recorder::Recorder;
pub use self::trained::of_training;
use crate::cli::Tracked;
use crate::failure::Failure;
use crate::progress::note;

/// How long a command that has done its work waits for a tracking server at most.
const PATIENCE: Duration = Duration::from_secs(180);

/// A command whose run is recorded.
#[derive(Debug)]
pub struct Tracking {
    runs: Runs,
    server: Option<Server>,
    id: String,
    started: u64,
}

impl Tracking {
    /// Looks at what was asked for, before any work is done; `None` if nothing was.
    ///
    /// # Errors
    /// An address that is none, a folder that cannot be made, and a registry without a folder that runs could stand beside.
    pub fn begin(args: &Tracked, registry: &Path, verb: &str) -> Result<Option<Self>, Failure> {
        let server = args.mlflow.as_deref().map(Server::named).transpose()?;
        let dir = match (&args.runs, &server) {
            (Some(dir), _) => dir.clone(),
            (None, Some(_)) => beside(registry)?,
            (None, None) => return Ok(None),
        };
        let runs = Runs::create(dir)?;
        let now = jiff::Timestamp::now();
        let mut random = [0; 4];
        getrandom::fill(&mut random)
            .map_err(|error| Failure::Usage(format!("the system gives no random bytes: {error}")))?;
        let id = format!("{}-{verb}-{:08x}", now.strftime("%Y%m%dT%H%M%SZ"), u32::from_be_bytes(random));
        Ok(Some(Self { runs, server, id, started: milliseconds(now) }))
    }

    /// The head of the run, or of one that is nested in it.
    fn head(&self, experiment: &str, name: String, nested: Option<usize>) -> Head {
        let ended = milliseconds(jiff::Timestamp::now());
        Head {
            id: nested.map_or_else(|| self.id.clone(), |number| format!("{}-{number:03}", self.id)),
            experiment: experiment.to_owned(),
            name,
            parent: nested.map(|_| self.id.clone()),
            started: self.started,
            ended,
            dataset: None,
            model: None,
        }
    }

    /// Keeps the runs, the outer one first, and sends them if there is a server. A server that does not take them is no failure: it is told, with the
    /// command that sends them later.
    ///
    /// # Errors
    /// A run that cannot be kept.
    pub fn end(self, runs: &[Run]) -> Result<(), Failure> {
        let kept = runs.iter().map(|run| self.runs.write(run)).collect::<Result<Vec<_>, _>>()?;
        let folder = self.runs.path().join(&self.id);
        let Some(server) = self.server else {
            note(&format!("the run is kept in {}", folder.display()));
            return Ok(());
        };
        let address = server.address.clone();
        let client = server.client(Limits { all: Some(PATIENCE), ..Limits::default() });
        let sent = kept.iter().try_for_each(|kept| {
            push(kept, &client)?.notes.iter().for_each(|text| note(text));
            Ok::<(), Error>(())
        });
        match sent {
            Ok(()) => note(&format!("the run is kept in {} and at {address}", folder.display())),
            Err(error) => note(&format!(
                "the tracking server did not take the run: {error}. It is queued in {}; send it with `amparo mlflow push --runs {} --mlflow {address}`",
                folder.display(),
                self.runs.path().display()
            )),
        }
        Ok(())
    }
}

/// A tracking server, with what the environment says of it by the names that MLflow's own client has for that.
#[derive(Debug)]
pub struct Server {
    address: Address,
    credentials: Credentials,
    authorities: Authorities,
}

impl Server {
    /// The server of an address; where it is reached by TLS, the authorities that are stated are read.
    ///
    /// # Errors
    /// An address that is none, and a file that states no authorities.
    pub fn named(address: &str) -> Result<Self, Failure> {
        let address: Address = address.parse()?;
        let [user, password, token] =
            ["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"]
                .map(|name| std::env::var(name).ok());
        let credentials = Credentials::new(user.as_deref(), password.as_deref(), token.as_deref());
        let stated = std::env::var_os("MLFLOW_TRACKING_SERVER_CERT_PATH").filter(|_| address.is_encrypted());
        let authorities = match stated.filter(|path| !path.is_empty()) {
            Some(path) => Authorities::in_file(Path::new(&path))?,
            None => Authorities::default(),
        };
        Ok(Self { address, credentials, authorities })
    }

    /// A client of it.
    pub fn client(self, limits: Limits) -> Client {
        Client::new(self.address, self.credentials, self.authorities, limits)
    }
}

/// This moment, to the nanosecond: two moves of an alias within one second have an order at the server too.
pub fn moment() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string()
}

/// Where the aliases of a model point to; `at` is a moment before this.
pub fn aliases(registry: &Registry, model: &str, at: &str) -> Result<Aliases, Failure> {
    // Of several moves of one alias the last one counts.
    let moves = registry.history(model)?.into_iter();
    let by_name = moves.map(|to| (to.alias, Pointed { number: to.version, digest: to.digest })).collect();
    Ok(Aliases { at: at.to_owned(), by_name })
}

/// Puts a version and what it says of itself into a run.
fn add_version(run: &mut Run, version: &Version, aliases: &Aliases, at: &str) -> Result<(), Failure> {
    let manifest = version.manifest();
    let facts = [
        ("candidate", manifest.training.candidate.clone()),
        ("family", manifest.family.clone()),
        ("dial", manifest.dial.to_string()),
        ("calibrator", manifest.calibrator.clone()),
    ];
    run.params.extend(facts.map(|(key, value)| (format!("version.{key}"), value)));
    let tags = [
        ("amparo.version", number_name(version)),
        ("amparo.digest", version.digest().to_owned()),
        ("amparo.instrument", manifest.instrument.id.clone()),
        ("amparo.protocol", manifest.protocol.id.clone()),
        ("amparo.code_version", manifest.code_version.clone()),
    ];
    run.tags.extend(tags.map(|(key, value)| (key.to_owned(), value)));
    run.artefacts.insert("version/manifest.json".to_owned(), amparo_lab::json(manifest)?.into_bytes());
    run.artefacts.insert("version/card.md".to_owned(), version.card().as_bytes().to_vec());
    run.head.model = Some(Registered {
        name: manifest.name.clone(),
        number: manifest.version,
        digest: version.digest().to_owned(),
        source: "version".to_owned(),
        tags: BTreeMap::new(),
        at: at.to_owned(),
        aliases: aliases.clone(),
    });
    Ok(())
}

fn milliseconds(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

/// `runs` beside the folder of a registry.
fn beside(registry: &Path) -> Result<PathBuf, Failure> {
    if registry.to_string_lossy().contains("://") {
        let problem = "`--runs` is missing: a registry that is no folder has none beside it, so name one";
        return Err(Failure::Usage(problem.to_owned()));
    }
    let parent = registry.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.map_or_else(|| PathBuf::from("runs"), |parent| parent.join("runs")))
}
