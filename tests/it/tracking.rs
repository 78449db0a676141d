//! Runs that commands keep: with nobody to send them to, with a server that is not there, and without the name of any case.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::running::{Ran, listing, run_in, without_features};
use crate::small::{FIRST, IMPORT, TRAIN, folder};

fn imported() -> tempfile::TempDir {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    dir
}

fn run(dir: &Path, args: &[&str], more: &[&str]) -> Ran {
    run_in(dir, args.iter().chain(more))
}

/// The folders of the runs, in order.
fn runs(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(dir.join("runs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn judge(verb: &str) -> Vec<&str> {
    [verb].into_iter().chain(FIRST).chain(["--replicates", "100", "--runs", "runs"]).collect()
}

#[test]
fn a_training_keeps_its_parameters_and_each_version_its_numbers() {
    let dir = imported();
    let said = run(dir.path(), &TRAIN, &["--runs", "runs"]).succeeded();
    assert!(said.err.contains("the run is kept in runs/"), "{}", said.err);
    let runs = runs(dir.path());
    assert_eq!(json(&runs[0].join("params.json"))["config.seed"], "1");
    assert_eq!(
        fs::read(runs[0].join("artifacts/config.toml")).unwrap(),
        fs::read(dir.path().join("config.toml")).unwrap()
    );
    let head = json(&runs[1].join("run.json"));
    assert_eq!(head["parent"], json(&runs[0].join("run.json"))["id"]);
    let registered = dir.path().join("registry/small/1");
    for file in ["manifest.json", "card.md"] {
        let kept = fs::read(runs[1].join("artifacts/version").join(file)).unwrap();
        assert!(kept.starts_with(&fs::read(registered.join(file)).unwrap()[..40]), "{file}");
    }
    let declared = &json(&registered.join("manifest.json"))["training"]["metrics"]["cross-fitted"]["auc"];
    let metrics = fs::read_to_string(runs[1].join("metrics.jsonl")).unwrap();
    let number = |key: &str| {
        let lines = metrics.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["key"] == key).map(|line| line["value"].clone()).next()
    };
    assert_eq!(number("cross-fitted/auc").as_ref(), Some(declared));
    assert!(
        number("cross-fitted/repeat-1/fold-2/auc").is_some()
            && number("cross-fitted/repeat-1/fold-3/auc").is_none()
    );
}

#[test]
fn a_server_that_is_down_fails_nothing_and_the_run_is_queued() {
    let dir = imported();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{gone}");
    let said = run(dir.path(), &TRAIN, &["--mlflow", &url, "--json"]).succeeded();
    assert!(said.json()[0]["name"] == "small", "what is printed stays as it is");
    let command = format!("amparo mlflow push --runs runs --mlflow {url}");
    assert!(said.err.contains("did not take the run") && said.err.contains(&command), "{}", said.err);
    assert!(runs(dir.path()).len() > 1, "beside the registry");
    let push = run(dir.path(), &["mlflow", "push", "--runs", "runs", "--mlflow", &url], &[]);
    assert_eq!(push.code, Some(2));
    assert!(push.err.contains("no answer from `http://127.0.0.1:"), "{}", push.err);
}

/// The alias moves first, and stays where it is whatever the server says.
#[test]
fn a_moved_alias_is_queued_for_a_server_that_is_down() {
    let dir = imported();
    run(dir.path(), &TRAIN, &[]).succeeded();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{gone}");
    let alias = [
        "models",
        "alias",
        "--registry",
        "registry",
        "small",
        "challenger",
        "1",
        "--by",
        "Ana",
        "--reason",
        "to try",
    ];
    let refused = run(dir.path(), &alias, &["--mlflow", "mlruns"]);
    assert!(refused.code == Some(2) && refused.err.contains("expected http://HOST:PORT"), "{}", refused.err);
    assert!(!dir.path().join("registry/small/aliases.jsonl").exists(), "nothing was moved");

    let said = run(dir.path(), &alias, &["--mlflow", &url, "--json"]).succeeded();
    assert_eq!((&said.json()["alias"], &said.json()["version"]), (&"challenger".into(), &1.into()));
    assert!(said.err.contains("did not take the run"), "{}", said.err);
    let [kept] = &runs(dir.path())[..] else { panic!("one run") };
    let (head, tags) = (json(&kept.join("run.json")), json(&kept.join("tags.json")));
    assert_eq!(head["name"], "alias challenger to small@1");
    assert_eq!(head["model"]["aliases"]["by_name"]["challenger"]["digest"], said.json()["digest"]);
    for (key, value) in
        [("amparo.alias", "challenger"), ("amparo.alias.by", "Ana"), ("amparo.alias.reason", "to try")]
    {
        assert_eq!(tags[key], value);
    }
    assert!(tags.get("amparo.alias.from").is_none());
    let again = run(dir.path(), &alias, &["--mlflow", &url]);
    assert!(again.code == Some(2) && again.err.contains("it already points to version 1"), "{}", again.err);
    assert_eq!(runs(dir.path()).len(), 1, "no move, no run");
}

#[test]
fn no_case_is_named_in_any_run() {
    let dir = imported();
    run(dir.path(), &TRAIN, &["--runs", "runs"]).succeeded();
    run(dir.path(), &judge("evaluate"), &["--out", "report"]).succeeded();
    let gates = "format = 1\nid = \"g\"\ntitle = { es = \"t\", en = \"t\" }\nowner = \"o\"\n\n[[gate]]\nname = \"ranking\"\n\
                 reason = { es = \"r\", en = \"r\" }\nkind = \"value\"\nmetric = \"auc\"\nat_least = 0.999\n";
    fs::write(dir.path().join("gates.toml"), gates).unwrap();
    let gated = run(dir.path(), &judge("gate"), &["--gates", "gates.toml"]);
    assert_eq!(gated.code, Some(1), "{}", gated.err);
    let verdict =
        runs(dir.path()).into_iter().find(|run| run.join("artifacts/verdict.json").exists()).unwrap();
    let tags = json(&verdict.join("tags.json"));
    assert_eq!(
        (&tags["amparo.gate.verdict"], &tags["amparo.gate.result.ranking"]),
        (&"not passed".into(), &"block".into())
    );
    let texts: Vec<String> = listing(&dir.path().join("runs"))
        .into_values()
        .flatten()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    // As the table has them: `c` and the number of the row.
    let named = |case: &str| {
        texts.iter().any(|text| text.contains(&format!("\"{case}\"")) || text.contains(&format!(" {case},")))
    };
    assert!(texts.len() > 20 && !(0..200).any(|row| named(&format!("c{row}"))));
    assert!(named("auc"), "the search finds what is there");
}

#[test]
fn what_cannot_be_meant_is_refused_before_any_work() {
    let dir = imported();
    for (more, expected) in [
        (&["--mlflow", "http://ana:secret@127.0.0.1:1"][..], "credentials do not belong in it"),
        (&["--mlflow", "mlruns"], "expected http://HOST:PORT"),
        (&["--mlflow", "https://127.0.0.1"], "without the feature `mlflow-tls`"),
    ] {
        let ran = without_features().args(TRAIN).args(more).current_dir(dir.path()).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(
            ran.status.code() == Some(2) && said.contains(expected) && !said.contains("secret"),
            "{said}"
        );
        assert!(!dir.path().join("registry/small").exists() && !dir.path().join("runs").exists());
    }
}
