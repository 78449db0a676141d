//! Where a scorer goes the wrong way.

/// Two answers and the circumstances under which the later one moves the score against its indicator's polarity.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{part} is not monotone in indicator `{indicator}`: answer `{from}` scores {score_from}, `{to}` scores {score_to} on path {path}"
)]
pub struct Violation {
    /// `points`, `logistic`, `tree 17` (counted from 0).
    pub part: String,
    /// The indicator.
    pub indicator: String,
    /// The earlier answer.
    pub from: String,
    /// The later answer.
    pub to: String,
    /// What the part adds with the earlier answer, in log-odds.
    pub score_from: f64,
    /// What it adds with the later answer.
    pub score_to: f64,
    /// The other answers under which this happens.
    pub path: String,
}
