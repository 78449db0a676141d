//! How proposals come to the shadow: a few at a time, on a thread that nobody else wants.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use amparo_models::{ModelRef, Version};
use jiff::Timestamp;
use tokio::sync::mpsc::Receiver;

use super::tables::{Said, Tables};
use super::{Proposed, Shadow};
use crate::AssessmentPool;
use crate::api_error::ApiError;

/// Proposals that are taken from the queue at once.
const BATCH: usize = 64;

/// How long the shadow keeps a thread at most, unless a single form takes longer.
const TURN: Duration = Duration::from_millis(1);

/// How long it waits for a thread that nobody wants before it looks again.
const PAUSE: Duration = Duration::from_millis(2);

/// How long a shadow that cannot be loaded is left alone: to verify a version anew for each proposal would cost those who are served.
const REST: Duration = Duration::from_secs(30);

/// Scores what waits, until nobody can hand over any more; `version` gives the version behind a reference.
pub(crate) async fn work<F: Future<Output = Result<Arc<Version>, ApiError>> + Send>(
    shadow: Weak<Shadow>,
    mut waiting: Receiver<Proposed>,
    pool: AssessmentPool,
    version: impl Fn(ModelRef) -> F + Send,
) {
    let mut broken: Option<Instant> = None;
    let mut batch = Vec::with_capacity(BATCH);
    // First with an empty batch: what is wrong with the shadow shows at the start.
    loop {
        let Some(shadow) = shadow.upgrade() else { return };
        let rests = broken.is_some_and(|since| since.elapsed() < REST);
        let loaded = if rests { None } else { version(shadow.reference.clone()).await.ok() };
        if let Some(version) = loaded {
            broken = None;
            shadow.stands_by(&version);
            score(&shadow, &version, &pool, &mut batch).await;
        } else {
            shadow.counts.add_failed(batch.drain(..).len() as u64);
            if !rests {
                tracing::error!(
                    "the shadow version cannot be loaded, so nothing is compared with it for a while"
                );
                broken = Some(Instant::now());
            }
        }
        // Nobody who only waits keeps the shadow alive.
        drop(shadow);
        if waiting.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
    }
}

/// Scores what was taken from the queue, turn by turn.
async fn score(
    shadow: &Arc<Shadow>,
    version: &Arc<Version>,
    pool: &AssessmentPool,
    batch: &mut Vec<Proposed>,
) {
    while !batch.is_empty() {
        let turn = pool.when_idle(PAUSE).await;
        let (shadow, version, mut left) = (Arc::clone(shadow), Arc::clone(version), std::mem::take(batch));
        let scored = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            while began.elapsed() < TURN
                && let Some(proposed) = left.pop()
            {
                shadow.compare(&version, &proposed);
            }
            drop(turn);
            left
        });
        // What panics is caught there.
        *batch = scored.await.unwrap_or_default();
    }
}

impl Shadow {
    /// Counts anew if another version stands beside the proposals than before.
    fn stands_by(&self, version: &Version) {
        let number = version.manifest().version;
        let mut tables = self.tables();
        if tables.version.is_some_and(|before| before != number) {
            tracing::info!(version = number, "another shadow version: its counts begin now");
            *tables = Tables::since(Timestamp::now(), self.counts.seen());
        }
        tables.version = Some(number);
    }

    /// Scores the form of a proposal, and counts what comes of it.
    fn compare(&self, shadow: &Version, proposed: &Proposed) {
        let answered = &*proposed.version;
        if shadow.manifest().instrument.digest != answered.manifest().instrument.digest {
            return self.counts.add_other_form();
        }
        let levels = levels(answered);
        if levels != self::levels(shadow) {
            return self.counts.add_other_levels();
        }
        let scored = catch_unwind(AssertUnwindSafe(|| {
            shadow.assess_parts(&proposed.row, std::iter::empty().collect())
        }));
        let place = |level: &String| levels.iter().position(|known| known == level);
        let said = scored
            .ok()
            .and_then(Result::ok)
            .and_then(|said| Some((place(&proposed.level)?, place(&said.level)?, said)));
        // That the protocol refuses to answer is no answer either; nothing of the form is told.
        let Some((level, shadow_level, said)) = said else { return self.counts.add_failed(1) };
        let mut tables = self.tables();
        tables.add(
            answered,
            &levels,
            &Said {
                unit: proposed.unit.as_deref(),
                levels: (level, shadow_level),
                log_odds: said.recidivism.log_odds - proposed.log_odds,
                probability: said.recidivism.probability - proposed.probability,
            },
        );
        // Inside the lock, so that a report has both or neither.
        self.counts.add_compared(shadow_level.cmp(&level));
    }
}

/// Ids of a version's levels, from the lowest.
fn levels(version: &Version) -> Vec<String> {
    version.protocol().levels().iter().map(|level| level.id.clone()).collect()
}
