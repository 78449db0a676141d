//! Which subsample of a population each case is in.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// Subsamples that a population is dealt into.
pub const SUBSAMPLES: usize = 16;

/// What stands before a case id when it is hashed: another edition of the deal would have another one.
const SEED: &str = "amparo subsample 1\n";

/// A population dealt into [`SUBSAMPLES`] subsamples, case by case.
///
/// All rows of a case are in one subsample. Cases are dealt in turn, in the order of
///
/// ```text
/// SHA-256("amparo subsample 1\n" + case id)
/// ```
/// so that subsamples have equal numbers of cases, but for one, and the order of the rows does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    of_rows: Vec<u8>,
    n_cases: usize,
}

impl Deal {
    /// Deals the cases of a population, given as one case id a row.
    pub fn of<C: AsRef<str>>(cases: &[C]) -> Self {
        let mut subsamples: HashMap<&str, u8> = cases.iter().map(|case| (case.as_ref(), 0)).collect();
        let hash = |case: &str| Sha256::new().chain_update(SEED).chain_update(case).finalize();
        let mut dealt: Vec<_> = subsamples.iter_mut().map(|(case, at)| (hash(case), *case, at)).collect();
        dealt.sort_unstable_by(|(a, x, _), (b, y, _)| a.cmp(b).then(x.cmp(y)));
        for (turn, (.., subsample)) in dealt.into_iter().enumerate() {
            *subsample = (turn % SUBSAMPLES) as u8;
        }
        let of_rows = cases.iter().map(|case| subsamples[case.as_ref()]).collect();
        Self { of_rows, n_cases: subsamples.len() }
    }

    /// The subsample of each row, from 0.
    pub fn of_rows(&self) -> &[u8] {
        &self.of_rows
    }

    /// Cases dealt.
    pub fn n_cases(&self) -> usize {
        self.n_cases
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Deal, SUBSAMPLES};

    fn ids(n: usize) -> Vec<String> {
        (0..n).map(|k| format!("case-{k}")).collect()
    }

    #[test]
    fn subsamples_have_equal_numbers_of_cases() {
        for n in [1, 16, 1000, 1607] {
            let deal = Deal::of(&ids(n));
            let mut of = [0; SUBSAMPLES];
            deal.of_rows().iter().for_each(|&k| of[usize::from(k)] += 1);
            let least = of.iter().min().copied().unwrap_or(0);
            assert!(of.iter().all(|&of| of - least <= 1), "{of:?}");
            assert_eq!((of.iter().sum::<usize>(), deal.n_cases()), (n, n));
        }
    }

    #[test]
    fn rows_of_a_case_stay_together_in_whatever_order() {
        let twice: Vec<String> = ids(400).into_iter().chain(ids(400)).collect();
        let deal = Deal::of(&twice);
        assert_eq!(deal.n_cases(), 400);
        assert_eq!(deal.of_rows()[..400], deal.of_rows()[400..]);
        let mut back = ids(400);
        back.reverse();
        let by_case = |ids: &[String], deal: &Deal| -> BTreeMap<String, u8> {
            ids.iter().cloned().zip(deal.of_rows().iter().copied()).collect()
        };
        assert_eq!(by_case(&back, &Deal::of(&back)), by_case(&twice, &deal));
        // Another set of cases is another deal: it is not the order of the ids.
        assert_ne!(deal.of_rows()[..400], Deal::of(&ids(401)).of_rows()[..400]);
    }

    /// `for i in 0 1 2; do printf 'amparo subsample 1\ncase-%d' $i | sha256sum; done` begin with d019, e49a and 003c.
    #[test]
    fn the_order_is_that_of_the_published_hash() {
        assert_eq!(Deal::of(&ids(3)).of_rows(), [1, 2, 0]);
    }
}
