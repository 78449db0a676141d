//! One number behind a gate, and what it comes to.

use serde::{Deserialize, Serialize};

use crate::measure::Measure;
use crate::reason::Reason;
use crate::report::Band;

/// What a gate, or one number behind it, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The evidence shows what is asked for.
    Pass,
    /// Neither: too few events, or no number.
    CannotTell,
    /// The evidence shows the opposite.
    Block,
}

/// One number behind a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Group column; `None`: all rows.
    pub group: Option<String>,
    /// Label of it; `None`: all rows, or all labels together.
    pub label: Option<String>,
    /// For a gap, the label it is taken against.
    pub against: Option<String>,
    /// The number as the evaluation states it, with its interval, rows and events.
    pub measure: Measure,
    /// The interval that was judged: that of the number, the simultaneous one of a gap, the possible growth of a gap.
    pub judged: Option<Band>,
    /// What this number comes to.
    pub answer: Answer,
    /// Why no interval could be judged; `None` where one was.
    pub reason: Option<Reason>,
}

/// A label that a gate passes over, though it names none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassedOver {
    /// Group column.
    pub group: String,
    /// Label of it.
    pub label: String,
    /// Why it is passed over.
    pub reason: Reason,
}
