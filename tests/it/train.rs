//! What `train` says of how rows were held back, and what the registry keeps beside a version for `evaluate`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::running::{Ran, run_in};
use crate::small::{FIRST, IMPORT, TRAIN, folder, spoil};

const SPLIT: &str = "kind = \"split\"\nmethod = \"stratified\"\nfit = 0.5\ncalibrate = 0.25\n";
const CROSS_FIT: &str = "kind = \"cross_fit\"\nfolds = 2\nrepeats = 1\n";

/// Adds a column before the outcome, with the text of each row.
fn add_column(dir: &Path, name: &str, text: impl Fn(usize) -> String) {
    let table = fs::read_to_string(dir.join("table.csv")).unwrap();
    let lines = table.lines().enumerate().map(|(at, line)| {
        let cell = if at == 0 { name.to_owned() } else { text(at - 1) };
        format!("{line},{cell}\n")
    });
    fs::write(dir.join("table.csv"), lines.collect::<String>()).unwrap();
}

/// Adds a section to the source.
fn add_to_source(dir: &Path, section: &str) {
    spoil(dir, "source.toml", "[values.binary]", &format!("{section}\n[values.binary]"));
}

fn hold_out_by(dir: &Path, holdout: &str) {
    spoil(dir, "config.toml", CROSS_FIT, holdout);
}

/// Output with each run of blanks as one, because sentences are wrapped.
fn sentences(ran: &Ran) -> String {
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The manifest of the first version.
fn manifest(dir: &Path) -> Value {
    serde_json::from_slice(&fs::read(dir.join("registry/small/1/manifest.json")).unwrap()).unwrap()
}

/// Ten rows on each of twenty days.
fn dated() -> tempfile::TempDir {
    let dir = folder();
    add_column(dir.path(), "day", |row| format!("2025-01-{:02}", row / 10 + 1));
    add_to_source(dir.path(), "[date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n");
    run_in(dir.path(), IMPORT).succeeded();
    dir
}

#[test]
fn a_temporal_split_says_where_it_cut_and_what_the_gap_leaves_out() {
    let dir = dated();
    let temporal = SPLIT.replace("stratified", "temporal")
        + "[holdout.temporal]\ntest_from = \"2025-01-16\"\ngap_days = 2\n";
    hold_out_by(dir.path(), &temporal);
    let ran = run_in(dir.path(), TRAIN).succeeded();
    // Two days of the gap, and of the thirteen days before it two thirds to fit on: nine lie nearest.
    let said = "Divided by the day of the first assessment: the calibrate part begins on 2025-01-10, the test part on 2025-01-16; a gap of \
                2 days leaves out 20 rows; 20 cases are in no part.";
    assert!(sentences(&ran).contains(said), "{}", ran.out);
    let training = &manifest(dir.path())["training"];
    assert_eq!(training["n_rows"], json!({"calibrate": 40, "fit": 90, "left_out": 20, "test": 50}));
    let cuts = json!({"calibrate_from": "2025-01-10", "test_from": "2025-01-16", "gap_days": 2, "n_cases_left_out": 20});
    assert_eq!(training["cuts"], cuts);
}

#[test]
fn a_temporal_split_leaves_cases_without_a_day_out_and_says_how_many() {
    let dir = folder();
    let dir = dir.path();
    // The first row of each of the twenty days has none.
    let day = |row: usize| {
        if row.is_multiple_of(10) { String::new() } else { format!("2025-01-{:02}", row / 10 + 1) }
    };
    add_column(dir, "day", day);
    let date = "[date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n";
    add_to_source(dir, date);
    let refused = run_in(dir, IMPORT);
    assert_ne!(refused.code, Some(0), "a blank day is refused unless the source says that it may be unknown");
    spoil(dir, "source.toml", date, &format!("{date}unknown = [\"\"]\n"));
    run_in(dir, IMPORT).succeeded();
    let temporal = SPLIT.replace("stratified", "temporal")
        + "[holdout.temporal]\ntest_from = \"2025-01-16\"\ngap_days = 2\n";
    hold_out_by(dir, &temporal);
    let ran = run_in(dir, TRAIN).succeeded();
    let said = "a gap of 2 days leaves out 18 rows; 18 cases are in no part. The day of an assessment of 20 cases (20 rows) is unknown, so \
                they are in no part.";
    assert!(sentences(&ran).contains(said), "{}", ran.out);
    let training = &manifest(dir)["training"];
    assert_eq!(training["n_rows"], json!({"calibrate": 36, "fit": 81, "left_out": 38, "test": 45}));
    assert_eq!(training["cuts"]["n_cases_without_day"], json!(20));
    assert_eq!(training["cuts"]["n_rows_without_day"], json!(20));
    // The judged rows are those of the test part, each with its day.
    let judge = ["evaluate", "--out", "report"].iter().chain(&FIRST);
    run_in(dir, judge.chain(&["--replicates", "200", "--predictions", "rows.parquet"])).succeeded();
    assert!(dir.join("rows.parquet").exists());
}

#[test]
fn a_temporal_split_without_a_gap_says_so_and_another_split_names_no_day() {
    let dir = dated();
    hold_out_by(dir.path(), &SPLIT.replace("stratified", "temporal"));
    let ran = run_in(dir.path(), TRAIN).succeeded();
    let said = "the calibrate part begins on 2025-01-11, the test part on 2025-01-16; no gap is left before the test part.";
    assert!(sentences(&ran).contains(said), "{}", ran.out);
    assert_eq!(manifest(dir.path())["training"]["n_rows"], json!({"calibrate": 50, "fit": 100, "test": 50}));

    let dir = dated();
    hold_out_by(dir.path(), SPLIT);
    let ran = run_in(dir.path(), TRAIN).succeeded();
    assert!(!sentences(&ran).contains("Divided by the day"), "{}", ran.out);
    assert_eq!(manifest(dir.path())["training"]["cuts"], Value::Null);
}

#[test]
fn the_tables_own_split_is_taken_and_cases_on_both_sides_are_named() {
    let dir = folder();
    let dir = dir.path();
    add_column(dir, "set", |row| if row < 150 { "train" } else { "test" }.to_owned());
    // Rows 150 to 154 are of cases that are on the train side.
    for row in 150..155 {
        spoil(dir, "table.csv", &format!("c{row},"), &format!("c{},", row - 150));
    }
    spoil(dir, "source.toml", "unique = true", "unique = false");
    add_to_source(dir, "[split]\ncolumn = \"set\"\ntrain = [\"train\"]\ntest = [\"test\"]\n");
    let ran = run_in(dir, IMPORT).succeeded();
    let note = "column `set` divides the rows: 150 for training, 50 for the test, 0 in neither; 5 cases have rows on both sides";
    assert!(ran.out.contains(note), "{}", ran.out);
    hold_out_by(dir, &SPLIT.replace("stratified", "column"));
    let ran = run_in(dir, TRAIN);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    let said = "5 cases have rows on both sides of the table's own split, such as `c0`, `c1`, `c2`, so";
    assert!(ran.err.contains(said), "{}", ran.err);
    assert!(!dir.join("registry").exists());

    spoil(
        dir,
        "config.toml",
        "method = \"column\"",
        "method = \"column\"\nshared_cases = \"leave_out_of_train\"",
    );
    let ran = run_in(dir, TRAIN).succeeded();
    let said = "5 cases stand on both sides of the table's own split, such as `c0`, `c1`, `c2`; as the config states, their rows of one \
                side are among the 5 rows that are in no part.";
    assert!(sentences(&ran).contains(said), "{}", ran.out);
    let n_rows = &manifest(dir)["training"]["n_rows"];
    assert_eq!((&n_rows["test"], &n_rows["left_out"]), (&json!(50), &json!(5)));
    let fitted = n_rows["fit"].as_u64().unwrap() + n_rows["calibrate"].as_u64().unwrap();
    assert_eq!(fitted, 145);
}

/// Evaluates the first version on a cohort.
fn evaluate(dir: &Path, cohort: &str, registry: &str, flags: &[&str]) -> Ran {
    let args =
        ["evaluate", "--registry", registry, "--model", "small@1", "--cohort", cohort, "--replicates", "100"];
    run_in(dir, args.iter().chain(["--out", "report"].iter()).chain(flags))
}

/// What the report says of how rows were held out from its first version.
fn how(dir: &Path) -> Value {
    let report: Value = serde_json::from_slice(&fs::read(dir.join("report/report.json")).unwrap()).unwrap();
    report["context"]["held_out"]["versions"][0]["how"].clone()
}

#[test]
fn other_cases_are_proved_refused_or_only_stated() {
    let dir = folder();
    let dir = dir.path();
    run_in(dir, IMPORT).succeeded();
    run_in(dir, TRAIN).succeeded();
    let import = |name: &str| {
        let out = format!("{name}.parquet");
        let args = ["data", "import", "--source", "source.toml", "--in", "table.csv", "--out", &out];
        run_in(dir, args).succeeded();
        out
    };
    // The same table under other ids; two questions, so that everybody has the answers of somebody.
    let table = fs::read_to_string(dir.join("table.csv")).unwrap();
    fs::write(dir.join("table.csv"), table.replace("\nc", "\nd")).unwrap();
    let others = import("others");
    evaluate(dir, &others, "registry", &["--other-cases"]).succeeded();
    let compared = json!({"n_cases": 200, "n_seen": 200, "n_answers": 200, "n_answers_expected": 199});
    assert_eq!(
        how(dir),
        json!({"kind": "other_cohort", "proof": {"kind": "none_in_common", "compared": compared}})
    );
    let page = fs::read_to_string(dir.join("report/report.en.html"))
        .or_else(|_| fs::read_to_string(dir.join("report/report.html")))
        .unwrap();
    assert!(
        page.contains("is proved for their ids") || page.contains("está demostrado para sus identificadores")
    );

    // Three of the ids that were fitted on.
    fs::write(
        dir.join("table.csv"),
        table.replace("\nc", "\nd").replace("\nd1", "\nc1").replace("\nc10", "\nd10"),
    )
    .unwrap();
    let some = import("some");
    let ran = evaluate(dir, &some, "registry", &["--other-cases"]);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    let said = "of the 200 cases of this cohort, such as `c1`, `c11`, `c12`, although `--other-cases` declares that it saw none";
    assert!(ran.err.contains(said), "{}", ran.err);

    // A version that was copied to another registry has no fingerprints there.
    fs::create_dir_all(dir.join("elsewhere/small")).unwrap();
    crate::running::copy(&dir.join("registry/small/1"), &dir.join("elsewhere/small/1"));
    evaluate(dir, &others, "elsewhere", &["--other-cases"]).succeeded();
    assert_eq!(how(dir), json!({"kind": "other_cohort", "proof": {"kind": "no_fingerprints"}}));
}

#[test]
fn folds_are_fitted_anew_only_where_their_scores_are_missing_and_that_is_said() {
    let dir = folder();
    let dir = dir.path();
    run_in(dir, IMPORT).succeeded();
    run_in(dir, TRAIN).succeeded();
    let report = |flags: &[&str]| {
        let ran = evaluate(dir, "cohort.parquet", "registry", flags).succeeded();
        (fs::read(dir.join("report/report.json")).unwrap(), ran.err)
    };
    let (kept, said) = report(&[]);
    assert!(!said.contains("fitted again"), "{said}");
    fs::remove_dir_all(dir.join("registry/small/out-of-fold")).unwrap();
    let (anew, said) = report(&[]);
    assert!(said.contains("note: the registry holds no out-of-fold scores of `small@1 points`, so its folds are fitted again"), "{said}");
    assert!(kept == anew);
}
