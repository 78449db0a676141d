//! One candidate of an experiment, fitted to rows that are at hand, and published when somebody asks for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_datasets::{
    Answers, Assigned, Cohort, CohortParts, Instrument, Outcome, Provenance, Status, Synthetic, row_case,
};
use amparo_models::artefact::{AcceptedLeak, Version};
use amparo_models::registry::Registry;
use amparo_models::{Draft, Protocol};
use amparo_training::Experiment;
use amparo_training::pipeline::{self, DialLosses, STEPS, Trained};
use serde_json::{Map, Value, json};

use crate::train::{Watched, card};
use crate::{Error, Observer, Training, train};

/// Rows with their outcomes, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The answers.
    pub answers: Answers,
    /// Whether the event happened.
    pub events: Vec<bool>,
    /// Weight of each row, > 0 and finite.
    pub weights: Vec<f64>,
    /// Case of each row; every row is a case of its own where there are none.
    pub cases: Option<Vec<String>>,
}

/// What is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct FitPlan {
    /// The keys of a config that say what is fitted: `candidate`, `hybrid`, `seed`, `calibration`, `inner_folds`, `least_rows`, `not_monotone`. Without
    /// `calibration` a probability is the logistic function of the score, and the fit cannot be published.
    pub config: Map<String, Value>,
    /// The candidate or blend that is wanted.
    pub wanted: String,
}

/// How a fit is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Publishing {
    /// Name of the model.
    pub name: String,
    /// What its probabilities mean.
    pub protocol: Protocol,
    /// What the rows are called in every result.
    pub title: String,
    /// How they were made, if they are invented.
    pub synthetic: Option<Synthetic>,
    /// Indicators that seem to tell the outcome and may, each with the reason.
    pub accept_leak: BTreeMap<String, String>,
    /// Number of parts, and times, of the cross-fitting by which the versions are judged.
    pub folds_and_repeats: (usize, usize),
    /// When, RFC 3339.
    pub at: String,
}

/// A fit, with what it takes to publish it.
#[derive(Debug, Clone)]
pub struct Fitted {
    plan: FitPlan,
    rows: Rows,
    version: Version,
    files: BTreeMap<String, Vec<u8>>,
    leaks: Vec<AcceptedLeak>,
    dials: Vec<DialLosses>,
    dial: f64,
}

/// Name of the model and of the form's outcome until somebody publishes the fit.
const UNPUBLISHED: &str = "unpublished";

/// The key that says how a fit is calibrated.
const CALIBRATION: &str = "calibration";

impl Fitted {
    /// Fits a candidate as [`train`] does, to rows that nothing is held back from; its calibrator is cross-fitted.
    ///
    /// Indicators that seem to tell the outcome do not stop it: [`Self::leaks`] names them, and [`Self::publish`] refuses those that nobody accepted.
    ///
    /// # Errors
    /// Everything that is wrong with the plan or the rows; whatever the fit refuses.
    pub fn fit(plan: FitPlan, rows: Rows, at: &str, observer: &dyn Observer) -> Result<Self, Error> {
        let form = Arc::clone(rows.answers.instrument());
        let everything = form.indicators().iter().map(|i| (i.id.clone(), UNPUBLISHED.to_owned())).collect();
        let to = Publishing {
            name: UNPUBLISHED.to_owned(),
            protocol: halves()?,
            title: UNPUBLISHED.to_owned(),
            synthetic: None,
            accept_leak: everything,
            folds_and_repeats: (2, 1),
            at: at.to_owned(),
        };
        let (experiment, cohort) = (plan.experiment(&form, &to)?, rows.cohort(&to)?);
        observer.stage("fitting", STEPS);
        let done = AtomicU64::new(0);
        let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
        let trained = pipeline::train(&experiment, &cohort, None, &Watched { observer, step: &step })?;
        let draft = plan.draft(&trained, &to)?;
        let files = draft.version_files(1)?;
        Ok(Self {
            version: Version::from_files(files.clone())?,
            dial: draft.recidivism.scorer().dial(),
            files,
            leaks: trained.accepted_leaks,
            dials: trained.dials,
            plan,
            rows,
        })
    }

    /// The fit as a version of no registry. Its protocol says nothing: only its scores, probabilities and explanations mean something.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The files of that version, by name.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Indicators that seem to tell the outcome.
    #[must_use]
    pub fn leaks(&self) -> &[AcceptedLeak] {
        &self.leaks
    }

    /// Losses over the dials of a blend, on cross-fitted scores; none if nothing is blended.
    #[must_use]
    pub fn dials(&self) -> &[DialLosses] {
        &self.dials
    }

    /// Its place on the dial: 0 for points, 1 for another candidate, between them for a blend.
    #[must_use]
    pub fn dial(&self) -> f64 {
        self.dial
    }

    /// Publishes the fit, with the candidates that it is made of, as [`train`] does: with out-of-fold scores, declared metrics and fingerprints of
    /// its cases. The version holds the same model and calibrator as the fit, to the last bit.
    ///
    /// # Errors
    /// As [`train`]; [`Error::NotTheFit`] if the model came out otherwise, which nothing should bring about.
    pub fn publish(
        &self,
        to: &Publishing,
        registry: &Registry,
        observer: &dyn Observer,
    ) -> Result<Version, Error> {
        if !self.plan.is_calibrated() {
            let problem = format!("it has no `{CALIBRATION}`, expected a method: a version is calibrated");
            return Err(Error::NoConfig { problem });
        }
        let experiment = self.plan.experiment(self.rows.answers.instrument(), to)?;
        let cohort = self.rows.cohort(to)?;
        let training = Training {
            experiment: &experiment,
            cohort: &cohort,
            lethality: None,
            name: &to.name,
            at: &to.at,
        };
        let published = train(&training, registry, observer)?;
        let version = published.of_candidate(&self.plan.wanted).ok_or_else(|| self.plan.no_candidate())?;
        let (found, fitted) = (version.recidivism(), self.version.recidivism());
        let is_the_fit = found.scorer() == fitted.scorer() && found.calibrator() == fitted.calibrator();
        if is_the_fit { Ok(version.clone()) } else { Err(Error::NotTheFit) }
    }
}

impl FitPlan {
    /// The experiment on a form.
    fn experiment(&self, form: &Arc<Instrument>, to: &Publishing) -> Result<Experiment, Error> {
        let (folds, repeats) = to.folds_and_repeats;
        let mut config = self.config.clone();
        let is_calibrated = self.is_calibrated();
        if !is_calibrated {
            config.insert(CALIBRATION.to_owned(), json!("platt"));
        }
        let more = [
            ("name", json!(to.name)),
            ("instrument", json!(form.id())),
            ("protocol", json!(to.protocol.id())),
            ("outcome", json!(to.protocol.outcome())),
            ("holdout", json!({ "kind": "cross_fit", "folds": folds, "repeats": repeats })),
        ];
        config.extend(more.map(|(key, value)| (key.to_owned(), value)));
        if !to.accept_leak.is_empty() {
            config.insert("accept_leak".to_owned(), json!(to.accept_leak));
        }
        let text =
            toml::to_string(&config).map_err(|error| Error::NoConfig { problem: error.to_string() })?;
        let experiment = Experiment::from_toml(&text)?.about(Arc::clone(form), to.protocol.clone());
        Ok(if is_calibrated { experiment } else { experiment.uncalibrated() })
    }

    fn is_calibrated(&self) -> bool {
        self.config.contains_key(CALIBRATION)
    }

    fn draft(&self, trained: &Trained, to: &Publishing) -> Result<Draft, Error> {
        let card = |record: &_, part: &_| card(&to.name, trained, record, part);
        let drafts = trained.drafts(&to.name, &to.at, &BTreeMap::new(), &card);
        let mut wanted = drafts.into_iter().filter(|draft| draft.training.candidate == self.wanted);
        wanted.next().ok_or_else(|| self.no_candidate())
    }

    fn no_candidate(&self) -> Error {
        Error::NoConfig { problem: format!("it has no candidate or blend `{}`", self.wanted) }
    }
}

impl Rows {
    /// The rows as a cohort of the protocol's outcome.
    fn cohort(&self, to: &Publishing) -> Result<Cohort, Error> {
        let n = self.answers.n_rows();
        let status = |&event: &bool| if event { Status::Event } else { Status::NoEvent };
        let cases = self.cases.clone().unwrap_or_else(|| (1..=n).map(row_case).collect());
        Ok(Cohort::new(CohortParts {
            answers: self.answers.clone(),
            cases,
            dates: None,
            weights: self.weights.clone(),
            assigned: Assigned::default(),
            outcomes: vec![Outcome {
                name: to.protocol.outcome().to_owned(),
                horizon_days: to.protocol.horizon_days(),
                status: self.events.iter().map(status).collect(),
                days: None,
                classes: None,
            }],
            groups: Vec::new(),
            scores: Vec::new(),
            oracles: Vec::new(),
            provenance: Provenance {
                title: to.title.clone(),
                synthetic: to.synthetic.clone(),
                source: None,
                input_digest: None,
                notes: Vec::new(),
                late_answers: Vec::new(),
            },
        })?)
    }
}

/// A protocol of no meaning, for a fit that nobody has published.
fn halves() -> Result<Protocol, Error> {
    let text = format!(
        "id = \"{UNPUBLISHED}\"\ntitle = {{ es = \"sin publicar\", en = \"unpublished\" }}\ncut_points = {{ es = \"ninguno\", en = \"none\" }}\noutcome \
         = \"event\"\ncumulative_measures = false\nunlearned_answers = \"flag\"\n\n[[level]]\nid = \"below\"\nlabel = {{ es = \"por debajo\", en = \
         \"below\" }}\nfrom_probability = 0.0\nmeasures = []\n\n[[level]]\nid = \"above\"\nlabel = {{ es = \"por encima\", en = \"above\" }}\n\
         from_probability = 0.5\nmeasures = []\n"
    );
    Ok(Protocol::from_toml(&text, Path::new(UNPUBLISHED))?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
