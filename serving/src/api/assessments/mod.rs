//! Proposals: made, shown, confirmed.

pub(crate) mod asking;
pub(crate) mod confirm;
pub(crate) mod create;
pub(crate) mod proposal;
pub(crate) mod request;
pub(crate) mod show;
pub(crate) mod stored;
