//! What an oversight body asks besides how accurate a version is.

mod factors;
mod topics;

pub use self::factors::factors;
pub use self::topics::{TopicProblem, Topics};
