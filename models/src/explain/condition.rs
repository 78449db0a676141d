//! What a path asks of each indicator.

use crate::Error;
use crate::scorer::Path;

/// Most indicators on one path: a leaf has 2^12 patterns at most.
pub const MAX_CONDITIONS: usize = 12;

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
