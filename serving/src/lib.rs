#![doc = include_str!("../README.md")]

mod access;
mod aliases;
mod api;
pub mod api_error;
mod app;
mod body;
mod config;
mod connections;
mod content;
mod descriptors;
mod error;
mod error_body;
mod example;
mod extract;
mod flattened;
mod handler;
mod handover;
mod identity;
mod inference;
mod lines;
mod motion;
mod observe;
mod pool;
mod readiness;
pub mod replay;
pub mod rfc3339;
mod serve;
mod shape;
mod tls;
mod unchanged;
mod versions;
mod warm;
#[cfg(feature = "tls")]
mod watched;

pub use access::{
    Access, AccessConfig, Caller, ClaimPath, Claims, IdentityProvider, KeySource, Officers, ProviderUrl,
    Right, Role, RoleName, Unrecognised,
};
pub use api::aliases::{MoveRequest, RollbackRequest};
pub use api::assessments::confirm::{ConfirmationRequest, ConfirmingOfficer};
pub use api::assessments::own_view::OwnViewRequest;
pub use api::assessments::request::{AssessmentRequest, Officer, Replaces};
pub use api_error::ApiError;
pub use app::App;
pub use body::BODY_LIMIT;
pub use config::Config;
pub use connections::Limits;
pub use error::Error;
pub use handler::{build_handler, openapi};
pub use lines::Lines;
pub use motion::{Challenger, ShadowCounts, Share};
pub use observe::REQUEST_ID;
pub use pool::{AssessmentPool, Place};
pub use serve::{Reread, serve, serve_until};
pub use tls::{ClientAuthority, TlsFiles};

/// The code that answers, as receipts name it.
pub const CODE_VERSION: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
