//! Proposals: made, shown, confirmed.

pub(crate) mod asking;
pub(crate) mod batch;
pub(crate) mod confirm;
pub(crate) mod correction;
pub(crate) mod create;
mod cursor;
pub(crate) mod language;
pub(crate) mod list;
pub(crate) mod own_view;
pub(crate) mod proposal;
pub(crate) mod request;
pub(crate) mod show;
pub(crate) mod stored;
