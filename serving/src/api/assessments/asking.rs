//! One form on its way to the log, whichever route it came by: checked, answered, durable.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::FormAnswer;
use amparo_journal::{Appended, Entry, Log, PROPOSAL, Record, canonical};
use amparo_models::Version;
use jiff::Timestamp;
use uuid::Uuid;

use super::proposal::{self, Proposal, Receipt};
use super::request::{Asked, AssessmentRequest, Checked};
use super::stored::{self, Body};
use crate::access::Caller;
use crate::api_error::ApiError;
use crate::motion::Assignment;
use crate::motion::shadow::{Beside, Shadow};
use crate::watch::{Stage, Watch};

/// A request as it came.
pub(crate) struct Sent {
    /// What is asked.
    pub request: AssessmentRequest,
    /// Its [`digest`].
    pub request_digest: String,
    /// Its idempotency key.
    pub key: Option<String>,
    /// Who asks.
    pub caller: Arc<Caller>,
    /// When it came.
    pub now: Timestamp,
}

/// A request that a version can answer.
pub(crate) struct Asking {
    sent: Sent,
    assessed_at: Timestamp,
    asked: Asked,
    withheld: bool,
    assignment: Option<Assignment>,
    shadow: Option<Arc<Shadow>>,
    watch: Watch,
    version: Arc<Version>,
    /// The form as a row of codes, and as it was filled in.
    form: (Vec<u8>, BTreeMap<String, FormAnswer>),
}

/// A proposal as it is to be logged, and where in it the answer is.
pub(crate) struct Made {
    record: Record,
    answer: Range<usize>,
    /// The proposal that it replaces.
    replaces: Option<String>,
    beside: Option<Beside>,
    /// Who is told that it is durable, and of what: version, level and row.
    watch: Watch,
    version: Arc<Version>,
    level: String,
    row: Vec<u8>,
}

/// A proposal that is durable.
pub(crate) enum Durable {
    /// It was written just now; the range is where in its body the answer is.
    New(Entry, Range<usize>),
    /// It was written before, for the same request with the same key.
    Before(Entry),
}

/// What a request is told apart by, if its key is used again.
pub(crate) fn digest(request: &AssessmentRequest) -> Result<String, ApiError> {
    let text = canonical::json(request).map_err(|_| ApiError::internal("a request cannot be written"))?;
    Ok(canonical::sha256(&format!("POST /v1/assessments\n{text}")))
}

impl Asking {
    /// A request with what was found out about it without the version, checked against the version. Whoever watches the request of this task is told of
    /// the proposal.
    ///
    /// # Errors
    /// Everything that is wrong with it; [`ApiError::OfficerNotCovered`].
    pub fn new(sent: Sent, checked: Checked, version: Arc<Version>) -> Result<Self, ApiError> {
        sent.caller.covers(sent.request.officer.as_ref().map(|officer| officer.id.as_str()))?;
        let (assessed_at, asked, withheld) = (checked.assessed_at, checked.asked, checked.withheld);
        let (assignment, shadow) = (checked.assignment.clone(), checked.shadow.clone());
        let form = checked.row(&sent.request, &version)?;
        let watch = Watch::current();
        Ok(Self { sent, assessed_at, asked, withheld, assignment, shadow, watch, version, form })
    }

    /// Its idempotency key.
    pub fn key(&self) -> Option<&str> {
        self.sent.key.as_deref()
    }

    /// Its [`digest`].
    pub fn digest(&self) -> &str {
        &self.sent.request_digest
    }

    /// The proposal of the version: computed, not logged yet.
    ///
    /// # Errors
    /// The protocol refuses to answer, or the answer must not be served.
    pub fn made(self) -> Result<Made, ApiError> {
        let (row, form) = self.form;
        let Sent { request, request_digest, key, caller, now } = self.sent;
        let version = &*self.version;
        let assessment = proposal::assess(version, &row, self.asked)?.with_numbers(&form);
        let words = proposal::words(version, &assessment, self.asked.parts)?;
        let proposal = Proposal {
            proposal_id: Uuid::now_v7().to_string(),
            own_view_first: self.withheld,
            created_at: now,
            case_id: &request.case_id,
            assessed_at: self.assessed_at,
            model: &version.manifest().name,
            version: version.manifest().version,
            instrument: version.instrument().id(),
            protocol: version.protocol().id(),
            assignment: self.assignment,
            assessment: &assessment,
            words: &words,
            reassess_by: proposal::due(self.assessed_at, assessment.reassess_within_hours)?,
            receipt: Receipt::of(&request, version)?,
        };
        let written = Body { request: &request, answer: &proposal, caller: &caller }.written()?;
        let record = Record {
            kind: PROPOSAL,
            id: proposal.proposal_id,
            idempotency_key: key,
            request_digest,
            body: written.text,
        };
        let replaces = request.replaces.as_ref().map(|replaces| replaces.proposal_id.clone());
        let beside = self.shadow.map(|shadow| {
            let unit = request.officer.and_then(|officer| officer.unit);
            shadow.beside(Arc::clone(&self.version), (row.clone(), &assessment), unit)
        });
        let (watch, level) = (self.watch, assessment.level);
        Ok(Made {
            record,
            answer: written.answer,
            replaces,
            beside,
            watch,
            version: self.version,
            level,
            row,
        })
    }
}

impl Made {
    /// Writes it to the log; without it there is no answer. Only what is written is handed over to the shadow.
    pub async fn logged(self, log: &Log) -> Result<Durable, ApiError> {
        // Since it was read.
        let replaced = self.replaces.unwrap_or_default();
        let begun = Instant::now();
        let appended = log.append(self.record).await;
        self.watch.stage(Stage::Log, begun);
        match appended.map_err(unavailable)? {
            Appended::Written(entry) => {
                self.watch.proposed(&self.version, &self.level, &self.row);
                if let Some(beside) = self.beside {
                    beside.hand_over();
                }
                Ok(Durable::New(entry, self.answer))
            }
            Appended::Repeated(entry) => Ok(Durable::Before(entry)),
            Appended::KeyTaken => Err(ApiError::KeyReused),
            // A fresh UUID that was there before: not a thing that a request can bring about.
            Appended::IdTaken => Err(ApiError::internal("a fresh id is in the log already")),
            Appended::ProposalErased => Err(ApiError::ProposalErased { id: replaced }),
            Appended::ProposalReplaced => Err(ApiError::ProposalReplaced { id: replaced }),
        }
    }

    /// The answer without a place in the log, for what an operator has said is not logged.
    pub fn unlogged(&self) -> Result<String, ApiError> {
        let answer = self.record.body.get(self.answer.clone());
        answer.map(str::to_owned).ok_or_else(|| ApiError::internal("an answer is not where it was written"))
    }
}

impl Durable {
    /// Whether the officer's own level has to be recorded before the proposal is shown.
    pub fn is_withheld(&self) -> Result<bool, ApiError> {
        match self {
            Self::New(entry, answer) => Ok(stored::is_withheld(stored::part(answer, entry)?, &entry.id)),
            Self::Before(entry) => Ok(stored::is_withheld(&stored::answer(entry)?, &entry.id)),
        }
    }

    /// The answer, with its place in the log; of a proposal that is withheld, a ticket for it.
    pub fn answer(&self) -> Result<String, ApiError> {
        match self {
            _ if self.is_withheld()? => stored::ticket(self.entry()),
            Self::New(entry, answer) => stored::written(answer, entry),
            Self::Before(entry) => stored::answer(entry),
        }
    }

    /// The entry of the log.
    pub fn entry(&self) -> &Entry {
        let (Self::New(entry, _) | Self::Before(entry)) = self;
        entry
    }
}

/// Says that the log failed.
pub(crate) fn unavailable(error: amparo_journal::Error) -> ApiError {
    tracing::error!(%error, "log");
    ApiError::LogUnavailable
}
