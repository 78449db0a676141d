//! Versions in motion: a challenger that answers a share of the cases, and a shadow that answers nobody.

mod challenger;
pub(crate) mod shadow;

pub(crate) use challenger::{Assignment, Side};
pub use challenger::{Challenger, Share};
pub use shadow::ShadowCounts;
