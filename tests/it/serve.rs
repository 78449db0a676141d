//! Train, then serve: what the case platform sees.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::http::{Reply, Server, post, reply};
use crate::running::{amparo, listing, quickstart, ran, without_features};

/// What the explanation may miss its score by.
const ADDITIVITY: f64 = 1e-9;

struct Served {
    dir: tempfile::TempDir,
    server: Server,
    case: Vec<u8>,
}

fn served() -> Served {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&quick.join("registry"), dir.path(), "vpr@challenger");
    Served { server, dir, case: fs::read(quick.join("case.json")).unwrap() }
}

impl Served {
    /// The same service again, on the same log.
    fn restart(&mut self) {
        let (quick, _) = quickstart();
        self.server = Server::start(&quick.join("registry"), self.dir.path(), "vpr@challenger");
    }
}

/// Whether base and values add up to the log-odds, and each value to its parts; not so for anything that is no number.
fn adds_up(proposal: &Value) -> bool {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let values = proposal["explanation"]["values"].as_array().unwrap();
    let sum =
        number(&proposal["explanation"]["base"]) + values.iter().map(|v| number(&v["value"])).sum::<f64>();
    let parts = |v: &Value| number(&v["baseline_part"]) + number(&v["model_part"]) - number(&v["value"]);
    (sum - number(&proposal["recidivism"]["log_odds"])).abs() <= ADDITIVITY
        && values.iter().all(|v| parts(v).abs() <= ADDITIVITY)
}

fn path_of(proposal: &Value) -> String {
    format!("/v1/assessments/{}", proposal["proposal_id"].as_str().unwrap())
}

#[test]
fn a_case_is_answered_explained_and_found_again() {
    let Served { server, case, dir: _dir } = served();
    let Reply { status, body } = server.post("/v1/assessments", &case);
    assert_eq!(status, 201, "{}\n{}", String::from_utf8_lossy(&body), server.operational_log());
    let proposal: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(proposal["explanation"]["values"].as_array().unwrap().len(), 37);
    assert_eq!(proposal["explanation"]["scale"], "log_odds");
    assert!(adds_up(&proposal), "{proposal}");
    assert!(proposal["lethality"]["probability"].is_f64());
    assert!((4..=6).contains(&proposal["version"].as_u64().unwrap()), "the exact version, not its alias");

    let mut wrong = proposal.clone();
    let value = wrong["explanation"]["values"][3]["value"].as_f64().unwrap();
    wrong["explanation"]["values"][3]["value"] = (value + 1e-6).into();
    assert!(!adds_up(&wrong), "a value that is off by a millionth would be noticed");
    wrong["explanation"]["values"][3]["value"] = Value::Null;
    assert!(!adds_up(&wrong), "so would one that is no number");

    let again = server.get(&path_of(&proposal));
    assert_eq!((again.status, &again.body), (200, &body));
    for page in ["/health/ready", "/health/live", "/v1/models", "/openapi.json"] {
        assert_eq!(server.get(page).status, 200, "{page}");
    }
}

#[test]
fn what_was_answered_survives_a_kill() {
    let mut served = served();
    let mut answered = Vec::new();
    for _ in 0..3 {
        let Reply { status, body } = served.server.post("/v1/assessments", &served.case);
        served.server.kill();
        assert_eq!(status, 201);
        answered.push(body);
        served.restart();
    }
    for body in &answered {
        let proposal: Value = serde_json::from_slice(body).unwrap();
        let again = served.server.get(&path_of(&proposal));
        assert_eq!((again.status, &again.body), (200, body));
    }
    let sequence = |body: &Vec<u8>| {
        let proposal: Value = serde_json::from_slice(body).unwrap();
        proposal["receipt"]["log_sequence"].as_u64().unwrap()
    };
    assert_eq!(answered.iter().map(sequence).collect::<Vec<_>>(), [1, 2, 3]);
    let unknown = "/v1/assessments/01900000-0000-7000-8000-000000000000";
    assert_eq!(served.server.get(unknown).status, 404);
}

#[test]
fn a_configuration_is_read_again_while_the_service_runs() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("serve.toml");
    let tell = |more: &str| {
        let (registry, log) = (quick.join("registry"), dir.path().join("log.sqlite"));
        let text = format!(
            "registry = '{}'\nlog = 'sqlite:{}'\nlisten = '127.0.0.1:0'\n{more}",
            registry.display(),
            log.display()
        );
        fs::write(&file, text).unwrap();
    };
    tell("default_model = 'vpr@1'");
    let mut server = Server::start_by(&file, dir.path());
    let case = fs::read(quick.join("case.json")).unwrap();
    let version = |server: &Server| server.post("/v1/assessments", &case).json()["version"].clone();
    assert_eq!(version(&server), 1);

    tell("default_model = 'vpr@2'");
    assert!(server.hang_up().contains("configuration reloaded"));
    assert_eq!(version(&server), 2);

    // What cannot be read, does not exist or needs a new start changes nothing.
    for (more, said) in [
        ("default_model = 'vpr@3'\nidle_tmie = 3", "unknown field `idle_tmie`"),
        ("default_model = 'vpr@999'", "no version `vpr@999`"),
        ("default_model = 'vpr@3'\nidle_time = 3\nassessment_queue = 1", "assessment_queue, idle_time"),
    ] {
        tell(more);
        let line = server.hang_up();
        assert!(line.contains(said) && line.contains("nothing was changed"), "{line}");
        assert_eq!(version(&server), 2);
    }
    fs::remove_file(&file).unwrap();
    assert!(server.hang_up().contains("nothing was changed"));
    assert_eq!(version(&server), 2);

    tell("");
    assert!(server.hang_up().contains("configuration reloaded"));
    assert_eq!(server.post("/v1/assessments", &case).json()["code"], "model_required");
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
}

/// 3,000 lines are ten times what a pipe holds.
#[test]
fn whoever_reads_the_operational_lines_cannot_stop_the_service() {
    let (quick, _) = quickstart();
    for goes_away in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let mut server =
            Server::start_with(&quick.join("registry"), dir.path(), "vpr@challenger", Stdio::piped());
        // Held, and never read; or closed.
        let held = Some(server.take_stderr()).filter(|_| !goes_away);
        let case = fs::read(quick.join("case.json")).unwrap();
        assert_eq!(server.post("/v1/assessments", &case).status, 201);
        let mut stream = server.connect();
        let asked = b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
        let mut answer = [0; 4096];
        for _ in 0..3000 {
            stream.write_all(asked).unwrap();
            let n = stream.read(&mut answer).unwrap();
            assert!(answer[..n].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..n]));
        }
        assert_eq!(server.post("/v1/assessments", &case).status, 201);
        server.terminate();
        drop(stream);
        assert_eq!(server.wait().code(), Some(0), "goes away: {goes_away}");
        drop(held);
    }
}

#[test]
fn a_stop_finishes_the_request_in_flight() {
    let mut served = served();
    let request = post("/v1/assessments", &served.case);
    let (first, second) = request.split_at(request.len() - 20);
    let mut stream = served.server.connect();
    stream.write_all(first).unwrap();
    // So that the service has begun to read it.
    std::thread::sleep(Duration::from_millis(500));
    served.server.terminate();
    served.server.wait_until_closed();
    stream.write_all(second).unwrap();
    let Reply { status, body } = reply(stream);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
    assert_eq!(served.server.wait().code(), Some(0), "{}", served.server.operational_log());

    served.restart();
    let again = served.server.get(&path_of(&serde_json::from_slice(&body).unwrap()));
    assert_eq!((again.status, again.body), (200, body));
}

#[test]
fn a_stop_without_requests_ends_well() {
    let mut served = served();
    served.server.terminate();
    assert_eq!(served.server.wait().code(), Some(0), "{}", served.server.operational_log());
    assert!(!served.dir.path().join("log.sqlite-wal").exists(), "the log is one file");
}

/// Starts a service that must refuse to, and gives its last word; nothing is left in its folder.
fn refused(listen: &str, log: &str) -> String {
    refused_by(amparo(), listen, log)
}

fn refused_by(mut command: Command, listen: &str, log: &str) -> String {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    command.arg("serve").arg("--registry").arg(quick.join("registry")).args(["--listen", listen]);
    let ran = ran(command.args(["--log", log]).current_dir(dir.path()));
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(listing(dir.path()).is_empty(), "left behind: {:?}", listing(dir.path()).keys());
    ran.err.lines().last().unwrap().to_owned()
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = refused(&address, "sqlite:log.sqlite");
    let start = format!("error: cannot listen on `{address}`: Address already in use");
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn a_log_that_cannot_be_opened_is_named() {
    let error = refused("127.0.0.1:0", "sqlite:none/log.sqlite");
    assert!(error.starts_with("error: cannot open log `none/log.sqlite`: "), "{error}");
    let error = refused("127.0.0.1:0", "mysql://user:secret@here");
    let expected =
        "error: log `mysql://user@here` is not a path, `sqlite:path` or `postgres://user@host/database`";
    assert_eq!(error, expected);
    if cfg!(not(feature = "postgres")) {
        let error = refused_by(without_features(), "127.0.0.1:0", "postgres://user:secret@here/db");
        let expected = "error: the log is in a PostgreSQL database, for which the program has to be built with the feature `postgres`";
        assert!(error.starts_with(expected) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn flags_are_environment_variables_too() {
    let (quick, _) = quickstart();
    let mut command = amparo();
    command.args(["models", "list", "--json"]).env("AMPARO_REGISTRY", quick.join("registry"));
    assert_eq!(ran(&mut command).succeeded().json()[0]["name"], "vpr");
    let mut command = amparo();
    command.args(["serve", "--registry", "registry"]).env("AMPARO_LISTEN", "nowhere");
    let ran = ran(&mut command);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("invalid value 'nowhere' for '--listen <LISTEN>'"), "{}", ran.err);
}
