//! The Open Inference Protocol: the same proposals as `/v1/assessments`, asked for and answered as tensors.
//!
//! [`wire`] reads and writes the bodies, [`form`] makes requests of tensors, [`assessed`] assesses and logs them on the path of every
//! other proposal, and [`outputs`] makes tensors of the answers.

mod assessed;
mod body;
mod form;
mod gzip;
mod metadata;
mod outputs;
mod reference;
mod told;
pub(crate) mod v1;
pub(crate) mod v2;
mod wire;

/// Most rows of one request. Each is assessed, explained and logged; more of them belong into several requests.
const MOST_ROWS: usize = 1000;
