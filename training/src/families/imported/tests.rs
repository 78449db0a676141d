use std::path::Path;

use amparo_models::imported::{Asked, CheckRecord, FAMILY as NAME, ImportRecord, ImportedScale};
use amparo_models::{Additive, Candidate, Model};

use super::*;
use crate::Experiment;
use crate::families::Settings;
use crate::testing::{drawn, form};

fn record() -> ImportRecord {
    let check = CheckRecord {
        table_sha256: "t".to_owned(),
        n_rows: 12,
        compared: "probability".to_owned(),
        largest_difference: 1e-9,
        allowed_there: 1e-7,
    };
    ImportRecord {
        source: "XGBoost JSON".to_owned(),
        program: None,
        file_sha256: "f".to_owned(),
        mapping_sha256: "m".to_owned(),
        check,
        against_direction: Vec::new(),
        notes: vec!["Of 120 trees only the first 100 are used".to_owned()],
    }
}

/// A model that asks the second question of four, in a file.
fn file(folder: &Path, scale: ImportedScale) -> Arc<amparo_datasets::Instrument> {
    let form = form(&[(2, "risk"), (3, "risk"), (2, "risk"), (3, "risk")]);
    let asked = Asked {
        indicator: "Q2".to_owned(),
        answers: ["a0", "a1", "a2", "unknown"].map(str::to_owned).to_vec(),
    };
    let tables = Additive { intercept: 0.25, weights: vec![vec![0.0, 0.5, 0.125, -0.25]] };
    let model = Candidate::additive(NAME, tables).unwrap();
    let imported = Imported::new(&form, vec![asked], scale, model, record()).unwrap();
    std::fs::write(folder.join("model.json"), serde_json::to_string(&imported).unwrap()).unwrap();
    form
}

fn read(folder: &Path, parameters: &str) -> Result<Arc<dyn Learn>, Error> {
    let parameters: toml::Table = parameters.parse().unwrap();
    let config = folder.join("config.toml");
    (FAMILY.read)(&Settings { parameters: &parameters, seed: 1, not_monotone: &[], file: Some(&config) })
}

#[test]
fn the_model_is_as_it_was_whatever_rows_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let form = file(folder.path(), ImportedScale::LogOdds);
    let learner = read(folder.path(), "file = \"model.json\"\nother_cases = true").unwrap();
    learner.check(&form).unwrap();
    for n in [50, 80] {
        let (scorer, noted) = learner.learn_with_notes(&drawn(["risk"; 4], n)).unwrap();
        let found = [0, 1, 2].map(|code| scorer.score(&[1, code, 0, 3]));
        let worst = found.iter().zip([0.25, 0.75, 0.375]).map(|(found, said)| (found - said).abs());
        assert!(worst.fold(0.0, f64::max) <= 1e-15, "{found:?}");
        assert!((found[1] - found[0]).abs() > 0.4, "answers have different scores");
        assert_eq!(noted.imported, Some(record()));
        assert!(
            noted
                .notes
                .iter()
                .any(|note| note.contains("agrees with what that program says of 12 rows to 1e-9"))
        );
        assert!(noted.notes.contains(&"Of 120 trees only the first 100 are used".to_owned()));
    }
}

#[test]
fn a_mean_of_shares_is_brought_to_the_log_odds_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), ImportedScale::Probability);
    let learner = read(folder.path(), "file = \"model.json\"\nother_cases = true").unwrap();
    let set = drawn(["risk"; 4], 80);
    let rate = set.base_rate();
    let expected = (rate / (1.0 - rate)).ln() + (0.75 - rate) / (rate * (1.0 - rate));
    let found = learner.learn(&set).unwrap().score(&[0, 1, 0, 0]);
    assert!((found - expected).abs() <= 1e-12 && (found - 0.75).abs() > 0.1, "{found}");
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let form = file(folder.path(), ImportedScale::LogOdds);
    let told = read(folder.path(), "file = \"model.json\"\nother_cases = false").unwrap_err().to_string();
    assert!(told.contains("`other_cases` is false, expected `true`"), "{told}");
    let told = read(folder.path(), "file = \"model.json\"").unwrap_err().to_string();
    assert!(told.contains("missing field `other_cases`"), "{told}");
    // The file is looked for when the model is needed, and then from the folder of the config.
    let learner = read(folder.path(), "file = \"other.json\"\nother_cases = true").unwrap();
    let told = learner.check(&form).unwrap_err().to_string();
    assert!(told.contains("`file` is `other.json`") && told.contains("cannot be read"), "{told}");
    let learner = read(folder.path(), "file = \"model.json\"\nother_cases = true").unwrap();
    let told = learner.check(&form.only(&[0, 2])).unwrap_err().to_string();
    assert!(told.contains("it asks indicator `Q2`, which is not among those that are fitted on"), "{told}");
}

#[test]
fn the_config_of_a_version_is_read_where_the_file_is_not() {
    let text = include_str!("../../../configs/vpr.toml").replace(
        "[[hybrid]]",
        "[[candidate]]\nname = \"theirs\"\nfamily = \"imported\"\nfile = \"nowhere.json\"\nother_cases = true\n\n[[hybrid]]",
    );
    assert!(Experiment::from_toml(&text).is_ok());
}
