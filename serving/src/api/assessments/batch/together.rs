//! Several futures waited for as one: begun in order, done when the last of them is.

use std::pin::Pin;
use std::task::{Context, Poll};

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
        let mut waits = false;
        for state in &mut self.0 {
            if let State::Under(future) = state {
                match future.as_mut().poll(context) {
                    Poll::Ready(done) => *state = State::Done(done),
                    Poll::Pending => waits = true,
                }
            }
        }
        if waits {
            return Poll::Pending;
        }
        let done = |state| match state {
            State::Done(done) => Some(done),
            State::Under(_) => None,
        };
        Poll::Ready(std::mem::take(&mut self.0).into_iter().filter_map(done).collect())
    }
}
