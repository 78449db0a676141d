//! What of a table about two questions is about each alone.

/// A table about two questions in three parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Purified {
    /// About neither: the mean.
    pub(super) mean: f64,
    /// About each question alone, of mean 0.
    pub(super) effects: [Vec<f64>; 2],
    /// About both together: of mean 0 over each answer to either question.
    pub(super) pair: Vec<f64>,
}

/// Alternations after which the search for the parts is given up: what is left over is then far below what anything rests on.
const MOST: usize = 10_000;

/// Takes a table apart by weights, one for each cell; both lie row by row, `width` cells a row.
///
/// ```text
/// t[a, b] = mean + f[a] + g[b] + pair[a, b]
/// sum over b of w[a, b] pair[a, b] = 0 for each a           sum over a of w[a, b] pair[a, b] = 0 for each b
/// sum over a, b of w[a, b] f[a] = 0                         sum over a, b of w[a, b] g[b] = 0
/// ```
/// The means of rows and of columns are moved into the effects in turn, until nothing moves. Whatever has no weight stays where
/// it is, so the parts always add up to the table.
///
/// # References
/// Lengerich, Tan, Chang, Hooker and Caruana, "Purifying interaction effects with the functional ANOVA", AISTATS 2020.
pub(super) fn purified(table: &[f64], weights: &[f64], width: usize) -> Purified {
    let height = table.len() / width;
    let largest = table.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let mut pair = table.to_vec();
    let mut effects = [vec![0.0; height], vec![0.0; width]];
    for _ in 0..MOST {
        let mut moved: f64 = 0.0;
        for (of, effect) in effects.iter_mut().enumerate() {
            let answer = |cell: usize| if of == 0 { cell / width } else { cell % width };
            let mut sums = vec![(0.0, 0.0); effect.len()];
            for (cell, (value, weight)) in pair.iter().zip(weights).enumerate() {
                let (sum, total) = &mut sums[answer(cell)];
                (*sum, *total) = (*sum + weight * value, *total + weight);
            }
            let means: Vec<f64> =
                sums.iter().map(|&(sum, total)| if total > 0.0 { sum / total } else { 0.0 }).collect();
            pair.iter_mut().enumerate().for_each(|(cell, value)| *value -= means[answer(cell)]);
            effect.iter_mut().zip(&means).for_each(|(value, mean)| *value += mean);
            moved = means.iter().fold(moved, |most, mean| most.max(mean.abs()));
        }
        if moved <= 1e-14 * largest {
            break;
        }
    }
    let mut mean = 0.0;
    let total: f64 = weights.iter().sum();
    for (of, effect) in effects.iter_mut().enumerate() {
        let answer = |cell: usize| if of == 0 { cell / width } else { cell % width };
        let sum: f64 = weights.iter().enumerate().map(|(cell, weight)| weight * effect[answer(cell)]).sum();
        let of_effect = if total > 0.0 { sum / total } else { 0.0 };
        effect.iter_mut().for_each(|value| *value -= of_effect);
        mean += of_effect;
    }
    Purified { mean, effects, pair }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, uniform};

    fn drawn(seed: usize, n: usize) -> Vec<f64> {
        (0..n).map(|i| uniform(seed * 1_000 + i)).collect()
    }

    fn sum_of(parts: &Purified, cell: usize, width: usize) -> f64 {
        parts.mean + parts.effects[0][cell / width] + parts.effects[1][cell % width] + parts.pair[cell]
    }

    #[test]
    fn the_parts_add_up_to_the_table_and_the_pair_says_nothing_of_one_question() {
        for (seed, (height, width)) in [(2, 2), (3, 4), (16, 3), (5, 16)].into_iter().enumerate() {
            let n = height * width;
            let table: Vec<f64> = drawn(seed, n).iter().map(|value| value * 4.0 - 2.0).collect();
            let weights = drawn(50 + seed, n);
            let parts = purified(&table, &weights, width);
            let sums: Vec<f64> = (0..n).map(|cell| sum_of(&parts, cell, width)).collect();
            assert!(close(&sums, &table, 1e-12));
            for (of, answers) in [height, width].into_iter().enumerate() {
                let answer = |cell: usize| if of == 0 { cell / width } else { cell % width };
                for code in 0..answers {
                    let of_code = (0..n).filter(|&cell| answer(cell) == code);
                    let sum: f64 = of_code.map(|cell| weights[cell] * parts.pair[cell]).sum();
                    assert!(sum.abs() <= 1e-12, "question {of}, answer {code}: {sum}");
                }
                let mean: f64 = (0..n).map(|cell| weights[cell] * parts.effects[of][answer(cell)]).sum();
                assert!(mean.abs() <= 1e-12, "question {of}: {mean}");
            }
            let plain = purified(&table, &vec![1.0; n], width);
            assert!(!close(&plain.pair, &parts.pair, 1e-3), "the weights matter");
        }
    }

    #[test]
    fn a_sum_of_two_effects_has_no_pair() {
        let (f, g) = ([0.3, -0.1, 2.0], [1.0, -1.0, 0.5, 0.25]);
        let table: Vec<f64> = (0..12).map(|cell| f[cell / 4] + g[cell % 4]).collect();
        assert!(close(&purified(&table, &drawn(9, 12), 4).pair, &[0.0; 12], 1e-12));
        let mut other = table;
        other[5] += 0.1;
        assert!(!close(&purified(&other, &drawn(9, 12), 4).pair, &[0.0; 12], 1e-3));
    }

    #[test]
    fn equal_weights_give_the_means_of_the_table() {
        // An analysis of variance by hand: 1 2 / 3 8.
        let parts = purified(&[1.0, 2.0, 3.0, 8.0], &[1.0; 4], 2);
        assert!(close(&[parts.mean], &[3.5], 1e-15));
        assert!(
            close(&parts.effects[0], &[-2.0, 2.0], 1e-15) && close(&parts.effects[1], &[-1.5, 1.5], 1e-15)
        );
        assert!(close(&parts.pair, &[1.0, -1.0, -1.0, 1.0], 1e-15));
    }

    #[test]
    fn cells_without_rows_move_nothing_and_still_add_up() {
        let (table, mut weights) = (drawn(3, 12), drawn(4, 12));
        weights[4..8].fill(0.0);
        weights[1] = 0.0;
        let parts = purified(&table, &weights, 4);
        let sums: Vec<f64> = (0..12).map(|cell| sum_of(&parts, cell, 4)).collect();
        assert!(close(&sums, &table, 1e-12));
    }
}
