//! `audit shadow` from outside: what another version says of the forms in a log, beside what the service itself answers when it is asked for that
//! version.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::http::Server;
use crate::running::{Ran, amparo, quickstart, ran};

/// Forms of two units that differ in how much is known and present.
fn forms() -> Vec<Value> {
    let (quick, _) = quickstart();
    let case: Value = serde_json::from_slice(&fs::read(quick.join("case.json")).unwrap()).unwrap();
    (0..24_usize)
        .map(|at| {
            let mut form = case.clone();
            let answers = form["answers"].as_object_mut().unwrap();
            for (place, (indicator, answer)) in answers.iter_mut().enumerate() {
                if (place * 7 + at * 5) % 11 < at % 5 {
                    *answer = json!("unknown");
                } else if place >= 10 && place < at + 6 && indicator.starts_with('I') {
                    *answer = json!("present");
                }
            }
            form["case_id"] = json!(format!("c-{}", at / 2));
            form["officer"] = json!({"id": "o-1", "unit": format!("u-{}", at % 2)});
            form
        })
        .collect()
}

/// What the service answers to the forms by one version.
fn answered(dir: &Path, model: &str) -> Vec<Value> {
    let (quick, _) = quickstart();
    let mut server = Server::start(&quick.join("registry"), dir, model);
    let ask = |form: &Value| {
        let reply = server.post("/v1/assessments", form.to_string().as_bytes());
        assert_eq!(reply.status, 201);
        serde_json::from_slice(&reply.body).unwrap()
    };
    let answers = forms().iter().map(ask).collect();
    server.terminate();
    server.wait();
    answers
}

fn shadow(dir: &Path, rest: &[&str]) -> Ran {
    let (quick, _) = quickstart();
    let mut command = amparo();
    command.args(["audit", "shadow", "--log", "log.sqlite", "--replicates", "200"]).args(rest);
    ran(command.arg("--registry").arg(quick.join("registry")).current_dir(dir))
}

#[test]
fn a_version_stands_beside_the_log_as_if_it_had_answered() {
    let (served, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (proposals, by_other) = (answered(served.path(), "vpr@challenger"), answered(other.path(), "vpr@1"));
    let args = ["--model", "vpr@1", "--json", "--smallest-cell", "1", "--moves", "moves.parquet"];
    let found = shadow(served.path(), &args).succeeded().json();
    let of = &found["of_levels"][0];
    let row = |unit: &str| {
        let rows = of["rows"].as_array().unwrap();
        rows.iter().find(|row| row["unit"] == unit && row["level"] == "").unwrap().clone()
    };
    let p = |answer: &Value| answer["recidivism"]["probability"].as_f64().unwrap();
    let mean = |rows: &dyn Fn(usize) -> bool| {
        let differences: Vec<f64> = (0..proposals.len())
            .filter(|&at| rows(at))
            .map(|at| p(&by_other[at]) - p(&proposals[at]))
            .collect();
        differences.iter().sum::<f64>() / differences.len() as f64
    };
    let close = |found: &Value, expected: f64| (found.as_f64().unwrap() - expected).abs() <= 1e-12;
    assert!(close(&row("")["difference"]["value"], mean(&|_| true)), "{of}");
    assert!(close(&row("u-1")["difference"]["value"], mean(&|at| at % 2 == 1)), "{of}");
    assert!(!close(&row("u-0")["difference"]["value"], mean(&|at| at % 2 == 1)), "units differ");
    let levels: Vec<&str> = of["levels"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let place = |answer: &Value| levels.iter().position(|id| *id == answer["level"]).unwrap();
    let moves: Vec<(usize, usize)> =
        proposals.iter().zip(&by_other).map(|(a, b)| (place(a), place(b))).collect();
    for (from, row) in of["moves"].as_array().unwrap().iter().enumerate() {
        for to in 0..levels.len() {
            let expected = moves.iter().filter(|pair| **pair == (from, to)).count();
            assert_eq!(row["to"][to], expected, "{from} to {to}: {of}");
        }
    }
    let higher = moves.iter().filter(|(from, to)| to > from).count() as f64 / moves.len() as f64;
    assert!(close(&row("")["higher"]["value"], higher));
    assert!(moves.iter().any(|(from, to)| from != to), "somebody moves");
    assert!(served.path().join("moves.parquet").exists());

    // The version that answered is its own shadow.
    let same = shadow(served.path(), &["--model", "vpr@challenger", "--json", "--smallest-cell", "1"])
        .succeeded()
        .json();
    let row = &same["of_levels"][0]["rows"][0];
    assert_eq!((&row["absolute_difference"]["value"], &row["higher"]["value"]), (&json!(0.0), &json!(0.0)));
    // A time after the last form leaves none.
    let none =
        shadow(served.path(), &["--model", "vpr@1", "--since", "2999-01-01T00:00:00Z"]).succeeded().out;
    assert!(none.contains("No proposal of the log could be compared"), "{none}");
}

#[test]
fn words_come_in_both_languages_and_small_cells_stay_hidden() {
    let dir = tempfile::tempdir().unwrap();
    answered(dir.path(), "vpr@challenger");
    let english = shadow(dir.path(), &["--model", "vpr@1"]).succeeded().out;
    assert!(english.contains("Agreement of the levels") && english.contains("shadow high"), "{english}");
    let spanish = shadow(dir.path(), &["--model", "vpr@1", "--lang", "es"]).succeeded().out;
    assert!(spanish.contains("Acuerdo de los niveles") && spanish.contains("en la sombra high"), "{spanish}");
    assert!(!spanish.contains("higher") && !spanish.contains("proposals"), "{spanish}");
    let hidden =
        shadow(dir.path(), &["--model", "vpr@1", "--json", "--smallest-cell", "13"]).succeeded().json();
    let rows = hidden["of_levels"][0]["rows"].as_array().unwrap();
    let unit = rows.iter().find(|row| row["unit"] == "u-1" && row["level"] == "").unwrap();
    assert_eq!(unit["proposals"], json!({"fewer_than": 13}));
    assert_eq!(unit["difference"]["state"], "undefined");
}

#[test]
fn one_shadow_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let none = shadow(dir.path(), &[]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("--model"), "{}", none.err);
    let both = shadow(dir.path(), &["--model", "vpr@1", "--compared", "x.json"]);
    assert_eq!(both.code, Some(2));
    fs::write(dir.path().join("x.json"), "{}").unwrap();
    let foreign = shadow(dir.path(), &["--compared", "x.json"]);
    assert_eq!(foreign.code, Some(2));
    assert!(foreign.err.contains("amparo import --compare-only"), "{}", foreign.err);
    assert!(!dir.path().join("log.sqlite").exists(), "a log that is not there is not made");
}
