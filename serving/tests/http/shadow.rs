//! A version that stands beside the one that answers.

use std::sync::Arc;
use std::time::Duration;

use amparo_serving::Config;
use serde_json::{Value, json};

use crate::running::config;
use crate::support::{Service, error, form, form_with};

fn with(service: &Service, shadow: &str) -> Config {
    Config { shadow: Some(shadow.parse().unwrap()), ..config(service.dir.path()) }
}

async fn started(shadow: &str) -> Service {
    let service = Service::start().await;
    service.app.reload(&with(&service, shadow)).await.unwrap();
    service
}

/// The report once nothing waits any more.
pub async fn settled(service: &Service) -> Value {
    let mut before = Value::Null;
    for _ in 0..500 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let report = service.get("/v1/shadow").await.json();
        if report["waiting"] == 0 && report == before {
            return report;
        }
        before = report;
    }
    panic!("something waits for ever: {before}");
}

/// A form of `vpr@1` (log-odds offset -3) whose level by `vpr@2` (offset -2) is known.
fn case(n: u32, answers: Value, unit: &str) -> Value {
    let mut case = form_with("case_id", json!(format!("c-{n}")));
    case["answers"] = answers;
    case["officer"] = json!({"id": "o-1", "unit": unit});
    case
}

/// Every answer to the form.
fn forms() -> Vec<Value> {
    let mut forms = Vec::new();
    for a in ["absent", "present", "unknown"] {
        for b in ["absent", "mild", "severe", "very_severe", "unknown"] {
            for c in ["absent", "present", "unknown"] {
                forms.push(json!({"A": a, "B": b, "C": c}));
            }
        }
    }
    forms
}

#[tokio::test]
async fn what_it_says_is_what_the_version_answers_if_it_is_asked() {
    let service = started("vpr@2").await;
    let levels = ["low", "medium", "high", "extreme"];
    let place = |level: &Value| levels.iter().position(|known| level == known).unwrap();
    let mut moves = [[0_u64; 4]; 4];
    let (mut log_odds, mut probability, mut n) = (0.0, 0.0, 0);
    for _ in 0..4 {
        for answers in forms() {
            n += 1;
            let served = service.post("/v1/assessments", &case(n, answers.clone(), "u-7")).await;
            let mut asked = case(n, answers, "u-7");
            asked["model"] = json!("vpr@2");
            let other = service.post("/v1/assessments", &asked).await;
            if served.status != 201 || other.status != 201 {
                continue;
            }
            let (served, other) = (served.json(), other.json());
            moves[place(&served["level"])][place(&other["level"])] += 1;
            let of = |p: &Value, name: &str| p["recidivism"][name].as_f64().unwrap();
            log_odds += of(&other, "log_odds") - of(&served, "log_odds");
            probability += of(&other, "probability") - of(&served, "probability");
        }
    }
    let total: u64 = moves.iter().flatten().sum();
    assert!(total > 100 && moves[0][1] > 0, "or this shows little: {moves:?}");
    let report = settled(&service).await;
    let counted = |name: &str| report[name].as_u64().unwrap();
    // Only what the default version answered, by its own name or without one.
    assert_eq!(counted("compared"), total, "{report}");
    assert_eq!((counted("shed"), counted("failed"), &report["version"]), (0, 0, &json!(2)));
    let [of] = &report["of_levels"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!(of["levels"], json!(levels));
    let mut told = 0;
    for (row, counts) in of["moves"].as_array().unwrap().iter().zip(moves) {
        for (found, count) in row["to"].as_array().unwrap().iter().zip(counts) {
            match found.as_u64() {
                Some(found) => {
                    assert_eq!(found, count, "{report}");
                    told += found;
                }
                // A small one, or one that would tell it.
                None => assert!(found.is_null()),
            }
        }
    }
    assert!(told > total / 2, "{report}");
    let n = total as f64;
    for (name, sum) in [("log_odds", log_odds), ("probability", probability)] {
        let error = (of[name]["mean"].as_f64().unwrap() - sum / n).abs();
        assert!(error <= 1e-12, "{name}: {error}");
        assert!((sum / n).abs() > 0.01, "a mistake would be seen");
    }
}

#[tokio::test]
async fn only_what_the_default_version_answered_is_compared() {
    let service = started("vpr@2").await;
    for (model, status) in [("vpr@1", 201), ("vpr@2", 201), ("vpr@champion", 201), ("vpr@none", 404)] {
        assert_eq!(service.post("/v1/assessments", &form_with("model", json!(model))).await.status, status);
    }
    let key = service.post_with_key("/v1/assessments", "k", &form()).await;
    let again = service.post_with_key("/v1/assessments", "k", &form()).await;
    assert_eq!((key.status.as_u16(), again.status.as_u16()), (201, 200));
    assert!(!key.text.contains("shadow"), "{}", key.text);
    assert_eq!(settled(&service).await["compared"], 2, "by `vpr@champion`, and once by a key");
    let seen = service.app.shadow_counts().seen();
    assert_eq!(seen.compared(), 2);
}

#[tokio::test]
async fn without_one_there_is_nothing_to_report() {
    let service = Service::start().await;
    let reply = service.get("/v1/shadow").await;
    let sentence = "no shadow is configured: no version stands beside the default one";
    assert_eq!((reply.status.as_u16(), reply.json()), (404, error(sentence, "no_shadow", &[])));
}

#[tokio::test]
async fn a_shadow_that_is_broken_harms_nobody_and_is_counted() {
    let service = Service::start().await;
    let file = service.dir.path().join("registry/vpr/2/model.json");
    let model = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, model.replace('1', "2")).unwrap();
    service.app.reload(&with(&service, "vpr@2")).await.unwrap();
    for n in 0..5 {
        let reply = service.post("/v1/assessments", &form_with("case_id", json!(format!("c-{n}")))).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["version"]), (201, &json!(1)));
    }
    let report = settled(&service).await;
    assert_eq!((&report["failed"], &report["compared"]), (&json!(5), &json!(0)), "{report}");
    assert_eq!(report["version"], Value::Null);
    assert_eq!(service.get("/health/ready").await.status, 200);
    assert_eq!(service.entries().await, 5);
}

#[tokio::test]
async fn another_form_is_counted_apart() {
    let service = Service::start().await;
    service.app.registry().publish(&crate::numbers::numeric_draft()).unwrap();
    service.app.reload(&with(&service, "num@1")).await.unwrap();
    assert_eq!(service.post("/v1/assessments", &form()).await.status, 201);
    let report = settled(&service).await;
    assert_eq!((&report["other_form"], &report["compared"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn small_counts_and_small_units_are_not_told() {
    let service = started("vpr@2").await;
    // Log-odds -2.5 and -1.5: low by both. Units `a` and `b` have 30 each, `c` has 3.
    let low = json!({"A": "absent", "B": "mild", "C": "absent"});
    for n in 0..63 {
        let unit = ["a", "b", "c"][(n / 30) as usize];
        assert_eq!(service.post("/v1/assessments", &case(n, low.clone(), unit)).await.status, 201);
    }
    let report = settled(&service).await;
    let of = &report["of_levels"][0];
    assert_eq!(of["moves"][0]["proposals"], 63);
    let units: Vec<&str> =
        of["units"].as_array().unwrap().iter().map(|u| u["unit"].as_str().unwrap()).collect();
    // The total less `a` and `b` would tell `c`, so one of the two goes with it.
    assert_eq!(units.len(), 1, "{report}");
    assert!(!units.contains(&"c"));
}

#[tokio::test]
async fn counts_begin_anew_with_another_version_and_stay_with_the_same() {
    let service = Service::start().await;
    service.app.registry().alias("vpr", "shadow", 2, "b", "r", "2026-03-02T08:00:00Z").unwrap();
    service.app.reload(&with(&service, "vpr@shadow")).await.unwrap();
    service.post("/v1/assessments", &form()).await;
    let first = settled(&service).await;
    assert_eq!((&first["compared"], &first["version"]), (&json!(1), &json!(2)));
    service.app.reload(&with(&service, "vpr@shadow")).await.unwrap();
    service.post("/v1/assessments", &form()).await;
    let same = settled(&service).await;
    assert_eq!((&same["compared"], &same["since"]), (&json!(2), &first["since"]));
    service.app.registry().alias("vpr", "shadow", 1, "b", "r", "2026-03-02T09:00:00Z").unwrap();
    service.post("/v1/assessments", &form()).await;
    let other = settled(&service).await;
    assert_eq!((&other["compared"], &other["version"]), (&json!(1), &json!(1)));
    assert!(other["since"].as_str() > first["since"].as_str());
    assert_eq!(service.app.shadow_counts().seen().compared(), 3, "the service has counted all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_the_shadow_gives_way_and_everybody_is_answered() {
    use std::future::ready;
    let service = Arc::new(started("vpr@2").await);
    settled(&service).await;
    // All threads but one are occupied, and those who ask keep that one busy.
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let pool = service.app.assessments().clone();
    let held = tokio::spawn(async move {
        let place = pool.enter().unwrap();
        let run = place.run(move || {
            ended.recv().unwrap();
            ready(())
        });
        run.await.unwrap();
    });
    let asking: Vec<_> = (0..4)
        .map(|lane| {
            let service = Arc::clone(&service);
            tokio::spawn(async move {
                for n in 0..50 {
                    let case = form_with("case_id", json!(format!("c-{lane}-{n}")));
                    assert_eq!(service.post("/v1/assessments", &case).await.status, 201);
                }
            })
        })
        .collect();
    for asking in asking {
        asking.await.unwrap();
    }
    end.send(()).unwrap();
    held.await.unwrap();
    let report = settled(&service).await;
    let sum = report["compared"].as_u64().unwrap() + report["shed"].as_u64().unwrap();
    assert_eq!((sum, &report["failed"]), (200, &json!(0)), "everyone is accounted for");
}
