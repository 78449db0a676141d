//! What every request shares.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use amparo_datasets::identity::CaseNumber;
use amparo_journal::Log;
use amparo_models::registry::Which;
use amparo_models::{ModelRef, Registry, Version};
use axum::extract::FromRef;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::access::Access;
use crate::aliases::{Aliases, Unknown, is_unreadable};
use crate::api_error::{ApiError, Detail};
use crate::body::BodyMemory;
use crate::connections::Open;
use crate::in_force::InForce;
use crate::metrics::Metrics;
use crate::motion::shadow::{Shadow, work};
use crate::readiness::Readiness;
use crate::traces::Tracer;
use crate::versions::Versions;
use crate::warm::{loaded, randomness, warm};
use crate::{AssessmentPool, Config, Error, ShadowCounts, example};

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
    /// Of all shadows since the start.
    shadow_counts: Arc<ShadowCounts>,
    /// Held by whoever moves an alias.
    moving: Mutex<()>,
    bodies: BodyMemory,
    readiness: Readiness,
    metrics: Metrics,
    connections: Arc<Open>,
    /// Where traces go, if they are wanted.
    tracer: OnceLock<Tracer>,
    /// A request that the default version answers, for the document.
    example: OnceLock<Value>,
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
                challenger: None,
                shadow: None,
                case_numbers,
                own_view_first: false,
                unlogged_models: Vec::new(),
                access: Arc::new(Access::open()),
            })),
            shadow_counts: Arc::default(),
            moving: Mutex::default(),
            bodies: BodyMemory::new(),
            readiness: Readiness::default(),
            metrics: Metrics::new(),
            connections: Arc::default(),
            tracer: OnceLock::new(),
            example: OnceLock::new(),
        }))
    }

    /// Opens registry and log, loads the versions that answer requests which name none, and lets each answer one form.
    ///
    /// # Errors
    /// The first that fails.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        randomness()?;
        config.check()?;
        let access = Access::of(&config.access, None).await?;
        let registry = amparo_stores::open(&config.registry)?.trusting(config.gate_keys.clone());
        // The versions before the log: with a wrong reference, no file is left behind.
        let versions = loaded(&registry, config)?;
        let log = Log::open(&config.log).await?;
        let assessments = AssessmentPool::new(config.assessment_threads, config.assessment_queue);
        let case_numbers = config.case_numbers.clone();
        let default = config.default_model.clone();
        let app = Self::new(registry, log, default, assessments, case_numbers, config.loaded_versions);
        if let Some(collector) = &config.otlp {
            let tracer = Tracer::start(collector)?;
            app.0.tracer.get_or_init(|| tracer);
        }
        if let Some((reference, version)) = versions.first() {
            app.0.example.get_or_init(|| example::of(reference, version));
        }
        app.take_over(versions, config, access).await?;
        Ok(app)
    }

    /// Takes over what a configuration says of default version, challenger, shadow, case numbers, own views, models that are not logged and who may ask, once the versions
    /// that answer are loaded and have answered a form. Requests that have begun are answered as before. A shadow that stays the same goes on
    /// counting.
    ///
    /// # Errors
    /// A version that is to answer, or a file that says who may ask, cannot be used; then nothing is changed.
    pub async fn reload(&self, config: &Config) -> Result<(), Error> {
        config.check()?;
        let access = Access::of(&config.access, Some(&self.access())).await?;
        let (app, of) = (self.clone(), config.clone());
        let loading = tokio::task::spawn_blocking(move || loaded(app.registry(), &of));
        let versions = loading.await.map_err(|_| Error::Serve {
            action: "load the default model",
            source: std::io::Error::other("loading it panicked"),
        })??;
        self.take_over(versions, config, access).await
    }

    /// Keeps versions that are loaded already, and puts a configuration in force.
    async fn take_over(
        &self,
        versions: Vec<(ModelRef, Version)>,
        config: &Config,
        access: Access,
    ) -> Result<(), Error> {
        for (reference, version) in versions {
            self.hold(&reference, version).await?;
        }
        let before = self.in_force().shadow.clone();
        let kept = before.filter(|shadow| config.shadow.as_ref() == Some(shadow.reference()));
        let shadow = kept.or_else(|| config.shadow.clone().map(|reference| self.begin_shadow(reference)));
        for reference in &config.unlogged_models {
            tracing::warn!(model = %reference, "inference by this reference is not logged");
        }
        self.put_in_force(|_| InForce {
            default_model: config.default_model.clone(),
            challenger: config.challenger.clone(),
            shadow,
            case_numbers: config.case_numbers.clone(),
            own_view_first: config.own_view_first,
            unlogged_models: config.unlogged_models.clone(),
            access: Arc::new(access),
        });
        Ok(())
    }

    /// Says whether the officer's own level has to be recorded before a proposal is shown, from the next request on.
    pub fn demand_own_views(&self, own_view_first: bool) {
        self.put_in_force(|now| InForce { own_view_first, ..now });
    }

    /// A shadow that counts from now on; it ends with the last who may hand proposals over to it.
    fn begin_shadow(&self, reference: ModelRef) -> Arc<Shadow> {
        let (shadow, waiting) = Shadow::new(reference, Arc::clone(&self.0.shadow_counts), Timestamp::now());
        let service = Arc::downgrade(&self.0);
        let version = move |reference| {
            let app = service.upgrade().map(Self);
            async move {
                match app {
                    Some(app) => app.version(reference).await,
                    None => Err(ApiError::Internal),
                }
            }
        };
        tokio::spawn(work(Arc::downgrade(&shadow), waiting, self.0.assessments.clone(), version));
        shadow
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

    /// What the shadows of this service have said since it started.
    pub fn shadow_counts(&self) -> &ShadowCounts {
        &self.0.shadow_counts
    }

    /// Waits until nobody else of this service moves an alias, and keeps others from it.
    pub(crate) async fn moving(&self) -> MutexGuard<'_, ()> {
        self.0.moving.lock().await
    }

    /// The version behind a reference, once it has answered one form, so that whoever asks it first does not wait.
    pub(crate) async fn warmed(&self, reference: ModelRef) -> Result<Arc<Version>, ApiError> {
        let version = self.version(reference.clone()).await?;
        let warmed = Arc::clone(&version);
        let answered = tokio::task::spawn_blocking(move || warm(&reference, &warmed)).await;
        answered.map_err(|_| panicked())?.map_err(|error| {
            tracing::error!(%error, "a version cannot answer");
            ApiError::RegistryUnavailable
        })?;
        Ok(version)
    }

    /// Makes it known at once where an alias leads now, so that not each of those who ask next has to read its history.
    pub(crate) async fn look_again(&self, alias: ModelRef) -> Result<u32, ApiError> {
        let asked = alias.clone();
        let found = self.asked(move |registry| registry.resolve(&asked)).await?;
        self.0.aliases.learn(alias, &found);
        found.map_err(told)
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
        error @ amparo_models::Error::NotGated { .. } => ApiError::NotGated { message: error.to_string() },
        error => {
            tracing::error!(%error, "registry");
            ApiError::RegistryUnavailable
        }
    }
}
