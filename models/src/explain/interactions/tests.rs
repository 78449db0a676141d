#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_datasets::Answers;
use proptest::prelude::*;

use super::{Interactions, Shares};
use crate::calibrator::Platt;
use crate::explain::brute::{blend, shapley, values};
use crate::explain::tests::long::chain;
use crate::explain::{Background, Explainer};
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, additive_candidate, forest, form, instrument, logistic, points, population, scorers,
    tree_candidate, worst,
};
use crate::{Additive, Calibrator, Explain, Forest, Hybrid, Model, OutcomeModel, Scorer};

const TOLERANCE: f64 = 1e-9;

/// Base and matrix in one row.
fn interactions(scorer: &Scorer, answers: &Answers, weights: &[f64], row: &[u8]) -> Vec<f64> {
    let background = Background::of(scorer, answers, weights).unwrap();
    let Interactions { base, values, .. } = Interactions::of(scorer, &background, row).unwrap();
    [vec![base], values].concat()
}

/// `s! (n - s - 2)! / (n - 1)!`, of the Shapley interaction index.
fn index(s: usize, n: usize) -> f64 {
    let factorial = |n: usize| (1..=n as u64).product::<u64>() as f64;
    factorial(s) * factorial(n - s - 2) / factorial(n - 1)
}

/// `1 / 2^(n-2)`, of the Banzhaf interaction index: a wrong one here.
fn banzhaf(_: usize, n: usize) -> f64 {
    1.0 / (1_u64 << (n - 2)) as f64
}

/// `2/n / binomial(n-1, s)`, of the Shapley-Taylor index (Sundararajan et al., 2020): a wrong one here.
fn taylor(s: usize, n: usize) -> f64 {
    let factorial = |n: usize| (1..=n as u64).product::<u64>() as f64;
    2.0 / n as f64 * factorial(s) * factorial(n - 1 - s) / factorial(n - 1)
}

/// Base and matrix as the definition has them, over all subsets of indicators and all rows; each half of a pair is
/// `half` of its index.
fn by_definition(
    scorer: &Scorer,
    (answers, weights): (&Answers, &[f64]),
    row: &[u8],
    weight: fn(usize, usize) -> f64,
    half: f64,
) -> Vec<f64> {
    let n = row.len();
    let total: f64 = weights.iter().sum();
    let v = |set: usize| {
        let scores = answers.rows().zip(weights).map(|(b, w)| w * scorer.score(&blend(row, b, set)));
        scores.sum::<f64>() / total
    };
    let worth: Vec<f64> = (0..1 << n).map(v).collect();
    let mut matrix = vec![0.0; n * n];
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            let (of_i, of_j) = (1_usize << i, 1_usize << j);
            let without = (0..1_usize << n).filter(|set| set & (of_i | of_j) == 0);
            let sum = without.map(|s| {
                let difference = worth[s | of_i | of_j] - worth[s | of_i] - worth[s | of_j] + worth[s];
                weight(s.count_ones() as usize, n) * difference
            });
            matrix[i * n + j] = half * sum.sum::<f64>();
        }
    }
    for (i, value) in values(n, |set| worth[set], shapley).into_iter().enumerate() {
        matrix[i * n + i] = value - matrix[i * n..(i + 1) * n].iter().sum::<f64>();
    }
    [vec![worth[0]], matrix].concat()
}

/// Largest error over all families, for a random form, a row of the background, and a form of which nothing is known.
fn against_definition(seed: u64, n: usize, n_rows: usize) -> f64 {
    let mut draw = Draw::new(seed);
    let instrument = instrument(n);
    let (answers, weights) = population(&mut draw, &instrument, n_rows);
    let unknown = instrument.indicators().iter().map(|i| i.unknown()).collect();
    let rows = [form(&mut draw, &instrument), answers.row(draw.below(n_rows)).to_vec(), unknown];
    let mut largest = 0.0_f64;
    for scorer in scorers(&mut draw, &instrument) {
        scorer.check(&instrument).unwrap();
        for row in &rows {
            let found = interactions(&scorer, &answers, &weights, row);
            let expected = by_definition(&scorer, (&answers, &weights), row, index, 0.5);
            largest = largest.max(worst(&found, &expected));
        }
    }
    largest
}

#[test]
fn agree_with_the_definition() {
    for n in 2..=8 {
        for seed in 0..3 {
            let error = against_definition(seed, n, 12);
            assert!(error <= TOLERANCE, "{n} indicators, seed {seed}: {error:e}");
        }
    }
}

#[test]
fn agree_with_the_definition_on_long_paths() {
    let mut draw = Draw::new(14);
    let instrument = instrument(14);
    let (answers, weights) = population(&mut draw, &instrument, 6);
    let mut trees: Vec<Tree> = (0..2).map(|at| chain(&mut draw, &instrument, 0, 13 + at)).collect();
    trees.extend(forest(&mut draw, &instrument, &[1, 2, 5]).trees);
    let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 14, base: 0.5, trees }));
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    assert!(background.long.len() > 1);
    let row = form(&mut draw, &instrument);
    let found = interactions(&scorer, &answers, &weights, &row);
    let expected = by_definition(&scorer, (&answers, &weights), &row, index, 0.5);
    let error = worst(&found, &expected);
    assert!(error <= TOLERANCE, "{error:e}");
    let fewer = interactions(&scorer, &answers.select(&[0, 1, 2, 3, 4]), &weights[..5], &row);
    assert!(worst(&fewer, &expected) > 1e-3);
    let explanation = Explainer::new(&scorer, &background).unwrap().explain(&row);
    Interactions::of(&scorer, &background, &row).unwrap().checked(scorer.score(&row), &explanation).unwrap();
    let mut other = background.clone();
    other.long.truncate(1);
    let refused = Interactions::of(&scorer, &other, &row).unwrap_err().to_string();
    assert_eq!(refused, format!("background: sums of 1 long paths, expected {}", background.long.len()));
    other = background.clone();
    other.long[0].weights.fill(0.0);
    let refused = Interactions::of(&scorer, &other, &row).unwrap_err().to_string();
    assert_eq!(refused, "background: the sums of long path 0 have a weight of 0, expected one above 0");
}

#[test]
fn agree_with_the_definition_against_a_single_row() {
    for seed in 0..20 {
        let error = against_definition(seed, 6, 1);
        assert!(error <= TOLERANCE, "seed {seed}: {error:e}");
    }
}

/// 1 if indicators `first` to the last of `n` have their second answer, else 0.
fn and(first: usize, n: usize) -> Scorer {
    let mut nodes = Vec::new();
    for indicator in first..n {
        let at = nodes.len();
        nodes.push(Node::Split { indicator, set: 0b10, left: at + 2, right: at + 1 });
        nodes.push(Node::Leaf(0.0));
    }
    nodes.push(Node::Leaf(1.0));
    Scorer::from(tree_candidate(Forest { n_indicators: n, base: 0.0, trees: vec![Tree { nodes }] }))
}

#[test]
fn wrong_matrices_fail_the_same_check() {
    let none = Answers::from_codes(instrument(4), vec![0, 0, 1, 0, 1, 0, 1, 0]).unwrap();
    let (scorer, row, background) = (and(0, 4), [1, 1, 0, 1], (&none, [1.0, 3.0].as_slice()));
    // All the background meets the third condition, the row does not. Against the first row all four play: Banzhaf's
    // index of three is Shapley's.
    let found = interactions(&scorer, &none, &[1.0, 3.0], &row);
    assert!(worst(&found, &by_definition(&scorer, background, &row, index, 0.5)) <= TOLERANCE);
    // Other indices, the whole index in each half, each row of the background alike, signs turned.
    for (weight, half) in [(banzhaf as fn(_, _) -> _, 0.5), (taylor, 0.5), (index, 1.0)] {
        assert!(worst(&found, &by_definition(&scorer, background, &row, weight, half)) > 1e-2);
    }
    assert!(worst(&found, &interactions(&scorer, &none, &[1.0, 1.0], &row)) > 1e-2);
    let turned: Vec<f64> = found.iter().map(|v| v.abs()).collect();
    assert!(worst(&turned, &found) > 1e-2);
    // A value that is not a number is no small error.
    assert!(worst(&[f64::NAN], &[0.0]) > TOLERANCE);
}

#[test]
fn by_hand() {
    // Two players who score 1 only together: the pair has 1, shared in halves, and nothing is left for either alone.
    let none = Answers::from_codes(instrument(2), vec![0, 0]).unwrap();
    let found = interactions(&and(0, 2), &none, &[1.0], &[1, 1]);
    assert!(worst(&found, &[0.0, 0.0, 0.5, 0.5, 0.0]) <= 1e-15, "{found:?}");
    // The row meets one, the background the other: each alone moves the score, together they lose what each gives.
    let other = Answers::from_codes(instrument(2), vec![0, 1]).unwrap();
    let found = interactions(&and(0, 2), &other, &[1.0], &[1, 0]);
    // v() = 0, v(1) = 1, v(2) = v(1, 2) = 0: values 1/2 and -1/2, index -1.
    assert!(worst(&found, &[0.0, 1.0, -0.5, -0.5, 0.0]) <= 1e-15, "{found:?}");
    // The row meets neither, the background both: v() = 1, else 0; values -1/2 each, index +1.
    let both = Answers::from_codes(instrument(2), vec![1, 1]).unwrap();
    let found = interactions(&and(0, 2), &both, &[1.0], &[0, 0]);
    assert!(worst(&found, &[1.0, -1.0, 0.5, 0.5, -1.0]) <= 1e-15, "{found:?}");
    assert!(worst(&found, &[1.0, -0.5, 0.0, 0.0, -0.5]) > 0.1);
}

#[test]
fn what_a_leaf_puts_into_the_matrix_adds_up_for_all_sizes() {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    for (a, row) in Shares::table(12).iter().enumerate() {
        for (b, shares) in row.iter().enumerate() {
            let value = |x: usize, y: usize| factorial(x - 1) * factorial(y) / factorial(x + y);
            let (of_a, of_b) = (a as f64, b as f64);
            if a > 0 {
                let sum = shares.alone_a + (of_a - 1.0) * shares.both_a + of_b * shares.across;
                assert!(worst(&[sum], &[value(a, b)]) <= 1e-15, "{a} {b}: {sum}");
                assert!(worst(&[sum + shares.alone_a], &[value(a, b)]) > 1e-3 || shares.alone_a.abs() < 1e-3);
            }
            if b > 0 {
                let sum = shares.alone_b + (of_b - 1.0) * shares.both_b + of_a * shares.across;
                assert!(worst(&[sum], &[-value(b, a)]) <= 1e-15, "{a} {b}: {sum}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn add_up_and_are_symmetric(seed: u64, n in 1_usize..20) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(n);
        let n_rows = 1 + draw.below(40);
        let (answers, weights) = population(&mut draw, &instrument, n_rows);
        for scorer in scorers(&mut draw, &instrument) {
            let background = Background::of(&scorer, &answers, &weights).unwrap();
            let row = form(&mut draw, &instrument);
            let explanation = Explainer::new(&scorer, &background).unwrap().explain(&row);
            let found = Interactions::of(&scorer, &background, &row).unwrap();
            let found = found.checked(scorer.score(&row), &explanation).unwrap();
            for i in 0..n {
                for j in 0..n {
                    let (here, there) = (found.values[i * n + j], found.values[j * n + i]);
                    prop_assert!(worst(&[here], &[there]) <= 0.0);
                    let additive = scorer.trees().is_none();
                    prop_assert!(i == j || !additive || worst(&[here], &[0.0]) <= 0.0);
                    prop_assert_eq!(found.pair(i, j), (i != j).then_some(here + there));
                }
            }
            prop_assert_eq!(found.pair(0, n), None);
            // A pair moved by a millionth is refused, whichever sum it is in.
            let mut moved = found.clone();
            moved.values[n * n - 1] += 1e-6;
            prop_assert!(moved.checked(scorer.score(&row), &explanation).is_err());
            let mut turned = found;
            if n > 1 {
                turned.values[0] += 1e-6;
                turned.values[n * n - 1] -= 1e-6;
                prop_assert!(turned.checked(scorer.score(&row), &explanation).is_err());
            }
        }
    }

    #[test]
    fn an_unused_indicator_has_exactly_nothing(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        let (answers, weights) = population(&mut draw, &instrument, 30);
        let unused = draw.below(7);
        let asked: Vec<usize> = (0..7).filter(|&j| j != unused).collect();
        let mut baseline = points(&mut draw, &instrument);
        baseline.points[unused].fill(1);
        let trees = forest(&mut draw, &instrument, &asked);
        let hybrid = Hybrid::new(0.3, baseline, tree_candidate(trees.clone())).unwrap();
        let row = form(&mut draw, &instrument);
        for scorer in [Scorer::from(tree_candidate(trees)), Scorer::from(hybrid)] {
            let found = interactions(&scorer, &answers, &weights, &row);
            for j in 0..7 {
                prop_assert!(worst(&[found[1 + unused * 7 + j], found[1 + j * 7 + unused]], &[0.0; 2]) <= 0.0);
            }
        }
    }

    #[test]
    fn the_dial_mixes_the_parts(seed: u64, dial in 0.0..=1.0_f64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (answers, weights) = population(&mut draw, &instrument, 25);
        let row = form(&mut draw, &instrument);
        let baseline = points(&mut draw, &instrument);
        let matrix = |scorer: Scorer| interactions(&scorer, &answers, &weights, &row);
        let of_baseline = matrix(Scorer::from(baseline.clone()));
        for candidate in [
            tree_candidate(forest(&mut draw, &instrument, &[0, 2, 3, 5])),
            additive_candidate(logistic(&mut draw, &instrument)),
        ] {
            let of_candidate = matrix(Scorer::from(candidate.clone()));
            let hybrid = Hybrid::new(dial, baseline.clone(), candidate).unwrap();
            let mixed: Vec<f64> =
                of_baseline.iter().zip(&of_candidate).map(|(b, c)| (1.0 - dial) * b + dial * c).collect();
            let found = matrix(Scorer::from(hybrid));
            prop_assert!(worst(&found, &mixed) <= 1e-12);
            // Turned the other way round it is another matrix.
            let turned: Vec<f64> =
                of_baseline.iter().zip(&of_candidate).map(|(b, c)| dial * b + (1.0 - dial) * c).collect();
            prop_assert!((dial - 0.5).abs() < 0.05 || worst(&found, &turned) > 1e-4);
        }
    }
}

#[test]
fn a_part_gives_them_checked() {
    let instrument = instrument(6);
    let mut draw = Draw::new(5);
    let (answers, weights) = population(&mut draw, &instrument, 30);
    let scorer = scorers(&mut draw, &instrument).pop().unwrap();
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let exempt = instrument.indicators().iter().map(|i| i.id.clone()).collect();
    let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] };
    let part =
        OutcomeModel::new("x".to_owned(), scorer, Calibrator::Platt(platt), background, &instrument, &exempt)
            .unwrap();
    let row = form(&mut draw, &instrument);
    let found = part.interactions(&row).unwrap();
    let sums: Vec<f64> = found.rows().map(|row| row.iter().sum()).collect();
    let other = part.explain(&form(&mut draw, &instrument)).unwrap().total;
    assert!(worst(&sums, &part.explain(&row).unwrap().total.values) <= TOLERANCE);
    assert!(found.checked(part.score(&row), &other).is_err());
}

#[test]
fn a_background_of_another_scorer_is_refused() {
    let answers = Answers::from_codes(instrument(3), vec![0, 0, 0, 1, 0, 2]).unwrap();
    let scorer = and(0, 3);
    let good = Background::of(&scorer, &answers, &[1.0, 2.0]).unwrap();
    let refusal = |scorer: &Scorer, change: fn(&mut Background)| {
        let mut background = good.clone();
        change(&mut background);
        Interactions::of(scorer, &background, &[1, 1, 1]).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&scorer, |b| b.patterns[0].truncate(3)),
        "background: tree 0 has pattern sums of 3 leaves, expected 4"
    );
    assert_eq!(
        refusal(&scorer, |b| b.patterns[0][0].truncate(4)),
        "background: leaf 0 of tree 0 has 4 pattern sums of weight 3, expected 8 of a weight above 0"
    );
    assert_eq!(
        refusal(&scorer, |b| b.patterns[0][3].fill(0.0)),
        "background: leaf 3 of tree 0 has 2 pattern sums of weight 0, expected 2 of a weight above 0"
    );
    assert_eq!(refusal(&scorer, |b| b.patterns.clear()), "background: pattern sums of 0 trees, expected 1");
    let table = Additive { intercept: 0.0, weights: vec![vec![0.0; 3], vec![0.0; 4], vec![0.0; 5]] };
    assert_eq!(
        refusal(&Scorer::from(additive_candidate(table)), |_| {}),
        "background: pattern sums of 1 trees, expected 0"
    );
}

#[test]
fn a_matrix_that_does_not_add_up_is_refused() {
    let matrix = |first: f64, second: f64| Interactions {
        base: 0.5,
        n_indicators: 2,
        values: vec![first, 0.25, 0.25, second],
    };
    let explanation = crate::Explanation { base: 0.5, values: vec![0.75, 0.5] };
    assert!(matrix(0.5, 0.25).checked(1.75, &explanation).is_ok());
    assert_eq!(
        matrix(0.5, 0.25).checked(2.0, &explanation).unwrap_err().to_string(),
        "explanation adds up to 1.75, the score is 2: difference 2.5e-1 is above 1e-9"
    );
    // The whole is right, the rows are not.
    assert_eq!(
        matrix(0.25, 0.5).checked(1.75, &explanation).unwrap_err().to_string(),
        "explanation adds up to 0.5, the score is 0.75: difference 2.5e-1 is above 1e-9"
    );
    assert!(matrix(f64::NAN, 0.25).checked(1.75, &explanation).is_err());
    let short = crate::Explanation { base: 0.5, values: vec![0.75] };
    assert_eq!(
        matrix(0.5, 0.25).checked(1.75, &short).unwrap_err().to_string(),
        "interactions: 1 Shapley values, expected 2"
    );
}
