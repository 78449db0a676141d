//! The service as its clients see it.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod aliases;
mod away;
mod batch;
mod busy;
mod carried;
mod challenger;
mod check;
mod client_example;
mod confirmation;
mod connections;
mod content;
mod corrections;
mod document;
mod durability;
#[cfg(feature = "tls")]
mod encrypted;
mod erased;
mod fields;
mod idempotency;
mod inference;
mod kept;
mod left_out;
mod listing;
mod many_answers;
mod metrics;
mod numbers;
mod opened;
mod own_view;
mod pairs;
mod proposals;
mod published;
mod ready;
mod refusals;
mod replaying;
mod running;
mod shadow;
mod table;
