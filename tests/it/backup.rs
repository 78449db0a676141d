//! `amparo log backup`: while the service writes, and when it cannot be finished.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::http::Server;
use crate::log::{log, logged};
use crate::running::{Ran, amparo, listing, quickstart, ran};

#[test]
fn a_log_is_copied_while_it_is_written_and_the_copy_verifies() {
    let (quick, _) = quickstart();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let mut server = Server::start(&quick.join("registry"), dir, "vpr@champion");
    let mut body: Value = serde_json::from_slice(&fs::read(quick.join("case.json")).unwrap()).unwrap();
    std::thread::scope(|scope| {
        let posting = scope.spawn(|| {
            for case in 0..20 {
                body["case_id"] = json!(format!("c-{case}"));
                assert_eq!(server.post("/v1/assessments", body.to_string().as_bytes()).status, 201);
            }
        });
        let mut n = 0;
        while n < 2 || !posting.is_finished() {
            let name = format!("copy-{n}");
            let backed = log(dir, &["backup", "--out", &name, "--json"]).succeeded().json();
            let verified = ran(amparo().args(["log", "verify", "--json", "--log", &name]).current_dir(dir));
            assert_eq!(verified.succeeded().json(), backed);
            n += 1;
        }
    });
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    let told = log(dir, &["backup", "--out", "last"]).succeeded().out;
    let verified = log(dir, &["verify"]).succeeded().out;
    assert_eq!(told, format!("{verified}copied to last\n"));
    assert!(told.starts_with("20 entries; the chain is intact; the last hash is "), "{told}");
    let again = log(dir, &["backup", "--out", "last"]);
    assert_eq!((again.code, again.out.as_str()), (Some(2), ""));
    assert!(again.err.contains("last` exists, and a copy replaces no file"), "{}", again.err);
}

/// Backs up where a file may have no more than two kibibytes or four; by the shell's limit, a write beyond it is refused, or kills.
#[cfg(unix)]
fn limited(dir: &Path, before: &str) -> Ran {
    let script = format!(
        "{before} ulimit -f 4; exec '{}' log backup --log log.sqlite --out copy",
        amparo().get_program().to_str().unwrap()
    );
    ran(Command::new("sh").args(["-c", &script]).env_remove("AMPARO_LOG").current_dir(dir))
}

#[cfg(unix)]
#[test]
fn a_copy_that_cannot_be_finished_has_no_name() {
    let (folder, _) = logged();
    let dir = folder.path();
    let before = listing(dir);
    let refused = limited(dir, "trap '' XFSZ;");
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{}", refused.err);
    assert!(refused.err.contains("log `log.sqlite`: it cannot be copied to `"), "{}", refused.err);
    assert!(listing(dir) == before, "something was left behind");

    // Killed in the middle of it.
    let killed = limited(dir, "");
    assert_eq!((killed.code, killed.out.as_str()), (None, ""), "{}", killed.err);
    let left: Vec<_> = listing(dir).into_keys().filter(|name| !before.contains_key(name)).collect();
    assert_eq!(left, [Path::new("copy.part")]);
    let again = log(dir, &["backup", "--out", "copy"]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("one that was stopped left it: then remove it"), "{}", again.err);
    fs::remove_file(dir.join("copy.part")).unwrap();
    log(dir, &["backup", "--out", "copy"]).succeeded();
}
