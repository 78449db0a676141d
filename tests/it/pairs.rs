//! What pairs of answers add together: on the command line, over the network, again from the log, and in the library.

use std::fs;

use amparo_datasets::table::read_cohort;
use amparo_models::{ModelRef, Registry};
use serde_json::{Value, json};

use crate::http::Server;
use crate::running::{Ran, amparo, quickstart, ran, run_in};

const TOLERANCE: f64 = 1e-9;

fn explain(model: &str, more: &[&str]) -> Ran {
    let (quick, _) = quickstart();
    let args = ["explain", "--registry", "registry", "--model", model, "--in", "case.json"];
    run_in(quick, args.iter().chain(more))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Largest difference between what is said of pairs and what is said without them.
fn worst(explained: &Value) -> f64 {
    let explanation = &explained["explanation"];
    let pairs = explanation["interactions"].as_array().unwrap();
    let values = explanation["values"].as_array().unwrap();
    let whole = number(&explanation["base"])
        + values.iter().map(|v| number(&v["alone"])).sum::<f64>()
        + pairs.iter().map(|p| number(&p["value"])).sum::<f64>();
    let mut largest = (whole - number(&explained["recidivism"]["log_odds"])).abs();
    for value in values {
        let of = pairs.iter().filter(|p| [&p["a"], &p["b"]].contains(&&value["indicator"]));
        let sum = number(&value["alone"]) + of.map(|p| number(&p["value"]) / 2.0).sum::<f64>();
        largest = largest.max((sum - number(&value["value"])).abs());
    }
    largest
}

#[test]
fn the_command_the_service_and_the_library_say_the_same() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::open(quick.join("registry")).unwrap();
    let row = read_cohort(&quick.join("cohort.parquet")).unwrap().answers().row(0).to_vec();
    for (model, has_pairs) in [("vpr@1", false), ("vpr@3", true), ("vpr@6", true)] {
        let explained = explain(model, &["--pairs", "--json"]).succeeded().json();
        assert!(worst(&explained) <= TOLERANCE, "{model}: {:e}", worst(&explained));
        let pairs = explained["explanation"]["interactions"].as_array().unwrap();
        assert_eq!(!pairs.is_empty(), has_pairs, "{model}");

        let version = registry.load(&model.parse::<ModelRef>().unwrap()).unwrap();
        let found = version.recidivism().interactions(&row).unwrap();
        let place = |id: &Value| version.instrument().position(id.as_str().unwrap()).unwrap();
        for pair in pairs {
            let expected = found.pair(place(&pair["a"]), place(&pair["b"])).unwrap();
            assert_eq!(number(&pair["value"]).to_bits(), expected.to_bits(), "{model}: {pair}");
            assert!(place(&pair["a"]) < place(&pair["b"]));
        }
        let n = found.n_indicators;
        let not_zero = |i: usize, j: usize| found.pair(i, j).unwrap().abs() > 0.0;
        let expected = (0..n).flat_map(|i| (i + 1..n).filter(move |&j| not_zero(i, j))).count();
        assert_eq!(pairs.len(), expected, "{model}");
        if has_pairs {
            let mut wrong = explained.clone();
            wrong["explanation"]["interactions"][0]["value"] = json!(number(&pairs[0]["value"]) + 1e-6);
            assert!(worst(&wrong) > TOLERANCE);
        }

        let mut server = Server::start(&quick.join("registry"), dir.path(), model);
        let mut body: Value = serde_json::from_slice(&fs::read(quick.join("case.json")).unwrap()).unwrap();
        body["pairs"] = json!(true);
        let served = server.post("/v1/assessments", body.to_string().as_bytes());
        assert_eq!(served.status, 201, "{}", server.operational_log());
        let served = served.json();
        for field in ["explanation", "recidivism", "text", "level"] {
            assert_eq!(served[field], explained[field], "{model}: {field}");
        }
        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
        let mut replay = amparo();
        replay.args(["replay", "--json", "--log", "log.sqlite", "--proposal"]);
        replay.arg(served["proposal_id"].as_str().unwrap()).arg("--registry").arg(quick.join("registry"));
        let again = ran(replay.current_dir(dir.path())).succeeded().json();
        assert_eq!((&again["differences"], &again["additions"]), (&json!([]), &json!([])), "{model}");
    }
}

#[test]
fn a_table_names_the_strongest_in_both_languages() {
    let spanish = explain("vpr@3", &["--pairs"]).succeeded().out;
    let english = explain("vpr@3", &["--pairs", "--lang", "en"]).succeeded().out;
    for (text, said) in [
        (&spanish, ["pareja de respuestas", "Parejas de respuestas que, juntas,", "cada respuesta sola"]),
        (&english, ["pair of answers", "Pairs of answers that, together,", "each answer alone"]),
    ] {
        for said in said {
            assert!(text.contains(said), "`{said}` is not in\n{text}");
        }
    }
    // The strongest first: as many numbers as there are rows, each no larger than the one before.
    let (_, table) = english.split_once("pair of answers").unwrap();
    let sizes: Vec<f64> = table
        .lines()
        .skip(2)
        .take_while(|line| !line.starts_with('─'))
        .filter_map(|line| line.split_whitespace().last()?.parse::<f64>().ok())
        .map(f64::abs)
        .collect();
    assert!(sizes.len() >= 2 && sizes.windows(2).all(|two| two[0] >= two[1]), "{sizes:?}\n{english}");
    let all = explain("vpr@3", &["--pairs", "--lang", "en", "--all"]).succeeded().out;
    assert!(all.len() > english.len() && english.contains(" pairs add ") && !all.contains(" pairs add "));
}

#[test]
fn who_does_not_ask_is_not_told() {
    let plain = explain("vpr@3", &["--json"]).succeeded();
    assert!(!plain.out.contains("\"interactions\"") && !plain.out.contains("\"alone\""), "{}", plain.out);
    let plain = explain("vpr@3", &["--lang", "en"]).succeeded().out;
    assert!(!plain.contains("pair of answers") && !plain.contains("Pairs of answers"), "{plain}");
    let both = explain("vpr@3", &["--pairs", "--against", "vpr@1"]);
    assert_eq!(both.code, Some(2));
    assert!(both.err.contains("'--pairs' cannot be used with '--against <AGAINST>'"), "{}", both.err);
}
