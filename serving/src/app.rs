//! What every request shares.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use amparo_datasets::identity::CaseNumber;
use amparo_journal::Log;
use amparo_models::registry::Which;
use amparo_models::{ModelRef, Registry, Version, assess};
use axum::extract::FromRef;
use serde_json::Value;

use crate::access::Access;
use crate::aliases::{Aliases, Unknown, is_unreadable};
use crate::api_error::{ApiError, Detail};
use crate::body::BodyMemory;
use crate::readiness::Readiness;
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
    readiness: Readiness,
    /// A request that the default version answers, for the document.
    example: OnceLock<Value>,
}

/// What can be changed while the service runs. A request is answered by one of these from beginning to end.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    /// The version that answers requests that name none.
    pub default_model: Option<ModelRef>,
    /// How the authority writes its case numbers.
    pub case_numbers: Vec<CaseNumber>,
    /// Whether the officer's own level has to be recorded before a proposal is shown, whatever a request says.
    pub own_view_first: bool,
    /// How callers are recognised.
    pub access: Arc<Access>,
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
            in_force: RwLock::new(Arc::new(InForce {
                default_model,
                case_numbers,
                own_view_first: false,
                access: Arc::new(Access::open()),
            })),
            bodies: BodyMemory::new(),
            readiness: Readiness::default(),
            example: OnceLock::new(),
        }))
    }

    /// Opens registry and log, loads the default version and lets it answer one form.
    ///
    /// # Errors
    /// The first that fails.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let access = Access::of(&config.access, None).await?;
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
        app.demand_own_views(config.own_view_first);
        app.recognise(access);
        if let Some((reference, version)) = version {
            app.0.example.get_or_init(|| example::of(&reference, &version));
            app.hold(&reference, version).await?;
        }
        Ok(app)
    }

    /// Takes over what a configuration says of default version, case numbers, own views and who may ask, once the version is loaded and has answered a form.
    /// Requests that have begun are answered as before.
    ///
    /// # Errors
    /// The version, or a file that says who may ask, cannot be used; then nothing is changed.
    pub async fn reload(&self, config: &Config) -> Result<(), Error> {
        let access = Access::of(&config.access, Some(&self.access())).await?;
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
        let own_view_first = config.own_view_first;
        self.put_in_force(|_| InForce {
            default_model,
            case_numbers,
            own_view_first,
            access: Arc::new(access),
        });
        Ok(())
    }

    /// Says whether the officer's own level has to be recorded before a proposal is shown, from the next request on.
    pub fn demand_own_views(&self, own_view_first: bool) {
        self.put_in_force(|now| InForce { own_view_first, ..now });
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

    /// How callers are recognised now.
    pub(crate) fn access(&self) -> Arc<Access> {
        Arc::clone(&self.in_force().access)
    }

    /// Keeps what is known of who may ask up to date, whatever is in force; for ever.
    pub(crate) async fn keep_access(&self) {
        loop {
            let access = self.access();
            // Another may be in force by then.
            let _kept = tokio::time::timeout(Duration::from_secs(5), access.keep()).await;
        }
    }

    /// Recognises callers in these ways from now on. Nothing is done about requests that have begun.
    pub fn recognise(&self, access: Access) {
        self.put_in_force(|now| InForce { access: Arc::new(access), ..now });
    }

    fn put_in_force(&self, change: impl FnOnce(InForce) -> InForce) {
        let mut in_force = self.0.in_force.write().unwrap_or_else(PoisonError::into_inner);
        *in_force = Arc::new(change(InForce::clone(&in_force)));
    }

    /// A request that the service accepts; none if it has no default version.
    pub(crate) fn example(&self) -> Option<&Value> {
        self.0.example.get()
    }

    /// Whether the service can answer.
    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
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

/// Lets a version answer the form on which nothing is known.
fn warm(reference: &ModelRef, version: Version) -> Result<Version, Error> {
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
