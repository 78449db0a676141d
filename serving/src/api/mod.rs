//! Controllers, by resource and then by verb.

pub(crate) mod aliases;
pub(crate) mod assessments;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod shadow;
