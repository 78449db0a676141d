use std::time::{Duration, Instant};

use crate::testing::{Fault, Server};
use crate::*;

fn client(server: &Server) -> Client {
    let limits = Limits { answer: Duration::from_millis(700), ..Limits::default() };
    Client::new(
        server.url().parse().unwrap(),
        Credentials::new(None, None, Some("t")),
        Authorities::default(),
        limits,
    )
}

/// A run with something of everything.
fn run(id: &str) -> Run {
    let aliases = Aliases {
        at: "2026-11-30T12:00:00Z".into(),
        by_name: [("champion", 3, "d3"), ("latest", 3, "d3"), ("shadow", 2, "d2")]
            .map(|(name, number, digest)| (name.to_owned(), Pointed { number, digest: digest.into() }))
            .into(),
    };
    let model = Registered {
        name: "vpr".into(),
        number: 3,
        digest: "d3".into(),
        source: "version".into(),
        tags: [("amparo.gate.verdict".to_owned(), "passes".to_owned())].into(),
        at: "2026-11-30T12:00:00Z".into(),
        aliases,
    };
    let dataset = Dataset { name: "Cohort".into(), fingerprint: "ab".repeat(32), context: "training".into() };
    let head = Head {
        id: id.into(),
        experiment: "vpr".into(),
        name: "vpr@3".into(),
        started: 1,
        ended: 2,
        dataset: Some(dataset),
        model: Some(model),
        parent: None,
    };
    let mut run = Run { head, ..Run::default() };
    run.params.insert("long".into(), "é".repeat(7_000));
    run.params.insert("empty".into(), String::new());
    run.params.extend((0..205).map(|at| (format!("p{at}"), "a parameter".to_owned())));
    run.tags.insert("note".into(), "ñ".repeat(9_000));
    for at in 0..1_500 {
        run.metric(format!("m{at}"), Some(f64::from(at) / 7.0), String::new);
    }
    run.metric("recall@high", Some(1e-300), String::new);
    run.metric("auc", None, || "too few events".into());
    run.metric("nan", Some(f64::NAN), || "not a number".into());
    run.artefacts.insert("version/card.md".into(), b"# Card".to_vec());
    run.artefacts.insert("vpr@3/empty".into(), Vec::new());
    run
}

/// The same with fewer numbers.
fn few(id: &str) -> Run {
    let mut run = run(id);
    run.metrics.drain(..1_490);
    run
}

fn kept(run: &Run) -> (tempfile::TempDir, Kept) {
    let dir = tempfile::tempdir().unwrap();
    let kept = Runs::create(dir.path().join("runs")).unwrap().write(run).unwrap();
    (dir, kept)
}

/// That the server holds the run once, and all of it.
fn check(server: &Server, run: &Run) {
    let state = server.state.lock().unwrap();
    assert_eq!((state.experiments.len(), state.runs.len(), state.versions.len()), (1, 1, 1));
    let held = state.runs.values().next().unwrap();
    assert_eq!(
        (held.metrics.len(), held.params.len(), held.datasets.len()),
        (run.metrics.len(), run.params.len(), 1)
    );
    assert!(held.metrics.iter().all(|metric| metric["step"] == 0 && metric["timestamp"] == 2));
    let metric = |key: &str| held.metrics.iter().find(|metric| metric["key"] == key);
    assert_eq!(metric("recall:high").unwrap()["value"], 1e-300);
    assert!(metric("auc").is_none() && metric("nan").is_none());
    assert_eq!(held.status, "FINISHED");
    let artefact = |name: &str| &state.artefacts[&format!("0/run0/artifacts/{name}")];
    assert_eq!(artefact("version/card.md"), b"# Card");
    assert!(artefact("vpr@3/empty").is_empty());
    let undefined = String::from_utf8_lossy(artefact("amparo/undefined.json"));
    assert!(undefined.contains("too few events") && undefined.contains("not a number"), "{undefined}");
    let long: serde_json::Value = serde_json::from_slice(artefact("long/params.json")).unwrap();
    assert_eq!(long["long"].as_str(), Some(run.params["long"].as_str()));
    let shown = held.params["long"].as_str().unwrap();
    assert!(shown.contains("7000 characters") && shown.chars().count() < 300, "{shown}");
    let (_, version) = &state.versions[0];
    assert_eq!(version["source"], "mlflow-artifacts:/0/run0/artifacts/version");
    assert!(version["tags"].to_string().contains("passes"));
    assert_eq!(state.models["vpr"].aliases, [("champion".to_owned(), "1".to_owned())].into());
}

#[test]
fn a_folder_is_read_as_it_was_written_and_never_twice() {
    let run = run("a-1");
    let (_dir, kept) = kept(&run);
    assert_eq!(kept.read().unwrap(), run);
    assert!(kept.runs().write(&run).unwrap_err().to_string().contains("there already"));
    let names: Vec<_> = std::fs::read_dir(kept.runs().path()).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "nothing is left aside");
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let runs = Runs::create(dir.path()).unwrap();
    for name in ["../x", "/x", "a//b", ".hidden", "a\\b", ""] {
        let mut bad = run("a");
        bad.artefacts.insert(name.into(), vec![1]);
        assert!(runs.write(&bad).unwrap_err().to_string().contains("no name of an artefact"), "{name}");
        assert!(runs.write(&run(name)).unwrap_err().to_string().contains("no id of a run"), "{name}");
    }
    assert!(runs.list().unwrap().is_empty());
}

#[test]
fn what_is_sent_is_held_once_and_read_back() {
    let (server, run) = (Server::start(), run("a"));
    let (_dir, kept) = kept(&run);
    let pushed = push(&kept, &client(&server)).unwrap();
    assert_eq!((pushed.sent.run_id.as_str(), pushed.sent.model_version.as_deref()), ("run0", Some("1")));
    assert_eq!(pushed.notes.len(), 2, "a reserved alias, an unknown version: {:?}", pushed.notes);
    check(&server, &run);
    let calls = server.state.lock().unwrap().calls.len();
    assert!(push(&kept, &client(&server)).unwrap().before);
    let state = server.state.lock().unwrap();
    assert_eq!(state.calls.len(), calls, "a run that was sent is not sent again");
    assert!(state.calls.iter().all(|(_, authorization)| authorization.as_deref() == Some("Bearer t")));
}

#[test]
fn a_push_that_is_cut_off_at_any_call_goes_on_and_doubles_nothing() {
    let counted = {
        let (server, run) = (Server::start(), few("a"));
        let (_dir, kept) = kept(&run);
        push(&kept, &client(&server)).unwrap();
        server.state.lock().unwrap().calls.len()
    };
    assert!(counted > 20);
    for fault in [Fault::LosesAnswer, Fault::LosesCall] {
        for at in 0..counted {
            let (server, run) = (Server::start(), few("a"));
            let (_dir, kept) = kept(&run);
            server.set(fault(at));
            let cut = push(&kept, &client(&server));
            assert!(matches!(cut, Err(Error::Unreachable { .. })), "{at} of {counted}: {cut:?}");
            push(&kept, &client(&server)).unwrap();
            check(&server, &run);
        }
    }
}

#[test]
fn each_way_of_not_being_a_tracking_server_is_told_and_the_run_stays() {
    let run = run("a");
    for (fault, expected) in [
        (Fault::Forbids, "answers with status 403: Invalid Host header"),
        (Fault::Page, "gives an answer that is not MLflow's: expected value at line 1 column 1 in `<html>"),
        (Fault::OtherJson, "`/experiment/experiment_id` is missing"),
        (Fault::Redirects, "answers with status 302: it leads to `http://elsewhere.example/`"),
        (Fault::Dribbles, "no answer from"),
    ] {
        let (server, (_dir, kept)) = (Server::start(), kept(&run));
        server.set(fault);
        let begun = Instant::now();
        let error = push(&kept, &client(&server)).unwrap_err().to_string();
        assert!(error.contains(expected), "{fault:?}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{fault:?}");
        server.set(Fault::None);
        push(&kept, &client(&server)).unwrap();
        check(&server, &run);
    }
}

#[test]
fn a_server_that_is_down_or_takes_all_the_time_is_told() {
    let (_dir, kept) = kept(&run("a"));
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = Client::new(
        format!("http://{gone}").parse().unwrap(),
        Credentials::default(),
        Authorities::default(),
        Limits::default(),
    );
    assert!(matches!(push(&kept, &down), Err(Error::Unreachable { .. })));
    let server = Server::start();
    let none = Limits { all: Some(Duration::ZERO), ..Limits::default() };
    let late =
        Client::new(server.url().parse().unwrap(), Credentials::default(), Authorities::default(), none);
    assert!(push(&kept, &late).unwrap_err().to_string().contains("is over"));
}

#[test]
fn a_server_that_keeps_something_else_is_found_out() {
    for (fault, expected) in [(Fault::CutsTexts, "param `long`"), (Fault::CutsArtefacts, "the artefact `")] {
        let (server, (_dir, kept)) = (Server::start(), kept(&run("a")));
        server.set(fault);
        let error = push(&kept, &client(&server)).unwrap_err();
        assert!(
            matches!(&error, Error::ReadBack { what, .. } if what.contains(expected)),
            "{fault:?}: {error}"
        );
        let address = server.url().parse().unwrap();
        assert!(!kept.sent(&address).unwrap().is_some_and(|sent| sent.complete));
    }
}

#[test]
fn older_facts_do_not_go_over_newer_ones() {
    let (server, mut run) = (Server::start(), run("a"));
    let (_dir, first) = kept(&run);
    push(&first, &client(&server)).unwrap();
    let model = run.head.model.as_mut().unwrap();
    model.tags.insert("amparo.gate.verdict".into(), "older".into());
    model.at = "2026-11-29T12:00:00Z".into();
    model.aliases.at.clone_from(&model.at);
    run.head.id = "b".into();
    let (_dir, second) = kept(&run);
    let pushed = push(&second, &client(&server)).unwrap();
    assert!(pushed.notes[0].contains("newer aliases"), "{:?}", pushed.notes);
    let version = server.state.lock().unwrap().versions[0].1.to_string();
    assert!(version.contains("passes") && !version.contains("older"), "{version}");
}

#[test]
fn a_nested_run_is_sent_after_its_parent_and_names_it() {
    let server = Server::start();
    let dir = tempfile::tempdir().unwrap();
    let runs = Runs::create(dir.path()).unwrap();
    let mut nested = run("a-01");
    nested.head.parent = Some("a".into());
    let nested = runs.write(&nested).unwrap();
    let parent = runs.write(&run("a")).unwrap();
    assert!(push(&nested, &client(&server)).unwrap_err().to_string().contains("was not sent"));
    assert_eq!(runs.list().unwrap()[0].path(), parent.path(), "parents come first");
    push(&parent, &client(&server)).unwrap();
    push(&nested, &client(&server)).unwrap();
    let state = server.state.lock().unwrap();
    assert_eq!(state.runs["run1"].tags["mlflow.parentRunId"], "run0");
    assert_eq!(state.versions.len(), 1, "one digest is one version");
}

#[test]
fn one_process_at_a_time_sends_a_run() {
    let (server, (_dir, kept)) = (Server::start(), kept(&run("a")));
    let lock = kept.lock().unwrap();
    assert!(matches!(push(&kept, &client(&server)), Err(Error::Busy { .. })));
    drop(lock);
    push(&kept, &client(&server)).unwrap();
}
