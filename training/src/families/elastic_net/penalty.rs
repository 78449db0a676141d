//! The penalty of an elastic net.

/// The two parts of the penalty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::families) struct Penalty {
    /// On absolute weights.
    pub(in crate::families) l1: f64,
    /// On halves of squares.
    pub(in crate::families) l2: f64,
}

impl Penalty {
    pub(in crate::families) fn new(lambda: f64, l1_ratio: f64) -> Self {
        Self { l1: lambda * l1_ratio, l2: lambda * (1.0 - l1_ratio) }
    }

    /// What the weights of all columns cost; the first is the intercept, which costs nothing.
    pub(in crate::families) fn of(self, weights: &[f64]) -> f64 {
        weights[1..].iter().map(|w| self.l1 * w.abs() + self.l2 / 2.0 * w * w).sum()
    }
}
