//! Forms that are assessed together: all of them, or none.

use std::future::ready;
use std::sync::Arc;

use amparo_journal::Entry;
use amparo_models::Version;

use crate::access::Caller;
use crate::api::assessments::asking::{self, Asking, Made, Sent, unavailable};
use crate::api::assessments::proposal;
use crate::api::assessments::request::AssessmentRequest;
use crate::api_error::{ApiError, Detail};
use crate::{App, Place};

/// Forms that are computed in one turn: other requests have theirs in between.
const IN_ONE_TURN: usize = 16;

/// Forms to be assessed by one version.
pub(super) struct Forms {
    /// One request a form; each names the version.
    pub requests: Vec<AssessmentRequest>,
    /// The version.
    pub version: Arc<Version>,
    /// The idempotency key of all together.
    pub key: Option<String>,
    /// Who asks.
    pub caller: Arc<Caller>,
    /// Whether they are logged.
    pub logged: bool,
}

impl Forms {
    /// The answer to each, as `/v1/assessments` gives it. What is logged is durable; what is not has no place in the log in its receipt.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, before any of them is logged. If the log fails on the way, some may be logged.
    pub async fn assessed(self, app: &App, place: &Place) -> Result<Vec<String>, ApiError> {
        let (log, logged) = (app.log().clone(), self.logged);
        let mut made = Vec::new();
        let mut turns = Vec::new();
        let mut asking = self.asking(app).await?.into_iter().peekable();
        while asking.peek().is_some() {
            turns.push(asking.by_ref().take(IN_ONE_TURN).collect::<Vec<_>>());
        }
        let n_rows: usize = turns.iter().map(Vec::len).sum();
        for (turn, forms) in turns.into_iter().enumerate() {
            let compute = move || {
                let rows = forms.into_iter().enumerate();
                let answer = |(k, form): (usize, Asking)| {
                    form.made().map_err(|error| in_row(error, turn * IN_ONE_TURN + k, n_rows))
                };
                ready(rows.map(answer).collect::<Result<Vec<Made>, _>>())
            };
            made.extend(place.run(compute).await??);
        }
        if !logged {
            return made.iter().map(Made::unlogged).collect();
        }
        // All at once: the log makes them durable together.
        let appending: Vec<_> = made
            .into_iter()
            .map(|made| {
                let log = log.clone();
                tokio::spawn(async move { made.logged(&log).await?.answer() })
            })
            .collect();
        let mut answers = Vec::with_capacity(appending.len());
        let mut failed = None;
        for appended in appending {
            // Every one is waited for: a refusal is told when nothing is on its way any more.
            match appended.await.unwrap_or_else(|_| Err(ApiError::internal("writing to the log panicked"))) {
                Ok(answer) => answers.push(answer),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(answers), Err)
    }

    /// The forms, checked.
    async fn asking(self, app: &App) -> Result<Vec<Asking>, ApiError> {
        let Self { requests, version, key, caller, .. } = self;
        let (now, in_force, n_rows) = (proposal::now(), app.in_force(), requests.len());
        let (mut asking, mut details) = (Vec::with_capacity(n_rows), Vec::new());
        for (row, request) in requests.into_iter().enumerate() {
            let request_digest = asking::digest(&request)?;
            let key = key.as_ref().map(|key| if n_rows == 1 { key.clone() } else { format!("{key}#{row}") });
            let checked = request.check(now, &in_force).and_then(|checked| {
                let checked = checked.demanding(&request, in_force.own_view_first).shown_at_once();
                let sent = Sent { request, request_digest, key, caller: Arc::clone(&caller), now };
                Asking::new(sent, checked, Arc::clone(&version))
            });
            match checked.map_err(|error| in_row(error, row, n_rows)) {
                Ok(form) => asking.push(form),
                Err(ApiError::Invalid { details: more }) => details.extend(more),
                Err(error) => return Err(error),
            }
        }
        if !details.is_empty() {
            return Err(ApiError::Invalid { details });
        }
        // Before anything is written for any of them.
        for form in &asking {
            if let Some(key) = form.key() {
                let held: Option<Entry> = app.log().find_key(key).await.map_err(unavailable)?;
                if held.is_some_and(|held| held.request_digest.as_deref() != Some(form.digest())) {
                    return Err(ApiError::KeyReused);
                }
            }
        }
        Ok(asking)
    }
}

/// The same error, saying which row it is about if there are several.
fn in_row(error: ApiError, row: usize, n_rows: usize) -> ApiError {
    if n_rows == 1 {
        return error;
    }
    let tell = |details: Vec<Detail>| {
        let told = |Detail { field, message }: Detail| {
            Detail::new(format!("{field}[{row}]"), format!("{message} (row {row})"))
        };
        details.into_iter().map(told).collect()
    };
    match error {
        ApiError::Invalid { details } => ApiError::Invalid { details: tell(details) },
        ApiError::UnlearnedAnswers { details } => ApiError::UnlearnedAnswers { details: tell(details) },
        error => error,
    }
}
