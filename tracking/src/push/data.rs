//! Parameters, metrics, tags and the dataset: what is missing is sent, and all is read back.

use std::ops::Range;

use serde_json::{Value, json};

use super::answers::{list, missing, pairs};
use crate::prepared::Prepared;
use crate::{Client, Dataset, Error};

/// Most metrics a call.
const METRICS: usize = 1_000;
/// Most parameters or tags a call.
const TEXTS: usize = 100;
/// Bytes of texts a call: the whole of it may have a million, and a letter may be written as six.
const BYTES: usize = 150_000;
/// Characters of a digest that are sent: MLflow keeps 36.
const DIGEST: usize = 32;

/// Sends what the server does not have, in as few calls as it takes.
pub(super) fn send(client: &Client, run: &str, prepared: &Prepared, at: u64) -> Result<(), Error> {
    let answer = get(client, run)?;
    let held = pairs(client, &answer, "/run/data/metrics")?;
    let lacking = prepared.metrics.iter().filter(|(key, value)| !is_number(held.get(key.as_str()), **value));
    let lacking: Vec<Value> = lacking
        // Whole steps, and one moment for all: what is sent twice is held once.
        .map(|(key, value)| json!({"key": key, "value": value, "timestamp": at, "step": 0}))
        .collect();
    for metrics in lacking.chunks(METRICS) {
        client.post("runs/log-batch", &json!({"run_id": run, "metrics": metrics}))?;
    }
    for (which, texts) in [("params", &prepared.params), ("tags", &prepared.tags)] {
        let held = pairs(client, &answer, &format!("/run/data/{which}"))?;
        let lacking = texts.iter().filter(|(key, text)| !is_text(held.get(key.as_str()), text));
        let lacking: Vec<(&String, &String)> = lacking.collect();
        for range in chunks(&lacking) {
            let pairs = lacking[range].iter().map(|(key, text)| json!({"key": key, "value": text}));
            client.post("runs/log-batch", &json!({"run_id": run, which: pairs.collect::<Vec<_>>()}))?;
        }
    }
    Ok(())
}

/// Names the dataset, unless the server knows it.
pub(super) fn send_dataset(client: &Client, run: &str, dataset: Option<&Dataset>) -> Result<(), Error> {
    let Some(dataset) = dataset else { return Ok(()) };
    if has_dataset(client, &get(client, run)?, dataset)? {
        return Ok(());
    }
    let named = json!({
        "name": name(dataset),
        "digest": digest(dataset),
        "source_type": "amparo",
        "source": json!({"fingerprint": dataset.fingerprint}).to_string(),
    });
    let tags = json!([{"key": "mlflow.data.context", "value": dataset.context}]);
    client
        .post("runs/log-inputs", &json!({"run_id": run, "datasets": [{"dataset": named, "tags": tags}]}))?;
    Ok(())
}

/// Reads everything back: a server may answer 200 and keep something else.
pub(super) fn compare(
    client: &Client,
    run: &str,
    prepared: &Prepared,
    dataset: Option<&Dataset>,
) -> Result<(), Error> {
    let answer = get(client, run)?;
    let held = pairs(client, &answer, "/run/data/metrics")?;
    for (key, value) in &prepared.metrics {
        let found = held.get(key.as_str());
        if !is_number(found, *value) {
            return Err(differs(format!("metric `{key}`"), &json!(value), found));
        }
    }
    for (which, one, texts) in [("params", "param", &prepared.params), ("tags", "tag", &prepared.tags)] {
        let held = pairs(client, &answer, &format!("/run/data/{which}"))?;
        for (key, text) in texts {
            let found = held.get(key.as_str());
            if !is_text(found, text) {
                return Err(differs(format!("{one} `{key}`"), &json!(text), found));
            }
        }
    }
    if let Some(dataset) = dataset
        && !has_dataset(client, &answer, dataset)?
    {
        return Err(differs("the dataset".to_owned(), &json!(dataset.name), None));
    }
    let status = answer.pointer("/run/info/status");
    if status.and_then(Value::as_str) != Some("FINISHED") {
        return Err(differs("the status of the run".to_owned(), &json!("FINISHED"), status.as_ref()));
    }
    Ok(())
}

fn get(client: &Client, run: &str) -> Result<Value, Error> {
    let answer = client.get("runs/get", &[("run_id", run)])?;
    if answer.pointer("/run/data").is_none() { Err(missing(client, "/run/data")) } else { Ok(answer) }
}

fn name(dataset: &Dataset) -> String {
    dataset.name.chars().take(500).collect()
}

fn digest(dataset: &Dataset) -> String {
    dataset.fingerprint.chars().take(DIGEST).collect()
}

fn has_dataset(client: &Client, answer: &Value, dataset: &Dataset) -> Result<bool, Error> {
    let inputs = list(client, answer, "/run/inputs/dataset_inputs")?;
    let field = |input: &Value, at: &str| input.pointer(at).and_then(Value::as_str).map(str::to_owned);
    Ok(inputs.iter().any(|input| {
        field(input, "/dataset/digest").as_deref() == Some(&digest(dataset))
            && field(input, "/dataset/name").as_deref() == Some(&name(dataset))
    }))
}

/// To the last bit, but for the sign of zero.
fn is_number(found: Option<&&Value>, expected: f64) -> bool {
    found
        .and_then(|value| value.as_f64())
        .is_some_and(|found| (found + 0.0).to_bits() == (expected + 0.0).to_bits())
}

fn is_text(found: Option<&&Value>, expected: &str) -> bool {
    found.and_then(|value| value.as_str()) == Some(expected)
}

fn differs(what: String, sent: &Value, found: Option<&&Value>) -> Error {
    let short = |value: &Value| value.to_string().chars().take(100).collect::<String>();
    let found = found.map_or("nothing".to_owned(), |value| short(value));
    Error::ReadBack { what, sent: short(sent), found }
}

/// Ranges of at most so many texts and bytes; one text is never longer than both limits allow.
fn chunks(texts: &[(&String, &String)]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (at, (key, text)) in texts.iter().enumerate() {
        let more = key.len() + text.len();
        if at > from && (at - from == TEXTS || bytes + more > BYTES) {
            ranges.push(from..at);
            (from, bytes) = (at, 0);
        }
        bytes += more;
    }
    if from < texts.len() {
        ranges.push(from..texts.len());
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_hold_neither_too_many_texts_nor_too_long_ones() {
        let texts = |n: usize, length: usize| -> Vec<usize> {
            let texts: Vec<(String, String)> =
                (0..n).map(|at| (at.to_string(), "x".repeat(length))).collect();
            let borrowed: Vec<(&String, &String)> = texts.iter().map(|(key, text)| (key, text)).collect();
            chunks(&borrowed).into_iter().map(|range| range.len()).collect()
        };
        assert_eq!(texts(250, 1), [100, 100, 50]);
        assert_eq!(texts(50, 6_000), [24, 24, 2]);
        assert_eq!(texts(0, 1), [0; 0]);
    }
}
