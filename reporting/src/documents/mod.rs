//! Documents that an authority owes, filled from the same evidence as the report: model card, the evaluation parts of Annex IV of the
//! AI Act, and the items of TRIPOD+AI.
//!
//! Each is a pure function of the report and of what the version says of itself, as Markdown. What software cannot know (who signs,
//! where the cases come from, why the system is used) is left open under words that say so; nothing is invented.

mod annex_iv;
mod calibration;
mod card;
mod evidence;
mod leaks;
mod markdown;
mod stacking;
mod subject;
#[cfg(test)]
mod tests;
mod tripod_ai;

pub use annex_iv::annex_iv;
pub use card::card;
pub use subject::{Run, Subject, WideIndicator};
pub use tripod_ai::tripod_ai;
