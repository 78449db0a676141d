//! The scores that a lethality model is judged by are those that training kept.

use std::path::PathBuf;

use amparo_datasets::synthetic::{self, Design, Options};
use amparo_models::registry::Registry;

use super::*;
use crate::testing::{AT, Recorder, Told};
use crate::{Training, train};

/// A cross-fitted model of points, with a lethality model.
const CONFIG: &str = r#"
name = "small"
instrument = "vpr5.0-h"
protocol = "es-2025"
outcome = "new_assault"
seed = 3
least_rows = 10
inner_folds = 2
calibration = "platt"

[holdout]
kind = "cross_fit"
folds = 2
repeats = 1

[[candidate]]
name = "points"
family = "points"
unit = 0.1

[lethality]
outcome = "lethal"
[lethality.points]
unit = 0.1
"#;

struct Trained {
    _dir: tempfile::TempDir,
    registry: Registry,
    version: Version,
    deaths: Cohort,
}

fn trained() -> Trained {
    let drawn = |seed, design| synthetic::generate(&Options { seed, design }, &|_| {}).unwrap();
    let (cohort, deaths) = (drawn(1, Design::Population { rows: 600 }), drawn(2, Design::H_STUDY));
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::create(dir.path().join("registry")).unwrap();
    let experiment = Experiment::from_toml(CONFIG).unwrap();
    let training = Training {
        experiment: &experiment,
        cohort: &cohort,
        lethality: Some(&deaths),
        name: "small",
        at: AT,
    };
    let version = train(&training, &registry, &()).unwrap().versions.remove(0);
    Trained { _dir: dir, registry, version, deaths }
}

impl Trained {
    fn folder(&self) -> PathBuf {
        self.registry.location().join("small/lethality-out-of-fold")
    }

    /// The report as JSON, to the last bit.
    fn report(&self, observer: &Recorder) -> String {
        let settings = Settings { replicates: 100, ..Settings::default() };
        let report = lethality(&self.registry, &self.version, self.deaths.clone(), &settings, observer);
        serde_json::to_string(&report.unwrap()).unwrap()
    }

    fn held_out(&self, cohort: &Cohort) -> Result<HeldOutRows, String> {
        lethality_held_out(&self.registry, &self.version, cohort, &()).map_err(|e| e.to_string())
    }
}

/// What is told when folds are fitted again.
fn notes(recorder: &Recorder) -> Vec<String> {
    let told = recorder.told().into_iter();
    told.filter_map(|one| if let Told::Note(text) = one { Some(text) } else { None }).collect()
}

#[test]
fn kept_scores_and_fits_anew_give_the_same_report_bit_for_bit() {
    let trained = trained();
    let (kept, anew) = (Recorder::default(), Recorder::default());
    let of_kept = trained.report(&kept);
    assert!(notes(&kept).is_empty(), "nothing is fitted: {:?}", notes(&kept));
    // The numbers that the version states of itself are those of the same scores.
    let stated = &trained.version.manifest().training.metrics["lethality, cross-fitted"];
    let held = trained.held_out(&trained.deaths).unwrap();
    let columns = held.input.columns();
    let auc = amparo_evaluation::metrics::auc(&held.scored[0].score, &columns.y, &columns.weight);
    assert!((stated["auc"] - auc.unwrap()).abs() <= 0.0, "{} and {auc:?}", stated["auc"]);
    std::fs::remove_dir_all(trained.folder()).unwrap();
    let of_anew = trained.report(&anew);
    assert_eq!(
        notes(&anew),
        [
            "the registry holds no out-of-fold scores of the lethality model of `small@1 points`, so its folds are fitted again"
        ]
    );
    assert!(of_kept == of_anew);
}

#[test]
fn changed_scores_and_other_rows_are_refused() {
    let trained = trained();
    let file = trained.folder().join(trained.version.digest()).join("lethality-out-of-fold.bin");
    let whole = std::fs::read(&file).unwrap();
    let record = trained.version.manifest().training.lethality.clone().unwrap();
    assert_eq!(record.out_of_fold.as_deref(), Some(sha256(&whole).as_str()));
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for bytes in [&changed[..], &whole[..whole.len() - 1], b""] {
        std::fs::write(&file, bytes).unwrap();
        let error = trained.held_out(&trained.deaths).err().unwrap();
        assert!(error.contains("the file was changed or cut short"), "{error}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert!(trained.held_out(&trained.deaths).is_ok());
    let rows: Vec<usize> = (1..trained.deaths.n_rows()).collect();
    let error = trained.held_out(&trained.deaths.select(&rows)).err().unwrap();
    assert!(error.contains("was not trained on this lethality cohort"), "{error}");
}
