#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use amparo_datasets::split::{Method, Plan};
use amparo_datasets::table::{Cells, Dialect, Parts, PartsPlan, read_forms};
use amparo_datasets::testing::{Question, Scale, instrument};
use amparo_datasets::{Answers, Polarity};
use amparo_models::artefact::SplitRecord;
use amparo_models::calibrator::Platt;
use amparo_models::explain::Background;
use amparo_models::registry::Registry;
use amparo_models::scorer::{Candidate, Node, Tree};
use amparo_models::testing::{protocol_text, small};
use amparo_models::{
    Assessment, Calibrator, Draft, Forest, Hybrid, OutcomeModel, Points, Protocol, Scorer, TrainingRecord,
    Version,
};
use indicatif::ProgressBar;
use tempfile::TempDir;

use super::{Job, Layout, columns};

const ANSWERS: [&str; 4] = ["absent", "mild", "severe", "unknown"];

/// A published hybrid of points and one tree, in a folder that is removed afterwards.
fn version(candidate: &str) -> (TempDir, Version) {
    let graded = |id: &str, polarity: Polarity| Question::new(id, polarity, Scale::graded());
    let instrument = instrument("small", &[graded("I1", Polarity::Risk), graded("I2", Polarity::Neutral)]);
    let protocol = protocol_text("assault", Some(180), &[("low", 0.0), ("high", 0.2)]);
    let points = Points { points: vec![vec![0, 1, 3, 1], vec![0, -1, 2, 0]], offset: -2.1, scale: 0.3 };
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let leaves = [Node::Leaf(-0.1), Node::Leaf(0.2), Node::Leaf(0.45)];
    let [low, middle, high] = leaves;
    let nodes = vec![split(0, 0b1001, 1, 2), low, split(1, 0b0011, 3, 4), middle, high];
    let forest = Forest { n_indicators: 2, base: -1.7, trees: vec![Tree { nodes }] };
    let scorer =
        Scorer::from(Hybrid::new(0.35, points, Candidate::trees("forest", forest).unwrap()).unwrap());
    let codes = vec![0, 1, 1, 1, 2, 0, 3, 2, 0, 3];
    let answers = Answers::from_codes(Arc::clone(&instrument), codes).unwrap();
    let background = Background::of(&scorer, &answers, &[1.0, 0.3, 2.0, 1.0, 1.5]).unwrap();
    let platt = Platt { intercept: 0.07, slope: 0.93, covariance: [0.01, -0.002, 0.03] };
    let (calibrator, none) = (Calibrator::Platt(platt), BTreeSet::new());
    let recidivism =
        OutcomeModel::new("assault".to_owned(), scorer, calibrator, background, &instrument, &none)
            .unwrap()
            .with_learned(amparo_models::testing::learned(&answers), &instrument)
            .unwrap();
    let plan = Plan {
        method: Method::Stratified,
        fit: 0.6,
        calibrate: 0.2,
        seed: 1,
        temporal: Default::default(),
        shared_cases: Default::default(),
    };
    let draft = Draft {
        name: "small".to_owned(),
        instrument,
        protocol: Protocol::from_toml(&protocol, Path::new("small.toml")).unwrap(),
        recidivism,
        lethality: None,
        not_monotone: none,
        training: TrainingRecord {
            candidate: candidate.to_owned(),
            split: SplitRecord::Holdout { plan },
            cuts: None,
            ..small::training()
        },
        config_toml: "seed = 7\n".to_owned(),
        card_md: "# A card\n".to_owned(),
        published_at: "2026-03-01T09:30:00Z".to_owned(),
    };
    let dir = tempfile::tempdir().unwrap();
    let version = Registry::create(dir.path().join("registry")).unwrap().publish(&draft).unwrap();
    (dir, version)
}

fn codes(row: usize) -> [u8; 2] {
    [(row % 4) as u8, (row / 3 % 4) as u8]
}

/// A table of so many rows; the given one (from 1) answers with something else.
fn table(dir: &Path, n_rows: usize, bad: Option<usize>) -> PathBuf {
    let line = |row: usize| {
        let [a, b] = codes(row).map(|code| ANSWERS[usize::from(code)]);
        format!("c{row},{},{b},\n", if bad == Some(row + 1) { "maybe" } else { a })
    };
    let path = dir.join("forms.csv");
    fs::write(&path, format!("case,I1,I2,note\n{}", (0..n_rows).map(line).collect::<String>())).unwrap();
    path
}

fn open<'a>(version: &'a Version, input: &Path, out: &Path, rows: usize) -> Result<Job<'a>, String> {
    let rows = NonZeroUsize::new(rows).unwrap();
    Job::open(version, input, &Layout::Plain(Dialect::default()), out, true, rows).map_err(|e| e.to_string())
}

fn run(version: &Version, input: &Path, out: &Path, rows: usize) -> Result<(), String> {
    let bar = ProgressBar::hidden();
    let job = open(version, input, out, rows)?;
    job.score(&bar).and_then(|job| job.finish(&bar)).map_err(|e| e.to_string())
}

/// The columns of some rows, each row assessed alone, as `amparo explain` does it.
fn alone(version: &Version, rows: Range<usize>) -> Vec<(String, Cells)> {
    let assessed: Vec<_> = rows.clone().map(|row| version.assess(&codes(row)).unwrap()).collect();
    let number = |name: &str, of: &dyn Fn(&Assessment) -> f64| {
        (name.to_owned(), Cells::Number(assessed.iter().map(of).collect()))
    };
    // No rule of this protocol raises a level, so the level of the proposal is that of the probability alone.
    let levels = assessed.iter().map(|a| a.level.clone()).collect();
    let indicators =
        |a: &Assessment| a.unlearned_answers.iter().map(|u| u.indicator.clone()).collect::<Vec<_>>();
    let unlearned = assessed.iter().map(|a| indicators(a).join(" ")).collect();
    vec![
        ("case".to_owned(), Cells::Text(rows.map(|row| format!("c{row}")).collect())),
        number("probability", &|a| a.recidivism.probability),
        number("probability.low", &|a| a.recidivism.interval.low),
        number("probability.high", &|a| a.recidivism.interval.high),
        ("computed_level".to_owned(), Cells::Text(levels)),
        number("log_odds", &|a| a.recidivism.log_odds),
        ("unlearned_answers".to_owned(), Cells::Text(unlearned)),
        number("base", &|a| a.explanation.base),
        number("value.I1", &|a| a.explanation.values[0].value),
        number("value.I2", &|a| a.explanation.values[1].value),
    ]
}

/// Columns with the bits of their numbers, so that equal means equal.
fn bits(columns: Vec<(String, Cells)>) -> Vec<(String, Vec<String>)> {
    let of = |cells| match cells {
        Cells::Number(numbers) => numbers.into_iter().map(|n: f64| format!("{:x}", n.to_bits())).collect(),
        Cells::Text(texts) => texts,
    };
    columns.into_iter().map(|(name, cells)| (name, of(cells))).collect()
}

fn leftovers(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("scores")).collect()
}

#[test]
fn a_row_has_the_bits_that_it_has_alone() {
    let (dir, version) = version("a");
    // More than one chunk of a thread.
    let forms = read_forms(&table(dir.path(), 2500, None), version.instrument()).unwrap();
    let counted = AtomicUsize::new(0);
    let each = |rows| {
        counted.fetch_add(rows, Ordering::Relaxed);
    };
    let found = bits(columns::scored(&version, forms.clone(), true, &each).unwrap());
    assert_eq!(counted.into_inner(), 2500);
    let expected = bits(alone(&version, 0..2500));
    assert!(found == expected);
    assert!(
        expected[4].1.iter().any(|level| level == "low") && expected[4].1.iter().any(|level| level == "high")
    );
    assert!(found != bits(alone(&version, 1..2501)));
    let (name, unlearned) = &expected[6];
    assert!(name == "unlearned_answers" && unlearned.iter().all(String::is_empty));
    assert_eq!(bits(columns::scored(&version, forms, false, &|_| ()).unwrap()), expected[..7]);
}

#[test]
fn a_file_holds_what_its_rows_have_alone() {
    let (dir, version) = version("a");
    let input = table(dir.path(), 50, None);
    let (out, expected) = (dir.path().join("scores.parquet"), dir.path().join("expected.parquet"));
    for rows in [7, 50, 1000] {
        run(&version, &input, &out, rows).unwrap();
        let plan = PartsPlan { n_rows: 50, rows_per_part: rows, made_from: BTreeMap::new() };
        let mut parts = Parts::open(&expected, plan).unwrap();
        for at in parts.missing() {
            parts.write(at, alone(&version, parts.rows(at))).unwrap();
        }
        let digest = version.digest();
        let scored_by = serde_json::json!({
            "version": "small@1", "digest": digest, "outcome": "assault", "synthetic": "made by hand", "rows": 50
        });
        parts.finish(("amparo.scores", scored_by.to_string()), |_| ()).unwrap();
        assert_eq!(fs::read(&out).unwrap(), fs::read(&expected).unwrap());
        assert_eq!(leftovers(dir.path()), ["scores.parquet"]);
    }
}

#[test]
fn a_run_that_was_stopped_goes_on_and_gives_the_same_bytes() {
    let (dir, version) = version("a");
    let input = table(dir.path(), 50, None);
    let out = dir.path().join("scores.parquet");
    run(&version, &input, &out, 7).unwrap();
    let whole = fs::read(&out).unwrap();
    fs::remove_file(&out).unwrap();

    let mut job = open(&version, &input, &out, 7).unwrap();
    for at in [0, 1, 7] {
        let forms = job.input.block(at).unwrap();
        super::write(&version, &mut job.parts, at, forms, true, &ProgressBar::hidden()).unwrap();
    }
    drop(job);
    assert!(!out.exists());
    let job = open(&version, &input, &out, 7).unwrap();
    assert_eq!(job.n_kept(), 15);
    drop(job);
    run(&version, &input, &out, 7).unwrap();
    assert_eq!(fs::read(&out).unwrap(), whole);
}

#[test]
fn parts_of_another_version_or_input_are_refused() {
    let (dir, first) = version("a");
    let input = table(dir.path(), 20, None);
    let out = dir.path().join("scores.parquet");
    drop(open(&first, &input, &out, 7).unwrap());
    let (_other, second) = version("b");
    let error = open(&second, &input, &out, 7).err().unwrap();
    let (a, b) = (first.digest(), second.digest());
    let expected = format!("version `small@1 a (digest {a})` found, expected `small@1 b (digest {b})`");
    assert!(error.ends_with(&expected), "{error}");
    table(dir.path(), 21, None);
    let error = open(&first, &input, &out, 7).err().unwrap();
    assert!(error.contains("2 problems") && error.contains("n_rows `20` found, expected `21`"), "{error}");
    assert!(error.contains("input `forms.csv (sha256 "), "{error}");
    table(dir.path(), 20, None);
    assert!(open(&first, &input, &out, 7).is_ok());
}

#[test]
fn a_bad_cell_leaves_nothing_behind() {
    let (dir, version) = version("a");
    let input = table(dir.path(), 50, Some(23));
    let out = dir.path().join("scores.parquet");
    let error = run(&version, &input, &out, 7).unwrap_err();
    let expected = "answer `maybe` to indicator `I1` is none of absent, mild, severe, unknown (row 23)";
    assert!(error.ends_with(expected), "{error}");
    assert_eq!(leftovers(dir.path()), Vec::<String>::new());
}

#[test]
fn a_table_without_rows_leaves_nothing_behind() {
    let (dir, version) = version("a");
    let input = table(dir.path(), 0, None);
    let error = run(&version, &input, &dir.path().join("scores.parquet"), 7).unwrap_err();
    assert!(error.ends_with("no row was found below the header, expected at least one"), "{error}");
    assert_eq!(leftovers(dir.path()), Vec::<String>::new());
}

#[test]
fn an_input_that_changes_on_the_way_gives_no_file() {
    let (dir, version) = version("a");
    let input = table(dir.path(), 20, None);
    let out = dir.path().join("scores.parquet");
    let job = open(&version, &input, &out, 7).unwrap().score(&ProgressBar::hidden()).unwrap();
    table(dir.path(), 21, None);
    let error = job.finish(&ProgressBar::hidden()).unwrap_err().to_string();
    assert!(
        error.ends_with("the file has changed while it was read, expected one that stays as it is"),
        "{error}"
    );
    assert_eq!(leftovers(dir.path()), Vec::<String>::new());
}
