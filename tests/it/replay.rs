//! `amparo replay --all`: every proposal of a log computed again, and what is said about those that differ.

use std::fs;
use std::path::Path;

use amparo_journal::{CONFIRMATION, Entry, Log, PROPOSAL, Record};
use serde_json::{Value, json};

use crate::log::logged;
use crate::running::{Ran, copy, quickstart, run_in};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The bodies of the proposals that a service logged.
fn bodies(dir: &Path) -> Vec<Value> {
    let log = dir.join("log.sqlite");
    let entries: Vec<Entry> = runtime()
        .block_on(async { Log::read(log.to_str().unwrap()).await.unwrap().entries(1, 1000).await.unwrap() });
    entries.iter().map(|entry| serde_json::from_str(entry.body().unwrap()).unwrap()).collect()
}

/// A log whose chain is intact, of bodies that may have been changed before.
fn write(path: &Path, entries: impl IntoIterator<Item = (&'static str, String, String)>) {
    runtime().block_on(async {
        let log = Log::open(path.to_str().unwrap()).await.unwrap();
        for (kind, id, body) in entries {
            let request_digest = "d".to_owned();
            log.append(Record { kind, id, idempotency_key: None, request_digest, body }).await.unwrap();
        }
        log.close().await.unwrap();
    });
}

fn replay(dir: &Path, log: &str, more: &[&str]) -> Ran {
    let registry = quickstart().0.join("registry");
    let args = ["replay", "--all", "--log", log, "--registry", registry.to_str().unwrap()];
    run_in(dir, args.iter().chain(more))
}

fn with(mut body: Value, place: &str, value: Value) -> Value {
    *body.pointer_mut(place).unwrap() = value;
    body
}

#[test]
fn a_log_that_stands_is_the_same_by_any_number_of_threads() {
    let (dir, _) = logged();
    let told = replay(dir.path(), "log.sqlite", &[]).succeeded();
    assert_eq!(
        told.out,
        "3 proposals: 3 the same as in the log, to the last bit; 0 different; 0 could not be replayed\n"
    );
    let one = replay(dir.path(), "log.sqlite", &["--json", "--jobs", "1"]).succeeded();
    let four = replay(dir.path(), "log.sqlite", &["--json", "--jobs", "4"]).succeeded();
    assert_eq!(one.out, four.out);
    let report = one.json();
    let expected = json!({"proposals": 3, "same": 3, "different": 0, "not_replayed": 0, "earlier": 0});
    for (name, expected) in expected.as_object().unwrap() {
        assert_eq!(&report[name], expected, "{name}");
    }
    assert_eq!((&report["log"]["entries"], &report["problems"]), (&json!(3), &json!([])));
}

#[test]
fn what_differs_and_what_cannot_be_computed_is_named_and_counted() {
    let (folder, _) = logged();
    let dir = folder.path();
    let [first, second, third] = bodies(dir).try_into().unwrap();
    let probability = first.pointer("/answer/recidivism/probability").unwrap().as_f64().unwrap();
    let next = f64::from_bits(probability.to_bits() + 1);
    let of = |id: &str, body: &Value| (PROPOSAL, id.to_owned(), body.to_string());
    let changed = with(first.clone(), "/answer/recidivism/probability", json!(next));
    let entries = [
        of("p-same", &first),
        of("p-bit", &changed),
        of("p-missing", &with(second, "/answer/version", json!(99))),
        of("p-broken", &json!({"request": {}})),
        of("p-words", &with(third, "/answer/text/en", json!("Other words."))),
        (CONFIRMATION, "p-same/confirmation".to_owned(), json!({"request": {}}).to_string()),
    ];
    write(&dir.join("changed.sqlite"), entries);

    let ran = replay(dir, "changed.sqlite", &["--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(
        ran.err.ends_with("1 of 5 proposals differ from the log, 2 could not be replayed\n"),
        "{}",
        ran.err
    );
    let report = ran.json();
    let counts = ["proposals", "same", "different", "not_replayed", "text_different", "earlier"];
    assert_eq!(counts.map(|name| report[name].as_u64().unwrap()), [5, 2, 1, 2, 1, 0]);
    assert_eq!(report["other_entries"], json!({"confirmation": 1}));
    assert_eq!(
        report["fields"],
        json!([{"name": "recidivism.probability", "proposals": 1, "examples": ["p-bit"]}])
    );
    assert_eq!(report["text_fields"], json!([{"name": "text.en", "proposals": 1, "examples": ["p-words"]}]));
    let example = &report["examples"][0];
    assert_eq!(example["proposal_id"], "p-bit");
    let difference = json!([{"field": "recidivism.probability", "logged": next, "replayed": probability}]);
    assert_eq!(example["differences"], difference);
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(problems[0]["examples"], json!(["p-missing"]));
    let told = problems[0]["name"].as_str().unwrap();
    assert!(told.starts_with("no version `vpr@99` in the registry: the model has 1, 2"), "{told}");
    assert_eq!(problems[1]["examples"], json!(["p-broken"]));
    assert!(problems[1]["name"].as_str().unwrap().starts_with("it is not as this edition logs: "));

    let ran = replay(dir, "changed.sqlite", &[]);
    assert_eq!(ran.code, Some(1));
    for told in [
        "5 proposals: 2 the same as in the log, to the last bit; 1 different; 2 could not be replayed\n",
        "differs in 1 field: recidivism.probability\n",
        "1 proposal could not be replayed (for example p-missing): no version `vpr@99` in the registry",
        "the words of 1 proposal differ, in: text.en (1); words alone make no proposal different\n",
    ] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
    // One that cannot be computed is no proposal that stands.
    write(&dir.join("missing.sqlite"), [of("p", &with(first, "/answer/version", json!(99)))]);
    assert_eq!(replay(dir, "missing.sqlite", &[]).code, Some(1));
}

#[test]
fn a_version_of_a_format_that_is_refused_is_named() {
    let (folder, _) = logged();
    let dir = folder.path();
    copy(&quickstart().0.join("registry"), &dir.join("registry"));
    let version = bodies(dir)[0].pointer("/answer/version").unwrap().to_string();
    let manifest = dir.join("registry/vpr").join(version).join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut older: Value = serde_json::from_str(&text).unwrap();
    older["format"] = json!(older["format"].as_u64().unwrap() - 1);
    fs::write(&manifest, older.to_string()).unwrap();
    let args = ["replay", "--all", "--log", "log.sqlite", "--registry", "registry", "--json"];
    let ran = run_in(dir, args);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["same"], &report["not_replayed"]), (&json!(0), &json!(3)));
    let problems = report["problems"].as_array().unwrap();
    assert_eq!((problems.len(), problems[0]["examples"].as_array().unwrap().len()), (1, 3), "{problems:?}");
    assert!(problems[0]["name"].as_str().unwrap().contains("format"), "{problems:?}");
}

#[test]
fn only_proposals_since_a_time_are_computed_whatever_their_number() {
    let (folder, _) = logged();
    let dir = folder.path();
    let [first, second, third] = bodies(dir).try_into().unwrap();
    let made = |body: Value, at: &str| with(body, "/answer/created_at", json!(at)).to_string();
    // More than are in memory at a time; nobody looks at what they hold.
    let early = |n: usize| {
        let body = json!({"answer": {"created_at": "2020-01-01T00:00:00Z"}});
        (PROPOSAL, format!("early-{n}"), body.to_string())
    };
    let late = [
        (PROPOSAL, "p-before".to_owned(), made(first, "2026-02-28T23:59:59.999Z")),
        (PROPOSAL, "p-at".to_owned(), made(second, "2026-03-01T01:00:00+01:00")),
        (PROPOSAL, "p-none".to_owned(), json!({"answer": {}}).to_string()),
        (PROPOSAL, "p-after".to_owned(), with(third, "/answer/level", json!("no level")).to_string()),
    ];
    write(&dir.join("long.sqlite"), (0..1_001).map(early).chain(late));
    let ran = replay(dir, "long.sqlite", &["--json", "--since", "2026-03-01T00:00:00Z"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let report = ran.json();
    let counts = ["earlier", "proposals", "same", "different", "not_replayed"];
    assert_eq!(counts.map(|name| report[name].as_u64().unwrap()), [1_002, 3, 1, 1, 1]);
    assert_eq!(report["problems"][0]["examples"], json!(["p-none"]));
    assert_eq!(report["fields"][0]["name"], "level");

    let ran = replay(dir, "long.sqlite", &["--since", "2999-01-01T00:00:00Z"]);
    assert!(ran.out.starts_with("1 proposal made since 2999-01-01T00:00:00Z: 0 the same"), "{}", ran.out);
    assert_eq!(ran.code, Some(1), "when one was made is not known");
}

#[test]
fn a_log_whose_chain_is_broken_is_refused() {
    let (folder, _) = logged();
    let path = folder.path().join("log.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<usize> = (0..bytes.len() - 5).filter(|&at| &bytes[at..][..5] == b"c-bbb").collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at + 2] = b'x');
    fs::write(&path, bytes).unwrap();
    let ran = replay(folder.path(), "log.sqlite", &["--json"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("is broken at sequence 2: it"), "{}", ran.err);
}

#[test]
fn one_proposal_or_all_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let base = ["replay", "--log", "log.sqlite", "--registry", "registry"];
    for (more, told) in [
        (&[][..], "<--proposal <PROPOSAL>|--all>"),
        (&["--all", "--proposal", "p"], "cannot be used with"),
        (&["--proposal", "p", "--since", "2026-03-01T00:00:00Z"], "--since"),
        (&["--proposal", "p", "--jobs", "2"], "--jobs"),
        (&["--all", "--jobs", "0"], "invalid value '0' for '--jobs <N>'"),
        (
            &["--all", "--since", "yesterday"],
            "invalid value 'yesterday' for '--since <TIME>': expected an RFC 3339 time",
        ),
    ] {
        let ran = run_in(dir.path(), base.iter().chain(more));
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{more:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{more:?}: {}", ran.err);
    }
}
