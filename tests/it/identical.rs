//! The same question has the same answer: in another process, over the network, with other threads, other groups.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use amparo_datasets::table::{read_cohort, write_cohort};
use amparo_datasets::{Cohort, CohortParts};
use amparo_models::{ModelRef, Registry};
use serde_json::Value;

use crate::http::Server;
use crate::running::{amparo, listing, quickstart, ran, run_in};

/// The experiment of `quickstart` with fewer trees, which are grown the same way.
const FEWER_TREES: (&str, &str) = ("trees = 300", "trees = 40");

fn config() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("training/configs/vpr.toml");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(FEWER_TREES.0));
    text.replace(FEWER_TREES.0, FEWER_TREES.1)
}

/// Trains into `dir/registry` with so many threads, and gives all files by version and name.
fn train(dir: &Path, cohort: &Path, threads: &str) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let (quick, _) = quickstart();
    fs::write(dir.join("config.toml"), config()).unwrap();
    let mut command = amparo();
    command.current_dir(dir).env("RAYON_NUM_THREADS", threads);
    command.args(["train", "--config", "config.toml", "--registry", "registry", "--cohort"]).arg(cohort);
    ran(command.arg("--lethality-cohort").arg(quick.join("lethality.parquet"))).succeeded();
    let mut files = listing(&dir.join("registry/vpr"));
    // Beside the versions, and by the key of their registry.
    files.retain(|name, _| !name.starts_with("fingerprints"));
    // Beside each version by its digest, which holds the time: the same scores of the same lethality model.
    let scores = "lethality-out-of-fold";
    let beside: BTreeMap<_, _> = files.extract_if(.., |name, _| name.starts_with(scores)).collect();
    let mut beside: Vec<Vec<u8>> = beside.into_values().flatten().collect();
    assert_eq!(beside.len(), 6);
    beside.dedup();
    assert_eq!(beside.len(), 1);
    files.insert(scores.into(), beside.pop());
    files
}

fn content_digest(manifest: &[u8]) -> String {
    let manifest: Value = serde_json::from_slice(manifest).unwrap();
    manifest["content_digest"].as_str().unwrap().to_owned()
}

#[test]
fn versions_do_not_depend_on_the_number_of_threads() {
    let (quick, _) = quickstart();
    let [one, two] = ["1", "2"].map(|threads| {
        let dir = tempfile::tempdir().unwrap();
        train(dir.path(), &quick.join("cohort.parquet"), threads)
    });
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    let mut digests = Vec::new();
    for ((name, one), two) in one.iter().zip(two.values()) {
        match (one, two) {
            (Some(one), Some(two)) if name.ends_with("manifest.json") => {
                assert_eq!(content_digest(one), content_digest(two), "{}", name.display());
                digests.push(content_digest(one));
            }
            (one, two) => assert!(one == two, "{} differs", name.display()),
        }
    }
    assert_eq!(digests.len(), 6);
    digests.dedup();
    assert_eq!(digests.len(), 6, "and different versions have different ones");
}

/// Groups, true probabilities and foreign scores of the cohort as they are, or all swapped about.
fn without_what_no_model_may_see(cohort: &Cohort) -> Cohort {
    let mut groups = cohort.groups().to_vec();
    groups.iter_mut().for_each(|group| group.codes.reverse());
    let mut scores = cohort.scores().to_vec();
    scores.iter_mut().for_each(|score| score.values.reverse());
    let mut oracles = cohort.oracles().to_vec();
    oracles.iter_mut().for_each(|oracle| oracle.probability.reverse());
    let swapped = Cohort::new(CohortParts {
        answers: cohort.answers().clone(),
        cases: cohort.cases().to_vec(),
        dates: cohort.dates().map(<[_]>::to_vec),
        weights: cohort.weights().to_vec(),
        assigned: cohort.assigned().clone(),
        outcomes: cohort.outcomes().to_vec(),
        groups,
        scores,
        oracles,
        provenance: cohort.provenance().clone(),
    })
    .unwrap();
    assert_ne!(swapped.groups(), cohort.groups());
    assert_ne!(swapped.fingerprint(), cohort.fingerprint());
    swapped
}

#[test]
fn versions_do_not_depend_on_groups_scores_or_the_truth() {
    let (quick, _) = quickstart();
    let cohort = quick.join("cohort.parquet");
    let dir = tempfile::tempdir().unwrap();
    let swapped = dir.path().join("swapped.parquet");
    write_cohort(&without_what_no_model_may_see(&read_cohort(&cohort).unwrap()), &swapped).unwrap();
    let of_swapped = train(dir.path(), &swapped, "2");
    let other = tempfile::tempdir().unwrap();
    let of_cohort = train(other.path(), &cohort, "2");
    let files = |of: &BTreeMap<PathBuf, Option<Vec<u8>>>, version: u32| {
        ["model.json", "calibrator.json", "explanation.json", "probes.json"]
            .map(|name| of[Path::new(&format!("{version}/{name}"))].clone().unwrap())
    };
    for version in 1..=6 {
        assert!(files(&of_swapped, version) == files(&of_cohort, version), "version {version} differs");
    }
    // The comparison would notice: versions differ from each other. And the cohort is known as the one learned from.
    assert!(files(&of_cohort, 1) != files(&of_cohort, 3));
    let fingerprint = |of: &BTreeMap<PathBuf, Option<Vec<u8>>>| {
        let manifest = of[Path::new("1/manifest.json")].clone().unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        manifest["training"]["cohort_fingerprint"].as_str().unwrap().to_owned()
    };
    assert_eq!(fingerprint(&of_swapped), fingerprint(&of_cohort));
}

#[test]
fn fresh_processes_and_the_service_give_the_same_bits() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let case = fs::read(quick.join("case.json")).unwrap();
    for model in ["vpr@champion", "vpr@challenger", "vpr@3"] {
        let explain = || {
            run_in(
                quick,
                ["explain", "--registry", "registry", "--model", model, "--in", "case.json", "--json"],
            )
            .succeeded()
        };
        let (first, second) = (explain(), explain());
        assert_eq!(first.out, second.out);
        let server = Server::start(&quick.join("registry"), dir.path(), model);
        let served = server.post("/v1/assessments", &case);
        assert_eq!(served.status, 201, "{}", server.operational_log());
        let (served, explained) = (served.json(), first.json());
        assert_eq!(bits(&served["recidivism"]["log_odds"]), bits(&explained["recidivism"]["log_odds"]));
        // Every number besides: what the service answers is the assessment, with a receipt.
        for (field, value) in explained.as_object().unwrap() {
            assert_eq!(served[field], *value, "{field}");
        }
        let loaded =
            Registry::open(quick.join("registry")).unwrap().load(&model.parse::<ModelRef>().unwrap());
        let loaded = loaded.unwrap();
        let row = read_cohort(&quick.join("cohort.parquet")).unwrap().answers().row(0).to_vec();
        assert_eq!(loaded.recidivism().score(&row).to_bits(), bits(&explained["recidivism"]["log_odds"]));
        assert_ne!(bits(&explained["recidivism"]["log_odds"]), bits(&explained["recidivism"]["probability"]));
    }
}

fn bits(number: &Value) -> u64 {
    number.as_f64().unwrap().to_bits()
}

#[test]
fn a_table_is_scored_as_its_cases_are() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores.parquet");
    let out = out.to_str().unwrap();
    let args =
        ["score", "--registry", "registry", "--model", "vpr@champion", "--in", "cohort.parquet", "--explain"];
    let ran = run_in(quick, args.into_iter().chain(["--out", out])).succeeded();
    let first = ran.out.lines().next().unwrap();
    assert_eq!(first, format!("2000 forms scored by vpr@1 points, written to {out}"));
    assert!(ran.out.contains("columns not read: ") && ran.out.contains("group.children"), "{}", ran.out);
    let bytes = fs::read(out).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    for name in ["amparo.scores", "log_odds", "value.I01", "SYNTHETIC"] {
        assert!(bytes.windows(name.len()).any(|part| part == name.as_bytes()), "`{name}` is not in the file");
    }
}
