//! Work that is shared out among all processors.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;

/// Fewer items are done on the spot: to start threads takes longer.
const FEW: usize = 32;

/// What comes of each item, in their order.
///
/// # Panics
/// If `work` does.
pub(crate) fn on_all_processors<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if items.len() < FEW || threads == 1 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(threads);
    let work = &work;
    std::thread::scope(|scope| {
        let mut items = items.into_iter();
        let shares = std::iter::from_fn(|| {
            let share: Vec<T> = items.by_ref().take(share).collect();
            (!share.is_empty()).then(|| scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>()))
        });
        let shares: Vec<_> = shares.collect();
        shares
            .into_iter()
            .flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_items_is_in_their_order() {
        for n in [0, 1, FEW - 1, FEW, FEW + 1, 1000] {
            let done = on_all_processors((0..n).collect(), |item| item * item);
            assert_eq!(done, (0..n).map(|item| item * item).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "planted")]
    fn a_panic_is_not_lost() {
        on_all_processors((0..100).collect(), |item| assert!(item != 77, "planted"));
    }
}
