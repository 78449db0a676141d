//! What a report says in words, in the languages of its readers.

mod reasons;

pub use reasons::{because, reason};
