//! What is told of models and versions.

use std::collections::BTreeMap;

use amparo_models::registry::Move;
use serde::Serialize;
use utoipa::ToSchema;

/// All that is published.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Models {
    /// By name.
    pub models: Vec<PublishedModel>,
}

/// A model with its versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublishedModel {
    /// `vpr`.
    pub name: String,
    /// Numbers, ascending.
    pub versions: Vec<u32>,
    /// Where each alias points.
    pub aliases: BTreeMap<String, u32>,
}

/// A model in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelDetail {
    /// `vpr`.
    pub name: String,
    /// Ascending.
    pub versions: Vec<VersionSummary>,
    /// Where each alias points.
    pub aliases: BTreeMap<String, u32>,
    /// Every move of every alias, in order.
    pub history: Vec<AliasMove>,
    /// Whether it can answer: the default version of the service, if that is one of its versions, can be loaded. Clients of version 1 of the
    /// Open Inference Protocol ask for this.
    pub ready: bool,
}

/// A version in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionSummary {
    /// Its number.
    pub version: u32,
    /// The aliases that point to it.
    pub aliases: Vec<String>,
    /// `points`, `logistic`, `forest`, `hybrid`.
    pub family: String,
    /// From the statistical baseline (0) to the candidate model (1).
    pub dial: f64,
    /// The form it reads.
    pub instrument: String,
    /// What its probabilities mean.
    pub protocol: String,
    /// How the cohort behind it was made up, for a synthetic one; null for real cases.
    pub synthetic: Option<String>,
    /// When it was published, RFC 3339.
    pub published_at: String,
    /// SHA-256 over its content: the same training gives the same one.
    pub content_digest: String,
}

/// One move of one alias.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AliasMove {
    /// The name that points.
    pub alias: String,
    /// The version it points to from here on.
    pub version: u32,
    /// SHA-256 of that version's manifest.
    pub digest: String,
    /// The version it pointed to before; null for a new alias.
    pub from: Option<u32>,
    /// SHA-256 of the verdict of the gates that let the version be put in force; null for every alias but `champion`.
    pub verdict: Option<String>,
    /// Who moved it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, RFC 3339.
    pub at: String,
}

impl From<Move> for AliasMove {
    fn from(Move { alias, version, digest, from, verdict, by, reason, at, previous: _ }: Move) -> Self {
        Self { alias, version, digest, from, verdict, by, reason, at }
    }
}

/// A version in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionDetail {
    /// Its model.
    pub model: String,
    /// Its number.
    pub version: u32,
    /// SHA-256 of its manifest, which binds all its files; the `version_digest` of receipts.
    pub digest: String,
    /// The aliases that point to it.
    pub aliases: Vec<String>,
    /// What it says of itself: form, protocol, data, split, declared metrics, digest of every file.
    #[schema(value_type = Object)]
    pub manifest: serde_json::Value,
    /// The model card, Markdown.
    pub card: String,
}
