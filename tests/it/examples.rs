//! The examples are run, and what they say is compared with something that does not come from them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::running::{copy, program, quickstart, ran, run_in};

#[expect(dead_code, reason = "what `main` calls is called here")]
#[path = "../../examples/explain_one_case.rs"]
mod explain_one_case;

#[expect(dead_code, reason = "what `main` calls is called here")]
#[path = "../../examples/judge_your_own_scores.rs"]
mod judge_your_own_scores;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn one_case_is_explained_as_the_command_explains_it() {
    let (quick, _) = quickstart();
    let (registry, case) = (quick.join("registry"), quick.join("case.json"));
    let explained = explain_one_case::explain(&registry, "vpr@challenger", &case).unwrap();
    let command =
        ["explain", "--registry", "registry", "--model", "vpr@challenger", "--in", "case.json", "--json"];
    let said = run_in(quick, command).succeeded().json();
    let log_odds = said["recidivism"]["log_odds"].as_f64().unwrap();
    let bars = explain_one_case::bars(&explained);
    let sum =
        said["explanation"]["base"].as_f64().unwrap() + bars.iter().map(|(_, value)| value).sum::<f64>();
    let error = (sum - log_odds).abs();
    assert!(error <= 1e-9, "base and bars add up to {sum}, the command says {log_odds}");
    assert_eq!(said["text"]["en"], explained.text.en);

    let svg = explain_one_case::draw(&explained);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    // A bar each, and the ground they stand on.
    assert_eq!(svg.matches("<rect ").count(), bars.len() + 1);
    assert!(svg.contains("Synthetic case"), "{svg}");
    for (_, value) in &bars {
        assert!(svg.contains(&format!(">{value:+.3}<")), "{value} is not drawn");
    }
}

/// Whether the event happened, the probability and the group of each row.
fn rows(table: &str) -> Vec<(bool, f64, &str)> {
    let row = |line| match str::split(line, ',').collect::<Vec<_>>()[..] {
        [_, outcome, probability, group] => (outcome == "yes", probability.parse().unwrap(), group),
        _ => panic!("`{line}`"),
    };
    table.lines().skip(1).map(row).collect()
}

#[test]
fn own_scores_are_judged_as_counting_pairs_and_rows_does() {
    let table = fs::read_to_string(root().join("examples/own-scores.csv")).unwrap();
    let report = judge_your_own_scores::judge(&table).unwrap();
    let of = |key: &str| report.scored[0].overall[key].value().unwrap();
    let rows = rows(&table);

    let with = |event: bool| rows.iter().filter(move |row| row.0 == event).map(|row| row.1);
    let mut won = 0.0;
    for p in with(true) {
        for q in with(false) {
            won += if p > q {
                1.0
            } else if p < q {
                0.0
            } else {
                0.5
            };
        }
    }
    let pairs = (with(true).count() * with(false).count()) as f64;
    let error = (of("auc") - won / pairs).abs();
    assert!(error <= 1e-12, "AUC is off by {error}");

    let high = |p: f64| p >= judge_your_own_scores::HIGH;
    let recall = |group: &str| {
        let events = rows.iter().filter(|row| row.0 && (group.is_empty() || row.2 == group));
        let (n, found) =
            events.fold((0.0, 0.0), |(n, found), row| (n + 1.0, found + f64::from(u8::from(high(row.1)))));
        found / n
    };
    let error = (of("recall@high") - recall("")).abs();
    assert!(error <= 1e-12, "recall is off by {error}");
    assert!((recall("a") - recall("b")).abs() > 0.05, "the groups of the example differ");
}

#[test]
fn the_gate_in_ci_ends_with_its_answer() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    copy(&quickstart().0, at);
    let gates = |name: &str, metric: &str, bound: &str| {
        let text = format!(
            "format = 1\nid = \"{name}\"\ntitle = {{ es = \"prueba\", en = \"test\" }}\nowner = \"the test\"\n[[gate]]\nname = \"{name}\"\n\
             reason = {{ es = \"prueba\", en = \"for the test\" }}\nkind = \"value\"\nmetric = \"{metric}\"\n{bound}\n"
        );
        fs::write(at.join(format!("{name}.toml")), text).unwrap();
    };
    gates("good", "auc", "at_least = 0.5");
    gates("bad", "brier", "at_most = 0.001");
    let gate = |registry: &str, gates: &str| {
        let script = root().join("examples/gate-in-ci/gate.sh");
        let args = ["vpr@challenger", registry, "cohort.parquet", gates, "verdict"];
        ran(Command::new(script).args(args).env("AMPARO", program()).current_dir(at))
    };
    let passes = gate("registry", "good.toml").succeeded();
    assert!(passes.out.contains("vpr@challenger passes its gates"), "{}", passes.out);
    assert!(at.join("verdict/verdict.json").is_file() && at.join("verdict/report.html").is_file());
    let blocked = gate("registry", "bad.toml");
    assert_eq!(blocked.code, Some(1), "{}", blocked.err);
    assert!(blocked.out.contains("verdict/verdict.json says why"), "{}", blocked.out);
    assert_eq!(gate("nowhere", "good.toml").code, Some(2));
    assert_eq!(ran(&mut Command::new(root().join("examples/gate-in-ci/gate.sh"))).code, Some(2));
    let workflow = fs::read_to_string(root().join("examples/gate-in-ci/workflow.yml")).unwrap();
    assert!(workflow.contains("run: examples/gate-in-ci/gate.sh "), "the workflow calls the script");
}
