//! A number people see: with its interval and what it rests on, or the reason why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::reason::Reason;

/// A value with its 95 % interval, a value without one, or none; the latter two say why.
///
/// Values and bounds are finite. `n` and `events` are unweighted rows and rows with the event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A value with its interval.
    Value {
        /// The value on the rows as they are.
        value: f64,
        /// Lower bound of the 95 % interval.
        low: f64,
        /// Upper bound of the 95 % interval.
        high: f64,
        /// Rows that it is a mean or a share of.
        n: u64,
        /// Of those, rows with the event.
        events: u64,
    },
    /// A value whose interval is undefined.
    Point {
        /// The value on the rows as they are.
        value: f64,
        /// Rows that it is a mean or a share of.
        n: u64,
        /// Of those, rows with the event.
        events: u64,
        /// Why there is no interval.
        reason: Reason,
    },
    /// No value.
    Undefined {
        /// Why.
        reason: Reason,
    },
}

impl Measure {
    /// The value, if defined.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Value { value, .. } | Self::Point { value, .. } => Some(*value),
            Self::Undefined { .. } => None,
        }
    }

    /// The 95 % interval `(low, high)`, if defined.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        match self {
            Self::Value { low, high, .. } => Some((*low, *high)),
            Self::Point { .. } | Self::Undefined { .. } => None,
        }
    }

    /// Why the value or its interval is missing.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Value { .. } => None,
            Self::Point { reason, .. } | Self::Undefined { reason } => Some(*reason),
        }
    }

    /// An undefined measure.
    #[must_use]
    pub fn undefined(reason: Reason) -> Self {
        Self::Undefined { reason }
    }
}

/// A number of rows, or only that there are few: small counts are not shown.
///
/// In JSON: `1234`, or `{"fewer_than": 10}`. Zero is shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Count {
    /// The count.
    Exact(u64),
    /// At least 1, and fewer than `fewer_than`.
    Few {
        /// The threshold of small cells.
        fewer_than: u64,
    },
}

impl Count {
    /// The count, hidden when between 1 and `smallest_cell - 1`.
    #[must_use]
    pub fn new(count: u64, smallest_cell: u64) -> Self {
        if count == 0 || count >= smallest_cell {
            Self::Exact(count)
        } else {
            Self::Few { fewer_than: smallest_cell }
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => write!(f, "{count}"),
            Self::Few { fewer_than } => write!(f, "<{fewer_than}"),
        }
    }
}
