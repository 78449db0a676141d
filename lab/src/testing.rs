//! What the tests of this crate share: a recorder, a form of two questions with a cohort, and versions trained on it.

use std::sync::Mutex;

use amparo_datasets::testing::one_outcome;
use amparo_datasets::{Answers, Cohort, CohortParts, Outcome, Status};
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;
use amparo_models::testing::two_questions::{instrument, instrument_text, protocol};
use amparo_training::Experiment;
use tempfile::TempDir;

use crate::{Observer, Training, train};

/// When everything in these tests happens.
pub(crate) const AT: &str = "2026-11-28T12:00:00Z";

/// An experiment with two candidates; what follows is how rows are held back.
const CONFIG: &str = r#"
name = "small"
instrument = "small.toml"
protocol = "small-1.toml"
outcome = "assault"
seed = 1
inner_folds = 2
least_rows = 1
calibration = "platt"

[[candidate]]
name = "points"
family = "points"
unit = 0.1

[[candidate]]
name = "logistic"
family = "logistic"
l2 = 1.0

[holdout]
"#;

/// Rows held back as a test part.
pub(crate) const SPLIT: &str = "kind = \"split\"\nmethod = \"stratified\"\nfit = 0.5\ncalibrate = 0.25\n";

/// Rows held back by cross-fitting.
pub(crate) fn cross_fit(folds: usize, repeats: usize) -> String {
    format!("kind = \"cross_fit\"\nfolds = {folds}\nrepeats = {repeats}\n")
}

/// A folder with form, protocol and registry.
pub(crate) struct Place {
    dir: TempDir,
    pub(crate) registry: Registry,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("small.toml"), instrument_text()).unwrap();
        std::fs::write(dir.path().join("small-1.toml"), protocol()).unwrap();
        let registry = Registry::create(dir.path().join("registry")).unwrap();
        Self { dir, registry }
    }

    /// The same with a protocol whose outcome counts within so many days.
    pub(crate) fn within(days: u32) -> Self {
        let place = Self::new();
        let protocol = protocol()
            .replace("outcome = \"assault\"\n", &format!("outcome = \"assault\"\nhorizon_days = {days}\n"));
        std::fs::write(place.dir.path().join("small-1.toml"), protocol).unwrap();
        place
    }

    pub(crate) fn experiment(&self, holdout: &str) -> Experiment {
        let path = self.dir.path().join("config.toml");
        std::fs::write(&path, CONFIG.to_owned() + holdout).unwrap();
        Experiment::named(path.to_str().unwrap()).unwrap()
    }

    /// Versions of both candidates, trained on the cohort.
    pub(crate) fn train(&self, holdout: &str, cohort: &Cohort) -> Vec<Version> {
        let experiment = &self.experiment(holdout);
        let training = Training { experiment, cohort, lethality: None, name: "small", at: AT };
        train(&training, &self.registry, &()).unwrap().versions
    }

    /// Why a training is refused, which it is before anything is fitted.
    pub(crate) fn refused(&self, holdout: &str, cohort: &Cohort) -> String {
        let (experiment, recorder) = (&self.experiment(holdout), Recorder::default());
        let training = Training { experiment, cohort, lethality: None, name: "small", at: AT };
        let error = train(&training, &self.registry, &recorder).unwrap_err().to_string();
        assert!(!recorder.told().contains(&Told::Busy("fitting".to_owned())));
        error
    }
}

/// `n` cases of one row; those with an indicator present have the outcome more often.
pub(crate) fn cohort(n: usize) -> Cohort {
    let answers = |row: usize| [u8::from(row.is_multiple_of(3)), u8::from(row.is_multiple_of(5))];
    let happened =
        |row: usize| row % 7 < 1 + 2 * usize::from(answers(row)[0]) + 2 * usize::from(answers(row)[1]);
    let status = |row: usize| if happened(row) { Status::Event } else { Status::NoEvent };
    let answers = Answers::from_codes(instrument(), (0..n).flat_map(answers).collect()).unwrap();
    let cases = (0..n).map(|row| format!("c{row}")).collect();
    Cohort::new(one_outcome(answers, cases, "assault", (0..n).map(status).collect())).unwrap()
}

/// The same with a horizon of 100 days, days of follow-up, and some rows censored before.
pub(crate) fn followed(n: usize) -> Cohort {
    let plain = cohort(n);
    let status = |row: usize| match plain.outcomes()[0].status[row] {
        _ if row % 11 == 4 => Status::Censored,
        known => known,
    };
    let status: Vec<Status> = (0..n).map(status).collect();
    let day = |(row, status): (usize, &Status)| match status {
        Status::NoEvent => 100.0,
        _ => (row * 37 % 100) as f64,
    };
    let days = status.iter().enumerate().map(day).collect();
    let parts = one_outcome(plain.answers().clone(), plain.cases().to_vec(), "assault", status.clone());
    let outcome = Outcome {
        name: "assault".to_owned(),
        horizon_days: Some(100),
        status,
        days: Some(days),
        classes: None,
    };
    Cohort::new(CohortParts { outcomes: vec![outcome], ..parts }).unwrap()
}

/// Keeps everything it is told, in order.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Vec<Told>>);

/// One thing that an observer is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Stage(String, u64),
    Advance(u64),
    Busy(String),
    Note(String),
    Param(String, String),
    Metric(String, f64),
    Artefact(String, Vec<u8>),
}

impl Recorder {
    pub(crate) fn told(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }

    fn keep(&self, told: Told) {
        self.0.lock().unwrap().push(told);
    }
}

impl Observer for Recorder {
    fn stage(&self, name: &str, total: u64) {
        self.keep(Told::Stage(name.to_owned(), total));
    }

    fn advance(&self, done: u64) {
        self.keep(Told::Advance(done));
    }

    fn busy(&self, with: &str) {
        self.keep(Told::Busy(with.to_owned()));
    }

    fn note(&self, text: &str) {
        self.keep(Told::Note(text.to_owned()));
    }

    fn param(&self, key: &str, value: &str) {
        self.keep(Told::Param(key.to_owned(), value.to_owned()));
    }

    fn metric(&self, key: &str, value: f64) {
        self.keep(Told::Metric(key.to_owned(), value));
    }

    fn artefact(&self, name: &str, bytes: &[u8]) {
        self.keep(Told::Artefact(name.to_owned(), bytes.to_vec()));
    }
}
