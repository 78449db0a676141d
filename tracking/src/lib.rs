#![doc = include_str!("../README.md")]

mod address;
mod authorities;
mod client;
mod error;
mod folder;
mod names;
mod prepared;
mod push;
mod run;
mod sent;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use address::Address;
pub use authorities::Authorities;
pub use client::{Client, Credentials, Limits};
pub use error::Error;
pub use folder::{Kept, Runs};
pub use names::mlflow_name;
pub use push::{Pushed, mirror, push};
pub use run::{Aliases, Dataset, Head, Metric, Pointed, Registered, Run, Undefined};
pub use sent::Sent;
