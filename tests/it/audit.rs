//! What an oversight body asks: levels against risk over time, factors, overrides.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::http::Server;
use crate::running::{Ran, amparo, quickstart, ran, run_in};
use crate::small;

const SCORES: &str = r#"
[date]
column = "day"
format = "%Y-%m-%d"

[[score]]
name = "cut"
column = "cut"
unknown = []
levels = [{ id = "low", from = 0 }, { id = "high", from = 1 }]

[[score]]
name = "quota"
column = "quota"
unknown = []
levels = [{ id = "low", from = 0 }, { id = "high", from = 1 }]

[[outcome]]"#;

/// Eight quarters of 1,000 rows in which `a` grows from one in five to three in five, and the outcome with it. `cut` is high wherever
/// `a` is; `quota` is high for the 200 riskiest of each quarter, whatever their risk.
fn table() -> String {
    let mut text = "id,a,b,ever,soon,day,cut,quota\n".to_owned();
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    for quarter in 0..8_usize {
        let mut rows: Vec<(bool, bool, f64)> =
            (0..1000).map(|_| (draw() < 0.2 + 0.4 * quarter as f64 / 7.0, draw() < 0.3, draw())).collect();
        rows.sort_by_key(|row| (!row.0, !row.1));
        for (place, (a, b, luck)) in rows.into_iter().enumerate() {
            let answer = |yes: bool| if yes { "yes" } else { "no" };
            let happened =
                u8::from(luck < 0.1 + 0.35 * f64::from(u8::from(a)) + 0.1 * f64::from(u8::from(b)));
            let day = format!("{}-{:02}-15", 2024 + quarter / 4, 3 * (quarter % 4) + 2);
            let (cut, quota) = (u8::from(a), u8::from(place < 200));
            let (a, b) = (answer(a), answer(b));
            text.push_str(&format!("q{quarter}-{place},{a},{b},{happened},{happened},{day},{cut},{quota}\n"));
        }
    }
    text
}

#[test]
fn levels_that_follow_the_places_there_are_are_found_out() {
    let dir = small::folder();
    let dir = dir.path();
    fs::write(dir.join("table.csv"), table()).unwrap();
    small::spoil(dir, "source.toml", "[[outcome]]", SCORES);
    run_in(dir, small::IMPORT).succeeded();
    run_in(dir, small::TRAIN).succeeded();
    let capacity = |rest: &[&str]| {
        let args = ["audit", "capacity"].iter().chain(&small::FIRST);
        run_in(dir, args.chain(&["--replicates", "200"]).chain(rest))
    };
    let quota = capacity(&["--score", "quota"]);
    assert_eq!(quota.code, Some(1), "{}\n{}", quota.out, quota.err);
    assert!(quota.out.contains("FIXED"), "{}", quota.out);
    assert!(
        quota.err.contains("the share of `quota` at high or above stays fixed while the risk moves"),
        "{}",
        quota.err
    );
    let spanish = capacity(&["--score", "quota", "--lang", "es"]);
    assert_eq!(spanish.code, Some(1), "{}\n{}", spanish.out, spanish.err);
    assert!(spanish.out.contains("FIJA") && spanish.out.contains("nivel o superior"), "{}", spanish.out);
    assert!(!spanish.out.contains("FIXED") && !spanish.out.contains("level or above"), "{}", spanish.out);
    let fixed = "la proporción de `quota` en high o por encima se mantiene fija mientras el riesgo varía";
    assert!(spanish.err.contains(fixed), "{}", spanish.err);
    let quota = capacity(&["--score", "quota", "--risk", "model"]);
    assert_eq!(quota.code, Some(1), "{}\n{}", quota.out, quota.err);
    let cut = capacity(&["--score", "cut"]).succeeded();
    assert!(cut.out.contains("follows"), "{}", cut.out);
    let version = capacity(&["--json", "--period", "year"]);
    assert!(version.err.contains("2 periods, expected at least 3"), "{}", version.err);
    let version = capacity(&["--json"]).succeeded().json();
    assert_eq!(version["periods"][0]["period"], "2024-Q1");
    assert_eq!(version["periods"].as_array().unwrap().len(), 8);

    let unknown = capacity(&["--score", "cuts"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("no score `cuts` on every row, expected one of: cut, quota"),
        "{}",
        unknown.err
    );
}

#[test]
fn levels_are_not_tested_over_time_where_days_are_unknown() {
    let dir = small::folder();
    let dir = dir.path();
    // Every twentieth row, of which the first three have no day.
    let all = table();
    let lines = all.lines().enumerate().filter(|(at, _)| at % 20 == 0).map(|(at, line)| {
        let day = "2024-02-15";
        if (1..=60).contains(&at) { line.replace(day, "") } else { line.to_owned() }
    });
    fs::write(dir.join("table.csv"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    small::spoil(dir, "source.toml", "[[outcome]]", SCORES);
    small::spoil(dir, "source.toml", "format = \"%Y-%m-%d\"", "format = \"%Y-%m-%d\"\nunknown = [\"\"]");
    run_in(dir, small::IMPORT).succeeded();
    run_in(dir, small::TRAIN).succeeded();
    let args = ["audit", "capacity"].iter().chain(&small::FIRST);
    let ran = run_in(dir, args.chain(&["--score", "cut", "--replicates", "200"]));
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "3 of the 400 held-out rows of `A table made up for a test` have no day of assessment, expected a day in each";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn factors_say_what_weighs_and_whether_it_is_enough() {
    let (quick, _) = quickstart();
    let factors = |rest: &[&str]| {
        let mut command = amparo();
        command.args(["audit", "factors", "--registry", "registry", "--model", "vpr@champion"]);
        ran(command.args(["--cohort", "cohort.parquet"]).args(rest).current_dir(quick))
    };
    let table = factors(&["--topic", "psychological=I01,I07,I08,I09"]).succeeded();
    assert!(
        table.out.contains("History of violence") && table.out.contains("psychological"),
        "{}",
        table.out
    );
    let spanish = factors(&["--lang", "es"]).succeeded().out;
    assert!(spanish.contains("Historia de violencia") && spanish.contains("presente en"), "{spanish}");
    assert!(!spanish.contains("History of violence") && !spanish.contains("present in"), "{spanish}");
    let found = factors(&["--json", "--indicators"]).succeeded().json();
    let rows = found["rows"].as_array().unwrap();
    let share = |row: &Value| row["share"]["value"].as_f64().unwrap();
    let form: f64 =
        rows.iter().filter(|row| row["indicators"].as_array().unwrap().len() > 1).map(share).sum();
    // The factors share out the whole form.
    assert!((form - 1.0).abs() <= 1e-9, "{form}");
    assert!((form - 2.0 * share(&rows[0])).abs() > 1e-9, "the sum is of all factors, not of one");

    let wrong = factors(&["--topic", "digital=I99", "--topic", "x"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("names `I99`") && wrong.err.contains("expected `NAME=ID,ID`"),
        "{}",
        wrong.err
    );
}

fn overrides(dir: &Path, rest: &[&str]) -> Ran {
    let (quick, _) = quickstart();
    let mut command = amparo();
    command.args(["audit", "overrides", "--log", "log.sqlite"]).args(rest);
    ran(command.arg("--registry").arg(quick.join("registry")).current_dir(dir))
}

#[test]
fn overrides_are_counted_by_unit_and_level() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(&quick.join("registry"), dir.path(), "vpr@champion");
    let mut body: Value = serde_json::from_slice(&fs::read(quick.join("case.json")).unwrap()).unwrap();
    let mut proposed = String::new();
    for (case, unit, raise) in [("c-1", "u-1", false), ("c-2", "u-1", true), ("c-3", "u-2", false)] {
        body["case_id"] = json!(case);
        body["officer"] = json!({"id": "o-1", "unit": unit, "own_level": "extreme"});
        let answer: Value =
            serde_json::from_slice(&server.post("/v1/assessments", body.to_string().as_bytes()).body)
                .unwrap();
        proposed = answer["level"].as_str().unwrap().to_owned();
        let level = if raise { json!("extreme") } else { answer["level"].clone() };
        let confirmation = json!({"officer": {"id": "o-1"}, "level": level, "reason": "seen at her door"});
        let path = format!("/v1/assessments/{}/confirmation", answer["proposal_id"].as_str().unwrap());
        assert_eq!(server.post(&path, confirmation.to_string().as_bytes()).status, 201);
    }
    server.terminate();
    server.wait();
    assert_ne!(proposed, "extreme", "the case can be raised");
    let found = overrides(dir.path(), &["--json", "--smallest-cell", "1"]).succeeded().json();
    let row = |unit: &str, level: &str| {
        let rows = found[0]["rows"].as_array().unwrap();
        rows.iter().find(|row| row["unit"] == unit && row["level"] == level).unwrap().clone()
    };
    assert_eq!(row("", "")["proposals"], 3);
    assert_eq!(row("u-1", &proposed)["raised"]["value"], 0.5);
    assert_eq!(row("u-2", &proposed)["raised"]["value"], 0.0);
    assert_eq!(row("u-1", "")["gave_way"]["value"], 0.5);
    let spanish = overrides(dir.path(), &["--lang", "es", "--smallest-cell", "1"]).succeeded().out;
    assert!(spanish.contains("elevadas") && spanish.contains("todas"), "{spanish}");
    assert!(!spanish.contains("raised") && !spanish.contains("gave way"), "{spanish}");
    // By default small cells are hidden.
    let hidden = overrides(dir.path(), &["--json"]).succeeded().json();
    assert_eq!(hidden[0]["rows"][0]["proposals"], json!({"fewer_than": 10}));

    let stream = ran(amparo()
        .args(["audit", "capacity", "--log", "log.sqlite"])
        .arg("--registry")
        .arg(quick.join("registry"))
        .current_dir(dir.path()));
    assert_eq!(stream.code, Some(2));
    assert!(stream.err.contains("1 periods, expected at least 3"), "{}", stream.err);
}
