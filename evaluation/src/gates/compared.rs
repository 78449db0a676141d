//! Which group columns a gate looks at, and which labels of them it compares.

use super::file::{Ask, Gate};
use crate::input::CROSS;

impl Gate {
    /// Whether it compares labels with each other.
    pub(super) fn compares(&self) -> bool {
        matches!(self.ask, Ask::Gap { .. } | Ask::Change { .. })
    }
}

/// Whether a gate looks at a group column: the one it names, or else every column but the intersections, which another gate may have asked
/// for.
pub(super) fn looks_at(gate: &Gate, column: &str) -> bool {
    match &gate.group {
        Some(group) => group == column,
        None => !column.contains(CROSS),
    }
}

/// The pairs of labels that a gate compares in a column of these labels, which leave out those that say that nothing was recorded; `None`:
/// its labels with the reference label of the rows.
///
/// | the gate states | compared |
/// |---|---|
/// | `pairwise` | each of its labels, or of all, with every other |
/// | `reference` | each of its labels, or of all, with that one |
/// | two labels | these two |
/// | else | `None` |
pub(super) fn compared<'a>(gate: &'a Gate, known: &[&'a str]) -> Option<Vec<[&'a str; 2]>> {
    let asked: Vec<&str> = match gate.labels.as_slice() {
        [] => known.to_vec(),
        labels => labels.iter().map(String::as_str).collect(),
    };
    if gate.pairwise {
        let pairs = asked.iter().enumerate();
        return Some(pairs.flat_map(|(at, one)| asked[..at].iter().map(|other| [*one, *other])).collect());
    }
    match (&gate.reference, gate.labels.as_slice()) {
        (Some(reference), _) => Some(
            asked.into_iter().filter(|label| label != reference).map(|label| [label, reference]).collect(),
        ),
        (None, [one, other]) => Some(vec![[one, other]]),
        (None, _) => None,
    }
}
