//! What is known of a run at a server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A run at one server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The server's id of the experiment.
    pub experiment_id: String,
    /// The server's id of the run.
    pub run_id: String,
    /// The server's number of the version, if the run is about one.
    pub model_version: Option<String>,
    /// Whether everything was sent and read back.
    pub complete: bool,
}

/// What `sent.json` holds: by the address of the server.
pub(crate) type SentByServer = BTreeMap<String, Sent>;
