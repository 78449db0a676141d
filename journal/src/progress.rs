//! How far a log has come with what it was given.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How far whoever writes has come, since the log was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Entries that wait, or are being written, now.
    pub waiting: usize,
    /// Transactions that wrote entries, whether they succeeded or not.
    pub commits: u64,
    /// The time that these took together, from their beginning until all of it was durable.
    pub commit_time: Duration,
}

/// Counts for [`Progress`].
#[derive(Debug, Default)]
pub(crate) struct Meter {
    waiting: AtomicUsize,
    commits: AtomicU64,
    nanoseconds: AtomicU64,
}

/// An entry that waits until this is dropped.
pub(crate) struct Waits<'a>(&'a AtomicUsize);

impl Meter {
    /// Counts one more entry that waits.
    pub fn waits(&self) -> Waits<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waits(&self.waiting)
    }

    /// Counts a transaction that began at a time and has ended.
    pub fn committed(&self, begun: Instant) {
        let nanoseconds = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    pub fn progress(&self) -> Progress {
        Progress {
            waiting: self.waiting.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            commit_time: Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_for_as_long_as_it_does_and_commits_add_up() {
        let meter = Meter::default();
        let (first, second) = (meter.waits(), meter.waits());
        assert_eq!(meter.progress(), Progress { waiting: 2, ..Progress::default() });
        drop(first);
        let begun = Instant::now();
        std::thread::sleep(Duration::from_millis(2));
        meter.committed(begun);
        meter.committed(Instant::now());
        drop(second);
        let Progress { waiting, commits, commit_time } = meter.progress();
        assert_eq!((waiting, commits), (0, 2));
        assert!((2..1000).contains(&commit_time.as_millis()), "{commit_time:?}");
    }
}
