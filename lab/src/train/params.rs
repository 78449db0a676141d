//! The parameters of a training, told one by one.

use serde_json::Value;

use super::Training;
use crate::{Error, Observer};

/// Tells the name, what the cohorts are, every parameter of the config, and the config as a file.
pub(super) fn record(training: &Training<'_>, observer: &dyn Observer) -> Result<(), Error> {
    observer.param("model", training.name);
    let cohorts = [("cohort", Some(training.cohort)), ("lethality_cohort", training.lethality)];
    for (which, cohort) in cohorts {
        if let Some(cohort) = cohort {
            observer.param(&format!("{which}.title"), &cohort.provenance().title);
            observer.param(&format!("{which}.fingerprint"), &cohort.fingerprint());
        }
    }
    each("config", &serde_json::to_value(training.experiment.config())?, observer);
    observer.artefact("config.toml", training.experiment.text().as_bytes());
    Ok(())
}

/// Tells a value: what is below it if it has names or blocks, else itself. What is absent is not told.
fn each(key: &str, value: &Value, observer: &dyn Observer) {
    let is_block = |item: &Value| item.is_object();
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| each(&format!("{key}.{name}"), field, observer));
        }
        Value::Array(items) if items.iter().any(is_block) => {
            // A candidate by its name, so that its parameters keep their keys when the list is put in another order.
            for (at, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str).map_or(at.to_string(), str::to_owned);
                each(&format!("{key}.{name}"), item, observer);
            }
        }
        Value::String(text) => observer.param(key, text),
        other => observer.param(key, &other.to_string()),
    }
}
