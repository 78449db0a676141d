//! Several futures waited for as one: begun in order, done when all of them are.
//!
//! They are entries on their way to the log, which are answered in order, many at a time. So only the last of them wakes whoever waits: waking for each would
//! cost more than writing it.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Each future, or what came of it.
pub(super) struct Together<F: Future>(Vec<State<F>>);

enum State<F: Future> {
    Under(Pin<Box<F>>),
    Done(F::Output),
}

impl<F: Future> FromIterator<F> for Together<F> {
    fn from_iter<I: IntoIterator<Item = F>>(futures: I) -> Self {
        Self(futures.into_iter().map(|future| State::Under(Box::pin(future))).collect())
    }
}

impl<F: Future<Output: Unpin>> Future for Together<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some(last) = self.0.iter().rposition(|state| matches!(state, State::Under(_))) {
            for (place, state) in self.0.iter_mut().enumerate().take(last + 1) {
                let State::Under(future) = state else { continue };
                let silent = &mut Context::from_waker(Waker::noop());
                match future.as_mut().poll(if place == last { &mut *context } else { silent }) {
                    Poll::Ready(done) => *state = State::Done(done),
                    Poll::Pending if place == last => return Poll::Pending,
                    Poll::Pending => {}
                }
            }
        }
        let done = |state| match state {
            State::Done(done) => Some(done),
            State::Under(_) => None,
        };
        Poll::Ready(std::mem::take(&mut self.0).into_iter().filter_map(done).collect())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_are_waited_for_in_whatever_order_they_end() {
        let after = |n: u64| async move {
            tokio::time::sleep(Duration::from_secs(n)).await;
            n
        };
        for times in [[3, 1, 2], [1, 2, 3], [3, 2, 1], [0, 3, 0]] {
            let together: Together<_> = times.into_iter().map(after).collect();
            let done = tokio::time::timeout(Duration::from_secs(10), together).await.unwrap();
            assert_eq!(done, times);
        }
        let none: Together<std::future::Ready<u64>> = [].into_iter().collect();
        assert_eq!(none.await, Vec::<u64>::new());
    }
}
