//! What stands on disk when a version is published, and how it is read back.
//!
//! ```text
//! manifest.json      what the version says of itself, with length and SHA-256 of every other file
//! instrument.json    the form, answers written out
//! protocol.toml      what the probabilities mean, word for word
//! model.json         the scorer of each outcome
//! pools.json         which answers to indicators with many of them have one effect
//! calibrator.json    the map from log-odds to probability of each outcome
//! explanation.json   sums over the fit cohort, never its rows
//! learned.json       fit rows and events behind each answer, no small ones
//! population.json    how scores and values are spread over it, and how it divides into subsamples
//! subsamples.bin     shares of those sums in each subsample: two bytes a number, the lower one first
//! probes.json        forms with log-odds, probability, values and what is said of them, computed anew on every load
//! config.toml        the configuration as run
//! card.md            the model card
//! ```
//! The time of publishing and the number stand in the manifest only, so the same draft gives the same other files and the
//! same `content_digest`. Nothing is added to a published version and nothing in it changes.

mod clauses;
mod draft;
mod files;
mod leak;
mod manifest;
mod ordered;
mod outcomes;
mod population;
mod probes;
mod sample_size;
mod timestamp;
mod training;
mod version;

pub use crate::digest::sha256;
pub use draft::Draft;
pub use leak::{AcceptedLeak, DatedAfter, Leak, OnlyWith};
pub use manifest::{FORMAT, FileEntry, Manifest, Named};
pub use ordered::OrderedRecord;
pub use outcomes::Outcomes;
pub use sample_size::SampleSizeRecord;
pub use training::{
    CalibrationRecord, CohortRecord, DirectionRecord, FoldsBy, RecalibrationRecord, SplitRecord, StackedLoss,
    StackingRecord, TrainingRecord, TriedCalibration,
};
pub use version::Version;

pub(crate) use files::{MANIFEST, format, read_folder, sync_dir, write};
pub(crate) use timestamp::problem as time_problem;

#[cfg(test)]
pub(crate) mod tests;
