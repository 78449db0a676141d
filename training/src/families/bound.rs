//! Bounds at zero of the parameters of a regression.

/// Where a parameter may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Free,
    AtLeastZero,
    AtMostZero,
}

impl Bound {
    /// Whether a value lies on the wrong side.
    pub(super) fn forbids(self, value: f64) -> bool {
        match self {
            Self::Free => false,
            Self::AtLeastZero => value < 0.0,
            Self::AtMostZero => value > 0.0,
        }
    }

    /// The nearest value on the right side.
    pub(super) fn nearest(self, value: f64) -> f64 {
        if self.forbids(value) { 0.0 } else { value }
    }

    /// The part of a gradient that a step inside the bound could still follow.
    pub(super) fn open(self, value: f64, gradient: f64) -> f64 {
        let at_bound = value.abs() <= 0.0;
        match self {
            Self::AtLeastZero if at_bound => gradient.min(0.0),
            Self::AtMostZero if at_bound => gradient.max(0.0),
            _ => gradient,
        }
    }
}
