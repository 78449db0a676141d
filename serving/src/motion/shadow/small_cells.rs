//! Counts that are too small to be told, and those that would tell them.

/// The smallest count that is told, besides zero; as in the audits.
pub(super) const SMALLEST: u64 = 10;

/// Whether a count is too small to be told.
pub(super) fn is_small(count: u64) -> bool {
    (1..SMALLEST).contains(&count)
}

/// The counts of a line whose sum is told: hidden are the small ones, and as many more, from the smallest, as it takes so that no
/// hidden one can be computed, and those that are hidden are together no small count.
pub(super) fn told(line: &[u64]) -> Vec<Option<u64>> {
    let mut hidden: Vec<bool> = line.iter().map(|count| is_small(*count)).collect();
    loop {
        let (n, sum) = line
            .iter()
            .zip(&hidden)
            .filter(|(_, hidden)| **hidden)
            .fold((0, 0), |(n, sum), (count, _)| (n + 1, sum + count));
        if n == 0 || (n > 1 && sum >= SMALLEST) {
            break;
        }
        // Zeros last: to hide one says little.
        let next = (0..line.len()).filter(|at| !hidden[*at]).min_by_key(|at| (line[*at] == 0, line[*at]));
        match next {
            Some(at) => hidden[at] = true,
            None => break,
        }
    }
    line.iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(*count)).collect()
}

/// Which parts of a whole are told with all of their counts: those without a small one; and as many of them are hidden as well, from the
/// smallest, as it takes so that what is left of the whole is nothing, or two parts or more without a small count.
pub(super) fn parts_told<const N: usize>(parts: &[[u64; N]]) -> Vec<bool> {
    let mut told: Vec<bool> = parts.iter().map(|part| !part.iter().any(|count| is_small(*count))).collect();
    loop {
        let rest: Vec<&[u64; N]> =
            parts.iter().zip(&told).filter(|(_, told)| !**told).map(|(part, _)| part).collect();
        let small = (0..N).any(|at| is_small(rest.iter().map(|part| part[at]).sum()));
        if rest.is_empty() || (rest.len() > 1 && !small) {
            break;
        }
        let next = (0..parts.len()).filter(|at| told[*at]).min_by_key(|at| parts[*at].iter().sum::<u64>());
        match next {
            Some(at) => told[at] = false,
            None => break,
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_count_is_hidden_with_another_that_would_tell_it() {
        assert_eq!(told(&[100, 3, 50]), [Some(100), None, None]);
        assert_eq!(told(&[100, 0, 50]), [Some(100), Some(0), Some(50)]);
        // Together they are 2, so each would be known to be 1.
        assert_eq!(told(&[1, 1, 40, 50]), [None, None, None, Some(50)]);
        assert_eq!(told(&[6, 7, 40]), [None, None, Some(40)]);
        assert_eq!(told(&[3, 0]), [None, None]);
        assert_eq!(told(&[]), []);
    }

    #[test]
    fn the_parts_that_are_told_leave_no_small_rest() {
        // The second is small, and alone it would be what is left.
        assert_eq!(parts_told(&[[0, 90, 20], [0, 3, 0], [10, 30, 0]]), [true, false, false]);
        assert_eq!(parts_told(&[[0, 90, 20], [0, 80, 10]]), [true, true]);
        // Two of 4 are no small rest with 30 beside them, but 8 lower ones are.
        assert_eq!(
            parts_told(&[[4, 30, 0], [4, 30, 0], [20, 40, 0], [0, 50, 0]]),
            [false, false, false, false]
        );
        assert_eq!(parts_told(&[[5, 30, 0], [5, 30, 0], [20, 40, 0]]), [false, false, true]);
        assert_eq!(parts_told::<3>(&[]), Vec::<bool>::new());
    }

    /// All ways of filling the hidden cells so that the sum is the same; a hidden cell must have more than one value.
    #[test]
    fn no_hidden_count_of_a_line_can_be_computed() {
        for a in 0..14 {
            for b in 0..14 {
                for c in 0..14 {
                    let line = [a, b, c];
                    let hidden: Vec<usize> = told(&line)
                        .iter()
                        .enumerate()
                        .filter(|(_, t)| t.is_none())
                        .map(|(at, _)| at)
                        .collect();
                    let rest: u64 = hidden.iter().map(|at| line[*at]).sum();
                    let all_are_hidden = hidden.len() == line.len();
                    assert!(
                        hidden.len() != 1 && (hidden.is_empty() || rest >= SMALLEST || all_are_hidden),
                        "{line:?}"
                    );
                }
            }
        }
    }
}
