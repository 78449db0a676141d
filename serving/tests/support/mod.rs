//! A service over a small version made by hand, and how to ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{Answers, Instrument};
use amparo_journal::Log;
use amparo_models::calibrator::Platt;
use amparo_models::explain::{Background, Deal, Population, Subsamples};
use amparo_models::scorer::{Candidate, Node, Tree};
use amparo_models::{Calibrator, Draft, Forest, Hybrid, ModelRef, Part, Points, Protocol, Registry, Scorer};
use amparo_serving::{App, build_handler};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

const INSTRUMENT: &str = r#"
id = "small"
title = { es = "pequeño", en = "small" }
source = "made up for a test"

[[factor]]
id = "all"
label = { es = "todo", en = "all" }

[answers]
binary = [{ id = "absent", es = "ausente", en = "absent" }, { id = "present", es = "presente", en = "present" }]
graded = [
  { id = "absent", es = "ausente", en = "absent" },
  { id = "mild", es = "leve", en = "mild" },
  { id = "severe", es = "grave", en = "severe" },
]

[[indicator]]
id = "A"
factor = "all"
polarity = "risk"
correctable = false
answers = "binary"
label = { es = "a", en = "a" }

[[indicator]]
id = "B"
factor = "all"
polarity = "risk"
correctable = false
answers = "graded"
label = { es = "b", en = "b" }

[[indicator]]
id = "C"
factor = "all"
polarity = "risk"
correctable = true
answers = "binary"
label = { es = "menores", en = "minors" }
"#;

const PROTOCOL: &str = r#"
id = "small-1"
title = { es = "pequeño", en = "small" }
cut_points = { es = "de prueba", en = "for a test" }
outcome = "assault"
horizon_days = 180
cumulative_measures = true

[[level]]
id = "low"
label = { es = "bajo", en = "low" }
from_probability = 0.0
reassess_within_hours = 1440
measures = [{ es = "llamar", en = "call" }]

[[level]]
id = "medium"
label = { es = "medio", en = "medium" }
from_probability = 0.3
reassess_within_hours = 720
measures = [{ es = "visitar", en = "visit" }]

[[level]]
id = "high"
label = { es = "alto", en = "high" }
from_probability = 0.6
reassess_within_hours = 168
measures = [{ es = "vigilar", en = "watch" }]

[[level]]
id = "extreme"
label = { es = "extremo", en = "extreme" }
from_probability = 0.9
reassess_within_hours = 72
measures = [{ es = "proteger", en = "protect" }]

[lethality]
outcome = "lethal"
horizon_days = 365

[[lethality.rule]]
from_probability = 0.01
at_least = "medium"
special_relevance = true
reason = { es = "riesgo letal", en = "lethal risk" }

[[floor]]
id = "minors"
at_least = "medium"
any = [{ indicator = "C", answers = ["present"] }]
reason = { es = "menores", en = "minors" }

[[flag]]
id = "minors_at_risk"
label = { es = "menores en riesgo", en = "minors at risk" }
any = [{ indicator = "C", answers = ["present"] }]

[[safety_plan]]
id = "phone"
always = true
text = { es = "teléfono a mano", en = "phone at hand" }

[[safety_plan]]
id = "locks"
any = [{ indicator = "A", answers = ["present"] }]
text = { es = "cambiar cerraduras", en = "change locks" }
"#;

/// `vpr`: log-odds = -3 + 0.5 x points, against 200 cases of each of four rows by hand; base -1.375, means 1, 0.5 and 0.125.
pub fn draft(name: &str, offset: f64) -> Draft {
    let instrument = Arc::new(Instrument::from_toml(INSTRUMENT, Path::new("small.toml")).unwrap());
    let rows = vec![0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0];
    let answers = Answers::from_codes(Arc::clone(&instrument), rows.repeat(200)).unwrap();
    let deal = Deal::of(&(0..800).map(|case| case.to_string()).collect::<Vec<_>>());
    let part = |outcome: &str, points: Vec<Vec<i32>>, offset: f64| {
        let scorer = Scorer::from(Points { points, offset, scale: 0.5 });
        let weights = [1.0; 800];
        let background = Background::of(&scorer, &answers, &weights).unwrap();
        let subsamples = Subsamples::of(&scorer, &answers, &weights, &deal).unwrap();
        let calibrator =
            Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
        let part =
            Part::new(outcome.to_owned(), scorer, calibrator, background, &instrument, &BTreeSet::new())
                .unwrap();
        let population = Population::of(&part, &answers, &weights, subsamples).unwrap();
        part.with_population(population).unwrap()
    };
    let training = json!({
        "candidate": "points",
        "cohort_fingerprint": "c0ffee",
        "cohort_title": "four rows",
        "synthetic": "made by hand",
        "lethality": null,
        "outcome": "assault",
        "horizon_days": 180,
        "split": {"cross_fit": {"folds": 5, "repeats": 1, "seed": 7}},
        "n_rows": {"fit": 4},
        "code_version": "test",
        "metrics": {"test": {"auc": 0.75}},
        "notes": [],
    });
    Draft {
        name: name.to_owned(),
        protocol: Protocol::from_toml(PROTOCOL, Path::new("small-1.toml")).unwrap(),
        recidivism: part("assault", vec![vec![0, 4, 1], vec![0, 1, 3, 0], vec![0, 1, 0]], offset),
        lethality: Some(part("lethal", vec![vec![0, 2, 1], vec![0, 1, 2, 1], vec![0, 0, 0]], -6.0)),
        not_monotone: BTreeSet::new(),
        training: serde_json::from_value(training).unwrap(),
        config_toml: String::new(),
        card_md: "# Small\n".to_owned(),
        published_at: "2026-03-01T09:30:00Z".to_owned(),
        instrument,
    }
}

/// The draft of `vpr` with 1.5 more for A present and B severe together, against the same four rows, none of which has both.
pub fn draft_with_a_pair(name: &str) -> Draft {
    let draft = draft(name, -3.0);
    let instrument = Arc::clone(&draft.instrument);
    let rows = vec![0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0];
    let answers = Answers::from_codes(Arc::clone(&instrument), rows).unwrap();
    let points = draft.recidivism.scorer().baseline().unwrap().clone();
    let nodes = vec![
        Node::Split { indicator: 0, set: 0b010, left: 1, right: 2 },
        Node::Split { indicator: 1, set: 0b0100, left: 3, right: 4 },
        Node::Leaf(0.0),
        Node::Leaf(3.0),
        Node::Leaf(0.0),
    ];
    let forest = Forest { n_indicators: 3, base: 0.0, trees: vec![Tree { nodes }] };
    let scorer = Scorer::from(Hybrid::new(0.5, points, Candidate::trees("forest", forest).unwrap()).unwrap());
    let background = Background::of(&scorer, &answers, &[1.0; 4]).unwrap();
    let calibrator = draft.recidivism.calibrator().clone();
    let part = Part::new("assault".to_owned(), scorer, calibrator, background, &instrument, &BTreeSet::new());
    Draft { recidivism: part.unwrap(), ..draft }
}

/// A service in a folder of its own, with `vpr@1` and `vpr@2`; `champion` points to 1 and is the default.
pub struct Service {
    pub dir: tempfile::TempDir,
    pub app: App,
    pub router: Router,
}

/// An answer as the client sees it.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// The folder of a registry with two versions.
pub fn registry(dir: &Path) -> Registry {
    let registry = Registry::create(dir.join("registry")).unwrap();
    registry.publish(&draft("vpr", -3.0)).unwrap();
    registry.publish(&draft("vpr", -2.0)).unwrap();
    put_in_force(&registry, 1);
    registry
}

/// Moves `vpr@champion`, after a verdict of gates that ask nothing.
pub fn put_in_force(registry: &Registry, version: u32) {
    let digest = |version: u32| {
        registry.load(&ModelRef::version("vpr", version).unwrap()).unwrap().digest().to_owned()
    };
    let in_force = registry.aliases("vpr").unwrap().get("champion").map(|&v| json!({"digest": digest(v)}));
    let verdict = json!({
        "passed": true,
        "version": {"digest": digest(version)},
        "against": in_force,
        "gates": {"digest": "0".repeat(64)},
        "at": "2026-03-02T07:00:00Z",
    });
    registry.keep_verdict("vpr", version, &verdict.to_string()).unwrap();
    registry.alias("vpr", "champion", version, "ana", "better", "2026-03-02T08:00:00Z").unwrap();
}

impl Service {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let registry = registry(dir.path());
        let log = Log::open(dir.path().join("log.sqlite").to_str().unwrap()).await.unwrap();
        let app = App::new(registry, log, Some("vpr@champion".parse().unwrap()));
        Self { router: build_handler(app.clone()), dir, app }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request =
            Request::post(path).header("content-type", "application/json").header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Number of entries in the log, its chain verified.
    pub async fn entries(&self) -> i64 {
        self.app.log().verify().await.unwrap().entries
    }
}

/// The form `A present, B severe, C unknown`: log-odds 0.5.
pub fn form() -> Value {
    json!({
        "case_id": "c-1",
        "instrument": "small",
        "answers": {"A": "present", "B": "severe", "C": "unknown"},
        "assessed_at": "2026-03-05T10:00:00+01:00",
    })
}

/// The form with one field set.
pub fn form_with(field: &str, value: Value) -> Value {
    let mut form = form();
    form[field] = value;
    form
}

/// The body of an error.
pub fn error(error: &str, code: &str, details: &[(&str, &str)]) -> Value {
    let details: Vec<BTreeMap<_, _>> =
        details.iter().map(|(f, m)| BTreeMap::from([("field", f), ("message", m)])).collect();
    json!({"error": error, "code": code, "details": details})
}
