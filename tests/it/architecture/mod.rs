//! What holds across the crates, much of it about what is absent.

mod dependencies;
mod links;
mod sources;
mod tree;
