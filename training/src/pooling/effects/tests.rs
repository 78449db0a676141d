use super::*;
use crate::testing::{close, uniform};

const LEVELS: usize = 20;

/// The rows that a Python oracle draws too: `n` = 600, 20 answers of which some are rare, offsets and weights.
///
/// ```text
/// level[i] = int(u(4 i) * 20 * sqrt(u(4 i + 1)))      effect[k] = 2 (u(100000 + k) - 0.5)
/// offset[i] = u(4 i + 2) - 0.5      w[i] = 0.5 + u(200000 + i)
/// y[i] = u(4 i + 3) < sigmoid(offset[i] - 1 + effect[level[i]])
/// ```
fn drawn() -> Vec<Observation> {
    let row = |i: usize| {
        let level = (uniform(4 * i) * LEVELS as f64 * uniform(4 * i + 1).sqrt()) as usize;
        let offset = uniform(4 * i + 2) - 0.5;
        let effect = 2.0 * (uniform(100_000 + level) - 0.5);
        let event = uniform(4 * i + 3) < sigmoid(-1.0 + offset + effect);
        Observation { row: i, level, event, weight: 0.5 + uniform(200_000 + i), offset }
    };
    (0..600).map(row).collect()
}

#[test]
fn effects_are_those_of_scipy_on_the_laplace_likelihood() {
    // Of the formulas above: a root of the gradient for intercept and effects, and a bounded search for the standard deviation.
    let expected = [
        -0.092_112_95,
        -0.342_244_96,
        0.872_142_65,
        -0.267_258_27,
        -0.349_205_25,
        -0.106_309_69,
        0.279_670_75,
        -0.280_847_85,
        0.003_583_31,
        0.306_347_04,
        -0.220_405_24,
        0.251_061_86,
        -0.075_724_34,
        0.174_857_24,
        -0.010_798_55,
        -0.264_037_84,
        0.300_779_21,
        -0.260_217_40,
        0.184_139_89,
        -0.103_419_61,
    ];
    let found = Effects::of(&drawn(), LEVELS).unwrap();
    assert!(close(&[found.sd, found.intercept], &[0.443_979_48, -1.117_904_03], 2e-7), "{found:?}");
    assert!(close(&found.of_levels, &expected, 2e-7), "{found:?}");
    // The likelihood itself, integrated numerically, is highest at 0.4478: the approximation is off by less than 1 %. Without
    // weights it would be another number.
    assert!(close(&[found.sd], &[0.447_825], 0.005));
    let plain: Vec<Observation> = drawn().iter().map(|row| Observation { weight: 1.0, ..*row }).collect();
    let plain = Effects::of(&plain, LEVELS).unwrap();
    assert!(!close(&[plain.sd], &[found.sd], 1e-3) && !close(&plain.of_levels, &expected, 1e-2));
}

#[test]
fn the_fewer_rows_stand_behind_an_answer_the_more_it_is_drawn_to_the_average() {
    let rows = drawn();
    let found = Effects::of(&rows, LEVELS).unwrap();
    let all: Vec<&Observation> = rows.iter().collect();
    let free = given(&all, LEVELS, found.intercept, MOST).unwrap();
    let kept = |level: usize| found.of_levels[level] / free[level];
    // 55 rows, 33, 6 and 1.
    let shares = [kept(2), kept(6), kept(17), kept(18)];
    assert!(shares.is_sorted_by(|a, b| a > b) && shares[0] > 0.5 && shares[3] < 0.2, "{shares:?}");
}

#[test]
fn effects_for_a_given_deviation_are_those_of_the_whole_fit() {
    let rows = drawn();
    let found = Effects::of(&rows, LEVELS).unwrap();
    let all: Vec<&Observation> = rows.iter().collect();
    let given_all = given(&all, LEVELS, found.intercept, found.sd).unwrap();
    assert!(close(&given_all, &found.of_levels, 1e-8));
    let half: Vec<&Observation> = rows.iter().step_by(2).collect();
    assert!(!close(&given(&half, LEVELS, found.intercept, found.sd).unwrap(), &found.of_levels, 0.05));
    // An answer that none of the rows has is an average one.
    let without: Vec<&Observation> = rows.iter().filter(|row| row.level != 3).collect();
    assert!(given(&without, LEVELS, found.intercept, found.sd).unwrap()[3].abs() <= 0.0);
}

#[test]
fn answers_that_differ_by_chance_alone_have_no_effect() {
    let rows: Vec<Observation> = drawn()
        .iter()
        .map(|row| Observation { level: (uniform(900_000 + row.row) * LEVELS as f64) as usize, ..*row })
        .collect();
    let found = Effects::of(&rows, LEVELS).unwrap();
    assert!(found.sd <= 0.0 && found.of_levels.iter().all(|effect| effect.abs() <= 0.0), "{found:?}");
    assert!((found.intercept + 1.0).abs() < 0.3);
}

#[test]
fn rows_of_one_class_have_no_effects() {
    for event in [false, true] {
        let rows: Vec<Observation> = drawn().iter().map(|row| Observation { event, ..*row }).collect();
        assert_eq!(Effects::of(&rows, LEVELS).unwrap(), Effects::none(LEVELS));
    }
    assert_eq!(Effects::of(&[], LEVELS).unwrap(), Effects::none(LEVELS));
}

#[test]
fn the_deviation_of_the_effects_is_found() {
    // 150 answers with 40 rows each; the effects are normal (Box and Muller) with a standard deviation of 0.7.
    let effect = |k: usize| {
        let (a, b) = (uniform(500_000 + 2 * k), uniform(500_001 + 2 * k));
        0.7 * (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    };
    let row = |i: usize| {
        let level = i % 150;
        let event = uniform(700_000 + i) < sigmoid(-1.5 + effect(level));
        Observation { row: i, level, event, weight: 1.0, offset: 0.0 }
    };
    let rows: Vec<Observation> = (0..6000).map(row).collect();
    let found = Effects::of(&rows, 150).unwrap();
    let drawn = ((0..150).map(|k| effect(k).powi(2)).sum::<f64>() / 150.0).sqrt();
    assert!(close(&[found.sd], &[drawn], 0.08), "{} of {drawn}", found.sd);
    assert!(!close(&[1.3 * found.sd], &[drawn], 0.08) && !close(&[0.7 * found.sd], &[drawn], 0.08));
}
