//! Versions on their way out: what is written, what is told of it, and what is refused.

use std::fs;

use amparo_models::artefact::sha256;
use serde_json::json;

use crate::running::{Ran, listing, quickstart, run_in};

fn export(dir: &std::path::Path, model: &str, format: &str, more: &[&str]) -> Ran {
    let registry = quickstart().0.join("registry");
    let registry = registry.to_str().unwrap();
    let args = ["export", "--registry", registry, "--model", model, "--format", format, "--out", "out"];
    run_in(dir, args.iter().chain(more))
}

#[test]
fn every_version_leaves_as_a_graph_and_its_digest_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for number in 1..=6 {
        let model = format!("vpr@{number}");
        let told = export(dir.path(), &model, "onnx", &["--json"]).succeeded().json();
        let bytes = fs::read(dir.path().join("out")).unwrap();
        assert_eq!(told["sha256"], json!(sha256(&bytes)));
        assert_eq!((&told["version"], &told["n_bytes"]), (&json!(model), &json!(bytes.len())));
        assert_eq!((&told["format"], &told["is_whole"]), (&json!("onnx"), &json!(true)));
        // The version's digest is in the file.
        let digest = told["version_digest"].as_str().unwrap();
        assert!(bytes.windows(digest.len()).any(|part| part == digest.as_bytes()));
    }
    // One file, written over five times, and nothing beside it.
    assert_eq!(listing(dir.path()).len(), 1);
}

#[test]
fn the_same_version_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    for (model, format) in [("vpr@4", "onnx"), ("vpr@3", "xgboost-json"), ("vpr@1", "points-md")] {
        let said = export(dir.path(), model, format, &[]).succeeded().out;
        let first = fs::read(dir.path().join("out")).unwrap();
        assert!(said.ends_with(&format!("sha256 {}\n", sha256(&first))), "{said}");
        export(dir.path(), model, format, &[]).succeeded();
        assert!(fs::read(dir.path().join("out")).unwrap() == first, "{format}");
    }
}

#[test]
fn a_card_is_in_the_language_that_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    for (lang, word) in [("es", "| Nivel |"), ("en", "| Level |")] {
        export(dir.path(), "vpr@1", "points-md", &["--lang", lang]).succeeded();
        let card = fs::read_to_string(dir.path().join("out")).unwrap();
        assert!(card.contains(word) && card.lines().count() < 70, "{card}");
    }
}

#[test]
fn what_cannot_be_written_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for (model, format, problem) in [
        (
            "vpr@1",
            "xgboost-json",
            "`vpr@1` cannot be written as XGBoost JSON: it is of family `points` and holds no trees; ",
        ),
        (
            "vpr@2",
            "points-md",
            "`vpr@2` cannot be written as a card of points: it is of family `logistic` and holds no points; ",
        ),
        ("vpr@99", "onnx", ""),
    ] {
        let ran = export(dir.path(), model, format, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{model}");
        assert!(ran.err.starts_with(&format!("error: {problem}")), "{}", ran.err);
    }
    let ran = export(dir.path(), "vpr@1", "pickle", &[]);
    assert!(
        ran.code == Some(2) && ran.err.contains("[possible values: onnx, xgboost-json, points-md]"),
        "{}",
        ran.err
    );
    assert!(listing(dir.path()).is_empty());
    // A place that cannot be written to.
    fs::create_dir(dir.path().join("out")).unwrap();
    let ran = export(dir.path(), "vpr@1", "onnx", &[]);
    assert!(ran.code == Some(2) && ran.err.starts_with("error: cannot write `out`"), "{}", ran.err);
    assert_eq!(listing(dir.path()).len(), 1);
}
