#![doc = include_str!("../README.md")]

pub mod artefact;
pub mod assess;
pub mod calibrator;
pub mod compare;
mod compared;
pub mod completion;
mod digest;
mod error;
pub mod explain;
pub mod imported;
pub mod learned;
mod model;
pub mod monotone;
mod name;
mod never_below;
#[cfg(feature = "openapi")]
pub mod openapi;
mod outcome_model;
pub mod pooling;
pub mod probability;
pub mod protocol;
pub mod reason;
pub mod registry;
pub mod scorer;
mod stand_in;
mod unlearned_answer;
mod violation;
pub mod wording;

pub use artefact::{Draft, Manifest, TrainingRecord, Version};
pub use assess::{Assessment, assess};
pub use calibrator::Calibrator;
pub use error::Error;
pub use explain::Explainer;
pub use imported::Imported;
pub use model::{Explain, Explanation, Model};
pub use never_below::{BaselineModel, NeverBelowBaseline};
pub use outcome_model::OutcomeModel;
pub use protocol::Protocol;
pub use reason::Reason;
pub use registry::{ModelRef, Registry};
pub use scorer::{Additive, Candidate, Forest, Hybrid, Points, Scorer};

#[cfg(any(test, feature = "testing"))]
pub mod testing;
