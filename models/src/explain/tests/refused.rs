//! What is refused: populations, backgrounds of another scorer, values that do not add up.

use amparo_datasets::Answers;

use super::dependent;
use crate::explain::{Background, Explainer};
use crate::testing::{additive_candidate, tree_candidate};
use crate::{Additive, Explanation, Forest, Scorer};

#[test]
fn the_smallest_cell_is_counted_in_rows() {
    let (instrument, tree, answers, weights) = dependent();
    let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 3, base: 0.0, trees: vec![tree] }));
    // One row answers `unknown` to the first indicator, whatever it weighs.
    assert_eq!(Background::of(&scorer, &answers, &weights).unwrap().smallest_cell, 1);
    let twice = Answers::from_codes(instrument, [answers.codes(), answers.codes()].concat()).unwrap();
    let background = Background::of(&scorer, &twice, &[0.5; 16]).unwrap();
    assert_eq!((background.smallest_cell, background.n_rows), (2, 16));
}

#[test]
fn a_population_that_cannot_be_summed_is_refused() {
    let (_, tree, answers, weights) = dependent();
    let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 3, base: 0.0, trees: vec![tree] }));
    let refusal = |answers: &Answers, weights: &[f64]| {
        Background::of(&scorer, answers, weights).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&answers, &weights[1..]),
        "background: 8 rows and 7 weights, expected as many and at least 1"
    );
    assert_eq!(
        refusal(&answers.select(&[]), &[]),
        "background: 0 rows and 0 weights, expected as many and at least 1"
    );
    for (wrong, said) in [(0.0, "0"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let mut weights = weights.clone();
        weights[2] = wrong;
        let expected = format!("background: weight is {said}, expected a number above 0 (row 3)");
        assert_eq!(refusal(&answers, &weights), expected);
    }
}

#[test]
fn a_background_of_another_scorer_is_refused() {
    let (_, tree, answers, weights) = dependent();
    let scorer =
        Scorer::from(tree_candidate(Forest { n_indicators: 3, base: 0.0, trees: vec![tree.clone()] }));
    let good = Background::of(&scorer, &answers, &weights).unwrap();
    let refusal = |scorer: &Scorer, change: fn(&mut Background)| {
        let mut background = good.clone();
        change(&mut background);
        // As it would be read from a file.
        let text = serde_json::to_string(&background).unwrap();
        Explainer::new(scorer, &serde_json::from_str(&text).unwrap()).unwrap_err().to_string()
    };
    let of = |change| refusal(&scorer, change);
    assert_eq!(
        of(|b| b.n_rows = 0),
        "background: 0 rows of weight 10.75, expected at least 1 row and a weight above 0"
    );
    assert_eq!(
        of(|b| b.weight = 0.0),
        "background: 8 rows of weight 0, expected at least 1 row and a weight above 0"
    );
    assert_eq!(of(|b| b.smallest_cell = 9), "background: smallest cell is 9, expected 1 to 8 rows");
    assert_eq!(of(|b| b.answers.truncate(2)), "background: answer sums of 2 indicators, expected 3");
    assert_eq!(
        of(|b| b.answers[1].resize(17, 0.0)),
        "background: indicator 1 has 17 answer sums, expected at most 16"
    );
    assert_eq!(
        of(|b| b.answers[1][0] = -1.0),
        "background: answer sums of indicator 1 hold -1, expected numbers not below 0"
    );
    assert_eq!(
        of(|b| b.answers[0][0] += 1.0),
        "background: answer sums of indicator 0 add up to 11.75, expected 10.75"
    );
    assert_eq!(of(|b| b.patterns.clear()), "background: pattern sums of 0 trees, expected 1");
    assert_eq!(
        of(|b| b.patterns[0].truncate(3)),
        "background: tree 0 has pattern sums of 3 leaves, expected 4"
    );
    assert_eq!(
        of(|b| b.patterns[0][2].truncate(2)),
        "background: leaf 2 of tree 0 has 2 pattern sums, expected 4"
    );
    assert_eq!(
        of(|b| b.patterns[0][1][0] += 0.5),
        "background: pattern sums of leaf 1 of tree 0 add up to 11.25, expected 10.75"
    );
    // Leaves in another order: right shape and totals, but the conditions are others.
    assert_eq!(
        of(|b| b.patterns[0].swap(0, 3)),
        "background: pattern sums of leaf 0 of tree 0 give its condition on indicator 0 a weight of 4.5, answer sums 6.25"
    );
    let table = Additive { intercept: 0.0, weights: vec![vec![0.0; 3], vec![0.0; 4], vec![0.0; 5]] };
    let logistic = Scorer::from(additive_candidate(table.clone()));
    assert_eq!(refusal(&logistic, |_| {}), "background: pattern sums of 1 trees, expected 0");
    assert_eq!(
        refusal(&logistic, |b| {
            b.patterns.clear();
            b.answers[2].push(0.0)
        }),
        "background: indicator 2 has 6 answer sums, expected 5"
    );
    let text = serde_json::to_string(&good).unwrap().replacen('{', "{\"rows\":[],", 1);
    assert!(
        serde_json::from_str::<Background>(&text).unwrap_err().to_string().contains("unknown field `rows`")
    );
}

#[test]
fn an_explanation_that_is_not_a_number_is_refused() {
    let explanation = |value| Explanation { base: 0.5, values: vec![value, 0.25] };
    assert!(explanation(0.25).checked(1.0).is_ok());
    assert!(explanation(0.25 + 2e-9).checked(1.0).is_err());
    assert!(explanation(f64::NAN).checked(1.0).is_err());
    assert!(explanation(f64::INFINITY).checked(f64::INFINITY).is_err());
    assert_eq!(
        explanation(0.5).checked(1.0).unwrap_err().to_string(),
        "explanation adds up to 1.25, the score is 1: difference 2.5e-1 is above 1e-9"
    );
}
