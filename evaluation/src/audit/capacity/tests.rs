#![expect(clippy::unwrap_used, reason = "tests")]

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;

const SETTINGS: Settings = Settings { seed: 3, replicates: 200, smallest_cell: 10 };

/// Eight periods of 600 rows whose risk rises from 10 % to 28 % (or stays), with levels cut at a risk or by a quota.
fn stream(seed: u64, moves: bool, quota: bool, by_outcomes: bool) -> Stream {
    let mut rng = Pcg64::seed_from_u64(seed);
    let (periods, per) = (8_usize, 600_usize);
    let (mut level, mut period, mut risk, mut score, mut y) = (vec![], vec![], vec![], vec![], vec![]);
    for t in 0..periods {
        let shift = if moves { 0.18 * t as f64 } else { 0.6 };
        let own: Vec<f64> = (0..per).map(|_| rng.random_range(-2.0..2.0)).collect();
        let p: Vec<f64> = own.iter().map(|x| 1.0 / (1.0 + libm::exp(2.5 - x - shift))).collect();
        let mut ranked = p.clone();
        ranked.sort_by(f64::total_cmp);
        for (x, p) in own.iter().zip(&p) {
            let cuts = if quota { [ranked[per * 7 / 10], ranked[per * 9 / 10]] } else { [0.2, 0.4] };
            level.push(cuts.iter().filter(|cut| p >= cut).count() as u8);
            period.push(t as u16);
            risk.push(*p);
            score.push(*x);
            y.push(rng.random_range(0.0..1.0) < *p);
        }
    }
    Stream {
        levels: ["low", "medium", "high"].map(str::to_owned).to_vec(),
        periods: (0..periods).map(|t| format!("2025-{t}")).collect(),
        weight: vec![1.0; level.len()],
        cluster: (0..level.len() as u32).collect(),
        risk: if by_outcomes { Risk::Outcomes { score, y } } else { Risk::Stated(risk) },
        level,
        period,
    }
}

fn findings(stream: &Stream) -> Vec<Finding> {
    capacity(stream, SETTINGS).unwrap().thresholds.iter().map(|row| row.finding).collect()
}

#[test]
fn levels_cut_at_a_risk_follow_it() {
    assert_eq!(findings(&stream(1, true, false, false)), [Finding::Follows; 2]);
    assert_eq!(findings(&stream(1, true, false, true)), [Finding::Follows; 2]);
}

#[test]
fn quotas_are_found_out() {
    assert_eq!(findings(&stream(2, true, true, false)), [Finding::Fixed; 2]);
    assert_eq!(findings(&stream(2, true, true, true)), [Finding::Fixed; 2]);
}

#[test]
fn a_risk_that_does_not_move_tells_nothing() {
    assert_eq!(findings(&stream(4, false, true, true)), [Finding::CannotTell; 2]);
    assert_eq!(findings(&stream(4, false, false, true)), [Finding::CannotTell; 2]);
}

#[test]
fn neither_is_taken_for_the_other_on_other_draws() {
    for seed in 20..32 {
        let (cuts, quotas) = (stream(seed, true, false, true), stream(seed, true, true, true));
        assert!(!findings(&cuts).contains(&Finding::Fixed), "seed {seed}");
        assert!(!findings(&quotas).contains(&Finding::Follows), "seed {seed}");
    }
}

#[test]
fn elasticity_is_one_for_cuts_and_zero_for_quotas() {
    let elasticity = |quota| {
        let found = capacity(&stream(5, true, quota, false), SETTINGS).unwrap();
        found.thresholds.iter().map(|row| row.elasticity.value().unwrap()).collect::<Vec<_>>()
    };
    assert!(elasticity(false).iter().all(|e| (e - 1.0).abs() <= 0.05), "{:?}", elasticity(false));
    assert!(elasticity(true).iter().all(|e| e.abs() <= 0.02), "{:?}", elasticity(true));
    // A wrong answer would fail: the two differ by far more than either tolerance.
    assert!(elasticity(true).iter().all(|e| (e - 1.0).abs() > 0.5));
}

#[test]
fn the_risk_of_a_period_is_its_rate() {
    // With an intercept a period, the mean recalibrated risk is the observed rate.
    let stream = stream(6, true, false, true);
    let Risk::Outcomes { y, .. } = &stream.risk else { panic!("outcomes") };
    let found = capacity(&stream, SETTINGS).unwrap();
    for (t, row) in found.periods.iter().enumerate() {
        let rate = y[t * 600..(t + 1) * 600].iter().filter(|y| **y).count() as f64 / 600.0;
        assert!((row.risk.value().unwrap() - rate).abs() <= 1e-9, "{row:?}, {rate}");
        let shares: f64 = row.shares.iter().filter_map(Measure::value).sum();
        assert!((shares - 1.0).abs() <= 1e-12);
        // A wrong answer would fail: another period's rate is not this one's.
        let other = y[(7 - t) * 600..(8 - t) * 600].iter().filter(|y| **y).count() as f64 / 600.0;
        assert!((row.risk.value().unwrap() - other).abs() > 1e-3);
    }
}

#[test]
fn scores_far_out_leave_the_risk_determined() {
    // A few scores hundreds of standard deviations away, whose outcomes are contrary: a plain Newton step runs away, the fit exists.
    let mut stream = stream(6, true, false, true);
    let n = stream.level.len();
    let Risk::Outcomes { score, y } = &mut stream.risk else { panic!("outcomes") };
    for row in (0..n).step_by(97) {
        score[row] = if row % 2 == 0 { 4e3 } else { -4e3 };
        y[row] = row % 2 == 1;
    }
    let y = y.clone();
    let found = capacity(&stream, SETTINGS).unwrap();
    for (t, row) in found.periods.iter().enumerate() {
        let rate = y[t * 600..(t + 1) * 600].iter().filter(|y| **y).count() as f64 / 600.0;
        assert!(row.risk.interval().is_some(), "{row:?}");
        // With an intercept a period the mean is the rate; without, it is near it.
        assert!((row.risk.value().unwrap() - rate).abs() <= 0.06, "{row:?}, {rate}");
        // A wrong answer would fail: no rate is near the middle.
        assert!((row.risk.value().unwrap() - 0.5).abs() > 0.06);
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let mut bad = stream(7, true, false, true);
    bad.level[0] = 9;
    bad.weight[3] = 0.0;
    bad.cluster.pop();
    bad.periods.push("2027".into());
    let Err(Error::Invalid { problems, .. }) = capacity(&bad, SETTINGS) else { panic!("accepted") };
    assert_eq!(
        problems,
        [
            "`cluster` has 4799 rows, expected 4800",
            "`level` has code 9, expected below 3 (row 0)",
            "period `2027` has no row, expected at least 1",
            "`weight` is 0, expected > 0 and finite (row 3)",
        ]
    );
}
