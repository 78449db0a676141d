//! The experiment and the run at the server, found or made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answers::{list, text};
use crate::{Client, Error, Head};

/// A run at the server.
pub(super) struct AtServer {
    pub id: String,
    /// Where its artefacts are, as the server says it.
    pub artefacts: String,
}

/// The id of the experiment of a name.
pub(super) fn id(client: &Client, name: &str) -> Result<String, Error> {
    match by_name(client, name) {
        Err(error) if error.is("RESOURCE_DOES_NOT_EXIST") => {}
        found => return found,
    }
    match client.post("experiments/create", &json!({"name": name})) {
        Ok(made) => text(client, &made, "/experiment_id"),
        // Somebody else made it meanwhile.
        Err(error) if error.is("RESOURCE_ALREADY_EXISTS") => by_name(client, name),
        Err(error) => Err(error),
    }
}

fn by_name(client: &Client, name: &str) -> Result<String, Error> {
    let found = client.get("experiments/get-by-name", &[("experiment_name", name)])?;
    if found.pointer("/experiment/lifecycle_stage").and_then(Value::as_str) == Some("deleted") {
        return Err(Error::Answer {
            url: client.address().to_string(),
            problem: format!("the experiment `{name}` was deleted there; restore it or delete it for good"),
        });
    }
    text(client, &found, "/experiment/experiment_id")
}

/// The run with our id as its tag.
pub(super) fn run(
    client: &Client,
    experiment: &str,
    head: &Head,
    tags: &BTreeMap<String, String>,
) -> Result<AtServer, Error> {
    let search = json!({
        "experiment_ids": [experiment],
        "filter": format!("tags.`amparo.run` = '{}'", head.id),
        "run_view_type": "ACTIVE_ONLY",
        "max_results": 2,
    });
    let found = client.post("runs/search", &search)?;
    match list(client, &found, "/runs")? {
        [] => {}
        [run] => return at_server(client, run),
        _ => {
            return Err(Error::Answer {
                url: client.address().to_string(),
                problem: format!("it has several runs with the tag `amparo.run` of `{}`", head.id),
            });
        }
    }
    // The tags that it is found by, at once; the others follow.
    let first = ["amparo.run", "mlflow.parentRunId"];
    let first: Vec<Value> =
        first.iter().filter_map(|key| Some(json!({"key": key, "value": tags.get(*key)?}))).collect();
    let made = client.post(
        "runs/create",
        &json!({"experiment_id": experiment, "run_name": head.name, "start_time": head.started, "tags": first}),
    )?;
    at_server(client, made.get("run").unwrap_or(&Value::Null))
}

fn at_server(client: &Client, run: &Value) -> Result<AtServer, Error> {
    Ok(AtServer {
        id: text(client, run, "/info/run_id")?,
        artefacts: text(client, run, "/info/artifact_uri")?,
    })
}
