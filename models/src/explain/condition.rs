//! What a path asks of each indicator.

use crate::Error;
use crate::scorer::Path;

/// Most indicators on one path of a tree.
pub const MAX_CONDITIONS: usize = 32;

/// Most indicators on a path whose `2^12` patterns are all tabulated; of a longer one those that occur are kept (see `long`).
pub const TABULATED: usize = 12;

/// One indicator of a path with the answers that pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    pub(super) indicator: usize,
    set: u16,
}

impl Condition {
    pub(super) fn takes(self, code: usize) -> bool {
        self.set >> code & 1 == 1
    }

    /// Weight of the rows that meet it, from the sums by indicator and answer.
    pub(super) fn weight(self, answers: &[Vec<f64>]) -> f64 {
        let sums = answers[self.indicator].iter().enumerate();
        sums.filter(|(code, _)| self.takes(*code)).map(|(_, sum)| sum).sum()
    }
}

/// Whether a path has too many patterns for a table.
pub(super) fn is_long(path: &Path) -> bool {
    path.len() > TABULATED
}

/// The conditions of a path, in the order of the instrument; bit `k` of a pattern says that a row meets the `k`-th.
pub(super) fn conditions(path: &Path) -> Result<Vec<Condition>, Error> {
    if path.len() > MAX_CONDITIONS {
        let problem = format!("a path asks {} indicators, expected at most {MAX_CONDITIONS}", path.len());
        return Err(Error::invalid("explanation tables", problem));
    }
    Ok(path.iter().map(|(&indicator, &set)| Condition { indicator, set }).collect())
}

/// Which conditions a row meets: bit `k` for the `k`-th.
pub(super) fn pattern(conditions: &[Condition], row: &[u8]) -> usize {
    let meets = |c: &Condition| usize::from(c.takes(usize::from(row[c.indicator])));
    conditions.iter().rev().fold(0, |pattern, condition| pattern << 1 | meets(condition))
}
