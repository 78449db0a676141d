//! Tables as they are laid out: by block or by row, merged or not, wide, large, refused.

use std::sync::Arc;

use amparo_datasets::{Answers, Polarity};

use super::{TOLERANCE, by_definition, flat};
use crate::calibrator::Platt;
use crate::explain::brute::shapley;
use crate::explain::condition::{conditions, pattern};
use crate::explain::leaves::LeafTables;
use crate::explain::plan::Layout;
use crate::explain::{Background, Explainer, Parts};
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, forest, form, instrument, instrument_of, population, scorers, tree, tree_candidate, worst,
};
use crate::{Calibrator, Explain, Forest, Model, OutcomeModel, Scorer};

fn bits(Parts { total, baseline, candidate }: Parts) -> Vec<u64> {
    [flat(total), baseline, candidate].concat().into_iter().map(f64::to_bits).collect()
}

/// Full trees, each question drawn anew; `largest` is the largest value of a leaf.
fn full(draw: &mut Draw, n_indicators: usize, n_trees: usize, depth: usize, largest: f64) -> Forest {
    let mut full_tree = || {
        let mut nodes = Vec::new();
        for at in 0..(1 << depth) - 1 {
            let (indicator, set) = (draw.below(n_indicators), 1 << draw.below(3));
            nodes.push(Node::Split { indicator, set, left: 2 * at + 1, right: 2 * at + 2 });
        }
        nodes.extend((0..1 << depth).map(|_| Node::Leaf(draw.between(-largest, largest))));
        Tree { nodes }
    };
    let trees = (0..n_trees).map(|_| full_tree()).collect();
    Forest { n_indicators, base: -1.0, trees }
}

#[test]
fn a_batch_is_the_rows_bit_for_bit() {
    // More than a block, and no whole number of parts of one; more indicators than a group of tables asks; few rows.
    for (n_indicators, n_rows) in [(9, 2_048 + 256 + 7), (90, 300), (9, 70)] {
        let mut draw = Draw::new(1);
        let instrument = instrument(n_indicators);
        let (answers, weights) = population(&mut draw, &instrument, n_rows);
        let mut all = scorers(&mut draw, &instrument);
        all.push(Scorer::from(tree_candidate(full(&mut draw, n_indicators, 40, 6, 0.1))));
        for scorer in all {
            let background = Background::of(&scorer, &answers, &weights).unwrap();
            let explainer = Explainer::new(&scorer, &background).unwrap();
            let batch: Vec<Vec<u64>> = explainer.batch(&answers).map(bits).collect();
            let single: Vec<Vec<u64>> = answers.rows().map(|row| bits(explainer.parts(row))).collect();
            assert_eq!(batch.len(), n_rows);
            assert!(batch == single, "{} of {n_indicators} indicators", scorer.family());
            // The rows differ, so one in another's place would not do.
            assert!(batch[1..] != single[..n_rows - 1]);
        }
    }
}

#[test]
fn the_layout_changes_no_bit() {
    let mut draw = Draw::new(2);
    let instrument = instrument(8);
    let (answers, weights) = population(&mut draw, &instrument, 150);
    let rows: Vec<&[u8]> = answers.rows().collect();
    for forest in [full(&mut draw, 8, 12, 4, 0.3), forest(&mut draw, &instrument, &[0, 2, 3, 4, 7])] {
        let background =
            Background::of(&Scorer::from(tree_candidate(forest.clone())), &answers, &weights).unwrap();
        let tables = |merged_cells| {
            let layout = Layout { merged_cells, ..Layout::default() };
            LeafTables::new(&forest, &background, layout).unwrap()
        };
        let values = |tables: &LeafTables| -> Vec<u64> {
            answers.rows().flat_map(|row| flat(tables.explain(row))).map(f64::to_bits).collect()
        };
        let usual = tables(128);
        for merged_cells in [1, 8, 32, 256, 3_000] {
            let other = tables(merged_cells);
            assert!(values(&other) == values(&usual), "{merged_cells}");
            let block: Vec<Vec<f64>> = other.explain_rows(&rows).into_iter().map(flat).collect();
            let block: Vec<u64> = block.concat().into_iter().map(f64::to_bits).collect();
            assert!(block == values(&usual), "{merged_cells}, as a block");
        }
        assert!(tables(1).bytes() != usual.bytes());
        // Other leaves do change them.
        let mut changed = forest.clone();
        changed.trees.swap_remove(0);
        let background =
            Background::of(&Scorer::from(tree_candidate(changed.clone())), &answers, &weights).unwrap();
        let changed = LeafTables::new(&changed, &background, Layout::default()).unwrap();
        assert!(values(&changed) != values(&usual));
    }
}

#[test]
fn long_paths_are_tabulated_exactly() {
    let mut draw = Draw::new(3);
    let instrument = instrument(11);
    let (answers, weights) = population(&mut draw, &instrument, 6);
    let asked: Vec<usize> = (0..11).collect();
    let trees = (0..2).map(|_| tree(&mut draw, &instrument, &asked, 12)).collect();
    let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 11, base: 0.5, trees }));
    let longest =
        scorer.trees().unwrap().trees.iter().flat_map(Tree::leaves).map(|leaf| leaf.path.len()).max();
    assert!(longest > Some(8), "{longest:?}");
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let explainer = Explainer::new(&scorer, &background).unwrap();
    let row = form(&mut draw, &instrument);
    let expected = by_definition(&scorer, (&answers, &weights), &row, shapley);
    let error = worst(&flat(explainer.explain(&row)), &expected);
    assert!(error <= TOLERANCE, "{error:e}");
    let batch: Vec<Parts> = explainer.batch(&answers).collect();
    assert!(answers.rows().zip(batch).all(|(row, parts)| parts == explainer.parts(row)));
}

#[test]
fn three_hundred_trees_with_large_leaves_add_up() {
    let mut draw = Draw::new(4);
    let instrument = instrument(40);
    let (answers, weights) = population(&mut draw, &instrument, 150);
    let scorer = Scorer::from(tree_candidate(full(&mut draw, 40, 300, 6, 10.0)));
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let explainer = Explainer::new(&scorer, &background).unwrap();
    let largest = explainer.batch(&answers).zip(answers.rows()).fold(0.0_f64, |largest, (parts, row)| {
        let sum = parts.total.base + parts.total.values.iter().sum::<f64>();
        largest.max(worst(&[sum], &[scorer.score(row)]))
    });
    assert!(largest <= TOLERANCE, "{largest:e}");
    // One leaf of 19200 that is off by a millionth of the largest is seen in the rows that reach it.
    let mut other = scorer.trees().unwrap().clone();
    let Some(Node::Leaf(value)) = other.trees[7].nodes.last_mut() else { unreachable!() };
    *value += 1e-5;
    let other = Scorer::from(tree_candidate(other));
    assert!(answers.rows().any(|row| explainer.checked_parts(&other, row).is_err()));
}

#[test]
fn the_sums_of_patterns_are_those_of_the_rows_in_order() {
    let mut draw = Draw::new(5);
    let instrument = instrument(7);
    let (answers, weights) = population(&mut draw, &instrument, 2_500);
    let forest = forest(&mut draw, &instrument, &[0, 1, 2, 4, 6]);
    let background =
        Background::of(&Scorer::from(tree_candidate(forest.clone())), &answers, &weights).unwrap();
    for (tree, patterns) in forest.trees.iter().zip(&background.patterns) {
        for (leaf, found) in tree.leaves().iter().zip(patterns) {
            let conditions = conditions(&leaf.path).unwrap();
            let mut expected = vec![0.0; 1 << conditions.len()];
            answers.rows().zip(&weights).for_each(|(row, w)| expected[pattern(&conditions, row)] += w);
            assert!(worst(found, &expected) <= 0.0);
            let without_last: f64 = expected.iter().sum::<f64>() - weights[2_499];
            assert!((found.iter().sum::<f64>() - without_last).abs() > 0.09);
        }
    }
}

#[test]
fn many_scorers_are_summed_as_each_alone() {
    let mut draw = Draw::new(6);
    let instrument = instrument(7);
    let (answers, weights) = population(&mut draw, &instrument, 50);
    let all = [scorers(&mut draw, &instrument), scorers(&mut draw, &instrument)].concat();
    let twice: Vec<&Scorer> = all.iter().chain(&all).collect();
    let found = Background::of_each(&twice, &answers, &weights).unwrap();
    assert_eq!(found.len(), twice.len());
    for (scorer, found) in twice.iter().zip(&found) {
        assert_eq!(found, &Background::of(scorer, &answers, &weights).unwrap());
    }
    assert!(found[2] != found[7]);
    assert!(Background::of_each(&twice, &answers, &weights[1..]).is_err());
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut draw = Draw::new(7);
    let small = instrument(5);
    let (answers, weights) = population(&mut draw, &small, 20);
    let forest = full(&mut draw, 5, 3, 3, 1.0);
    let background =
        Background::of(&Scorer::from(tree_candidate(forest.clone())), &answers, &weights).unwrap();
    let layout = |max_bytes| Layout { max_bytes, ..Layout::default() };
    assert!(LeafTables::new(&forest, &background, layout(1 << 20)).is_ok());
    let refused = LeafTables::new(&forest, &background, layout(100)).unwrap_err().to_string();
    let expected = "bytes needed for paths this long, expected at most 100: fit shallower trees or fewer";
    assert!(refused.starts_with("explanation tables: ") && refused.ends_with(expected), "{refused}");

    // One question on each of 256 indicators.
    let stump = |indicator| {
        let split = Node::Split { indicator, set: 0b10, left: 1, right: 2 };
        Tree { nodes: vec![split, Node::Leaf(0.5), Node::Leaf(-0.5)] }
    };
    let wide = instrument_of(&[(2, Polarity::Neutral); 256]);
    let (answers, weights) = population(&mut draw, &wide, 9);
    let of = |trees: usize| {
        let forest = Forest { n_indicators: 256, base: 0.0, trees: (0..trees).map(stump).collect() };
        let scorer = Scorer::from(tree_candidate(forest));
        Explainer::new(&scorer, &Background::of(&scorer, &answers, &weights).unwrap())
    };
    assert_eq!(
        of(256).unwrap_err().to_string(),
        "explanation tables: 256 indicators asked, expected at most 255"
    );
    let row = answers.row(0);
    let explanation = of(255).unwrap().explain(row);
    let score: f64 = row[..255].iter().map(|&code| if code == 1 { 0.5 } else { -0.5 }).sum();
    assert!(explanation.checked(score).is_ok());
}

#[test]
fn a_part_explains_a_batch_as_each_row_and_refuses_another_form() {
    let mut draw = Draw::new(9);
    let instrument = instrument(6);
    let (answers, weights) = population(&mut draw, &instrument, 70);
    let scorer = scorers(&mut draw, &instrument).remove(4);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let exempt = instrument.indicators().iter().map(|i| i.id.clone()).collect();
    let part = |background: &Background| {
        let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] };
        let (scorer, calibrator) = (scorer.clone(), Calibrator::Platt(platt));
        OutcomeModel::new("x".to_owned(), scorer, calibrator, background.clone(), &instrument, &exempt)
    };
    let whole = part(&background).unwrap();
    let batch: Vec<Parts> = whole.explain_batch(&answers).collect::<Result<_, _>>().unwrap();
    let single: Vec<Parts> = answers.rows().map(|row| whole.explain(row).unwrap()).collect();
    assert!(batch == single && batch[1..] != single[..69]);

    let mut other = background;
    other.answers[1].push(0.0);
    assert_eq!(
        part(&other).unwrap_err().to_string(),
        "background: indicator `I2` has 5 answer sums, expected 4"
    );
}

#[test]
#[should_panic(expected = "codes are answers of their indicators")]
fn a_code_that_is_no_answer_is_not_taken_for_another() {
    let instrument = instrument(3);
    let answers = Answers::from_codes(Arc::clone(&instrument), vec![0, 0, 0]).unwrap();
    let scorer = Scorer::from(tree_candidate(full(&mut Draw::new(8), 3, 1, 2, 1.0)));
    let background = Background::of(&scorer, &answers, &[1.0]).unwrap();
    let _ = Explainer::new(&scorer, &background).unwrap().explain(&[0, 9, 0]);
}
