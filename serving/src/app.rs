//! What every request shares.

use std::num::NonZeroUsize;
use std::sync::Arc;

use amparo_datasets::identity::CaseNumber;
use amparo_journal::Log;
use amparo_models::{ModelRef, Registry, Version, assess};

use crate::api_error::ApiError;
use crate::versions::Versions;
use crate::{AssessmentPool, Config, Error};

/// The state of the service: registry, loaded versions and log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    versions: Versions,
    log: Log,
    default_model: Option<ModelRef>,
    assessments: AssessmentPool,
    case_numbers: Vec<CaseNumber>,
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
        Self(Arc::new(Inner { registry, versions, log, default_model, assessments, case_numbers }))
    }

    /// Opens registry and log, loads the default version and lets it answer one form.
    ///
    /// # Errors
    /// The first that fails.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let registry = Registry::open(&config.registry)?;
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
        if let Some((reference, version)) = version {
            let number = version.manifest().version;
            app.0.versions.get(&reference, number, async || Ok::<_, Error>(version)).await?;
        }
        Ok(app)
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The decision log.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// The version that answers requests that name none.
    pub fn default_model(&self) -> Option<&ModelRef> {
        self.0.default_model.as_ref()
    }

    /// How the authority writes its case numbers.
    pub(crate) fn case_numbers(&self) -> &[CaseNumber] {
        &self.0.case_numbers
    }

    /// Where assessments are computed.
    pub fn assessments(&self) -> &AssessmentPool {
        &self.0.assessments
    }

    /// The version behind a reference, loaded and verified once, however many ask for it. An alias is looked up each time:
    /// moved, it takes effect at once.
    pub(crate) async fn version(&self, reference: ModelRef) -> Result<Arc<Version>, ApiError> {
        let asked = reference.clone();
        let number = self.ask(move |registry| registry.resolve(&asked)).await?;
        let load = async || {
            let model = reference.model().to_owned();
            self.ask(move |registry| registry.load(&ModelRef::version(&model, number)?)).await
        };
        self.0.versions.get(&reference, number, load).await
    }

    /// Asks the registry something, off the threads that serve requests.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Registry) -> Result<T, amparo_models::Error> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.clone();
        blocking(move || question(app.registry())).await
    }
}

async fn blocking<T: Send + 'static>(
    question: impl FnOnce() -> Result<T, amparo_models::Error> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error @ amparo_models::Error::NotFound { .. })) => {
            Err(ApiError::ModelNotFound { message: error.to_string() })
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "registry");
            Err(ApiError::RegistryUnavailable)
        }
        Err(_) => Err(ApiError::internal("work on the registry panicked")),
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
