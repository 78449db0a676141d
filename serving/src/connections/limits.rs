//! How many connections there may be, and how long each may take for what.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::time::Instant;

use super::activity::{Activity, Stage};

/// Limits of the connections to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many are open at most. When one more comes, the one that has been idle longest is closed.
    pub most: NonZeroUsize,
    /// Longest time from the first byte of a request to the end of its head.
    pub head: Duration,
    /// Longest time without a request: longer than a gateway keeps a connection that it may use again.
    pub idle: Duration,
    /// Longest time from the head of a request to the end of its answer, the client's reading included; of an answer that is a stream, to the next part of it.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most: NonZeroUsize::new(8192).unwrap_or(NonZeroUsize::MIN),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            answer: Duration::from_secs(60),
        }
    }
}

/// What is done with a connection that has had its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// It ends when nothing more is to be sent.
    Idle,
    /// It is cut off.
    Slow,
}

impl Limits {
    /// Whether a connection has had its time.
    pub(super) fn overdue(&self, activity: &Activity, now: Instant) -> Option<Overdue> {
        let (stage, since) = activity.stage();
        let (time, overdue) = match stage {
            Stage::Idle => (self.idle, Overdue::Idle),
            Stage::Head => (self.head, Overdue::Slow),
            Stage::Request => (self.answer, Overdue::Slow),
        };
        (now.saturating_duration_since(since) > time).then_some(overdue)
    }

    /// How often to look: often enough that no limit is overrun by half.
    pub(super) fn period(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.answer) / 2;
        shortest.clamp(Duration::from_millis(10), Duration::from_secs(1))
    }
}
