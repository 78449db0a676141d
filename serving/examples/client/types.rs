//! What a client of the service sends and reads: as much as this example needs.
//!
//! Generators for Rust (`progenitor` 0.15, which reads documents by `openapiv3`) do not read OpenAPI 3.1, in which the service is described. So these
//! types are written by hand, and `serving/tests/http/client_example.rs` compares them with the document and with what is answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A form to be assessed; schema `AssessmentRequest`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssessmentRequest {
    /// The case.
    pub case_id: String,
    /// The form.
    pub instrument: String,
    /// The answer to each question.
    pub answers: BTreeMap<String, String>,
    /// When the form was filled in, RFC 3339.
    pub assessed_at: Option<String>,
}

/// What is proposed; schema `Proposal`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub proposal_id: String,
    /// The model that answered.
    pub model: String,
    /// The exact version of it.
    pub version: u32,
    /// The proposed level.
    pub level: String,
    /// The risk of a new assault; schema `Reading`.
    pub recidivism: Reading,
    /// Where it stands in the log; schema `Receipt`.
    pub receipt: Receipt,
}

/// A risk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reading {
    /// The score.
    pub log_odds: f64,
    /// Calibrated.
    pub probability: f64,
}

/// Where a proposal stands in the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub log_sequence: i64,
    /// Its hash.
    pub log_hash: String,
}
