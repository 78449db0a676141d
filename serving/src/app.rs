//! What every request shares.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use amparo_datasets::identity::CaseNumber;
use amparo_journal::Log;
use amparo_models::registry::Which;
use amparo_models::{ModelRef, Registry, Version, assess};
use axum::extract::FromRef;
use serde_json::Value;

use crate::access::Caller;
use crate::aliases::{Aliases, Unknown, is_unreadable};
use crate::api_error::{ApiError, Detail};
use crate::body::BodyMemory;
use crate::connections::Open;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::traces::Tracer;
use crate::versions::Versions;
use crate::{AssessmentPool, Config, Error, example};

/// The state of the service: registry, loaded versions and log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    aliases: Aliases,
    versions: Versions,
    log: Log,
    assessments: AssessmentPool,
    in_force: RwLock<Arc<InForce>>,
    bodies: BodyMemory,
    /// Whoever asks, while nothing says who callers are.
    anybody: Arc<Caller>,
    readiness: Readiness,
    metrics: Metrics,
    connections: Arc<Open>,
    /// Where traces go, if they are wanted.
    tracer: OnceLock<Tracer>,
    /// A request that the default version answers, for the document.
    example: OnceLock<Value>,
}

/// What can be changed while the service runs. A request is answered by one of these from beginning to end.
#[derive(Debug)]
pub(crate) struct InForce {
    /// The version that answers requests that name none.
    pub default_model: Option<ModelRef>,
    /// How the authority writes its case numbers.
    pub case_numbers: Vec<CaseNumber>,
}

impl FromRef<App> for BodyMemory {
    fn from_ref(app: &App) -> Self {
        app.0.bodies.clone()
    }
}

impl App {
    /// Puts the state together; nothing is loaded yet.
    pub fn new(
        registry: Registry,
        log: Log,
        default_model: Option<ModelRef>,
        assessments: AssessmentPool,
        case_numbers: Vec<CaseNumber>,
        loaded_versions: NonZeroUsize,
    ) -> Self {
        let versions = Versions::new(loaded_versions);
        Self(Arc::new(Inner {
            registry,
            aliases: Aliases::default(),
            versions,
            log,
            assessments,
            in_force: RwLock::new(Arc::new(InForce { default_model, case_numbers })),
            bodies: BodyMemory::new(),
            anybody: Arc::new(Caller::open()),
            readiness: Readiness::default(),
            metrics: Metrics::new(),
            connections: Arc::default(),
            tracer: OnceLock::new(),
            example: OnceLock::new(),
        }))
    }

    /// Opens registry and log, loads the default version and lets it answer one form.
    ///
    /// # Errors
    /// The first that fails.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        randomness()?;
        let registry = amparo_stores::open(&config.registry)?;
        // The version before the log: with a wrong reference, no file is left behind.
        let version = match &config.default_model {
            Some(reference) => Some((reference.clone(), warm(reference, registry.load(reference)?)?)),
            None => None,
        };
        let log = Log::open(&config.log).await?;
        let assessments = AssessmentPool::new(config.assessment_threads, config.assessment_queue);
        let case_numbers = config.case_numbers.clone();
        let default = config.default_model.clone();
        let app = Self::new(registry, log, default, assessments, case_numbers, config.loaded_versions);
        if let Some(collector) = &config.otlp {
            let tracer = Tracer::start(collector)?;
            app.0.tracer.get_or_init(|| tracer);
        }
        if let Some((reference, version)) = version {
            app.0.example.get_or_init(|| example::of(&reference, &version));
            app.hold(&reference, version).await?;
        }
        Ok(app)
    }

    /// Takes over what a configuration says of default version and case numbers, once the version is loaded and has answered a form.
    /// Requests that have begun are answered as before.
    ///
    /// # Errors
    /// The version cannot be used; then nothing is changed.
    pub async fn reload(&self, config: &Config) -> Result<(), Error> {
        if let Some(reference) = config.default_model.clone() {
            let app = self.clone();
            let asked = reference.clone();
            let loading = tokio::task::spawn_blocking(move || warm(&asked, app.registry().load(&asked)?));
            let version = loading.await.map_err(|_| Error::Serve {
                action: "load the default model",
                source: std::io::Error::other("loading it panicked"),
            })??;
            self.hold(&reference, version).await?;
        }
        let (default_model, case_numbers) = (config.default_model.clone(), config.case_numbers.clone());
        *self.0.in_force.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(InForce { default_model, case_numbers });
        Ok(())
    }

    /// Keeps a version that is loaded already.
    async fn hold(&self, reference: &ModelRef, version: Version) -> Result<(), Error> {
        let number = version.manifest().version;
        if matches!(reference.which(), Which::Alias(_)) {
            self.0.aliases.learn(reference.clone(), &Ok(number));
        }
        self.0.versions.get(reference, number, async || Ok::<_, Error>(version)).await.map(|_| ())
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The decision log.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// What is in force now of all that can be changed while the service runs.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.0.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever asks, while nothing says who callers are.
    pub(crate) fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.0.anybody)
    }

    /// A request that the service accepts; none if it has no default version.
    pub(crate) fn example(&self) -> Option<&Value> {
        self.0.example.get()
    }

    /// Whether the service can answer.
    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// What the service counts.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Where traces go, if they are wanted.
    pub(crate) fn tracer(&self) -> Option<&Tracer> {
        self.0.tracer.get()
    }

    /// The connections that are open, as whoever serves keeps them.
    pub(crate) fn open_connections(&self) -> &Arc<Open> {
        &self.0.connections
    }

    /// Name and number of the versions that are in memory.
    pub(crate) fn loaded(&self) -> Vec<(String, u32)> {
        self.0.versions.loaded()
    }

    /// Where assessments are computed.
    pub fn assessments(&self) -> &AssessmentPool {
        &self.0.assessments
    }

    /// The version behind a reference, loaded and verified once, however many ask for it. An alias is looked up each time:
    /// moved, it takes effect at once; see [`Aliases`] for when the registry cannot be read.
    pub(crate) async fn version(&self, reference: ModelRef) -> Result<Arc<Version>, ApiError> {
        let number = match reference.which() {
            Which::Version(number) => *number,
            Which::Alias(_) if let Some(number) = self.0.registry.resolved_at_once(&reference) => {
                self.0.aliases.learn(reference.clone(), &Ok(number));
                number
            }
            Which::Alias(_) => {
                let (app, asked) = (self.clone(), reference.clone());
                let look_up = move || app.registry().resolve(&asked);
                self.0.aliases.number(&reference, look_up).await.map_err(|unknown| match unknown {
                    Unknown::Registry(error) => told(error),
                    Unknown::Panicked => panicked(),
                })?
            }
        };
        let load = async || {
            let model = reference.model().to_owned();
            self.ask(move |registry| registry.load(&ModelRef::version(&model, number)?)).await
        };
        self.0.versions.get(&reference, number, load).await
    }

    /// What keeps the service from answering, found out now. A registry that cannot be read does not, if the default version can answer
    /// without it.
    pub(crate) async fn missing(self) -> Vec<Detail> {
        let mut missing = Vec::new();
        let mut say = |field: &str, message: String| missing.push(Detail::new(field, message));
        let listed = self.asked(|registry| registry.list()).await;
        let default = match &self.in_force().default_model {
            Some(reference) => {
                let error = self.version(reference.clone()).await.err();
                Some(error.map(|error| format!("`{reference}`: {error}")))
            }
            None => None,
        };
        let error = match listed {
            Ok(Ok(_)) => None,
            Ok(Err(error)) if is_unreadable(&error) && default == Some(None) => None,
            Ok(Err(error)) => Some(told(error)),
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            say("registry", error.to_string());
        }
        if let Some(message) = default.flatten() {
            say("default_model", message);
        }
        if let Err(error) = self.log().writable().await {
            tracing::error!(%error, "log");
            say("log", ApiError::LogUnavailable.to_string());
        }
        missing
    }

    /// Asks the registry something, off the threads that serve requests.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Registry) -> Result<T, amparo_models::Error> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.asked(question).await?.map_err(told)
    }

    /// The same, with the registry's own error.
    async fn asked<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Registry) -> Result<T, amparo_models::Error> + Send + 'static,
    ) -> Result<Result<T, amparo_models::Error>, ApiError> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || question(app.registry())).await.map_err(|_| panicked())
    }
}

fn panicked() -> ApiError {
    ApiError::internal("work on the registry panicked")
}

/// An error of the registry, as a client is told it.
fn told(error: amparo_models::Error) -> ApiError {
    match error {
        error @ amparo_models::Error::NotFound { .. } => {
            ApiError::ModelNotFound { message: error.to_string() }
        }
        error => {
            tracing::error!(%error, "registry");
            ApiError::RegistryUnavailable
        }
    }
}

/// Whether the system gives random numbers, of which ids are made. A program that is linked statically may need `/dev/urandom` for that.
pub(crate) fn randomness() -> Result<(), Error> {
    getrandom::fill(&mut [0; 16]).map_err(|error| Error::Serve {
        action: "draw random numbers (is there a `/dev/urandom`?)",
        source: std::io::Error::other(error.to_string()),
    })
}

/// Lets a version answer the form on which nothing is known.
pub(crate) fn warm(reference: &ModelRef, version: Version) -> Result<Version, Error> {
    let instrument = version.instrument();
    let row: Vec<u8> = instrument.indicators().iter().map(amparo_datasets::Indicator::unknown).collect();
    let answer = assess(version.protocol(), instrument, version.recidivism(), version.lethality(), &row);
    match answer {
        // That the protocol refuses what nobody learned from is an answer, too.
        Ok(_) | Err(amparo_models::Error::UnlearnedAnswers { .. }) => Ok(version),
        Err(source) => Err(Error::WarmUp {
            model: reference.to_string(),
            instrument: instrument.id().to_owned(),
            source: Box::new(source),
        }),
    }
}
