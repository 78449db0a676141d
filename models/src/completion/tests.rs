#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use amparo_datasets::{Instrument, Polarity};
use proptest::prelude::*;

use super::{Range, range};
use crate::monotone::Proof;
use crate::testing::{Draw, form, instrument, instrument_of, points, scorers, worst};
use crate::{Model, Points, Scorer};

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

fn ends(Range { low, high }: Range) -> [f64; 2] {
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
            let found = range(&scorer, &instrument, &nothing(&scorer, &instrument), &row).unwrap();
            prop_assert!(worst(&ends(found), &by_trying(&scorer, &instrument, &row)) <= 0.0);
        }
        // With a proof the corners are enough.
        let scorer = Scorer::Points(monotone_points(&mut draw, &instrument));
        let proof = Proof::new(&scorer, &instrument, &BTreeSet::new()).unwrap();
        let expected = by_trying(&scorer, &instrument, &row);
        let found = range(&scorer, &instrument, &proof, &row).unwrap();
        prop_assert!(worst(&ends(found), &expected) <= 0.0);
        // Part of it proved, part of it tried.
        let some: BTreeSet<String> = ["I2", "I5"].map(String::from).into();
        let proof = Proof::new(&scorer, &instrument, &some).unwrap();
        let found = range(&scorer, &instrument, &proof, &row).unwrap();
        prop_assert!(worst(&ends(found), &expected) <= 0.0);
    }

    #[test]
    fn a_known_form_has_its_score_at_both_ends(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let row: Vec<u8> =
            instrument.indicators().iter().map(|i| draw.below(i.n_known()) as u8).collect();
        for scorer in scorers(&mut draw, &instrument) {
            let found = range(&scorer, &instrument, &nothing(&scorer, &instrument), &row).unwrap();
            prop_assert!(worst(&ends(found), &[scorer.score(&row); 2]) <= 0.0);
        }
    }
}

#[test]
fn a_wrong_range_is_seen() {
    // The middle answer is the worst: the corners do not show it, and no proof says that they would.
    let instrument = instrument_of(&[(3, Polarity::Risk), (2, Polarity::Protective)]);
    let points = |points: Vec<Vec<i32>>| Scorer::Points(Points { points, offset: 0.0, scale: 0.5 });
    let humped = points(vec![vec![0, 4, 1, 2], vec![2, 0, 9]]);
    let row = [3, 2];
    let exact = by_trying(&humped, &instrument, &row);
    assert!(worst(&exact, &[0.0, 3.0]) <= 0.0);
    assert!(Proof::new(&humped, &instrument, &BTreeSet::new()).is_err());
    // A proof of another model is a wrong one.
    let sorted = points(vec![vec![0, 1, 4, 2], vec![2, 0, 9]]);
    let proof = Proof::new(&sorted, &instrument, &BTreeSet::new()).unwrap();
    assert!(worst(&ends(range(&humped, &instrument, &proof, &row).unwrap()), &exact) > 1.0);
    assert!(worst(&ends(range(&sorted, &instrument, &proof, &row).unwrap()), &exact) <= 0.0);
    // What `unknown` itself scores may lie outside.
    assert!(humped.score(&row) > exact[1]);
}

#[test]
fn too_many_completions_are_refused() {
    let neutral = |n: usize| {
        let instrument = instrument_of(&vec![(2, Polarity::Neutral); n]);
        let scorer = Scorer::Points(Points { points: vec![vec![0, 1, 0]; n], offset: 0.0, scale: 1.0 });
        let proof = Proof::new(&scorer, &instrument, &BTreeSet::new()).unwrap();
        range(&scorer, &instrument, &proof, &vec![2; n])
    };
    assert!(worst(&ends(neutral(16).unwrap()), &[0.0, 16.0]) <= 0.0);
    for n in [17, 200] {
        assert_eq!(
            neutral(n).unwrap_err().to_string(),
            format!(
                "range over unknown answers: {n} unanswered questions without a proved direction have more than 65536 completions"
            )
        );
    }
    // Proved, as many as there are cost nothing.
    let instrument = instrument_of(&vec![(2, Polarity::Risk); 200]);
    let scorer = Scorer::Points(Points { points: vec![vec![0, 1, 0]; 200], offset: 0.0, scale: 1.0 });
    let proof = Proof::new(&scorer, &instrument, &BTreeSet::new()).unwrap();
    let found = range(&scorer, &instrument, &proof, &[2; 200]).unwrap();
    assert!(worst(&ends(found), &[0.0, 200.0]) <= 0.0);
}
