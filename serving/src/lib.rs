#![doc = include_str!("../README.md")]

mod access;
mod admission;
mod aliases;
mod api;
pub mod api_error;
mod app;
mod body;
mod check;
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
mod in_force;
mod inference;
mod lines;
mod metrics;
mod motion;
mod observe;
mod pool;
mod protective;
mod readiness;
mod reads;
pub mod replay;
pub mod rfc3339;
mod secured;
mod serve;
mod shape;
mod stage;
mod tls;
mod traces;
mod unchanged;
mod unrecognised;
mod versions;
mod warm;
mod watch;
#[cfg(feature = "tls")]
mod watched;

pub use access::keys;
pub use access::{
    Access, AccessConfig, Caller, ClaimPath, Claims, IdentityProvider, KeySource, Officers, ProviderUrl,
    Rate, Right, Role, RoleName,
};
pub use api::aliases::{MoveRequest, RollbackRequest};
pub use api::assessments::confirm::{ConfirmationRequest, ConfirmingOfficer};
pub use api::assessments::own_view::OwnViewRequest;
pub use api::assessments::request::{AssessmentRequest, Officer, Replaces};
pub use api_error::ApiError;
pub use app::App;
pub use body::BODY_LIMIT;
pub use check::{Obstacle, check};
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
pub use traces::Collector;
pub use unrecognised::Unrecognised;

/// The code that answers, as receipts name it.
pub const CODE_VERSION: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
