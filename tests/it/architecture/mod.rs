//! What holds across the crates, much of it about what is absent.

mod circles;
mod dependencies;
mod sources;
mod tree;
mod verbs;
