//! Versions and registries that were changed, cut short or are something else.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::refused;
use crate::running::{copy, listing, quickstart, run_in};
use crate::small::{IMPORT, TRAIN, folder};

/// A registry that may be spoilt, and a case.
fn registry() -> TempDir {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    copy(&quick.join("registry"), &dir.path().join("registry"));
    fs::copy(quick.join("case.json"), dir.path().join("case.json")).unwrap();
    dir
}

fn explain(model: &str) -> [&str; 7] {
    ["explain", "--registry", "registry", "--model", model, "--in", "case.json"]
}

/// Both ways in, and the fact that a sound version beside it still answers.
#[track_caller]
fn refused_by_all(dir: &Path, model: &str, fragments: &[&str]) {
    let before = listing(dir);
    let serve = [
        "serve",
        "--registry",
        "registry",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "l",
        "--default-model",
        model,
    ];
    for args in [&explain(model)[..], &["models", "show", "--registry", "registry", model], &serve] {
        let ran = run_in(dir, args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        let error = ran.err.lines().last().unwrap();
        for fragment in fragments {
            assert!(
                error.starts_with("error: ") && error.contains(fragment),
                "`{fragment}` is not in {error}"
            );
        }
    }
    assert!(before == listing(dir), "something was left behind");
    run_in(dir, explain("vpr@6")).succeeded();
}

#[test]
fn a_file_that_was_cut_short() {
    let dir = registry();
    let path = dir.path().join("registry/vpr/3/model.json");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
    let lengths = [bytes.len() - 10, bytes.len()].map(|n| format!("({n} bytes)"));
    let fragments = [
        "`registry/vpr/3/model.json` has digest ",
        &lengths[0],
        ", expected ",
        &lengths[1],
        ": the file was changed or cut short after it was published",
    ];
    refused_by_all(dir.path(), "vpr@3", &fragments);
}

#[test]
fn a_byte_that_was_flipped() {
    for file in ["model.json", "calibrator.json", "explanation.json", "protocol.toml", "card.md"] {
        let dir = registry();
        let path = dir.path().join("registry/vpr/1").join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[100] ^= 1;
        fs::write(&path, bytes).unwrap();
        let start = format!("`registry/vpr/1/{file}` has digest ");
        let end = "the file was changed or cut short after it was published";
        refused_by_all(dir.path(), "vpr@champion", &[&start, end]);
    }
}

#[test]
fn a_manifest_that_was_changed() {
    let dir = registry();
    let path = dir.path().join("registry/vpr/2/manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replace("\"candidate\": \"logistic\"", "\"candidate\": \"boosted\"");
    assert_ne!(text, changed);
    fs::write(&path, changed).unwrap();
    refused_by_all(dir.path(), "vpr@2", &["`registry/vpr/2/manifest.json` has digest ", ", expected "]);
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    refused_by_all(dir.path(), "vpr@2", &["`registry/vpr/2/manifest.json` is not a manifest: "]);
}

#[test]
fn a_file_too_few_or_too_many() {
    let dir = registry();
    fs::remove_file(dir.path().join("registry/vpr/5/probes.json")).unwrap();
    refused_by_all(
        dir.path(),
        "vpr@5",
        &["`registry/vpr/5` is not a complete version: `probes.json` missing"],
    );
    fs::write(dir.path().join("registry/vpr/4/rows.csv"), "a").unwrap();
    let found = "`registry/vpr/4` is not a complete version: `rows.csv` found, which no version holds";
    refused_by_all(dir.path(), "vpr@4", &[found]);
}

#[test]
fn a_version_exchanged_behind_its_alias() {
    let dir = registry();
    let place = |version: u32| dir.path().join(format!("registry/vpr/{version}"));
    fs::remove_dir_all(place(1)).unwrap();
    copy(&place(2), &place(1));
    let message = "`registry/vpr/1` is not the version its place says: it is vpr@2, expected vpr@1";
    refused(dir.path(), &explain("vpr@champion"), message);
}

#[test]
fn a_history_that_was_cut_short() {
    let dir = registry();
    let path = dir.path().join("registry/vpr/aliases.jsonl");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    let ran = run_in(dir.path(), ["models", "list", "--registry", "registry"]);
    assert_eq!(ran.code, Some(2));
    let start = "error: `registry/vpr/aliases.jsonl` is not an unbroken history of aliases: line 2 is cut short after ";
    assert!(ran.err.starts_with(start), "{}", ran.err);
    assert!(ran.err.contains("`amparo models mend` takes it off"), "{}", ran.err);

    // What was never finished is taken off and kept; what was is as before.
    let mend = || run_in(dir.path(), ["models", "mend", "--registry", "registry", "vpr"]);
    let said = mend().succeeded().out;
    assert!(said.contains("Line 2 of `registry/vpr/aliases.jsonl`, which was not finished ("), "{said}");
    let kept = said.split('`').rev().nth(1).unwrap();
    let lines = fs::read(&path).unwrap();
    assert_eq!([lines.clone(), fs::read(dir.path().join(kept)).unwrap()].concat(), &bytes[..bytes.len() - 3]);
    assert!(lines.ends_with(b"\n"));
    run_in(dir.path(), ["models", "list", "--registry", "registry"]).succeeded();
    assert!(mend().succeeded().out.contains("Every line is finished"));

    // Where the lines before do not hold, nothing is changed.
    let mut broken = bytes[..bytes.len() - 3].to_vec();
    broken[5] ^= 1;
    fs::write(&path, &broken).unwrap();
    assert_eq!(mend().code, Some(2));
    assert_eq!(fs::read(&path).unwrap(), broken);
}

#[test]
fn references_to_nothing() {
    let dir = registry();
    for (model, message) in [
        ("vpr@9", "no version `vpr@9` in the registry: the model has 1, 2, 3, 4, 5, 6"),
        ("vpr@shadow", "no alias `vpr@shadow` in the registry: the model has challenger, champion"),
        ("other@1", "no model `other` in the registry: it holds vpr"),
    ] {
        refused(dir.path(), &explain(model), message);
    }
}

#[test]
fn a_registry_that_cannot_be_written() {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    fs::write(dir.path().join("registry"), "a file in its place").unwrap();
    refused(dir.path(), &TRAIN, "`registry` is not a registry: found a file, expected a folder");
    let below = TRAIN.map(|arg| if arg == "registry" { "registry/below" } else { arg });
    refused(dir.path(), &below, "cannot create `registry/below`: Not a directory (os error 20)");
    // A file where the folder of the model should be.
    fs::remove_file(dir.path().join("registry")).unwrap();
    fs::create_dir(dir.path().join("registry")).unwrap();
    fs::write(dir.path().join("registry/small"), "a file in its place").unwrap();
    let ran = run_in(dir.path(), TRAIN);
    let said = "error: cannot create `registry/small`: File exists (os error 17)\n";
    // The rows were fine, so what can be expected of them was told before.
    assert!(ran.code == Some(2) && ran.err.ends_with(said), "{}", ran.err);
}

#[test]
fn a_training_that_is_refused_leaves_no_registry() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let cohort = quick.join("cohort.parquet");
    let args = ["train", "--config", "vpr", "--registry", "registry", "--cohort", cohort.to_str().unwrap()];
    refused(dir.path(), &args, "config: config asks for a lethality model, but no lethality cohort is given");
}
