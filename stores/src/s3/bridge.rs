//! From calls that wait to requests that do not.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::sync_channel;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime of its own, on which requests run while whoever asked waits for the answer.
///
/// A store is asked from any thread, also from one on which async tasks run. There, another runtime can neither be entered nor be
/// dropped without a panic; on this thread it is both started and dropped.
#[derive(Debug)]
pub(super) struct Bridge {
    runtime: Handle,
    /// Nothing is ever sent: the thread ends when this is dropped.
    _running: oneshot::Sender<Infallible>,
}

impl Bridge {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says if there can be no more threads.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (running, ended) = oneshot::channel();
        thread::Builder::new().name("amparo-s3".to_owned()).spawn(move || {
            let _ended: Result<Infallible, _> = runtime.block_on(ended);
        })?;
        Ok(Self { runtime: handle, _running: running })
    }

    /// Runs a request and waits for its answer.
    ///
    /// # Errors
    /// If it panicked.
    pub fn wait<T: Send + 'static>(
        &self,
        request: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        let (answer, answered) = sync_channel(1);
        self.runtime.spawn(async move {
            // Whoever asked waits below.
            let _sent = answer.send(request.await);
        });
        answered.recv().map_err(|_| io::Error::other("the request panicked"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use super::*;

    async fn slow(answer: u32) -> u32 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        answer
    }

    #[test]
    fn a_thread_that_runs_tasks_may_wait_and_drop_it() {
        // Where a runtime could neither be waited for nor dropped.
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.enable_all().build().unwrap();
            let bridge = Bridge::start().unwrap();
            let answers = runtime.block_on(async move {
                let answers = [bridge.wait(slow(1)).unwrap(), bridge.wait(slow(2)).unwrap()];
                drop(bridge);
                answers
            });
            assert_eq!(answers, [1, 2]);
        }
    }

    #[test]
    fn many_threads_wait_at_once() {
        let bridge = Bridge::start().unwrap();
        thread::scope(|scope| {
            let ask = |n: u32| {
                let bridge = &bridge;
                scope.spawn(move || bridge.wait(slow(n)).unwrap())
            };
            let asking: Vec<_> = (0..32).map(ask).collect();
            let answers: Vec<u32> = asking.into_iter().map(|asking| asking.join().unwrap()).collect();
            assert_eq!(answers, (0..32).collect::<Vec<_>>());
        });
    }

    #[test]
    fn a_request_that_panics_is_an_error_and_the_next_is_answered() {
        let bridge = Bridge::start().unwrap();
        let error = bridge.wait(async { panic!("planted") }).map(|(): ()| ()).unwrap_err();
        assert_eq!(error.to_string(), "the request panicked");
        assert_eq!(bridge.wait(slow(1)).unwrap(), 1);
    }
}
