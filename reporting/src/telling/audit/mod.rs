//! What the audits found, in words and tables.

mod capacity;
mod cell;
mod factors;
mod overrides;

pub use capacity::{capacity, fixed};
pub use factors::factors;
pub use overrides::overrides;
