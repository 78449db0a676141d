//! Rows as they were followed.

/// Follow-up of all rows, also of those censored before the horizon, which [`Columns`](super::Columns) leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Days to the event or to the end of follow-up, finite and >= 0.
    pub days: Vec<f64>,
    /// Whether the event happened at `days`.
    pub happened: Vec<bool>,
    /// Case number of each row.
    pub cluster: Vec<u32>,
    /// Weight of each row, > 0 and finite (not for censoring).
    pub weight: Vec<f64>,
    /// Codes of each group column of [`Columns::groups`](super::Columns::groups), in its order.
    pub groups: Vec<Vec<u16>>,
    /// Days within which the event is looked at, rising and above 0, and not beyond what the rows are known to: an event after the last
    /// of them may be missing.
    pub horizons: Vec<u32>,
}
