//! What holds across the crates, much of it about what is absent.

mod circles;
mod dependencies;
mod links;
mod sources;
mod tree;
mod verbs;
