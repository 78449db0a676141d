//! The first command that anybody types.

use std::fs;
use std::path::Path;

use amparo_datasets::synthetic::STATEMENT;
use amparo_datasets::table::read_cohort;
use amparo_evaluation::report::Report;
use serde_json::Value;

use crate::running::{ROWS, copy, quickstart, run_in};

const CANDIDATES: [&str; 6] =
    ["points", "logistic", "boosted", "hybrid-boosted-0.25", "hybrid-boosted-0.5", "hybrid-boosted-0.75"];

fn registry_json(dir: &Path, what: &[&str]) -> Value {
    let registry = dir.join("registry");
    let args = what.iter().copied().chain(["--json", "--registry", registry.to_str().unwrap()]);
    run_in(dir, ["models"].into_iter().chain(args)).succeeded().json()
}

#[test]
fn it_leaves_all_that_it_speaks_of() {
    let (dir, ran) = quickstart();
    let files = [
        "cohort.parquet",
        "lethality.parquet",
        "report/report.json",
        "report/report.html",
        "report/report.es.html",
        "case.json",
        "registry/vpr/aliases.jsonl",
    ];
    for file in files {
        assert!(fs::metadata(dir.join(file)).is_ok_and(|data| data.len() > 0), "{file}");
    }
    for (candidate, version) in CANDIDATES.iter().zip(1..) {
        let manifest = fs::read_to_string(dir.join(format!("registry/vpr/{version}/manifest.json"))).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["training"]["candidate"], *candidate);
    }
    for told in ["report/report.html", "amparo serve --registry", "AUC", "lowest", "vpr@1", "vpr@6"] {
        assert!(ran.out.contains(told), "`{told}` is not in\n{}", ran.out);
    }
    assert!(!ran.out.contains("NaN"), "{}", ran.out);
}

#[test]
fn it_says_loudly_that_the_cases_are_invented() {
    let (dir, ran) = quickstart();
    assert!(STATEMENT.starts_with("SYNTHETIC"));
    assert!(ran.out.starts_with(STATEMENT), "{}", ran.out);
    assert!(ran.out.matches(STATEMENT).count() >= 2, "before the work and beside the numbers: {}", ran.out);

    for (name, rows) in [("cohort.parquet", ROWS), ("lethality.parquet", 2_159)] {
        let cohort = read_cohort(&dir.join(name)).unwrap();
        assert_eq!(cohort.n_rows(), rows);
        assert_eq!(cohort.provenance().synthetic.as_ref().unwrap().statement, STATEMENT);
    }
    let described = run_in(dir, ["data", "describe", "cohort.parquet", "--json"]).succeeded();
    assert_eq!(described.json()["synthetic"], STATEMENT);

    let report = |name: &str| fs::read_to_string(dir.join("report").join(name)).unwrap();
    let json = Report::from_json(&report("report.json")).unwrap();
    assert_eq!(json.context.synthetic.as_deref(), Some(STATEMENT));
    // The other note of such a cohort, and not the statement once more.
    let [note] = &json.context.notes[..] else { panic!("{:?}", json.context.notes) };
    assert!(note.contains("counts assaults that nobody reported"), "{note}");
    assert!(report("report.html").contains("SYNTHETIC DATA"));
    assert!(report("report.es.html").contains("DATOS SINTÉTICOS"));
    assert!(report("report.csv").contains(STATEMENT));
    for document in ["card", "annex-iv", "tripod-ai"] {
        assert!(report(&format!("{document}.md")).contains(STATEMENT), "{document}.md");
        assert!(
            report(&format!("{document}.es.md")).contains("A rellenar por la autoridad"),
            "{document}.es.md"
        );
    }
    for version in 1..=6 {
        let card = fs::read_to_string(dir.join(format!("registry/vpr/{version}/card.md"))).unwrap();
        assert!(card.contains(STATEMENT), "{card}");
    }
    let explained =
        run_in(dir, ["explain", "--registry", "registry", "--model", "vpr@1", "--in", "case.json"]);
    assert!(explained.succeeded().out.starts_with(STATEMENT));
}

#[test]
fn it_compares_every_version_on_rows_that_none_has_seen() {
    let (dir, _) = quickstart();
    let report = Report::from_json(&fs::read_to_string(dir.join("report/report.json")).unwrap()).unwrap();
    let held_out = report.context.held_out.text().en;
    assert!(held_out.starts_with("test part: "), "{held_out}");
    assert!(report.rows.n < ROWS as u64 / 2, "{:?}", report.rows);
    for (candidate, version) in CANDIDATES.iter().zip(1..) {
        let scored = report.scored(&format!("vpr@{version} {candidate}")).unwrap();
        let auc = scored.overall["auc"].value().unwrap();
        let (low, high) = scored.overall["auc"].interval().unwrap();
        assert!(low <= auc && auc <= high, "{low} {auc} {high}");
    }
    assert_eq!(report.context.reference, "vpr@1 points");
}

#[test]
fn its_aliases_stand_with_their_history() {
    let (dir, ran) = quickstart();
    let models = registry_json(dir, &["list"]);
    assert_eq!(models[0]["name"], "vpr");
    assert_eq!(models[0]["versions"], serde_json::json!([1, 2, 3, 4, 5, 6]));
    let aliases = &models[0]["aliases"];
    assert_eq!(aliases["champion"], 1);
    let challenger = aliases["challenger"].as_u64().unwrap();
    assert!((4..=6).contains(&challenger), "a blend: {aliases}");

    let history = registry_json(dir, &["history", "vpr"]);
    let moves: Vec<_> =
        history.as_array().unwrap().iter().map(|m| (&m["alias"], &m["version"], &m["by"])).collect();
    assert_eq!(moves.len(), 2);
    assert_eq!(moves[0], (&"champion".into(), &1.into(), &"quickstart".into()));
    assert_eq!(moves[1], (&"challenger".into(), &challenger.into(), &"quickstart".into()));
    assert!(history.as_array().unwrap().iter().all(|m| m["reason"].as_str().is_some_and(|r| r.len() > 10)));
    assert!(ran.out.contains("vpr@champion points to vpr@1"), "{}", ran.out);
}

#[test]
fn its_gates_let_the_baseline_pass_and_what_they_cannot_tell_is_waived_aloud() {
    let (dir, ran) = quickstart();
    let verdict = registry_json(dir, &["verdict", "vpr@champion"]);
    assert_eq!((&verdict["passed"], &verdict["against"]), (&true.into(), &Value::Null));
    let in_force = &registry_json(dir, &["history", "vpr"])[0];
    assert_eq!(verdict["version"]["digest"], in_force["digest"]);
    assert_eq!(in_force["verdict"].as_str().unwrap().len(), 64);
    let results = verdict["results"].as_array().unwrap();
    assert!(results.iter().all(|gate| gate["answer"] == "pass" || gate["waived"] == true), "{verdict}");
    // The first version has nothing to be compared with, so something was waived.
    let waived = results.iter().find(|gate| gate["name"] == "no-worse-than-in-force").unwrap();
    assert_eq!((&waived["answer"], &waived["waived"]), (&"cannot_tell".into(), &true.into()));
    for waiver in verdict["waivers"].as_array().unwrap() {
        let gate = waiver["waiver"]["gate"].as_str().unwrap();
        assert!(ran.out.contains(&format!("WAIVED      {gate}: ")), "{}", ran.out);
        assert!(waiver["waiver"]["reason"].as_str().unwrap().contains("synthetic"));
    }
}

#[test]
fn a_second_run_adds_versions_and_changes_none() {
    let (dir, _) = quickstart();
    let home = tempfile::tempdir().unwrap();
    let again = home.path().join("q");
    copy(dir, &again);
    let before = crate::running::listing(&again.join("registry/vpr"));
    let rows = ROWS.to_string();
    let ran = run_in(home.path(), ["quickstart", "--rows", &rows, "--no-serve", "--dir", "q"]).succeeded();
    assert!(ran.out.contains("vpr@1 stays in force"), "{}", ran.out);
    let models = registry_json(&again, &["list"]);
    assert_eq!(models[0]["versions"], serde_json::json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    // What is in force stays until another version is compared with it.
    assert_eq!(models[0]["aliases"]["champion"], 1);
    let history = registry_json(&again, &["history", "vpr"]);
    assert_eq!(history.as_array().unwrap().len(), 3);
    assert_eq!(history[2]["alias"], "challenger");
    assert!((10..=12).contains(&history[2]["version"].as_u64().unwrap()), "{history}");

    let after = crate::running::listing(&again.join("registry/vpr"));
    for (name, bytes) in before.iter().filter(|(name, _)| !name.ends_with("aliases.jsonl")) {
        assert_eq!(after.get(name), Some(bytes), "{}", name.display());
    }
    // The same cohort, seed and config: the same content under another number, in another process.
    for version in 1..=6 {
        let digest = |version: usize| {
            let shown = registry_json(&again, &["show", &format!("vpr@{version}")]);
            shown["content_digest"].as_str().unwrap().to_owned()
        };
        assert_eq!(digest(version), digest(version + 6));
    }
}

#[test]
fn too_few_rows_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let ran = run_in(home.path(), ["quickstart", "--rows", "1999", "--no-serve"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), "error: --rows is 1999, expected 2000 or more\n"));
    assert!(crate::running::listing(home.path()).is_empty());
}
