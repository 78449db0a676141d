use amparo_journal::{Entry, PROPOSAL};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::Response;

use super::asking::unavailable;
use super::proposal::Proposal;
use super::stored;
use crate::App;
use crate::access::{Asker, Caller};
use crate::api_error::{ApiError, ErrorBody};
use crate::extract::Path;
use crate::reads::{self, Read};

/// Show a proposal.
///
/// Byte for byte as it was answered, whatever has been published or confirmed since. One that was erased is gone. Before it is shown, the log says who is
/// shown it, unless the service does not know who asks.
#[utoipa::path(
    get,
    path = "/v1/assessments/{id}",
    operation_id = "getAssessment",
    tag = "assessments",
    params(("id" = String, Path, description = "`proposal_id`")),
    responses(
        (status = 200, description = "the proposal as it was", body = Proposal,
            headers(("Link" = String, description = "with `rel=\"successor-version\"`: the proposal that replaced it, if one did"))),
        (status = 404, description = "`proposal_not_found`", body = ErrorBody),
        (status = 409, description = "`own_view_required`: it is withheld until the officer's own level is recorded; oversight is shown it", body = ErrorBody),
        (status = 410, description = "`proposal_erased`: its place in the log is kept, and nothing of what was asked and answered", body = ErrorBody),
        (status = 503, description = "`log_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let entry = find(&app, &caller, &id).await?;
    let listed = app.log().listed(&entry).await.map_err(unavailable)?;
    // Erased since it was read.
    let listed = listed.ok_or_else(|| ApiError::ProposalErased { id: entry.id.clone() })?;
    if listed.is_withheld() && !caller.sees_withheld() {
        return Err(ApiError::OwnViewRequired { id: entry.id });
    }
    reads::logged(&app, &caller, Read::Proposal(&entry)).await?;
    let link = |id| (LINK, format!("</v1/assessments/{id}>; rel=\"successor-version\""));
    stored::response(StatusCode::OK, &entry, listed.replaced_by.map(link))
}

/// The entry of a proposal that the caller may see. One of another institution is told like one that there is not.
pub(super) async fn find(app: &App, caller: &Caller, id: &str) -> Result<Entry, ApiError> {
    let entry = app.log().find(id).await.map_err(unavailable)?;
    match entry.filter(|entry| entry.kind == PROPOSAL) {
        Some(entry) if entry.is_erased() => Err(ApiError::ProposalErased { id: entry.id }),
        Some(entry) if caller.sees(stored::institution(&entry)?.as_deref()) => Ok(entry),
        Some(_) | None => Err(ApiError::ProposalNotFound { id: id.to_owned() }),
    }
}
