//! A run as a server can hold it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{Metric, Run, mlflow_name};

/// Most characters of a parameter, which MLflow cuts without a word.
const LONGEST_PARAM: usize = 6_000;
/// Most characters of a tag, likewise.
const LONGEST_TAG: usize = 8_000;
/// Characters of a text that is too long which stay where it would be.
const KEPT: usize = 200;

/// What is sent.
pub(crate) struct Prepared {
    pub params: BTreeMap<String, String>,
    pub metrics: BTreeMap<String, f64>,
    pub tags: BTreeMap<String, String>,
    pub artefacts: BTreeMap<String, Vec<u8>>,
}

impl Prepared {
    /// Names as MLflow takes them; texts that are too long as artefacts `long/params.json` and `long/tags.json`; what has no value, and what has
    /// another name here, as artefacts below `amparo/`.
    pub fn of(run: &Run, parent: Option<&str>) -> Self {
        let mut artefacts = run.artefacts.clone();
        let mut names = BTreeMap::new();
        let mut named = |key: &str| {
            let name = mlflow_name(key);
            if name != key {
                names.insert(name.clone(), key.to_owned());
            }
            name
        };
        let metrics = run.metrics.iter().map(|Metric { key, value }| (named(key), *value)).collect();
        let mut texts = |texts: &BTreeMap<String, String>, longest: usize, which: &str| {
            let mut long = BTreeMap::new();
            let file = format!("long/{which}.json");
            let short = texts.iter().map(|(key, text)| {
                let n = text.chars().count();
                if n <= longest {
                    return (named(key), text.clone());
                }
                long.insert(key.clone(), text.clone());
                let begins: String = text.chars().take(KEPT).collect();
                (named(key), format!("{begins}… ({n} characters: whole in the artefact {file})"))
            });
            let short: BTreeMap<String, String> = short.collect();
            if !long.is_empty() {
                artefacts.insert(file, pretty(&json!(long)));
            }
            short
        };
        let params = texts(&run.params, LONGEST_PARAM, "params");
        let mut tags = texts(&run.tags, LONGEST_TAG, "tags");
        tags.insert("amparo.run".to_owned(), run.head.id.clone());
        if let Some(dataset) = &run.head.dataset {
            tags.insert("amparo.cohort.fingerprint".to_owned(), dataset.fingerprint.clone());
        }
        if let Some(parent) = parent {
            tags.insert("mlflow.parentRunId".to_owned(), parent.to_owned());
        }
        if !run.undefined.is_empty() {
            artefacts.insert("amparo/undefined.json".to_owned(), pretty(&json!(run.undefined)));
        }
        if !names.is_empty() {
            artefacts.insert("amparo/names.json".to_owned(), pretty(&json!(names)));
        }
        Self { params, metrics, tags, artefacts }
    }
}

fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
