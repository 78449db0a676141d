//! Work that a thread begins and a task waits for, such as an answer that is computed and then written to the log.
//!
//! The thread hands the task a future and lets it begin at once, in the name of the task. So the task is woken when all is done, and not
//! once more in between, only to begin what the thread could have begun.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

type Rest<T> = Pin<Box<dyn Future<Output = T> + Send>>;

enum State<T> {
    /// The thread is at work; whom to wake.
    Computing(Option<Waker>),
    /// What is left, once it has begun.
    Waiting(Rest<T>),
    Done(T),
    /// The thread ended without a word, or nobody waits any more.
    Over,
}

struct Shared<T>(Mutex<State<T>>);

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's end.
pub(crate) struct Giver<T>(Arc<Shared<T>>);

/// The task's end: what comes of all of it, or `None` if the thread ended without handing anything over.
pub(crate) struct Taker<T>(Arc<Shared<T>>);

/// The two ends.
pub(crate) fn handover<T>() -> (Giver<T>, Taker<T>) {
    let shared = Arc::new(Shared(Mutex::new(State::Computing(None))));
    (Giver(Arc::clone(&shared)), Taker(shared))
}

impl<T> Giver<T> {
    /// Hands over what is left to do, and begins it, if somebody still waits for it.
    pub fn hand_over(self, rest: impl Future<Output = T> + Send + 'static) {
        let mut state = self.0.state();
        let State::Computing(waker) = &*state else { return };
        let mut rest: Rest<T> = Box::pin(rest);
        let Some(waker) = waker.clone() else {
            // The task has not come yet. It begins.
            *state = State::Waiting(rest);
            return;
        };
        match rest.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => *state = State::Waiting(rest),
            Poll::Ready(done) => {
                *state = State::Done(done);
                drop(state);
                waker.wake();
            }
        }
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if matches!(*state, State::Computing(_))
            && let State::Computing(Some(waker)) = std::mem::replace(&mut *state, State::Over)
        {
            drop(state);
            waker.wake();
        }
    }
}

impl<T> Future for Taker<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.state();
        match std::mem::replace(&mut *state, State::Over) {
            State::Computing(_) => {
                *state = State::Computing(Some(context.waker().clone()));
                Poll::Pending
            }
            State::Waiting(mut rest) => {
                let polled = rest.as_mut().poll(context);
                if polled.is_pending() {
                    *state = State::Waiting(rest);
                }
                polled.map(Some)
            }
            State::Done(done) => Poll::Ready(Some(done)),
            State::Over => Poll::Ready(None),
        }
    }
}

impl<T> Drop for Taker<T> {
    /// Nobody waits any more: what is left is not begun, or ended as dropping it ends it.
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *self.0.state(), State::Over);
        drop(state);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::future::ready;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;
    use std::thread;

    use tokio::sync::oneshot;

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn polled<T>(taker: &mut Taker<T>, woken: &Arc<Woken>) -> Poll<Option<T>> {
        Pin::new(taker).poll(&mut Context::from_waker(&Waker::from(Arc::clone(woken))))
    }

    #[test]
    fn a_task_is_woken_once_when_all_is_done() {
        let (woken, (giver, mut taker)) = (Arc::new(Woken::default()), handover());
        let (answer, answered) = oneshot::channel();
        assert!(polled(&mut taker, &woken).is_pending());
        thread::spawn(move || giver.hand_over(async { answered.await.unwrap() })).join().unwrap();
        assert_eq!(woken.0.load(Ordering::SeqCst), 0, "there is nothing to do yet");
        answer.send(7).unwrap();
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert_eq!(polled(&mut taker, &woken), Poll::Ready(Some(7)));
    }

    #[test]
    fn what_is_left_begins_whoever_comes_first() {
        for task_first in [true, false] {
            let (woken, (giver, mut taker)) = (Arc::new(Woken::default()), handover());
            if task_first {
                assert!(polled(&mut taker, &woken).is_pending());
            }
            giver.hand_over(ready(7));
            assert_eq!(woken.0.load(Ordering::SeqCst), usize::from(task_first));
            assert_eq!(polled(&mut taker, &woken), Poll::Ready(Some(7)));
        }
    }

    #[test]
    fn a_thread_that_ends_without_a_word_is_not_waited_for() {
        let (woken, (giver, mut taker)) = (Arc::new(Woken::default()), handover::<u8>());
        assert!(polled(&mut taker, &woken).is_pending());
        assert!(
            thread::spawn(move || {
                let _giver = giver;
                panic!("planted");
            })
            .join()
            .is_err()
        );
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert_eq!(polled(&mut taker, &woken), Poll::Ready(None));
        let (giver, mut taker) = handover::<u8>();
        assert!(polled(&mut taker, &woken).is_pending());
        assert!(thread::spawn(move || giver.hand_over(async { panic!("planted") })).join().is_err());
        assert_eq!(woken.0.load(Ordering::SeqCst), 2);
        assert_eq!(polled(&mut taker, &woken), Poll::Ready(None));
    }

    #[test]
    fn nothing_begins_for_a_task_that_has_gone_away_and_what_has_begun_ends() {
        let (giver, taker) = handover();
        drop(taker);
        giver.hand_over(async { panic!("nobody waits for it") });
        let (woken, (giver, mut taker)) = (Arc::new(Woken::default()), handover());
        let (answer, answered) = oneshot::channel::<u8>();
        assert!(polled(&mut taker, &woken).is_pending());
        giver.hand_over(answered);
        assert!(!answer.is_closed());
        drop(taker);
        assert!(answer.is_closed());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn many_are_handed_over_at_once() {
        let tasks: Vec<_> = (0..2000_u32)
            .map(|n| {
                tokio::spawn(async move {
                    let (giver, taker) = handover();
                    tokio::task::spawn_blocking(move || {
                        let (answer, answered) = oneshot::channel();
                        thread::spawn(move || answer.send(n));
                        giver.hand_over(answered);
                    });
                    taker.await.unwrap().unwrap()
                })
            })
            .collect();
        for (n, task) in (0..).zip(tasks) {
            assert_eq!(task.await.unwrap(), n);
        }
    }
}
