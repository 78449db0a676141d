//! What the benchmarks of this crate share: the rows that `measure.py` and `additive.py` write, and what is measured of a fit.
//!
//! The folder holds `fit` and `test` (a byte an answer, row by row), `fit.events` and `test.events` (a byte a row).

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::{Answers, Cohort, CohortParts, Instrument, Outcome, Provenance, Status};
use amparo_models::Model;
use amparo_training::{Data, Fit, Losses, TrainingSet};

/// The form that the rows are of.
pub fn instrument() -> Arc<Instrument> {
    Arc::new(Instrument::named("vpr5.0-h").unwrap())
}

/// Fits on the rows of the folder and prints, as JSON, the seconds of wall and processor time and the peak memory of the fit, and
/// the log loss on the test rows.
pub fn measure<F: Fit<Model: Model>>(fit: &F, folder: &Path) {
    let instrument = instrument();
    let set = training_set(folder, &instrument);
    let (started, before) = (Instant::now(), processor_seconds());
    let model = fit.fit(&set).unwrap();
    let (wall, processor) = (started.elapsed().as_secs_f64(), processor_seconds() - before);
    let peak = peak_mebibytes();
    let test = read(folder, "test", &instrument);
    let events = events(folder, "test");
    let scores: Vec<f64> = test.rows().map(|row| model.score(row)).collect();
    let loss = Losses::of(&scores, &events, &vec![1.0; events.len()]).log_loss;
    println!("{{\"wall\": {wall}, \"processor\": {processor}, \"mebibytes\": {peak}, \"log_loss\": {loss}}}");
}

fn training_set(folder: &Path, instrument: &Arc<Instrument>) -> TrainingSet {
    let answers = read(folder, "fit", instrument);
    let events = events(folder, "fit");
    let n = events.len();
    let status = |event: &bool| if *event { Status::Event } else { Status::NoEvent };
    let outcome = Outcome {
        name: "again".into(),
        horizon_days: None,
        status: events.iter().map(status).collect(),
        days: None,
        classes: None,
    };
    let provenance = Provenance {
        title: "drawn".into(),
        synthetic: None,
        source: None,
        input_digest: None,
        notes: vec![],
        late_answers: vec![],
    };
    let parts = CohortParts {
        answers,
        cases: (0..n).map(|i| i.to_string()).collect(),
        dates: None,
        weights: vec![1.0; n],
        assigned: Default::default(),
        outcomes: vec![outcome],
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance,
    };
    let data = Data::new(&Cohort::new(parts).unwrap(), "again").unwrap();
    TrainingSet::new(&data, &(0..n).collect::<Vec<_>>(), "the fit rows").unwrap()
}

fn read(folder: &Path, name: &str, instrument: &Arc<Instrument>) -> Answers {
    Answers::from_codes(Arc::clone(instrument), fs::read(folder.join(name)).unwrap()).unwrap()
}

fn events(folder: &Path, name: &str) -> Vec<bool> {
    fs::read(folder.join(format!("{name}.events"))).unwrap().iter().map(|&event| event == 1).collect()
}

/// User and system time of this process so far (Linux).
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|t| t.parse().unwrap())
        .collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// The most memory this process has held (Linux).
fn peak_mebibytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
