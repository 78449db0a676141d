//! The crate from outside: published tables, reference implementations, and what a bootstrap must do.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bootstrap;
mod case_control;
mod common;
mod compas;
mod converge;
mod coverage;
mod groups;
mod labels;
mod recalibration;
mod reference;
mod simulate;
mod transition;
