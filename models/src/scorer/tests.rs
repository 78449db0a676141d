#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_datasets::Instrument;
use proptest::prelude::*;

mod averaged;
mod families;
mod widened;

use super::{Forest, Form, Hybrid, Node, Path, Points, Scorer, Tree};
use crate::Model;
use crate::testing::{
    Draw, additive_candidate, all_forms, forest, form, instrument, logistic, points, scorers, tree,
    tree_candidate, worst,
};

fn split(indicator: usize, set: u16, left: usize, right: usize) -> Node {
    Node::Split { indicator, set, left, right }
}

/// Indicators of 3, 4 and 5 answers.
fn small() -> std::sync::Arc<Instrument> {
    instrument(3)
}

#[test]
fn scores_by_hand() {
    let points = Points {
        points: vec![vec![0, 2, 1], vec![0, -1, -3, 0], vec![0, 1, 2, 5, 0]],
        offset: -2.0,
        scale: 0.25,
    };
    let trees = vec![
        Tree { nodes: vec![split(0, 0b110, 1, 2), Node::Leaf(0.5), Node::Leaf(-0.5)] },
        Tree { nodes: vec![Node::Leaf(0.125)] },
    ];
    let forest = Forest { n_indicators: 3, base: -1.0, trees };
    let row = [1, 2, 3];
    assert_eq!(points.sum(&row), 4);
    let hybrid = Hybrid::new(0.25, points.clone(), tree_candidate(forest.clone())).unwrap();
    let found = [points.score(&row), forest.score(&row), forest.score(&[0, 2, 3]), hybrid.score(&row)];
    assert!(worst(&found, &[-1.0, -0.375, -1.375, -0.843_75]) <= 1e-15, "{found:?}");
    // The dial the other way round is another score.
    assert!(worst(&[hybrid.score(&row)], &[-0.25 - 0.75 * 0.375]) > 0.1);
}

proptest! {
    #[test]
    fn the_ends_of_the_dial_are_the_parts(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (baseline, trees) = (points(&mut draw, &instrument), forest(&mut draw, &instrument, &[0, 3, 5]));
        let row = form(&mut draw, &instrument);
        let at = |dial| Hybrid::new(dial, baseline.clone(), tree_candidate(trees.clone())).unwrap();
        prop_assert!(worst(&[at(0.0).score(&row)], &[baseline.score(&row)]) <= 0.0);
        prop_assert!(worst(&[at(1.0).score(&row)], &[trees.score(&row)]) <= 0.0);
    }

    #[test]
    fn leaves_part_the_forms(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = small();
        let tree = tree(&mut draw, &instrument, &[0, 1, 2], 5);
        let leaves = tree.leaves();
        for form in all_forms(&instrument) {
            let falls = |path: &Path| path.iter().all(|(&j, set)| set >> form[j] & 1 == 1);
            let values: Vec<f64> = leaves.iter().filter(|l| falls(&l.path)).map(|l| l.value).collect();
            prop_assert!(worst(&values, &[tree.score(&form)]) <= 0.0, "{values:?}");
        }
    }

    #[test]
    fn json_keeps_every_bit(seed: u64, odd in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(5);
        let mut all = scorers(&mut draw, &instrument);
        let mut table = logistic(&mut draw, &instrument);
        table.weights[1][0] = odd;
        all.push(Scorer::from(additive_candidate(table)));
        let leaf = Tree { nodes: vec![Node::Leaf(odd)] };
        all.push(Scorer::from(tree_candidate(Forest { n_indicators: 5, base: -odd, trees: vec![leaf] })));
        for scorer in all {
            let text = serde_json::to_string(&scorer).unwrap();
            let read: Scorer = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(numbers(&read), numbers(&scorer));
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
            prop_assert_eq!(read, scorer);
        }
    }
}

/// The bits of every float of a scorer; `==` takes -0 for 0.
fn numbers(scorer: &Scorer) -> Vec<u64> {
    let of_form = |form: Form| match form {
        Form::Additive(tables) => [vec![tables.intercept], tables.weights.concat()].concat(),
        Form::Trees(forest) => {
            let nodes = forest.trees.iter().flat_map(|tree| &tree.nodes);
            let leaves =
                nodes.filter_map(|node| if let Node::Leaf(value) = node { Some(*value) } else { None });
            std::iter::once(forest.base).chain(leaves).collect()
        }
    };
    let baseline = scorer.baseline().into_iter().flat_map(|p| [p.offset, p.scale]);
    let candidate = scorer.candidate().into_iter().flat_map(|candidate| of_form(candidate.form()));
    let floats = std::iter::once(scorer.dial()).chain(baseline).chain(candidate);
    floats.map(f64::to_bits).collect()
}

#[test]
fn json_refuses_what_it_does_not_know() {
    let refusal = |text: &str| serde_json::from_str::<Scorer>(text).unwrap_err().to_string();
    let good = r#"{"forest":{"n_indicators":3,"base":0.5,"trees":[[{"split":{"indicator":0,"set":1,"left":1,"right":2}},{"leaf":1.0},{"leaf":2.0}]]}}"#;
    assert!(serde_json::from_str::<Scorer>(good).is_ok());
    for (part, odd, said) in [
        ("\"base\":", "\"bias\":1,\"base\":", "unknown field `bias`"),
        ("\"set\":1", "\"set\":1,\"gain\":2", "unknown field `gain`"),
        ("\"forest\"", "\"Forest\"", "name `Forest` is not allowed"),
        ("\"forest\"", "\"points\"", "unknown field `n_indicators`"),
        ("\"base\":0.5,", "", "not those of one form"),
        ("\"base\":0.5,", "\"base\":null,", "not those of one form"),
        ("\"base\":0.5,", "\"base\":0.5,\"intercept\":0.5,", "not those of one form"),
        ("\"leaf\":1.0", "\"leaf\":null", "invalid type: null"),
        ("\"leaf\":1.0", "\"leaf\":1e999", "number out of range"),
        ("\"set\":1", "\"set\":65536", "invalid value"),
        (",\"trees\"", ",\"base\":1.0,\"trees\"", "duplicate field `base`"),
    ] {
        let message = refusal(&good.replacen(part, odd, 1));
        assert!(message.contains(said), "{message}");
    }
    let points = r#"{"points":{"points":[[0,1,2]],"offset":0.0,"scale":1.0,"cut":3}}"#;
    assert!(refusal(points).contains("unknown field `cut`"));
    let logistic = r#"{"logistic":{"intercept":0.0,"weights":[],"l2":3}}"#;
    assert!(refusal(logistic).contains("unknown field `l2`"));
}

#[test]
fn every_random_scorer_fits_its_instrument() {
    for seed in 0..50 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(8);
        for scorer in scorers(&mut draw, &instrument) {
            scorer.check(&instrument).unwrap();
            assert_eq!(scorer.n_indicators(), 8);
        }
    }
}

fn tree_refusal(nodes: Vec<Node>) -> String {
    let forest = Forest {
        n_indicators: 3,
        base: 0.0,
        trees: vec![Tree { nodes: vec![Node::Leaf(0.0)] }, Tree { nodes }],
    };
    Scorer::from(tree_candidate(forest)).check(&small()).unwrap_err().to_string()
}

#[test]
fn a_tree_that_is_none_is_refused() {
    let leaf = Node::Leaf;
    let stump = |question: Node| tree_refusal(vec![question, leaf(0.0), leaf(1.0)]);
    assert_eq!(tree_refusal(vec![]), "forest: tree 1: no node found, expected at least one");
    assert_eq!(stump(split(3, 1, 1, 2)), "forest: tree 1: node 0 asks indicator 3, expected one below 3");
    assert_eq!(
        stump(split(0, 0b1001, 1, 2)),
        "forest: tree 1: node 0 names an answer that indicator `I1` does not have"
    );
    assert_eq!(
        stump(split(0, 1, 1, 3)),
        "forest: tree 1: node 0 leads to 3, expected one after it and below 3"
    );
    // A cycle, on itself and further back.
    assert_eq!(
        stump(split(0, 1, 0, 2)),
        "forest: tree 1: node 0 leads to 0, expected one after it and below 3"
    );
    assert_eq!(
        tree_refusal(vec![split(0, 1, 1, 2), split(1, 1, 0, 2), leaf(0.0)]),
        "forest: tree 1: node 1 leads to 0, expected one after it and below 3"
    );
    // A child of two parents, twice the same child, a node that nobody leads to.
    assert_eq!(
        tree_refusal(vec![split(0, 1, 1, 2), split(1, 1, 2, 3), leaf(0.0), leaf(1.0)]),
        "forest: tree 1: node 2 has 2 parents, expected 1"
    );
    assert_eq!(
        tree_refusal(vec![split(0, 1, 1, 1), leaf(0.0)]),
        "forest: tree 1: node 1 has 2 parents, expected 1"
    );
    assert_eq!(tree_refusal(vec![leaf(0.0), leaf(1.0)]), "forest: tree 1: node 1 has 0 parents, expected 1");
    assert_eq!(tree_refusal(vec![leaf(f64::NAN)]), "forest: tree 1: leaf 0 is NaN, expected a finite number");
    assert_eq!(
        tree_refusal(vec![split(0, 1, 1, 2), leaf(0.0), leaf(f64::INFINITY)]),
        "forest: tree 1: leaf 2 is inf, expected a finite number"
    );
}

#[test]
fn a_tree_as_deep_as_its_file_does_not_exhaust_the_stack() {
    let n = 200_000;
    let mut nodes = Vec::new();
    for at in 0..n {
        nodes.extend([split(0, 0b01, 2 * at + 1, 2 * at + 2), Node::Leaf(at as f64)]);
    }
    nodes.push(Node::Leaf(-1.0));
    let tree = Tree { nodes };
    Scorer::from(tree_candidate(Forest { n_indicators: 3, base: 0.0, trees: vec![tree.clone()] }))
        .check(&small())
        .unwrap();
    // The same question again and again: only the first and the last leaf can be reached.
    assert_eq!(tree.leaves().iter().map(|leaf| leaf.value).collect::<Vec<_>>(), [0.0, -1.0]);
}

#[test]
fn numbers_that_do_not_fit_the_instrument_are_refused() {
    let mut draw = Draw::new(3);
    let instrument = small();
    let refusal = |scorer: Scorer| scorer.check(&instrument).unwrap_err().to_string();
    let of_points = |change: fn(&mut Points), draw: &mut Draw| {
        let mut table = points(draw, &instrument);
        change(&mut table);
        refusal(Scorer::from(table))
    };
    assert_eq!(
        of_points(|p| p.points.truncate(2), &mut draw),
        "points: 2 tables found, expected one for each of 3 indicators"
    );
    assert_eq!(
        of_points(|p| p.points[1].push(0), &mut draw),
        "points: 5 values for indicator `I2`, expected 4"
    );
    assert_eq!(of_points(|p| p.scale = 0.0, &mut draw), "points: scale is 0, expected a number above 0");
    assert_eq!(
        of_points(|p| p.scale = f64::NAN, &mut draw),
        "points: scale is NaN, expected a number above 0"
    );
    assert_eq!(
        of_points(|p| p.offset = f64::NAN, &mut draw),
        "points: intercept is NaN, expected a finite number"
    );
    let mut table = logistic(&mut draw, &instrument);
    table.weights[2][4] = f64::NEG_INFINITY;
    assert_eq!(
        refusal(Scorer::from(additive_candidate(table))),
        "logistic: answer `unknown` to indicator `I3` adds -inf, expected a finite number"
    );
    let of_forest = |n_indicators, base| {
        refusal(Scorer::from(tree_candidate(Forest { n_indicators, base, trees: vec![] })))
    };
    assert_eq!(of_forest(2, 0.0), "forest: made for 2 indicators, expected 3");
    assert_eq!(of_forest(3, f64::NAN), "forest: base is NaN, expected a finite number");
}

#[test]
fn a_hybrid_is_checked_whole() {
    let mut draw = Draw::new(5);
    let instrument = small();
    let (baseline, trees) = (points(&mut draw, &instrument), forest(&mut draw, &instrument, &[0]));
    for (dial, said) in [(-0.1, "-0.1"), (1.5, "1.5"), (f64::NAN, "NaN")] {
        let message =
            Hybrid::new(dial, baseline.clone(), tree_candidate(trees.clone())).unwrap_err().to_string();
        assert_eq!(message, format!("hybrid: dial is {said}, expected a number from 0 to 1"));
    }
    // A dial from a file is checked with the rest.
    let hybrid = Scorer::from(Hybrid::new(0.5, baseline, tree_candidate(trees)).unwrap());
    let text = serde_json::to_string(&hybrid).unwrap().replacen("\"dial\":0.5", "\"dial\":2.0", 1);
    let read: Scorer = serde_json::from_str(&text).unwrap();
    assert_eq!(
        read.check(&instrument).unwrap_err().to_string(),
        "hybrid: dial is 2, expected a number from 0 to 1"
    );
    let other = crate::testing::instrument(2);
    assert!(hybrid.check(&other).unwrap_err().to_string().starts_with("points: 3 tables found"));
}
