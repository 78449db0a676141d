//! The log of proposals from the command line, whole and broken, and what a service says while it runs.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::http::Server;
use crate::running::{Ran, amparo, quickstart, ran};

/// A log with three proposals, for the cases `c-aaa`, `c-bbb` and `c-ccc`, and what the service said meanwhile.
pub fn logged() -> (tempfile::TempDir, String) {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(&quick.join("registry"), dir.path(), "vpr@champion");
    let mut body: Value = serde_json::from_slice(&fs::read(quick.join("case.json")).unwrap()).unwrap();
    for case in ["c-aaa", "c-bbb", "c-ccc"] {
        body["case_id"] = json!(case);
        assert_eq!(server.post("/v1/assessments", body.to_string().as_bytes()).status, 201);
    }
    server.terminate();
    assert_eq!(server.wait().code(), Some(0), "{}", server.operational_log());
    let said = server.operational_log();
    (dir, said)
}

pub fn log(dir: &Path, args: &[&str]) -> Ran {
    ran(amparo().arg("log").args(args).args(["--log", "log.sqlite"]).current_dir(dir))
}

fn entries(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_log_is_verified_and_copied_out_up_to_where_it_is_broken() {
    let (dir, said) = logged();
    let exported = log(dir.path(), &["export"]).succeeded();
    let whole = entries(&exported);
    assert_eq!(whole.len(), 3);
    let verified = log(dir.path(), &["verify", "--json"]).succeeded().json();
    let root = verified["root"].as_str().unwrap();
    assert_eq!(root.len(), 64, "{root}");
    assert_eq!(verified, json!({"entries": 3, "erased": 0, "head": whole[2]["hash"], "root": root}));
    assert!(whole.iter().all(|entry| entry["salt"].as_str().is_some_and(|salt| salt.len() == 64)));

    let replay = |id: &Value, json: &[&str]| {
        let (quick, _) = quickstart();
        let mut command = amparo();
        command.args(["replay", "--log", "log.sqlite", "--proposal", id.as_str().unwrap()]).args(json);
        ran(command.arg("--registry").arg(quick.join("registry")).current_dir(dir.path()))
    };
    let again = replay(&whole[0]["id"], &[]).succeeded();
    assert!(again.out.ends_with("is the same as in the log, to the last bit\n"), "{}", again.out);
    let again = replay(&whole[0]["id"], &["--json"]).succeeded().json();
    assert_eq!((&again["differences"], &again["additions"]), (&json!([]), &json!([])));

    for line in said.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line.get("spans").is_none(), "{line} says its span twice");
    }
    let answered = said.lines().find(|line| line.contains("answered")).unwrap();
    let answered: Value = serde_json::from_str(answered).unwrap();
    assert!(answered["span"]["request_id"].is_string(), "{answered}");

    // As somebody with the file in hand would.
    let path = dir.path().join("log.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<usize> = (0..bytes.len() - 5).filter(|&at| &bytes[at..][..5] == b"c-bbb").collect();
    assert!(!places.is_empty());
    // In the entry and in the index; in the packed body too, if it is written out there.
    places.into_iter().for_each(|at| bytes[at + 2] = b'x');
    fs::write(&path, bytes).unwrap();
    let exported = log(dir.path(), &["export"]);
    assert_eq!((exported.code, entries(&exported).as_slice()), (Some(1), &whole[..1]));
    assert!(exported.err.contains("is broken at sequence 2: it"), "{}", exported.err);
    for args in [&["verify"][..], &["verify", "--json"]] {
        let verified = log(dir.path(), args);
        assert_eq!((verified.code, verified.out.as_str()), (Some(1), ""), "{}", verified.err);
        assert!(verified.err.contains("is broken at sequence 2: it"), "{}", verified.err);
    }
}
