//! What the fuzz targets share: a published version, changes to its files, and what must hold for whatever is accepted.
//!
//! `targets/files.rs` changes the files of a version, `targets/answers.rs` answers its form; see `.ci/fuzz`.

mod bytes;
pub mod edit;
pub mod judge;
pub mod made;

pub use bytes::Bytes;
