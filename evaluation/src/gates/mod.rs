//! Gates: what a version must show before it may be put in force.
//!
//! A file of gates states thresholds, each with its reason and its owner; see `evaluation/gates/sample.toml`, which explains every
//! key. A gate asks one thing of a [`Report`](crate::report::Report):
//!
//! | kind | passes when | blocks when |
//! |---|---|---|
//! | `value` | the whole interval lies within `at_least` and `at_most` | the whole interval lies outside |
//! | `difference` | the version is no worse than the version in force by more than `margin`: so says the whole interval | it is worse by more: so says the whole interval |
//! | `gap` | the simultaneous interval of every gap lies within `[-margin, margin]` | that of any gap lies wholly outside |
//! | `directions` | the version's manifest lists at most `most` (0 if left out) declared directions that the rows of its fit contradict | it lists more |
//! | `change` | no gap can have grown by more than `margin` against the version in force | some gap must have |
//!
//! Whatever lies between is *cannot tell*, and so is a number that is suppressed, undefined, without interval or not in the report:
//! what is not shown to hold does not hold. A gate over several labels passes when all of them do, blocks when any of them does.
//! `cannot tell` blocks the version unless a [`Waiver`] names gate and version, with a reason and a name. A gate that blocks cannot be
//! waived.
//!
//! Rows of which a group column says that nothing was recorded are no label among others: a gate that names no label passes over
//! them, and over labels that a number of a whole column leaves out. The verdict names both ([`GateResult::passed_over`]).
//!
//! # Limits
//! Intervals are 95 %. "All labels pass" needs no correction for how many there are; "any label blocks" has none for `value`,
//! `difference` and `change`, so a gate over many labels blocks a good version more often than one over few (each label with
//! probability 0.025 at most, at the threshold). Gaps are judged by simultaneous intervals, which are corrected: over all labels
//! of all group columns, also of the intersections and of the further pairs of labels that the gates name, whichever of them a gate
//! looks at.

mod check;
mod compared;
mod file;
mod finding;
mod growth;
mod judge;
mod kept;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod verdict;
mod waiver;

pub use file::{Ask, Gate, Gates};
pub use finding::{Answer, Finding, PassedOver};
pub use kept::{ContextInWords, KeptVerdict, ResultInWords, VerdictInWords, WaiverInWords};
pub use verdict::{FORMAT, GateResult, GatesRecord, Subject, Verdict, WaiverOutcome, WaiverRecord};
pub use waiver::{Waiver, Waivers};
