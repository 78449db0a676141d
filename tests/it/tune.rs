//! `tune` from outside: what it says and writes, a search that is killed, and configs that cannot be searched by.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::running::{Ran, amparo, ran, run_in, without_features};
use crate::small::{IMPORT, TRAIN, folder, spoil};

const TUNING: &str = "\n[tuning]\nouter_folds = 2\ninner_folds = 2\nsearch = \"grid\"\ncriterion = \"log_loss\"\nrule = \"least\"\n";
const TUNE: &[&str] = &[
    "tune",
    "--config",
    "config.toml",
    "--cohort",
    "cohort.parquet",
    "--out",
    "tuned",
    "--replicates",
    "100",
];

/// The small experiment with a second candidate, whose penalty is searched, and a third one that is only compared.
fn searched(tuning: &str) -> tempfile::TempDir {
    let dir = folder();
    let path = dir.path().join("config.toml");
    let mut config = fs::read_to_string(&path).unwrap();
    config += "\n[[candidate]]\nname = \"ridge\"\nfamily = \"logistic\"\n# By habit.\nl2 = 7.0\n[candidate.search]\nl2 = [30.0, 1.0]\n";
    config += "\n[[candidate]]\nname = \"other\"\nfamily = \"logistic\"\nl2 = 1.0\ncompare_only = true\n";
    config += tuning;
    fs::write(path, config).unwrap();
    run_in(dir.path(), IMPORT).succeeded();
    dir
}

#[track_caller]
fn refused(ran: &Ran, why: &str) {
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains(why), "{}", ran.err);
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn candidates_are_compared_and_the_choice_can_be_trained() {
    let dir = searched(TUNING);
    let dir = dir.path();
    let ran = run_in(dir, TUNE).succeeded();
    assert!(ran.out.contains("other (compared only)"), "{}", ran.out);
    assert!(ran.out.contains("ridge: on all rows trial"), "{}", ran.out);
    let report: Value = serde_json::from_slice(&fs::read(dir.join("tuned/report.json")).unwrap()).unwrap();
    let names: Vec<&str> =
        report["scored"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["points", "ridge", "other"]);
    assert_eq!(report["context"]["reference"], "points");
    assert!(report["scored"][0]["overall"]["log_loss"]["value"].is_f64());
    assert!(dir.join("tuned/report.html").exists());
    // Two trials of one candidate and one of each other, on all rows and in two folds.
    let trials = lines(&dir.join("tuned/trials.jsonl"));
    assert_eq!(trials.len(), 3 * (1 + 2 + 1));
    let chosen = trials
        .iter()
        .find(|t| t["candidate"] == "ridge" && t["rows"] == "all_rows" && t["taken"] == true)
        .unwrap();
    let l2 = chosen["parameters"]["l2"].as_f64().unwrap();
    let config = fs::read_to_string(dir.join("tuned/tuned.toml")).unwrap();
    assert!(config.contains(&format!("# By habit.\nl2 = {l2:.1}\n")), "{config}");
    // The config with the choice publishes the candidates, and not the one that is compared only.
    fs::write(dir.join("config.toml"), config).unwrap();
    run_in(dir, TRAIN).succeeded();
    assert!(dir.join("registry/small/2/manifest.json").exists());
    assert!(!dir.join("registry/small/3").exists());
}

#[test]
fn a_killed_search_goes_on_to_the_same_files() {
    let whole = searched(TUNING);
    run_in(whole.path(), TUNE).succeeded();
    let dir = searched(TUNING);
    let search = dir.path().join("tuned/search.jsonl");
    let mut child = amparo()
        .args(TUNE)
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Killed once a trial is kept, or done before that is seen.
    while child.try_wait().unwrap().is_none() {
        let kept = fs::read_to_string(&search).unwrap_or_default();
        if kept.lines().count() > 1 {
            child.kill().unwrap();
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.wait().unwrap();
    let ran = run_in(dir.path(), TUNE).succeeded();
    assert!(ran.err.contains("finished trials are taken from tuned/search.jsonl"), "{}", ran.err);
    for file in ["trials.jsonl", "tuned.toml", "report.json"] {
        let read = |dir: &Path| fs::read_to_string(dir.join("tuned").join(file)).unwrap();
        assert_eq!(read(dir.path()), read(whole.path()), "{file}");
    }
    // Another config is another search.
    spoil(dir.path(), "config.toml", "l2 = [30.0, 1.0]", "l2 = [30.0, 2.0]");
    refused(&run_in(dir.path(), TUNE), "holds trials of another config, cohort or program");
}

#[test]
fn what_cannot_be_searched_is_said_before_anything_is_written() {
    let dir = searched("");
    let why = "candidate `ridge`: `search` is for `amparo tune`, expected a section `[tuning]` that says how";
    refused(&run_in(dir.path(), TUNE), why);
    assert!(!dir.path().join("tuned").exists());
    let dir = searched(TUNING);
    spoil(dir.path(), "config.toml", "family = \"logistic\"\nl2 = 1.0", "family = \"svm\"\nc = 1.0");
    refused(
        &ran(without_features().args(TUNE).current_dir(dir.path())),
        "a program has that was built with `--features contenders`",
    );
    assert!(!dir.path().join("tuned").exists());
}

#[test]
fn a_config_without_a_search_is_not_tuned() {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    refused(&run_in(dir.path(), TUNE), "`tuning` is missing, expected a section `[tuning]`");
}
