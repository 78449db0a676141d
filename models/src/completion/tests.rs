#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use amparo_datasets::{Instrument, Polarity};
use proptest::prelude::*;

use super::{Certificate, ROUNDING, Range, range, range_within};
use crate::monotone::Proof;
use crate::scorer::{Node, Tree};
use crate::testing::{Draw, form, instrument, instrument_of, points, scorers, tree_candidate, worst};
use crate::{Forest, Model, Points, Scorer};

/// Nothing is proved: every indicator is declared not monotone.
fn nothing(scorer: &Scorer, instrument: &Instrument) -> Proof {
    let all: BTreeSet<String> = instrument.indicators().iter().map(|i| i.id.clone()).collect();
    Proof::new(scorer, instrument, &all).unwrap()
}

/// Lowest and highest score over the completions, each tried.
fn by_trying(scorer: &Scorer, instrument: &Instrument, row: &[u8]) -> [f64; 2] {
    let mut rows = vec![row.to_vec()];
    for (j, indicator) in instrument.indicators().iter().enumerate() {
        if row[j] == indicator.unknown() {
            let with = |row: &Vec<u8>, code: u8| {
                let mut row = row.clone();
                row[j] = code;
                row
            };
            rows = rows
                .iter()
                .flat_map(|row| (0..indicator.unknown()).map(|code| with(row, code)).collect::<Vec<_>>())
                .collect();
        }
    }
    let scores = rows.iter().map(|row| scorer.score(row));
    [scores.clone().fold(f64::INFINITY, f64::min), scores.fold(f64::NEG_INFINITY, f64::max)]
}

/// A form of which about half is unknown.
fn half_known(draw: &mut Draw, instrument: &Instrument) -> Vec<u8> {
    let mut row = form(draw, instrument);
    for (code, indicator) in row.iter_mut().zip(instrument.indicators()) {
        if draw.below(2) == 0 {
            *code = indicator.unknown();
        }
    }
    row
}

/// Points sorted by polarity, `unknown` anywhere.
fn monotone_points(draw: &mut Draw, instrument: &Instrument) -> Points {
    let mut points = points(draw, instrument);
    for (table, indicator) in points.points.iter_mut().zip(instrument.indicators()) {
        let known = &mut table[..indicator.n_known()];
        match indicator.polarity {
            Polarity::Risk => known.sort_unstable(),
            Polarity::Protective => known.sort_unstable_by(|a, b| b.cmp(a)),
            Polarity::Neutral => {}
        }
    }
    points
}

fn ends(Range { low, high, .. }: Range) -> [f64; 2] {
    [low, high]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equals_the_range_of_all_completions(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        let row = half_known(&mut draw, &instrument);
        for scorer in scorers(&mut draw, &instrument) {
            let found = range(&scorer, &instrument, &nothing(&scorer, &instrument), &row);
            prop_assert!(worst(&ends(found), &by_trying(&scorer, &instrument, &row)) <= ROUNDING);
            prop_assert_eq!(found.certificate(), Certificate::Exact);
        }
        // With a proof the corners are enough.
        let scorer = Scorer::from(monotone_points(&mut draw, &instrument));
        let proof = Proof::new(&scorer, &instrument, &BTreeSet::new()).unwrap();
        let expected = by_trying(&scorer, &instrument, &row);
        let found = range(&scorer, &instrument, &proof, &row);
        prop_assert!(worst(&ends(found), &expected) <= 0.0);
        // Part of it proved, part of it tried.
        let some: BTreeSet<String> = ["I2", "I5"].map(String::from).into();
        let proof = Proof::new(&scorer, &instrument, &some).unwrap();
        let found = range(&scorer, &instrument, &proof, &row);
        prop_assert!(worst(&ends(found), &expected) <= 0.0);
    }

    #[test]
    fn a_known_form_has_its_score_at_both_ends(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let row: Vec<u8> =
            instrument.indicators().iter().map(|i| draw.below(i.n_known()) as u8).collect();
        for scorer in scorers(&mut draw, &instrument) {
            let found = range(&scorer, &instrument, &nothing(&scorer, &instrument), &row);
            prop_assert!(worst(&ends(found), &[scorer.score(&row); 2]) <= 0.0);
        }
    }
}

#[test]
fn a_wrong_range_is_seen() {
    // The middle answer is the worst: the corners do not show it, and no proof says that they would.
    let instrument = instrument_of(&[(3, Polarity::Risk), (2, Polarity::Protective)]);
    let points = |points: Vec<Vec<i32>>| Scorer::from(Points { points, offset: 0.0, scale: 0.5 });
    let humped = points(vec![vec![0, 4, 1, 2], vec![2, 0, 9]]);
    let row = [3, 2];
    let exact = by_trying(&humped, &instrument, &row);
    assert!(worst(&exact, &[0.0, 3.0]) <= 0.0);
    assert!(Proof::new(&humped, &instrument, &BTreeSet::new()).is_err());
    // A proof of another model is a wrong one.
    let sorted = points(vec![vec![0, 1, 4, 2], vec![2, 0, 9]]);
    let proof = Proof::new(&sorted, &instrument, &BTreeSet::new()).unwrap();
    assert!(worst(&ends(range(&humped, &instrument, &proof, &row)), &exact) > 1.0);
    assert!(worst(&ends(range(&sorted, &instrument, &proof, &row)), &exact) <= 0.0);
    // What `unknown` itself scores may lie outside.
    assert!(humped.score(&row) > exact[1]);
}

#[test]
fn as_many_unanswered_questions_as_there_are_cost_nothing_without_trees() {
    for polarity in [Polarity::Neutral, Polarity::Risk] {
        let instrument = instrument_of(&[(2, polarity); 200]);
        let scorer = Scorer::from(Points { points: vec![vec![0, 1, 0]; 200], offset: 0.0, scale: 1.0 });
        let proof = Proof::new(&scorer, &instrument, &BTreeSet::new()).unwrap();
        let found = range(&scorer, &instrument, &proof, &[2; 200]);
        assert!(worst(&ends(found), &[0.0, 200.0]) <= 0.0);
        assert_eq!(found.certificate(), Certificate::Exact);
        // One bound an end where nothing is proved, none where the corners are enough.
        assert_eq!(found.nodes, if polarity == Polarity::Neutral { 2 } else { 0 });
    }
}

#[test]
fn a_search_cut_off_gives_bounds_and_says_so() {
    let instrument = instrument(7);
    let all: Vec<u8> = instrument.indicators().iter().map(|i| i.unknown()).collect();
    let (mut cut, mut narrower) = (0, 0);
    for seed in 0..40 {
        let mut draw = Draw::new(seed);
        for scorer in scorers(&mut draw, &instrument) {
            let proof = nothing(&scorer, &instrument);
            let [low, high] = by_trying(&scorer, &instrument, &all);
            let found = range_within(&scorer, &instrument, &proof, &all, 0);
            let inside = found.low <= low + ROUNDING
                && low <= found.attained_low
                && found.attained_high <= high
                && high <= found.high + ROUNDING;
            assert!(inside, "{found:?} {low} {high}");
            match found.certificate() {
                Certificate::Exact => assert!(worst(&ends(found), &[low, high]) <= ROUNDING),
                Certificate::Bounds => cut += 1,
            }
            // More work never widens the bounds.
            let [little, more] =
                [200, 400].map(|work| range_within(&scorer, &instrument, &proof, &all, work));
            assert!(more.low >= little.low - ROUNDING && more.high <= little.high + ROUNDING);
            narrower += usize::from(more.high < little.high - ROUNDING);
        }
    }
    // Both sides of the certificate were seen, and the bounds do move.
    assert!(cut > 10, "{cut}");
    assert!(narrower > 0, "{narrower}");
}

#[test]
fn a_tree_that_asks_again_and_again_has_no_leaf_that_cannot_be_reached() {
    // I1 in {a0, a1}, then in {a1, a2}: the leaf of 9 needs a1 outside {a1, a2}, so it is never reached.
    let instrument = instrument_of(&[(3, Polarity::Neutral), (2, Polarity::Neutral)]);
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let tree = Tree {
        nodes: vec![
            split(0, 0b011, 1, 2),
            split(1, 0b01, 3, 4),
            Node::Leaf(1.0),
            split(0, 0b110, 5, 6),
            split(0, 0b010, 7, 8),
            Node::Leaf(2.0),
            Node::Leaf(3.0),
            split(0, 0b110, 9, 10),
            Node::Leaf(4.0),
            Node::Leaf(5.0),
            Node::Leaf(9.0),
        ],
    };
    let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 2, base: 0.0, trees: vec![tree] }));
    let found = range(&scorer, &instrument, &nothing(&scorer, &instrument), &[3, 2]);
    assert!(worst(&ends(found), &by_trying(&scorer, &instrument, &[3, 2])) <= 0.0);
    assert!(worst(&ends(found), &[1.0, 5.0]) <= 0.0);
}
