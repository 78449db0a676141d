//! Work on several threads that fails as it would on one.

use rayon::prelude::*;

/// What all pieces of work give, or the error of the first one in their order that fails.
///
/// rayon's own way to collect results keeps whichever error comes first in time, so that the same input would be refused with another message each time.
///
/// # Errors
/// That of the first piece that fails.
pub(crate) fn all_or_first<T: Send, E: Send>(
    work: impl IndexedParallelIterator<Item = Result<T, E>>,
) -> Result<Vec<T>, E> {
    let all: Vec<Result<T, E>> = work.collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_in_order_is_told_whichever_comes_first_in_time() {
        for _ in 0..200 {
            let work = (0..64_u32).into_par_iter().map(|at| {
                // The later ones are done at once.
                (0..(64 - at) * 200).fold(0, |sum: u32, x| sum ^ std::hint::black_box(x));
                if at % 3 == 2 { Err(at) } else { Ok(at) }
            });
            assert_eq!(all_or_first(work), Err(2));
        }
        let fine = (0..5_u32).into_par_iter().map(Ok::<_, ()>);
        assert_eq!(all_or_first(fine), Ok(vec![0, 1, 2, 3, 4]));
    }
}
