//! A version judged as more of the answers become `unknown`.

use std::fs;

use amparo_evaluation::report::Report;

use crate::running::{quickstart, run_in};

#[test]
fn a_report_of_its_own_says_what_is_lost() {
    let (at, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("report");
    let evaluate = ["evaluate", "--registry", "registry", "--model", "vpr@5", "--cohort", "cohort.parquet"];
    let with = |more: &[&str]| {
        let rest = ["--replicates", "100", "--out", out.to_str().unwrap()];
        run_in(at, evaluate.iter().chain(&rest).chain(more))
    };
    let refused = with(&["--unknowns", "--unknowns-by", "officer"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.contains("the cohort has no group column `officer`, expected one of"),
        "{}",
        refused.err
    );
    assert!(!out.exists(), "nothing is written by half");
    assert_eq!(with(&["--unknowns-by", "foreign"]).code, Some(2), "it says nothing alone");

    let printed = with(&["--unknowns"]).succeeded().out;
    assert!(
        printed.contains("more unknown") && printed.contains("note: one version on the same rows"),
        "{printed}"
    );
    let read = |name: &str| Report::from_json(&fs::read_to_string(out.join(name)).unwrap()).unwrap();
    let (report, of_unknowns) = (read("report.json"), read("unknowns.json"));
    assert_eq!(of_unknowns.scored.len(), 6);
    let auc = |report: &Report, at: usize| report.scored[at].overall["auc"].value().unwrap();
    assert!((auc(&report, 0) - auc(&of_unknowns, 0)).abs() <= 1e-12, "as they are");
    assert!(auc(&of_unknowns, 0) > auc(&of_unknowns, 5), "half of the answers are gone");
    let page = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert!(page("unknowns.es.html").contains("50 % more unknown"));
    let curve = "aria-labelledby=\"unknowns-auc-title";
    assert!(page("unknowns.html").contains(curve) && !page("report.html").contains(curve));
}
