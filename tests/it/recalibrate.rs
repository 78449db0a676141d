//! `recalibrate` from outside: a version with a new calibrator, what it keeps of the old one, and what it is refused on.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::running::{Ran, run_in};
use crate::small::{IMPORT, TRAIN, folder};

const RECALIBRATE: [&str; 9] = [
    "recalibrate",
    "--registry",
    "registry",
    "--model",
    "small@1",
    "--cohort",
    "later.parquet",
    "--calibration",
    "platt",
];

/// A version that was trained on the folder's table, and a later cohort of 400 other cases in which the outcome is more frequent.
fn later() -> tempfile::TempDir {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    run_in(dir.path(), TRAIN).succeeded();
    let mut text = "id,a,b,ever,soon\n".to_owned();
    for row in 0..400 {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let (a, b) = (row % 4 == 0, row % 6 == 0);
        let soon = u8::from(row % 9 < 3 + 2 * u32::from(a) + 2 * u32::from(b));
        text.push_str(&format!("later{row},{},{},{soon},{soon}\n", yes(a), yes(b)));
    }
    fs::write(dir.path().join("later.csv"), text).unwrap();
    let import = IMPORT.map(|arg| match arg {
        "table.csv" => "later.csv",
        "cohort.parquet" => "later.parquet",
        other => other,
    });
    run_in(dir.path(), import).succeeded();
    dir
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn sentences(ran: &Ran) -> String {
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_next_version_has_the_same_model_and_is_judged_by_folds() {
    let dir = later();
    let dir = dir.path();
    let ran = run_in(dir, RECALIBRATE).succeeded();
    assert!(
        sentences(&ran)
            .contains("small@2 has the model of small@1 and a new calibrator (platt), fitted on 400 rows"),
        "{}",
        ran.out
    );
    let files =
        |version: u32| json(&dir.join(format!("registry/small/{version}/manifest.json")))["files"].clone();
    let (old, new) = (files(1), files(2));
    assert_eq!(old["model.json"]["sha256"], new["model.json"]["sha256"]);
    assert_ne!(old["calibrator.json"]["sha256"], new["calibrator.json"]["sha256"]);
    let evaluate = [
        "evaluate",
        "--registry",
        "registry",
        "--model",
        "small@2",
        "--cohort",
        "later.parquet",
        "--out",
        "report",
        "--replicates",
        "100",
    ];
    run_in(dir, evaluate).succeeded();
    let report = json(&dir.join("report/report.json"));
    let of = &report["context"]["held_out"]["versions"][0];
    assert_eq!((&of["how"]["kind"], &of["how"]["folds"]), (&"recalibrated".into(), &5.into()), "{of}");
    // On average it says what happens there: the old one, of a rarer outcome, says too little.
    let expected =
        |report: &Value| report["scored"][0]["overall"]["observed_expected"]["value"].as_f64().unwrap();
    assert!((expected(&report) - 1.0).abs() <= 0.02, "{}", expected(&report));
    let evaluate = [
        "evaluate",
        "--registry",
        "registry",
        "--model",
        "small@1",
        "--cohort",
        "later.parquet",
        "--out",
        "old",
        "--replicates",
        "100",
        "--other-cases",
    ];
    run_in(dir, evaluate).succeeded();
    let old = expected(&json(&dir.join("old/report.json")));
    assert!(old > 1.2, "{old}");
    let shown = run_in(dir, ["models", "show", "--registry", "registry", "small@2"]).succeeded().out;
    assert!(shown.contains("Recalibrated: the model is that of small@1"), "{shown}");
}

#[test]
fn what_it_cannot_be_recalibrated_on_is_said_and_nothing_is_published() {
    let dir = later();
    let dir = dir.path();
    let refused = |change: (&str, &str), why: &str| {
        let ran = run_in(dir, RECALIBRATE.map(|arg| if arg == change.0 { change.1 } else { arg }));
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{said}");
    };
    refused(("later.parquet", "cohort.parquet"), "this very cohort");
    refused(("small@1", "small@7"), "small@7");
    refused(("platt", "plat"), "plat");
    let few = RECALIBRATE.into_iter().chain(["--least-events", "300"]);
    let ran = run_in(dir, few);
    assert!(ran.err.contains("expected at least 300 of each"), "{}", ran.err);
    let folds = run_in(dir, RECALIBRATE.into_iter().chain(["--folds", "1"]));
    assert!(folds.err.contains("1 found, expected a whole number of at least 2"), "{}", folds.err);
    assert!(!dir.join("registry/small/2").exists());
}
