use super::*;
use crate::calibrator::VennAbers;

/// Steps of either table at random scores, some at the same; the upper table is above the lower one everywhere.
pub(super) fn random(draw: &mut Draw) -> VennAbers {
    let mut steps = |from: f64, to: f64| -> (Vec<f64>, Vec<f64>) {
        let n = draw.below(6);
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let scores = sorted((0..n).map(|_| draw.between(-5.0, 5.0).round()).collect());
        let values = sorted((0..scores.len()).map(|_| draw.between(from, to)).collect());
        (scores, values)
    };
    let ((low_from, low), (high_to, high)) = (steps(0.01, 0.5), steps(0.5, 0.99));
    VennAbers { low_from, low, high_to, high }
}

fn steps() -> VennAbers {
    VennAbers {
        low_from: vec![0.0, 1.0],
        low: vec![0.25, 0.5],
        high_to: vec![-1.0, 1.0],
        high: vec![0.2, 0.6],
    }
}

#[test]
fn venn_abers_by_hand() {
    let calibrator = Calibrator::VennAbers(steps());
    calibrator.check().unwrap();
    let cases = [
        // p1 / (1 - p0 + p1): 0.2 / 1.2.
        (-3.0, [1.0 / 6.0, 0.0, 0.2]),
        (-1.0, [1.0 / 6.0, 0.0, 0.2]),
        // 0.6 / 1.6
        ((-1.0_f64).next_down(), [1.0 / 6.0, 0.0, 0.2]),
        (-0.5, [0.375, 0.0, 0.6]),
        // 0.6 / 1.35
        (0.0, [4.0 / 9.0, 0.25, 0.6]),
        (0.5, [4.0 / 9.0, 0.25, 0.6]),
        // 0.6 / 1.1, then 1 / 1.5
        (1.0, [6.0 / 11.0, 0.5, 0.6]),
        (1.0_f64.next_up(), [2.0 / 3.0, 0.5, 1.0]),
        (9.0, [2.0 / 3.0, 0.5, 1.0]),
    ];
    for (score, expected) in cases {
        assert!(worst(&numbers(calibrator.calibrate(score)), &expected) <= 1e-15, "at {score}");
    }
    // The middle of both is another number.
    assert!(worst(&[calibrator.calibrate(-0.5).probability], &[0.3]) > 0.05);
    assert_eq!(calibrator.interval_kind(), IntervalKind::VennAbers);
    assert_eq!(Calibrator::Platt(platt()).interval_kind(), IntervalKind::Confidence95);
}

#[test]
fn the_lowest_score_that_reaches_a_probability_is_at_a_step() {
    let tables = steps();
    for (probability, expected) in [
        (0.3, Some((-1.0_f64).next_up())),
        (0.374, Some((-1.0_f64).next_up())),
        (0.4, Some(0.0)),
        (0.5, Some(1.0)),
        (0.6, Some(1.0_f64.next_up())),
        (0.7, None),
    ] {
        let found = tables.score_at(probability);
        assert_eq!(found, expected, "{probability}");
        let Some(at) = found else { continue };
        assert!(tables.probability(at) >= probability && tables.probability(at.next_down()) < probability);
    }
}

#[test]
fn what_is_no_pair_of_step_functions_is_refused() {
    let of = |change: fn(&mut VennAbers)| {
        let mut tables = steps();
        change(&mut tables);
        Calibrator::VennAbers(tables).check().map_err(|error| error.to_string())
    };
    let refused = |text: &str| Err(format!("calibrator: {text}"));
    assert_eq!(of(|_| ()), Ok(()));
    assert_eq!(
        of(|v| v.low.truncate(1)),
        refused("`low` has 1 values, expected one for each of 2 scores of `low_from`")
    );
    let order = "`high_to` does not strictly increase, or holds what is no finite number";
    assert_eq!(of(|v| v.high_to[0] = 1.0), refused(order));
    assert_eq!(of(|v| v.high_to[1] = f64::NAN), refused(order));
    assert_eq!(of(|v| v.low[0] = 0.0), refused("`low` holds 0, expected probabilities inside (0, 1)"));
    assert_eq!(of(|v| v.high[1] = 1.0), refused("`high` holds 1, expected probabilities inside (0, 1)"));
    assert_eq!(of(|v| v.high[0] = 0.6), refused("`high` does not increase from step to step"));
    assert_eq!(
        of(|v| v.low[1] = 0.7),
        refused("at score 1 the lower probability is 0.7, above the upper one, 0.6")
    );
}
