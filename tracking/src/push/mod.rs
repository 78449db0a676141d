//! A run folder, sent to a server.

mod answers;
mod artefacts;
mod data;
mod experiment;
mod model;

use serde_json::json;

pub use self::model::mirror;
use crate::prepared::Prepared;
use crate::{Client, Error, Kept, Sent};

/// What came of sending a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What the server has.
    pub sent: Sent,
    /// Whether it had it all before.
    pub before: bool,
    /// What the server could not be given, and why.
    pub notes: Vec<String>,
}

/// Sends a run, or what is missing of it, and reads it back.
///
/// The run is found at the server by its tag `amparo.run`, so that a push that was cut off at any point goes on and doubles nothing. A run that was
/// sent to this server is not looked at again.
///
/// # Errors
/// A folder that cannot be read, a server that cannot be reached or refuses, and a value that comes back as another one. What was sent
/// until then stays, and the next push goes on from there.
pub fn push(kept: &Kept, client: &Client) -> Result<Pushed, Error> {
    if let Some(sent) = kept.sent(client.address())?.filter(|sent| sent.complete) {
        return Ok(Pushed { sent, before: true, notes: Vec::new() });
    }
    let _lock = kept.lock()?;
    let run = kept.read()?;
    let parent = parent(kept, run.head.parent.as_deref(), client)?;
    let experiment_id = experiment::id(client, &run.head.experiment)?;
    let prepared = Prepared::of(&run, parent.as_deref());
    let at_server = experiment::run(client, &experiment_id, &run.head, &prepared.tags)?;
    let mut sent = Sent { experiment_id, run_id: at_server.id.clone(), ..Sent::default() };
    kept.mark(client.address(), &sent)?;
    data::send(client, &at_server.id, &prepared, run.head.ended)?;
    data::send_dataset(client, &at_server.id, run.head.dataset.as_ref())?;
    artefacts::send(client, &at_server, &prepared.artefacts)?;
    let mut notes = Vec::new();
    if let Some(model) = &run.head.model {
        sent.model_version = Some(model::send(client, model, &at_server)?);
        notes = mirror(client, &model.name, &model.aliases)?;
    }
    client.post(
        "runs/update",
        &json!({"run_id": at_server.id, "status": "FINISHED", "end_time": run.head.ended}),
    )?;
    data::compare(client, &at_server.id, &prepared, run.head.dataset.as_ref())?;
    sent.complete = true;
    kept.mark(client.address(), &sent)?;
    Ok(Pushed { sent, before: false, notes })
}

/// The server's id of the run that this one is nested in, which is sent first.
fn parent(kept: &Kept, id: Option<&str>, client: &Client) -> Result<Option<String>, Error> {
    let Some(id) = id else { return Ok(None) };
    let parent = kept.runs().of_id(id)?;
    match parent.sent(client.address())? {
        Some(sent) => Ok(Some(sent.run_id)),
        None => Err(Error::Folder {
            path: kept.path().to_owned(),
            problem: format!("the run `{id}` that it is nested in was not sent to {}", client.address()),
        }),
    }
}
