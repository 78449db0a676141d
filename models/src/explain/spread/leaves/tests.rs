#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::explain::spread::tests::cases;
use crate::explain::{Deal, OrReason};
use crate::testing::{Draw, form, instrument, population, scorers};

/// Bytes that the cells of all frames take, each in a table of its own.
fn unmerged(leaves: &Leaves) -> usize {
    let of_frame = |frame: &FrameLeaves| frame.dimensions.len() << frame.dimensions.len();
    leaves.frames.iter().map(of_frame).sum::<usize>() * size_of::<Numbers>()
}

#[test]
fn whatever_is_kept_the_deviations_are_the_same_to_the_last_bit() {
    let mut draw = Draw::new(11);
    let instrument = instrument(7);
    let (answers, weights) = population(&mut draw, &instrument, 1000);
    let deal = Deal::of(&cases(1000));
    let (mut forests, mut merged, mut moved) = (0, 0, 0);
    for scorer in scorers(&mut draw, &instrument) {
        let Some(forest) = scorer.trees() else { continue };
        forests += 1;
        let background = Background::of(&scorer, &answers, &weights).unwrap();
        let OrReason::Value(subsamples) =
            crate::explain::Subsamples::of(&scorer, &answers, &weights, &deal).unwrap()
        else {
            panic!("too few cases")
        };
        let n_answers = |j: usize| answers.instrument().indicators()[j].n_answers();
        let framed = Framed::new(forest, n_answers).unwrap();
        let keeping = |most| Leaves::keeping(most, forest, &framed, &background, &subsamples).unwrap();
        let (all, nothing) = (keeping(KEPT), keeping(0));
        let each = keeping(unmerged(&all));
        assert!(all.kept.is_some() && each.kept.is_some() && nothing.kept.is_none());
        let tables = |leaves: &Leaves| leaves.kept.as_ref().map_or(0, |kept| kept.tables.len());
        merged += usize::from(tables(&all) < tables(&each));
        let mut before = None;
        for _ in 0..40 {
            let row = form(&mut draw, &instrument);
            let expected = nothing.deviations(&row, 7);
            assert_eq!(all.deviations(&row, 7), expected);
            assert_eq!(each.deviations(&row, 7), expected);
            moved += usize::from(before.is_some_and(|before| before != expected));
            before = Some(expected);
        }
        let sums = nothing.deviations(answers.row(0), 7).values.concat();
        let largest = sums.iter().fold(0.0_f64, |most, d| most.max(d.abs()));
        assert!(largest * f64::from(nothing.scale) < LARGEST, "{largest}");
    }
    assert!(forests > 0 && merged > 0 && moved > 30, "{forests} {merged} {moved}");
}
