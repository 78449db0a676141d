//! What an oversight body asks besides how accurate a version is.
//!
//! Each audit joins rows and versions for a function of [`amparo_evaluation::audit`], which computes it.

mod capacity;
mod factors;
mod overrides;
mod period;
mod shadow;
mod topics;

pub use self::capacity::{CapacityAudit, RiskFrom, Tested, of_cohort, of_decisions};
pub use self::factors::factors;
pub use self::overrides::{OfProtocol, overrides};
pub use self::period::Period;
pub use self::shadow::{Moved, OfLevels, ShadowAudit, ShadowedBy, Shadowing};
pub use self::topics::Topics;
