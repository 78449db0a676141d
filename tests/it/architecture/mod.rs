//! What holds across the crates, much of it about what is absent.

mod circles;
mod dependencies;
mod families;
mod features;
mod links;
mod security;
mod sources;
mod tree;
mod verbs;
