//! Reasons are codes for a machine, and words in the language that was asked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use amparo_models::{Draft, ModelRef, OutcomeModel, Registry};
use serde_json::{Value, json};

use crate::running::{Ran, quickstart, run_in};

/// A registry in `dir` with `bare@1`: `vpr@1` without its population and without a lethality model.
fn bare(dir: &Path) {
    let (quick, _) = quickstart();
    let version = Registry::open(quick.join("registry")).unwrap();
    let version = version.load(&"vpr@1".parse::<ModelRef>().unwrap()).unwrap();
    let part = version.recidivism();
    let recidivism = OutcomeModel::new(
        part.outcome().to_owned(),
        part.scorer().clone(),
        part.calibrator().clone(),
        part.background().clone(),
        version.instrument(),
        &BTreeSet::new(),
    );
    let learned = part.learned().unwrap().clone();
    let mut training = version.manifest().training.clone();
    training.lethality = None;
    let draft = Draft {
        name: "bare".to_owned(),
        instrument: Arc::clone(version.instrument()),
        protocol: version.protocol().clone(),
        recidivism: recidivism.unwrap().with_learned(learned, version.instrument()).unwrap(),
        lethality: None,
        not_monotone: BTreeSet::new(),
        training,
        config_toml: String::new(),
        card_md: String::new(),
        published_at: "2026-03-02T08:00:00Z".to_owned(),
    };
    Registry::create(dir.join("registry")).unwrap().publish(&draft).unwrap();
    fs::copy(quick.join("case.json"), dir.join("case.json")).unwrap();
}

fn explain(dir: &Path, more: &[&str]) -> Ran {
    let args = ["explain", "--registry", "registry", "--model", "bare@1", "--in", "case.json"];
    run_in(dir, args.iter().chain(more)).succeeded()
}

#[test]
fn a_machine_reads_codes_and_a_person_reads_her_own_language() {
    let dir = tempfile::tempdir().unwrap();
    bare(dir.path());
    let explained = explain(dir.path(), &["--json"]).json();
    let not_kept = json!({"undefined": {"code": "population_not_kept"}});
    assert_eq!(explained["explanation"]["stability"], not_kept);
    assert_eq!(explained["explanation"]["percentiles"], not_kept);
    assert_eq!(explained["undetermined_flags"][0]["reason"], json!({"code": "no_lethality_model"}));
    let reasons = explained["reasons"].as_object().unwrap();
    let [spanish, english] = ["es", "en"].map(|lang| explain(dir.path(), &["--lang", lang]).out);
    let said = |lang: &str, text: &str| {
        let of = |words: &Value| words[lang].as_str().unwrap().to_owned();
        reasons.values().map(of).filter(|words| text.contains(words.as_str())).collect::<BTreeSet<_>>()
    };
    for place in [
        "explanation.stability.undefined",
        "recidivism.percentile.undefined",
        "undetermined_flags.0.reason",
        "undetermined_raises.0.reason",
    ] {
        for (lang, text) in [("es", &spanish), ("en", &english)] {
            let words = reasons[place][lang].as_str().unwrap();
            assert!(text.contains(words), "`{words}` of {place} is not in\n{text}");
        }
    }
    assert_eq!((said("en", &spanish), said("es", &english)), (BTreeSet::new(), BTreeSet::new()));
    let margin =
        "sin margen de los pesos: cuando se hizo esta versión no se guardó nada de los casos de comparación";
    assert!(spanish.contains(margin), "{spanish}");
    let unknown = ": esta versión no calcula el riesgo de agresión letal";
    assert!(spanish.contains(unknown), "{spanish}");
    let margin =
        "no margin of the weights: nothing was kept of the cases of comparison when this version was made";
    assert!(english.contains(margin), "{english}");
}
