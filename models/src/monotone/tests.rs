#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use amparo_datasets::{Instrument, Polarity};
use proptest::prelude::*;

use super::Proof;
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, additive_candidate, all_forms, instrument, instrument_of, points, tree, tree_candidate,
};
use crate::{Additive, Forest, Hybrid, Model, Points, Scorer};

fn exempt(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn forest(instrument: &Instrument, trees: Vec<Tree>) -> Scorer {
    Scorer::from(tree_candidate(Forest { n_indicators: instrument.indicators().len(), base: 0.0, trees }))
}

/// Whether no form scores the wrong way when one answer moves up by one; every form is tried.
fn by_trying(scorer: &Scorer, instrument: &Instrument, exempt: &BTreeSet<String>) -> bool {
    all_forms(instrument).iter().all(|form| {
        instrument.indicators().iter().enumerate().all(|(j, indicator)| {
            let sign = match indicator.polarity {
                Polarity::Risk => 1.0,
                Polarity::Protective => -1.0,
                Polarity::Neutral => return true,
            };
            if exempt.contains(&indicator.id) || usize::from(form[j]) + 1 >= indicator.n_known() {
                return true;
            }
            let mut later = form.clone();
            later[j] += 1;
            sign * (scorer.score(&later) - scorer.score(form)) >= 0.0
        })
    })
}

/// A tree of few values, so that monotone ones are not rare.
fn coarse(draw: &mut Draw, instrument: &Instrument, depth: usize) -> Tree {
    let mut tree = tree(draw, instrument, &[0, 1, 2, 3], depth);
    for node in &mut tree.nodes {
        if let Node::Leaf(value) = node {
            *value = draw.below(3) as f64;
        }
    }
    tree
}

#[test]
fn proved_if_and_only_if_true_of_a_tree() {
    let instrument = instrument(4);
    let mut draw = Draw::new(7);
    let mut counts = [0, 0];
    for round in 0..1500 {
        let scorer = forest(&instrument, vec![coarse(&mut draw, &instrument, 1 + round % 4)]);
        let exempt = if round % 2 == 0 { exempt(&["I3"]) } else { exempt(&[]) };
        let proved = Proof::new(&scorer, &instrument, &exempt).is_ok();
        assert_eq!(proved, by_trying(&scorer, &instrument, &exempt), "{scorer:?}");
        counts[usize::from(proved)] += 1;
    }
    // Both verdicts were put to the test.
    assert!(counts.iter().all(|n| *n >= 200), "{counts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_of_proved_trees_are_monotone(seed: u64, dial in 0.0..=1.0_f64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(4);
        let none = exempt(&[]);
        let proved = |tree: &Tree| Proof::new(&forest(&instrument, vec![tree.clone()]), &instrument, &none).is_ok();
        let mut trees = Vec::new();
        while trees.len() < 4 {
            let mut tree = coarse(&mut draw, &instrument, 3);
            // Sums that round.
            let unit = draw.between(0.1, 0.2);
            for node in &mut tree.nodes {
                if let Node::Leaf(value) = node {
                    *value *= unit;
                }
            }
            if proved(&tree) {
                trees.push(tree);
            }
        }
        let scorer = forest(&instrument, trees.clone());
        prop_assert!(Proof::new(&scorer, &instrument, &none).is_ok());
        prop_assert!(by_trying(&scorer, &instrument, &none));
        let mut baseline = points(&mut draw, &instrument);
        let candidate = tree_candidate(Forest { n_indicators: 4, base: 0.0, trees });
        let hybrid = Scorer::from(Hybrid::new(dial, baseline.clone(), candidate.clone()).unwrap());
        prop_assert_eq!(
            Proof::new(&hybrid, &instrument, &none).is_ok(),
            by_trying(&Scorer::from(baseline.clone()), &instrument, &none)
        );
        for (table, indicator) in baseline.points.iter_mut().zip(instrument.indicators()) {
            table.sort_unstable();
            if indicator.polarity == Polarity::Protective {
                table.reverse();
            }
        }
        let hybrid = Scorer::from(Hybrid::new(dial, baseline, candidate).unwrap());
        prop_assert!(Proof::new(&hybrid, &instrument, &none).is_ok());
        prop_assert!(by_trying(&hybrid, &instrument, &none));
    }
}

/// Risk I1 (3 answers), neutral I2 (3 answers), protective I3 (2 answers).
fn small() -> Arc<Instrument> {
    instrument_of(&[(3, Polarity::Risk), (3, Polarity::Neutral), (2, Polarity::Protective)])
}

/// If I2 is a1 or unknown: 0.5, 0.25 and 0.75 for the answers of I1; otherwise 0.
fn dented() -> Tree {
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let leaf = Node::Leaf;
    Tree {
        nodes: vec![
            split(1, 0b1010, 1, 6),
            split(0, 0b0001, 2, 3),
            leaf(0.5),
            split(0, 0b0010, 4, 5),
            leaf(0.25),
            leaf(0.75),
            leaf(0.0),
        ],
    }
}

fn refusal(scorer: &Scorer, ids: &[&str]) -> String {
    Proof::new(scorer, &small(), &exempt(ids)).unwrap_err().to_string()
}

#[test]
fn the_refusal_says_where() {
    let constant = Tree { nodes: vec![Node::Leaf(1.0)] };
    let scorer = forest(&small(), vec![constant, dented()]);
    assert_eq!(
        refusal(&scorer, &[]),
        "tree 1 is not monotone in indicator `I1`: answer `a0` scores 0.5, `a1` scores 0.25 on path I2 in {a1, unknown}"
    );
    assert!(!by_trying(&scorer, &small(), &exempt(&[])));
    let tables = |first: [f64; 4], last: [f64; 3]| {
        Scorer::from(additive_candidate(Additive {
            intercept: 0.0,
            weights: vec![first.into(), vec![0.0; 4], last.into()],
        }))
    };
    assert_eq!(
        refusal(&tables([0.0, 2.0, 1.5, 9.0], [0.0; 3]), &[]),
        "logistic is not monotone in indicator `I1`: answer `a1` scores 2, `a2` scores 1.5 on path any other answers"
    );
    // Protective answers must not raise the score.
    assert_eq!(
        refusal(&tables([0.0; 4], [0.0, 0.5, -9.0]), &[]),
        "logistic is not monotone in indicator `I3`: answer `a0` scores 0, `a1` scores 0.5 on path any other answers"
    );
    assert!(Proof::new(&tables([0.0, 1.0, 1.0, -9.0], [0.0, -0.5, 9.0]), &small(), &exempt(&[])).is_ok());
    let points = Points { points: vec![vec![0, 1, 0, 0], vec![0; 4], vec![0; 3]], offset: 0.0, scale: 0.5 };
    assert_eq!(
        refusal(&Scorer::from(points), &[]),
        "points is not monotone in indicator `I1`: answer `a1` scores 0.5, `a2` scores 0 on path any other answers"
    );
}

#[test]
fn a_value_that_is_not_a_number_proves_nothing() {
    let table = vec![vec![0.0, f64::NAN, 1.0, 0.0], vec![0.0; 4], vec![0.0; 3]];
    assert!(
        refusal(&Scorer::from(additive_candidate(Additive { intercept: 0.0, weights: table })), &[])
            .contains("NaN")
    );
}

#[test]
fn a_hybrid_needs_both_parts() {
    let flat =
        |first: Vec<i32>| Points { points: vec![first, vec![0; 4], vec![0; 3]], offset: 0.0, scale: 1.0 };
    let candidate = |tree| tree_candidate(Forest { n_indicators: 3, base: 0.0, trees: vec![tree] });
    let hybrid = |points, tree| Scorer::from(Hybrid::new(0.5, points, candidate(tree)).unwrap());
    let constant = Tree { nodes: vec![Node::Leaf(1.0)] };
    assert!(refusal(&hybrid(flat(vec![0, 1, 2, 0]), dented()), &[]).starts_with("tree 0 is not monotone"));
    assert!(refusal(&hybrid(flat(vec![0, 2, 1, 0]), constant.clone()), &[]).starts_with("points is not"));
    assert!(Proof::new(&hybrid(flat(vec![0, 1, 2, 0]), constant), &small(), &exempt(&[])).is_ok());
}

#[test]
fn an_exempt_indicator_is_not_proved_and_not_claimed() {
    let scorer = forest(&small(), vec![dented()]);
    let proof = Proof::new(&scorer, &small(), &exempt(&["I1"])).unwrap();
    assert_eq!([0, 1, 2].map(|j| proof.covers(j)), [false, false, true]);
    assert_eq!(proof.indicators(&small()).collect::<Vec<_>>(), ["I3"]);
    let flat = forest(&small(), vec![]);
    let proof = Proof::new(&flat, &small(), &exempt(&[])).unwrap();
    assert_eq!(proof.indicators(&small()).collect::<Vec<_>>(), ["I1", "I3"]);
    assert_eq!(
        refusal(&scorer, &["I1", "I9"]),
        "monotonicity: indicator `I9` is declared not monotone but is not on form `small`"
    );
}
