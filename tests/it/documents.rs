//! Documents are about the version that was named.

use std::fs;

use amparo_evaluation::report::Report;

use crate::running::{quickstart, run_in};

#[test]
fn documents_tell_of_the_version_that_was_evaluated_and_of_no_other() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    for (version, name) in [(6, "vpr@6 hybrid-boosted-0.75"), (1, "vpr@1 points")] {
        let out = dir.path().join(version.to_string());
        let (model, out_dir) = (format!("vpr@{version}"), out.to_str().unwrap());
        let args = ["evaluate", "--registry", "registry", "--model", &model, "--cohort", "cohort.parquet"];
        run_in(quick, args.into_iter().chain(["--replicates", "100", "--out", out_dir])).succeeded();
        let report = Report::from_json(&fs::read_to_string(out.join("report.json")).unwrap()).unwrap();
        assert!(report.scored(name).is_some(), "the report holds the version's results");
        let manifest = fs::read(quick.join(format!("registry/vpr/{version}/manifest.json"))).unwrap();
        let digest = amparo_models::artefact::sha256(&manifest);
        for document in ["card", "annex-iv", "tripod-ai"] {
            for ending in ["md", "es.md"] {
                let text = fs::read_to_string(out.join(format!("{document}.{ending}"))).unwrap();
                assert!(text.contains(name) && text.contains(&digest), "{document}.{ending} of {name}");
                let others = (1..=6).filter(|other| *other != version);
                for other in others.map(|other| format!("vpr@{other} ")) {
                    assert!(!text.contains(&other), "{document}.{ending} of {name} speaks of {other}");
                }
            }
        }
    }
}
