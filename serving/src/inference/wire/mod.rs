//! Bodies of the Open Inference Protocol: JSON, and tensors behind it as they lie in memory.
//!
//! Nothing here knows the service: `serving/fuzz` builds this module alone.

mod answer;
mod datatype;
mod elements;
mod head;
mod nan;
mod object;

pub use answer::{Answer, Output, Values};
pub use datatype::Datatype;
pub use elements::Element;
pub use head::{Input, Request, Unreadable, Wanted, read};
pub use nan::without_nan;

/// Something that is wrong with a body: where, and what was found and expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `inputs.0.shape`.
    pub field: String,
    /// In words.
    pub message: String,
}

impl Problem {
    /// A problem with a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
