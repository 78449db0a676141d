//! Unlearned answers have the average effect of their stand-ins: by brute force over whole scorers.

use std::collections::BTreeSet;

use amparo_datasets::{Indicator, Instrument, Polarity};

use super::split;
use crate::monotone::Proof;
use crate::scorer::{Additive, Forest, Node, Scorer, Tree};
use crate::stand_in::{Counts, StandIn};
use crate::testing::{Draw, additive_candidate, all_forms, instrument_of, scorers, tree_candidate, worst};
use crate::{Error, Model};

/// Counts in which about a third of the answers have fewer than the 10 rows that are needed, some none.
fn counts(draw: &mut Draw, instrument: &Instrument) -> Counts {
    let rows: Vec<Vec<u64>> = instrument
        .indicators()
        .iter()
        .map(|indicator| {
            let few = |draw: &mut Draw| [0, 0, 7][draw.below(3)];
            let one =
                |draw: &mut Draw| if draw.below(3) == 0 { few(draw) } else { 10 + draw.below(90) as u64 };
            let mut rows: Vec<u64> = (0..indicator.n_answers()).map(|_| one(draw)).collect();
            if rows.iter().all(|&n| n == 0) {
                rows[0] = 10;
            }
            rows
        })
        .collect();
    let weights =
        rows.iter().map(|rows| rows.iter().map(|&n| n as f64 * draw.between(0.5, 1.5)).collect()).collect();
    Counts { events: rows.clone(), rows, weights, effective: vec![] }.fitted_alike()
}

fn directed(indicator: &Indicator) -> bool {
    indicator.polarity != Polarity::Neutral
}

/// The mean of a score along the line, on which every unlearned answer of the form is its stand-in.
fn mean_of(scorer: &Scorer, form: &[u8], stand_ins: &[StandIn]) -> f64 {
    let here: Vec<&StandIn> = stand_ins.iter().filter(|s| form[s.indicator] == s.answer).collect();
    let ends = |stand_in: &StandIn| {
        let mut end = 0.0;
        let ends: Vec<f64> = stand_in
            .shares
            .iter()
            .map(|(_, share)| {
                end += share;
                end
            })
            .collect();
        ends
    };
    let mut cuts: Vec<f64> = here.iter().flat_map(|s| ends(s)).map(|end| end.min(1.0)).collect();
    cuts.push(1.0);
    cuts.sort_by(f64::total_cmp);
    let (mut from, mut mean) = (0.0, 0.0);
    for to in cuts {
        if to - from > 1e-13 {
            let mut completed = form.to_vec();
            for stand_in in &here {
                let middle = (from + to) / 2.0;
                let place = ends(stand_in).iter().position(|&end| middle < end);
                completed[stand_in.indicator] = stand_in.shares[place.unwrap_or(stand_in.shares.len() - 1)].0;
            }
            mean += (to - from) * scorer.score(&completed);
        }
        from = to;
    }
    mean
}

#[test]
fn the_average_is_that_of_brute_force_for_every_family() {
    use Polarity::{Neutral, Protective, Risk};
    let instrument = instrument_of(&[(2, Risk), (3, Protective), (4, Risk), (3, Neutral)]);
    let (mut n_several, mut moved, mut unweighted) = (0, [0.0_f64; 5], [0.0_f64; 5]);
    for seed in 0..12 {
        let mut draw = Draw::new(seed);
        let counts = counts(&mut draw, &instrument);
        let stand_ins = StandIn::all(&instrument, &counts, 10, directed);
        let even: Vec<StandIn> = stand_ins
            .iter()
            .map(|s| {
                let share = 1.0 / s.shares.len() as f64;
                StandIn { shares: s.shares.iter().map(|&(code, _)| (code, share)).collect(), ..s.clone() }
            })
            .collect();
        for (family, scorer) in scorers(&mut draw, &instrument).iter().enumerate() {
            let averaged = scorer.averaged(&stand_ins);
            averaged.check(&instrument).unwrap();
            for form in all_forms(&instrument) {
                let n = stand_ins.iter().filter(|s| form[s.indicator] == s.answer).count();
                n_several += usize::from(n > 1);
                // The points of each unlearned answer are rounded to a whole point.
                let rounding = scorer
                    .baseline()
                    .map_or(0.0, |points| 0.5 * n as f64 * (1.0 - scorer.dial()) * points.scale);
                let (found, expected) = (averaged.score(&form), mean_of(scorer, &form, &stand_ins));
                let error = worst(&[found], &[expected]);
                assert!(error <= rounding + 1e-12, "{} {form:?}: {found} {expected}", scorer.family());
                if n == 0 {
                    assert!(worst(&[found], &[scorer.score(&form)]) <= 1e-12);
                } else if rounding <= 0.0 {
                    moved[family] = moved[family].max((found - scorer.score(&form)).abs());
                    unweighted[family] =
                        unweighted[family].max((found - mean_of(scorer, &form, &even)).abs());
                }
            }
        }
    }
    assert!(n_several > 1000, "{n_several}");
    // As they were fitted, or by the plain mean of the answers, tables and trees give something else.
    for family in [1, 2] {
        assert!(moved[family] > 0.1 && unweighted[family] > 0.01, "{family}: {moved:?} {unweighted:?}");
    }
}

/// The form with every unlearned answer as each of its stand-ins.
fn completions(form: &[u8], stand_ins: &[StandIn]) -> Vec<Vec<u8>> {
    let here = stand_ins.iter().filter(|s| form[s.indicator] == s.answer);
    here.fold(vec![form.to_vec()], |forms, stand_in| {
        let with = |form: &Vec<u8>, code: u8| {
            let mut form = form.clone();
            form[stand_in.indicator] = code;
            form
        };
        let each = |form: &Vec<u8>| -> Vec<Vec<u8>> {
            stand_in.shares.iter().map(|&(code, _)| with(form, code)).collect()
        };
        forms.iter().flat_map(each).collect()
    })
}

#[test]
fn a_score_stays_inside_the_range_of_the_answers_that_it_counts_as() {
    let instrument = instrument_of(&[(2, Polarity::Risk), (4, Polarity::Neutral), (3, Polarity::Neutral)]);
    let mut outside = 0.0_f64;
    for seed in 20..40 {
        let mut draw = Draw::new(seed);
        let counts = counts(&mut draw, &instrument);
        let stand_ins = StandIn::all(&instrument, &counts, 10, directed);
        for scorer in scorers(&mut draw, &instrument) {
            let averaged = scorer.averaged(&stand_ins);
            for form in all_forms(&instrument) {
                let n = stand_ins.iter().filter(|s| form[s.indicator] == s.answer).count();
                let of: Vec<f64> =
                    completions(&form, &stand_ins).iter().map(|form| averaged.score(form)).collect();
                let low = of.iter().copied().fold(f64::INFINITY, f64::min);
                let high = of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                // In a blend, the points' mean is rounded to a whole point and the trees' is not.
                let is_blend = scorer.terms().len() > 1;
                let rounding = scorer
                    .baseline()
                    .filter(|_| is_blend)
                    .map_or(0.0, |points| 0.5 * n as f64 * (1.0 - scorer.dial()) * points.scale);
                let (slack, found) = (rounding + 1e-12, averaged.score(&form));
                assert!((low - slack..=high + slack).contains(&found), "{low} {found} {high}");
                let before = scorer.score(&form);
                outside = outside.max(before - high).max(low - before);
            }
        }
    }
    // What the fits happen to give is often outside.
    assert!(outside > 0.1, "{outside}");
}

#[test]
fn what_rises_keeps_rising() {
    // One risk indicator of 4 known answers; answer 1 is unlearned, and most rows have the last answer.
    let instrument = instrument_of(&[(4, Polarity::Risk), (2, Polarity::Risk)]);
    let weights = vec![vec![0.0, 0.1, 0.2, 2.0, 0.7], vec![0.0, 1.0, 0.0]];
    let table = Scorer::from(additive_candidate(Additive { intercept: -1.0, weights }));
    let nodes = vec![
        split(0, 0b0_0001, 1, 2),
        Node::Leaf(-1.0),
        split(1, 0b001, 3, 4),
        split(0, 0b0_0111, 5, 6),
        Node::Leaf(1.5),
        Node::Leaf(0.1),
        Node::Leaf(0.9),
    ];
    let forest = Forest { n_indicators: 2, base: 0.0, trees: vec![Tree { nodes }] };
    let counts = Counts {
        rows: vec![vec![20, 3, 10, 70, 0], vec![50, 53, 0]],
        events: vec![vec![0; 5], vec![0; 3]],
        weights: vec![vec![20.0, 3.0, 10.0, 70.0, 0.0], vec![50.0, 53.0, 0.0]],
        effective: vec![],
    }
    .fitted_alike();
    let proof = |scorer: &Scorer| Proof::new(scorer, &instrument, &BTreeSet::new());
    let ordered = StandIn::all(&instrument, &counts, 10, directed);
    // The mean over all learned answers would leave the order.
    let unordered = StandIn::all(&instrument, &counts, 10, |_| false);
    for scorer in [table, Scorer::from(tree_candidate(forest))] {
        proof(&scorer).unwrap();
        proof(&scorer.averaged(&ordered)).unwrap();
        let wrong = proof(&scorer.averaged(&unordered));
        assert!(matches!(wrong, Err(Error::NotMonotone(_))), "{}", scorer.family());
    }
}

#[test]
fn a_tree_has_one_copy_for_each_place_where_it_tells_stand_ins_apart() {
    let instrument = instrument_of(&[(2, Polarity::Risk), (2, Polarity::Risk), (2, Polarity::Risk)]);
    let counts = Counts {
        rows: vec![vec![30, 10, 0], vec![20, 20, 0], vec![20, 20, 0]],
        events: vec![vec![0; 3]; 3],
        weights: vec![vec![30.0, 10.0, 0.0], vec![20.0, 20.0, 0.0], vec![20.0, 20.0, 0.0]],
        effective: vec![],
    }
    .fitted_alike();
    let stand_ins = StandIn::all(&instrument, &counts, 10, directed);
    let nodes = vec![
        split(0, 0b001, 1, 2),
        Node::Leaf(-4.0),
        split(1, 0b101, 3, 4),
        Node::Leaf(0.0),
        Node::Leaf(8.0),
    ];
    let constant = Tree { nodes: vec![split(2, 0b111, 1, 2), Node::Leaf(1.0), Node::Leaf(9.0)] };
    let forest = Forest { n_indicators: 3, base: 0.0, trees: vec![Tree { nodes }, constant.clone()] };
    let averaged = Scorer::from(tree_candidate(forest)).averaged(&stand_ins);
    let trees = &averaged.trees().unwrap().trees;
    // Up to 0.5 both are their lower answer, up to 0.75 the second is its upper one, then the first too.
    let leaves: Vec<Vec<f64>> =
        trees.iter().map(|tree| tree.leaves().iter().map(|leaf| leaf.value).collect()).collect();
    assert_eq!(leaves, [vec![-2.0, 0.0, 4.0], vec![-1.0, 0.0, 2.0], vec![-1.0, 0.0, 2.0], vec![1.0, 9.0]]);
    let sets: Vec<u16> = trees
        .iter()
        .flat_map(|tree| &tree.nodes)
        .filter_map(|node| if let Node::Split { set, .. } = node { Some(*set) } else { None })
        .collect();
    assert_eq!(sets, [0b101, 0b101, 0b101, 0b001, 0b001, 0b001, 0b111]);
    assert_eq!(trees[3], constant);
}
