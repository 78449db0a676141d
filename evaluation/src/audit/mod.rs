//! Questions an oversight body asks of a version, or of a stream of proposals, besides how accurate it is.

mod agreement;
mod capacity;
mod factors;
mod overrides;
mod shadow;

pub use capacity::{Capacity, Finding, LevelsOf, PeriodRow, Risk, Stream, ThresholdRow, capacity};
pub use factors::{FactorRow, Factors, Pushes, factors};
pub use overrides::{Confirmed, NOT_STATED, OverrideRow, Overrides, overrides};
pub use shadow::{FromLevel, Shadow, ShadowRow, Shadowed, shadow};

/// How an audit resamples, and what it hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Bootstrap replicates, from [`crate::MIN_REPLICATES`] to [`crate::MAX_REPLICATES`].
    pub replicates: u32,
    /// A number that rests on fewer rows or events than this is suppressed.
    pub smallest_cell: u64,
}
