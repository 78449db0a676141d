//! A version that says what it would have said of the proposals that the default version made, and is never served.
//!
//! A proposal is handed over once it is durable. It waits in a bounded queue and is scored only while a thread of the pool has nothing else to do: a
//! shadow that is slow, or broken, holds nobody up. What it says is counted here and kept nowhere. It can be computed
//! again at any time from the log, which holds every form, by `amparo audit shadow`. So a service that starts counts anew, and says since when.

mod counts;
mod report;
mod small_cells;
mod tables;
mod worker;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use amparo_models::{Assessment, ModelRef, Version};
use jiff::Timestamp;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

pub use counts::ShadowCounts;
pub(crate) use report::ShadowReport;
use tables::Tables;
pub(crate) use worker::work;

/// Proposals that may wait for the shadow; about 200 bytes each.
const QUEUE: usize = 1024;

/// A shadow, and what it has said so far.
#[derive(Debug)]
pub(crate) struct Shadow {
    reference: ModelRef,
    queue: Sender<Proposed>,
    counts: Arc<ShadowCounts>,
    tables: Mutex<Tables>,
}

/// A proposal, as far as a shadow is compared with it.
#[derive(Debug)]
pub(crate) struct Proposed {
    version: Arc<Version>,
    row: Vec<u8>,
    unit: Option<String>,
    level: String,
    log_odds: f64,
    probability: f64,
}

/// A proposal, and the shadow that stands beside it.
#[derive(Debug)]
pub(crate) struct Beside {
    shadow: Arc<Shadow>,
    proposed: Proposed,
}

impl Shadow {
    /// A shadow that has said nothing yet, and what waits for it; see [`work`].
    pub fn new(
        reference: ModelRef,
        counts: Arc<ShadowCounts>,
        now: Timestamp,
    ) -> (Arc<Self>, Receiver<Proposed>) {
        let (queue, waiting) = channel(QUEUE);
        let tables = Mutex::new(Tables::since(now, counts.seen()));
        (Arc::new(Self { reference, queue, counts, tables }), waiting)
    }

    /// The version that stands beside the default one, as it was asked for.
    pub fn reference(&self) -> &ModelRef {
        &self.reference
    }

    /// The proposal that a version made of a form, for the shadow to stand beside it.
    pub fn beside(
        self: Arc<Self>,
        version: Arc<Version>,
        (row, assessment): (Vec<u8>, &Assessment),
        unit: Option<String>,
    ) -> Beside {
        let proposed = Proposed {
            version,
            row,
            unit,
            level: assessment.level.clone(),
            log_odds: assessment.recidivism.log_odds,
            probability: assessment.recidivism.probability,
        };
        Beside { shadow: self, proposed }
    }

    /// What it has said so far.
    pub fn report(&self) -> ShadowReport {
        self.tables().report(
            &self.reference,
            self.counts.seen(),
            self.queue.max_capacity() - self.queue.capacity(),
        )
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Beside {
    /// Hands the proposal over, which is durable by now; if too many wait, it is counted and forgotten.
    pub fn hand_over(self) {
        let Self { shadow, proposed } = self;
        if let Err(TrySendError::Full(_) | TrySendError::Closed(_)) = shadow.queue.try_send(proposed) {
            shadow.counts.add_shed();
        }
    }
}
