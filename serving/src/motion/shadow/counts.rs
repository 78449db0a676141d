use std::sync::atomic::{AtomicU64, Ordering};

/// What shadows of a service have done since it started, to be read at any time: it only grows.
#[derive(Debug, Default)]
pub struct ShadowCounts {
    same: AtomicU64,
    higher: AtomicU64,
    lower: AtomicU64,
    shed: AtomicU64,
    failed: AtomicU64,
    other_form: AtomicU64,
    other_levels: AtomicU64,
}

/// The counts at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShadowSeen {
    /// Proposals to which the shadow gives the same level.
    pub same: u64,
    /// Proposals that the shadow puts at a higher level.
    pub higher: u64,
    /// Proposals that the shadow puts at a lower level.
    pub lower: u64,
    /// Proposals that were not compared, because too many waited.
    pub shed: u64,
    /// Proposals that were not compared, because the shadow could not be loaded or did not answer.
    pub failed: u64,
    /// Proposals whose form the shadow does not read.
    pub other_form: u64,
    /// Proposals whose levels the shadow does not give.
    pub other_levels: u64,
}

impl ShadowCounts {
    /// The counts now.
    pub fn seen(&self) -> ShadowSeen {
        let now = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ShadowSeen {
            same: now(&self.same),
            higher: now(&self.higher),
            lower: now(&self.lower),
            shed: now(&self.shed),
            failed: now(&self.failed),
            other_form: now(&self.other_form),
            other_levels: now(&self.other_levels),
        }
    }

    /// Counts a proposal by where the shadow puts it.
    pub(super) fn add_compared(&self, shadow_against_proposed: std::cmp::Ordering) {
        let count = match shadow_against_proposed {
            std::cmp::Ordering::Equal => &self.same,
            std::cmp::Ordering::Greater => &self.higher,
            std::cmp::Ordering::Less => &self.lower,
        };
        add(count, 1);
    }

    pub(super) fn add_shed(&self) {
        add(&self.shed, 1);
    }

    pub(super) fn add_failed(&self, proposals: u64) {
        add(&self.failed, proposals);
    }

    pub(super) fn add_other_form(&self) {
        add(&self.other_form, 1);
    }

    pub(super) fn add_other_levels(&self) {
        add(&self.other_levels, 1);
    }
}

impl ShadowSeen {
    /// Proposals that were compared.
    pub fn compared(&self) -> u64 {
        self.same + self.higher + self.lower
    }

    /// What came since another time.
    pub(super) fn since(self, then: Self) -> Self {
        Self {
            same: self.same.saturating_sub(then.same),
            higher: self.higher.saturating_sub(then.higher),
            lower: self.lower.saturating_sub(then.lower),
            shed: self.shed.saturating_sub(then.shed),
            failed: self.failed.saturating_sub(then.failed),
            other_form: self.other_form.saturating_sub(then.other_form),
            other_levels: self.other_levels.saturating_sub(then.other_levels),
        }
    }
}

fn add(count: &AtomicU64, n: u64) {
    count.fetch_add(n, Ordering::Relaxed);
}
