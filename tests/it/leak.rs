//! Indicators that tell the outcome, from outside: `train` and `tune` stop with their names, and go on with a reason that the card states.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::running::run_in;
use crate::small::{IMPORT, TRAIN, folder, spoil};

/// The folder with a table whose answer to `B` was filled in afterwards: 37 of 40 rows say what happened.
fn told() -> tempfile::TempDir {
    let dir = folder();
    let mut text = "id,a,b,ever,soon\n".to_owned();
    for row in 0..400 {
        let event = row % 3 == 0;
        let b = event != matches!(row % 40, 7 | 19 | 30);
        let yes = |is: bool| if is { "yes" } else { "no" };
        let soon = u8::from(event);
        text.push_str(&format!("c{row},{},{},{soon},{soon}\n", yes(row % 7 == 0), yes(b)));
    }
    fs::write(dir.path().join("table.csv"), text).unwrap();
    run_in(dir.path(), IMPORT).succeeded();
    dir
}

#[track_caller]
fn stopped(dir: &Path, args: &[&str]) -> String {
    let ran = run_in(dir, args.iter().copied());
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    ran.err.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_tells_the_outcome_stops_a_training_unless_a_reason_is_given() {
    let dir = told();
    let dir = dir.path();
    let said = stopped(dir, &TRAIN);
    assert!(
        said.contains("`B` alone ranks cases by `assault` with an AUC of 0.9") && !said.contains("`A`"),
        "{said}"
    );
    assert!(!dir.join("registry").exists(), "nothing is left of it");
    let with = |reason: &str| {
        TRAIN.into_iter().map(ToOwned::to_owned).chain(["--accept-leak".to_owned(), reason.to_owned()])
    };
    let ran = run_in(dir, with("B").collect::<Vec<_>>().iter().map(String::as_str));
    assert!(ran.err.contains("`B` found, expected an indicator and a reason: NAME=REASON"), "{}", ran.err);
    let ran = run_in(dir, with("Z=why").collect::<Vec<_>>().iter().map(String::as_str));
    assert!(ran.err.contains("indicator `Z` is not on form"), "{}", ran.err);
    run_in(dir, with("B=written down on the day itself").collect::<Vec<_>>().iter().map(String::as_str))
        .succeeded();
    let manifest: Value =
        serde_json::from_slice(&fs::read(dir.join("registry/small/1/manifest.json")).unwrap()).unwrap();
    let accepted = &manifest["training"]["accepted_leaks"][0];
    assert_eq!(
        (&accepted["leak"]["indicator"], &accepted["reason"]),
        (&"B".into(), &"written down on the day itself".into())
    );
    assert!(accepted["leak"]["auc"].as_f64().unwrap() >= 0.9, "{accepted}");
    let shown = run_in(dir, ["models", "show", "--registry", "registry", "small@1"]).succeeded().out;
    assert!(shown.contains("Reason: written down on the day itself"), "{shown}");
}

#[test]
fn the_config_can_leave_it_out_or_give_the_reason() {
    let dir = told();
    let dir = dir.path();
    spoil(dir, "config.toml", "[holdout]", "[accept_leak]\nB = \" \"\n\n[holdout]");
    let said = stopped(dir, &TRAIN);
    assert!(said.contains("`accept_leak.B` is empty, expected the reason"), "{said}");
    spoil(dir, "config.toml", "B = \" \"", "B = \"a reason\"");
    run_in(dir, TRAIN).succeeded();
    spoil(dir, "config.toml", "[accept_leak]\nB = \"a reason\"\n", "");
    spoil(dir, "config.toml", "seed = 1\n", "seed = 1\nleave_out = [\"B\"]\n");
    run_in(dir, TRAIN).succeeded();
    let text = fs::read_to_string(dir.join("registry/small/2/manifest.json")).unwrap();
    assert!(!text.contains("accepted_leaks"), "{text}");
}

#[test]
fn a_comparison_of_candidates_stops_too() {
    let dir = told();
    let dir = dir.path();
    let config = fs::read_to_string(dir.join("config.toml")).unwrap();
    let tuning = "\n[tuning]\nouter_folds = 2\ninner_folds = 2\nsearch = \"grid\"\ncriterion = \"log_loss\"\nrule = \"least\"\n";
    fs::write(dir.join("config.toml"), config + tuning).unwrap();
    let tune = [
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
    let said = stopped(dir, &tune);
    assert!(said.contains("`B` alone ranks"), "{said}");
    assert!(!dir.join("tuned").exists());
    run_in(dir, tune.into_iter().chain(["--accept-leak", "B=known on the day"])).succeeded();
}
