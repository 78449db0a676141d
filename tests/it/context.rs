//! How far values could move and where they stand: on the command line and over the network, against the cohort's own rows.

use std::fs;

use amparo_datasets::table::read_cohort;
use amparo_models::{ModelRef, Registry};
use serde_json::{Value, json};

use crate::http::Server;
use crate::running::{Ran, quickstart, run_in};

fn explain(model: &str, more: &[&str]) -> Ran {
    let (quick, _) = quickstart();
    let args = ["explain", "--registry", "registry", "--model", model, "--in", "case.json"];
    run_in(quick, args.iter().chain(more))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn the_service_answers_what_the_command_says() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    for model in ["vpr@1", "vpr@6"] {
        let explained = explain(model, &["--json"]).succeeded().json();
        let explanation = &explained["explanation"];
        let (stability, values) = (&explanation["stability"], explanation["values"].as_array().unwrap());
        assert_eq!(stability["values"].as_array().unwrap().len(), values.len());
        assert_eq!(explanation["percentiles"].as_array().unwrap().len(), values.len());
        for (value, stable) in values.iter().zip(stability["values"].as_array().unwrap()) {
            assert_eq!(value["indicator"], stable["indicator"]);
            let middle = (number(&stable["low"]) + number(&stable["high"])) / 2.0;
            assert!((middle - number(&value["value"])).abs() <= 1e-12, "{stable}");
        }
        let largest =
            values.iter().max_by(|a, b| number(&a["value"]).abs().total_cmp(&number(&b["value"]).abs()));
        let first = stability["values"].as_array().unwrap().iter().find(|s| s["rank"] == json!(1)).unwrap();
        assert_eq!(first["indicator"], largest.unwrap()["indicator"]);

        let mut server = Server::start(&quick.join("registry"), dir.path(), model);
        let served = server.post("/v1/assessments", &fs::read(quick.join("case.json")).unwrap());
        assert_eq!(served.status, 201, "{}", server.operational_log());
        let served = served.json();
        for field in ["explanation", "recidivism", "lethality", "text"] {
            assert_eq!(served[field], explained[field], "{model}: {field}");
        }
        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
    }
}

/// The rows that a version was fitted on are not kept, so those of the whole cohort stand for them: 2,000 rows.
#[test]
fn percentiles_are_those_of_the_cohort() {
    let (quick, _) = quickstart();
    let cohort = read_cohort(&quick.join("cohort.parquet")).unwrap();
    let registry = Registry::open(quick.join("registry")).unwrap();
    let version = registry.load(&"vpr@6".parse::<ModelRef>().unwrap()).unwrap();
    let of_rows: Vec<Vec<f64>> = version
        .recidivism()
        .explain_batch(cohort.answers())
        .map(|parts| parts.unwrap().total.values)
        .collect();
    let explained = explain("vpr@6", &["--json"]).succeeded().json();
    let explanation = &explained["explanation"];
    for (j, at) in explanation["percentiles"].as_array().unwrap().iter().enumerate() {
        let value = number(&explanation["values"][j]["value"]);
        let below = of_rows.iter().filter(|values| values[j] < value - 1e-9).count() as f64;
        let equal = of_rows.iter().filter(|values| (values[j] - value).abs() <= 1e-9).count() as f64;
        let expected = (below + equal / 2.0) / of_rows.len() as f64;
        // Two samples of more than 1,000 rows, and the resolution.
        let tolerance = 0.06 + number(&at["resolution"]);
        assert!((number(&at["percentile"]) - expected).abs() <= tolerance, "{at}: {expected}");
    }
    let percentiles: Vec<f64> =
        explanation["percentiles"].as_array().unwrap().iter().map(|at| number(&at["percentile"])).collect();
    assert!(
        percentiles.iter().any(|at| *at < 0.2) && percentiles.iter().any(|at| *at > 0.8),
        "{percentiles:?}"
    );
}

#[test]
fn a_table_and_a_sentence_in_both_languages() {
    let spanish = explain("vpr@6", &[]).succeeded().out;
    let english = explain("vpr@6", &["--lang", "en"]).succeeded().out;
    for (text, said) in [
        (
            &spanish,
            [
                "con otros casos (95 %)",
                "16 submuestras",
                "es más alta que la de",
                "otros casos de comparación",
            ],
        ),
        (
            &english,
            [
                "with other cases (95 %)",
                "16 subsamples",
                "is higher than that of",
                "other cases to compare with",
            ],
        ),
    ] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in said {
            assert!(flat.contains(said), "`{said}` is not in\n{text}");
        }
    }
}
