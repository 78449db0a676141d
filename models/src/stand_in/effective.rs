/// How many rows of one weight tell as much as rows of unequal weights, by Kish's effective sample size.
///
/// ```text
/// n_eff = (sum w)^2 / sum w^2          1 <= n_eff <= n, and n_eff = n exactly if all weights are equal
/// ```
///
/// # References
/// Kish, "Survey sampling", 1965, section 11.7.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EffectiveRows {
    sum: f64,
    squares: f64,
}

/// Rounding of the sums is not taken for a missing part of a row.
const ROUNDING: f64 = 1e-9;

impl EffectiveRows {
    /// Counts a row of this weight, which is finite and positive, too.
    pub fn add(&mut self, weight: f64) {
        self.sum += weight;
        self.squares += weight * weight;
    }

    /// Their number, 0 if there is no row.
    pub fn number(self) -> f64 {
        if self.squares > 0.0 { self.sum * self.sum / self.squares } else { 0.0 }
    }

    /// What several sets of rows come to together, each given by its sum of weights and its effective number of rows.
    pub fn joined(sets: impl Iterator<Item = (f64, f64)>) -> f64 {
        let mut all = Self::default();
        for (sum, number) in sets.filter(|(_, number)| *number > 0.0) {
            all.sum += sum;
            all.squares += sum * sum / number;
        }
        all.number()
    }

    /// The whole rows in an effective number of rows.
    pub fn whole(number: f64) -> u64 {
        (number * (1.0 + ROUNDING)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::EffectiveRows;

    fn number(weights: &[f64]) -> f64 {
        let mut rows = EffectiveRows::default();
        weights.iter().for_each(|&weight| rows.add(weight));
        rows.number()
    }

    #[test]
    fn it_is_the_number_of_kish() {
        // By hand: (1 + 1 + 4)^2 / (1 + 1 + 16) = 2; (3 + 9 * 0.25)^2 / (9 + 9 / 16) = 27.5625 / 9.5625.
        let tenth = [vec![3.0], vec![0.25; 9]].concat();
        for (weights, expected) in
            [(vec![1.0, 1.0, 4.0], 2.0), (tenth, 27.5625 / 9.5625), (vec![7.0], 1.0), (vec![], 0.0)]
        {
            assert!((number(&weights) - expected).abs() <= 1e-12, "{weights:?}");
            // The number of rows would be wrong.
            assert!(weights.len() < 2 || (weights.len() as f64 - expected).abs() > 0.9);
        }
    }

    #[test]
    fn rows_of_one_weight_are_as_many_as_they_are() {
        for weight in [1.0, 0.1, 1.0 / 3.0, 7.3e-9, 4.2e12] {
            for n in [1, 2, 3, 10, 97, 10_000] {
                assert_eq!(EffectiveRows::whole(number(&vec![weight; n])), n as u64, "{n} of {weight}");
            }
        }
        // A row that weighs a little more is no rounding.
        let almost = [vec![1.0; 9], vec![1.01]].concat();
        assert_eq!(EffectiveRows::whole(number(&almost)), 9);
    }

    #[test]
    fn sets_together_are_all_their_rows() {
        let sets = [vec![1.0, 2.0, 5.0], vec![0.5; 7], vec![], vec![3.0]];
        let of = |set: &Vec<f64>| (set.iter().sum::<f64>(), number(set));
        let (found, all) = (EffectiveRows::joined(sets.iter().map(of)), number(&sets.concat()));
        assert!((found - all).abs() <= 1e-12, "{found}, not {all}");
        // Their numbers do not simply add up.
        assert!((sets.iter().map(|set| number(set)).sum::<f64>() - all).abs() > 1.0);
    }
}
