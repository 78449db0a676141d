//! The connections that are open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::activity::{Activity, Stage};
use super::limits::{Limits, Overdue};

/// How long a head may be coming before its connection makes room for another.
const SLOW: Duration = Duration::from_secs(1);

/// All connections to one address.
#[derive(Debug, Default)]
pub(crate) struct Open {
    by_number: Mutex<HashMap<u64, One>>,
    next: AtomicU64,
    /// Told whenever one is gone.
    gone: Notify,
}

#[derive(Debug)]
struct One {
    activity: Arc<Activity>,
    /// Known once its task runs.
    task: Option<AbortHandle>,
}

/// One open connection; dropped, it is gone.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<Open>,
    number: u64,
}

impl Open {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<u64, One>> {
        self.by_number.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn len(&self) -> usize {
        self.all().len()
    }

    pub(super) fn add(self: &Arc<Self>, activity: Arc<Activity>) -> Place {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.all().insert(number, One { activity, task: None });
        Place { open: Arc::clone(self), number }
    }

    /// The task that serves a connection. One that is gone already is not remembered.
    pub fn serve(&self, number: u64, task: AbortHandle) {
        if let Some(one) = self.all().get_mut(&number) {
            one.task = Some(task);
        }
    }

    /// Waits until one is gone after this was called.
    pub async fn one_gone(&self) {
        self.gone.notified().await;
    }

    /// Ends the connection that has been idle longest, or else the one whose head has been coming longest. Of neither kind, there is none to end.
    pub fn make_room(&self) {
        let all = self.all();
        let waiting = |wanted: Stage| {
            let of_stage = all.values().filter_map(|one| {
                let (stage, since) = one.activity.stage();
                (stage == wanted).then_some((since, one))
            });
            of_stage.min_by_key(|(since, _)| *since).map(|(_, one)| one)
        };
        if let Some(one) = waiting(Stage::Idle) {
            one.activity.end();
            return;
        }
        let slow = waiting(Stage::Head).filter(|one| one.activity.stage().1.elapsed() >= SLOW);
        let slow = slow.and_then(|one| one.task.clone());
        drop(all);
        if let Some(task) = slow {
            task.abort();
        }
    }

    /// Ends those that have had their time; gives how many were cut off.
    pub fn sweep(&self, limits: &Limits) -> usize {
        let now = Instant::now();
        let mut slow = Vec::new();
        for one in self.all().values() {
            match limits.overdue(&one.activity, now) {
                None => {}
                Some(Overdue::Idle) => one.activity.end(),
                Some(Overdue::Slow) => slow.extend(one.task.clone()),
            }
        }
        slow.iter().for_each(AbortHandle::abort);
        slow.len()
    }

    /// Ends those that are idle.
    pub fn end_idle(&self) {
        for one in self.all().values().filter(|one| one.activity.stage().0 == Stage::Idle) {
            one.activity.end();
        }
    }

    /// Cuts all off.
    pub fn cut_off(&self) {
        let tasks: Vec<AbortHandle> = self.all().values().filter_map(|one| one.task.clone()).collect();
        tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Place {
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.all().remove(&self.number);
        self.open.gone.notify_one();
    }
}
