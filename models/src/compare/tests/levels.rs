//! Why levels differ, against every order of exchanging the four things.

use crate::compare::{Difference, LevelParts, Side, sides};
use crate::explain::OrReason;
use crate::testing::{Draw, worst};
use crate::{OutcomeModel, Protocol, Reason};

use super::{Drawn, drawn, pairs, small_form};

fn parts(difference: &Difference) -> LevelParts {
    *difference.level.steps.value().unwrap_or_else(|| panic!("{:?}", difference.level.steps))
}

/// The place of a level, from scratch: `things` says whose score, calibrator, cut-points and rules.
fn level(sides: [&Drawn; 2], things: [usize; 4], row: &[u8]) -> usize {
    let probability = |score: &OutcomeModel, by: &OutcomeModel| by.calibrate(score.score(row)).probability;
    let [score, calibrator, cuts, rules] = things.map(|of| sides[of]);
    let p = probability(&score.recidivism, &calibrator.recidivism);
    let reached = cuts.protocol.levels().iter().filter(|level| p >= level.from_probability).count() - 1;
    let lethal = rules.protocol.lethality().unwrap().rules[0].from_probability;
    let by_lethality = match &rules.lethality {
        Some(part) if probability(part, part) >= lethal => 2,
        _ => 0,
    };
    let by_floor = if row[2] == 1 { rules.protocol.floors()[0].at_least } else { 0 };
    reached.max(by_lethality).max(by_floor)
}

/// The mean gain of each thing over all 24 orders of exchanging them, from the second version's to the first's.
fn by_orders(sides: [&Drawn; 2], row: &[u8]) -> [f64; 4] {
    let mut gains = [0.0; 4];
    let mut orders = 0;
    for number in 0..256_usize {
        let order = [number & 3, number >> 2 & 3, number >> 4 & 3, number >> 6];
        if (0..4).any(|thing| !order.contains(&thing)) {
            continue;
        }
        orders += 1;
        let mut things = [1; 4];
        for thing in order {
            let before = level(sides, things, row);
            things[thing] = 0;
            gains[thing] += level(sides, things, row) as f64 - before as f64;
        }
    }
    assert_eq!(orders, 24);
    gains.map(|gain| gain / 24.0)
}

#[test]
fn each_thing_has_its_mean_gain_over_all_orders() {
    let (mut moved, mut by_each) = (0, [0; 4]);
    pairs(|a, b, row, difference| {
        let found = parts(difference);
        let of = [found.score, found.calibrator, found.cut_points, found.rules];
        let expected = by_orders([a, b], row);
        assert!(worst(&of, &expected) <= 1e-12, "{row:?} {of:?} {expected:?}");
        let steps = level([a, b], [0; 4], row) as i64 - level([a, b], [1; 4], row) as i64;
        assert_eq!(found.steps, steps);
        assert!((of.iter().sum::<f64>() - steps as f64).abs() <= 1e-12);
        assert_eq!(difference.level.same, steps == 0);
        moved += usize::from(steps != 0);
        for (count, part) in by_each.iter_mut().zip(of) {
            *count += usize::from(part.abs() > 1e-9);
        }
        // Exchanging the wrong way round would be noticed.
        let backwards = by_orders([b, a], row);
        assert!(worst(&of, &[0.0; 4]) <= 1e-12 || worst(&of, &backwards) > 1e-12);
    });
    assert!(moved > 50 && by_each.iter().all(|n| *n > 20), "{moved} {by_each:?}");
}

/// `b` but for one thing, which is `a`'s: only that thing can make a difference.
#[test]
fn what_is_the_same_brings_nothing() {
    let (mut draw, of) = (Draw::new(23), small_form());
    let mut differed = 0;
    for _ in 0..40 {
        let (a, b) = (drawn(&mut draw, &of, 2), drawn(&mut draw, &of, 2));
        let row = crate::testing::form(&mut draw, &of);
        let changed = Side { protocol: &a.protocol, ..b.side() };
        let found = parts(&sides(&changed, &b.side(), &row).unwrap());
        assert!(worst(&[found.score, found.calibrator], &[0.0; 2]) <= 0.0);
        differed += usize::from(found.steps != 0);
        let changed = Side { lethality: a.lethality.as_ref(), ..b.side() };
        let found = parts(&sides(&changed, &b.side(), &row).unwrap());
        assert!(worst(&[found.score, found.calibrator, found.cut_points], &[0.0; 3]) <= 0.0);
        assert!((found.rules - found.steps as f64).abs() <= 1e-12);
    }
    assert!(differed > 5, "{differed}");
}

#[test]
fn levels_of_two_editions_have_no_steps() {
    let (mut draw, of) = (Draw::new(2), small_form());
    let (a, mut b) = (drawn(&mut draw, &of, 0), drawn(&mut draw, &of, 1));
    let text =
        b.protocol.text().replace("id = \"l0\"", "id = \"none\"").replace("id = \"small-1\"", "id = \"old\"");
    b.protocol = Protocol::from_toml(&text, std::path::Path::new("old.toml")).unwrap();
    let found = sides(&a.side(), &b.side(), &[0, 0, 0, 0]).unwrap();
    let levels = |first: &str| [first, "l1", "l2", "l3"].map(str::to_owned).to_vec();
    let expected = Reason::OtherLevels {
        protocol: "small-1".to_owned(),
        levels: levels("l0"),
        other: "old".to_owned(),
        other_levels: levels("none"),
    };
    assert_eq!(found.level.steps, OrReason::undefined(expected));
}
