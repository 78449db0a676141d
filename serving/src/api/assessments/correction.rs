//! A proposal that replaces another: what has to hold about the one that it names.

use amparo_journal::Entry;
use serde::Deserialize;

use super::request::{AssessmentRequest, Checked};
use super::{show, stored};
use crate::App;
use crate::access::Caller;
use crate::api_error::ApiError;

/// What is read back of the proposal that is replaced.
#[derive(Deserialize)]
struct Replaced {
    case_id: String,
    instrument: String,
}

/// Looks the proposal up that a request replaces, if it names one, and says what is wrong about it together with what else is wrong. That it is not replaced
/// already is for the log to see to when the new one is written.
///
/// # Errors
/// [`ApiError::ProposalErased`]; the log cannot be read.
pub(super) async fn check(
    app: &App,
    caller: &Caller,
    request: &AssessmentRequest,
    checked: &mut Checked,
) -> Result<(), ApiError> {
    let Some(replaces) = &request.replaces else { return Ok(()) };
    const FIELD: &str = "replaces.proposal_id";
    let entry = match show::find(app, caller, &replaces.proposal_id).await {
        Ok(entry) => entry,
        Err(missing @ ApiError::ProposalNotFound { .. }) => {
            checked.say(FIELD, missing.to_string());
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    let replaced = replaced(&entry)?;
    // The other case is not named: whoever asks may have mistaken the id.
    if replaced.case_id != request.case_id {
        let message =
            format!("proposal `{}` is of another case, expected one of the case of this form", entry.id);
        checked.say(FIELD, message);
    }
    if replaced.instrument != request.instrument {
        let (id, found) = (&entry.id, &replaced.instrument);
        checked.say(
            FIELD,
            format!("proposal `{id}` is of the form `{found}`, expected `{}`", request.instrument),
        );
    }
    Ok(())
}

fn replaced(entry: &Entry) -> Result<Replaced, ApiError> {
    serde_json::from_str(&stored::answer(entry)?)
        .map_err(|_| ApiError::internal("a logged proposal is not as this edition writes it"))
}
