//! Where assessments are computed: off the threads that serve, a few at a time, and not without a limit to how many wait.
//!
//! An assessment is pure computation and may take long: a form with many unknown answers is bounded by a search. On a thread
//! that serves it would hold up every other request, the health checks among them.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api_error::ApiError;
use crate::handover::handover;
use crate::watch::{Stage, Watch};

/// A number of threads, and a queue before them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AssessmentPool {
    /// One permit for each request that is worked on or waits.
    places: Arc<Semaphore>,
    /// One permit for each assessment that runs; handed out in the order of asking.
    threads: Arc<Semaphore>,
    /// One permit for each batch that is answered.
    batches: Arc<Semaphore>,
    /// One permit for each slice of a batch that runs or waits for a thread.
    slices: Arc<Semaphore>,
    /// How many permits there are of places and threads.
    sizes: (usize, usize),
}

/// Batches that are answered at the same time; what waits of each in memory is bounded.
const BATCHES: usize = 4;

/// A batch among those that are answered. It takes no place of single requests: of all batches together, at most as many slices run or wait as there are
/// threads, so that a single request waits for two slices at most before it has its thread.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pool: AssessmentPool,
    permit: Arc<OwnedSemaphorePermit>,
}

/// How much of a pool is occupied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Occupied {
    /// Requests that are taken at most.
    pub places: usize,
    /// Requests that are worked on or wait, for a thread or for the log.
    pub taken: usize,
    /// Assessments that are computed.
    pub running: usize,
}

/// A place in the pool, from before a request is looked at until its answer is durable. Dropped, it is given back.
#[derive(Debug)]
pub struct Place {
    permit: Arc<OwnedSemaphorePermit>,
    threads: Arc<Semaphore>,
}

impl AssessmentPool {
    /// A pool that computes `threads` assessments at a time, while up to `queue` more wait for their turn, or for the log.
    pub fn new(threads: NonZeroUsize, queue: usize) -> Self {
        let places = threads.get().saturating_add(queue).min(Semaphore::MAX_PERMITS);
        let threads = threads.get().min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            threads: Arc::new(Semaphore::new(threads)),
            batches: Arc::new(Semaphore::new(BATCHES)),
            slices: Arc::new(Semaphore::new(threads)),
            sizes: (places, threads),
        }
    }

    /// How many more requests would be taken now, to be worked on or to wait.
    pub fn free_places(&self) -> usize {
        self.places.available_permits()
    }

    /// How much is occupied now.
    pub(crate) fn occupied(&self) -> Occupied {
        let (places, threads) = self.sizes;
        Occupied {
            places,
            taken: places - self.places.available_permits(),
            running: threads - self.threads.available_permits(),
        }
    }

    /// Takes a place, before any work is done for a request that could not be finished in time.
    ///
    /// # Errors
    /// [`ApiError::Busy`], at once, if as many wait as may.
    pub fn enter(&self) -> Result<Place, ApiError> {
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| ApiError::Busy)?;
        Ok(Place { permit: Arc::new(permit), threads: Arc::clone(&self.threads) })
    }

    /// Takes a place among the batches that are answered.
    ///
    /// # Errors
    /// [`ApiError::Busy`], at once, if as many are answered as may.
    pub(crate) fn enter_batch(&self) -> Result<Batch, ApiError> {
        let permit = Arc::clone(&self.batches).try_acquire_owned().map_err(|_| ApiError::Busy)?;
        Ok(Batch { pool: self.clone(), permit: Arc::new(permit) })
    }

    /// A thread of the pool for work that nobody waits for: once no request runs on it or waits for it, which is looked at again after each
    /// pause. It takes no place from a request.
    pub(crate) async fn when_idle(&self, pause: Duration) -> OwnedSemaphorePermit {
        loop {
            // While anybody waits for a thread, none is free: those that are given back are theirs.
            match Arc::clone(&self.threads).try_acquire_owned() {
                Ok(thread) => return thread,
                Err(_) => tokio::time::sleep(pause).await,
            }
        }
    }
}

impl Batch {
    /// Computes a slice on a thread of the pool, as [`Place::run`] does. The thread, and the turn of the slice, are given back before the future that comes of
    /// it is waited for.
    ///
    /// # Errors
    /// As [`Place::run`].
    pub async fn run<F: Future<Output: Send> + Send + 'static>(
        &self,
        compute: impl FnOnce() -> F + Send + 'static,
    ) -> Result<F::Output, ApiError> {
        let closed = |_| ApiError::internal("the pool of assessments is closed");
        let turn = Arc::clone(&self.pool.slices).acquire_owned().await.map_err(closed)?;
        let place = Place { permit: Arc::clone(&self.permit), threads: Arc::clone(&self.pool.threads) };
        let computed = move || {
            let rest = compute();
            drop(turn);
            rest
        };
        place.run(computed).await
    }
}

impl Place {
    /// Computes something on a thread of the pool, when it is its turn, and waits for the future that comes of it; the thread begins it,
    /// and is then free for the next.
    ///
    /// A caller that goes away while it waits gives its place back. One that goes away later does not stop the computation,
    /// which keeps thread and place to its end; nothing of the future is begun then.
    ///
    /// # Errors
    /// [`ApiError::Internal`] if the computation panics.
    pub async fn run<F: Future<Output: Send> + Send + 'static>(
        &self,
        compute: impl FnOnce() -> F + Send + 'static,
    ) -> Result<F::Output, ApiError> {
        let closed = |_| ApiError::internal("the pool of assessments is closed");
        let (watch, asked) = (Watch::current(), Instant::now());
        let thread = Arc::clone(&self.threads).acquire_owned().await.map_err(closed)?;
        watch.stage(Stage::Wait, asked);
        let place = Arc::clone(&self.permit);
        let span = tracing::Span::current();
        let (giver, taker) = handover();
        tokio::task::spawn_blocking(move || {
            let _entered = span.enter();
            // Dropped after the two below, so that whoever is woken finds them given back.
            let giver = giver;
            let held = (place, thread);
            let begun = Instant::now();
            let rest = compute();
            watch.stage(Stage::Assess, begun);
            drop(held);
            giver.hand_over(rest);
        });
        taker.await.ok_or_else(|| ApiError::internal("an assessment panicked"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::future::{Ready, ready};
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    fn pool(threads: usize, queue: usize) -> AssessmentPool {
        AssessmentPool::new(NonZeroUsize::new(threads).unwrap(), queue)
    }

    /// Something that runs until told to end, asked for before this returns.
    async fn held(
        pool: &AssessmentPool,
        done: &Arc<Mutex<Vec<u32>>>,
        name: u32,
    ) -> (Sender<()>, JoinHandle<bool>) {
        let (end, ended) = channel::<()>();
        let (pool, done) = (pool.clone(), Arc::clone(done));
        let running = tokio::spawn(async move {
            let place = pool.enter().unwrap();
            let run = place.run(move || {
                ended.recv().unwrap();
                done.lock().unwrap().push(name);
                ready(())
            });
            run.await.is_ok()
        });
        yield_now().await;
        (end, running)
    }

    #[tokio::test]
    async fn computes_elsewhere_than_on_the_thread_that_serves() {
        let elsewhere = pool(1, 0).enter().unwrap().run(|| ready(std::thread::current().id())).await.unwrap();
        assert_ne!(elsewhere, std::thread::current().id());
    }

    #[tokio::test]
    async fn runs_in_turn_and_refuses_when_the_queue_is_full() {
        let (pool, done) = (pool(1, 2), Arc::default());
        let (first_end, first) = held(&pool, &done, 1).await;
        let (second_end, second) = held(&pool, &done, 2).await;
        let (third_end, third) = held(&pool, &done, 3).await;
        assert_eq!(pool.enter().unwrap_err(), ApiError::Busy);
        // The third may end, but not before its turn.
        third_end.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(done.lock().unwrap().is_empty());
        first_end.send(()).unwrap();
        assert!(first.await.unwrap());
        second_end.send(()).unwrap();
        assert!(second.await.unwrap() && third.await.unwrap());
        assert_eq!(*done.lock().unwrap(), [1, 2, 3]);
        assert_eq!(pool.enter().unwrap().run(|| ready(4)).await, Ok(4));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_gives_its_place_in_the_queue_back_and_keeps_its_thread() {
        let (pool, done) = (pool(1, 1), Arc::default());
        let (end, running) = held(&pool, &done, 1).await;
        let (_, waiting) = held(&pool, &done, 2).await;
        assert_eq!(pool.enter().unwrap_err(), ApiError::Busy);
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        let (next_end, next) = held(&pool, &done, 3).await;
        // The one that runs cannot be stopped: its thread is not given to another.
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
        assert_eq!(pool.enter().unwrap_err(), ApiError::Busy);
        end.send(()).unwrap();
        next_end.send(()).unwrap();
        assert!(next.await.unwrap());
        assert_eq!(*done.lock().unwrap(), [1, 3]);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_comes_after_all_that_wait() {
        let (pool, done) = (pool(1, 1), Arc::default());
        let (first_end, first) = held(&pool, &done, 1).await;
        let (second_end, second) = held(&pool, &done, 2).await;
        let idle = tokio::spawn({
            let (pool, done) = (pool.clone(), Arc::clone(&done));
            async move {
                let _thread = pool.when_idle(Duration::from_millis(1)).await;
                done.lock().unwrap().push(3);
            }
        });
        first_end.send(()).unwrap();
        assert!(first.await.unwrap());
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(*done.lock().unwrap(), [1], "the second has the thread");
        second_end.send(()).unwrap();
        assert!(second.await.unwrap());
        idle.await.unwrap();
        assert_eq!(*done.lock().unwrap(), [1, 2, 3]);
        assert_eq!(pool.enter().unwrap().run(|| ready(4)).await, Ok(4), "the thread was given back");
    }

    #[tokio::test]
    async fn a_panic_gives_its_thread_back() {
        let pool = pool(1, 0);
        let panicked = pool.enter().unwrap().run(|| -> Ready<()> { panic!("of case c-1") }).await;
        assert_eq!(panicked, Err(ApiError::Internal));
        assert_eq!(pool.enter().unwrap().run(|| ready(1)).await, Ok(1));
    }
}
