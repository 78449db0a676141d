#![expect(clippy::unwrap_used, reason = "tests")]

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;

fn log_odds(p: &[f64]) -> Vec<f64> {
    p.iter().map(|p| logit(*p)).collect()
}

/// Largest relative error of intercept, slope and the intercept alone.
fn off(p: &[f64], cells: &[OutcomeWeights], [a, b, alone]: [f64; 3]) -> f64 {
    let x = log_odds(p);
    let found = fit(&x, cells).unwrap();
    let found = [found.intercepts[0], found.slope.unwrap(), intercept(&x, cells).unwrap()];
    found.iter().zip([a, b, alone]).map(|(found, right)| (found / right - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn fits_that_undamped_newton_misses_are_those_of_sixty_digits() {
    // statsmodels GLM(y, add_constant(logit(p)), Binomial()) gives the first two; all are Newton's method in 60 decimal digits.
    let extreme = [0.001, 0.4, 0.999];
    let one_each = off(
        &extreme,
        &[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]],
        [-0.695_735_843_555_765_2, -0.012_755_115_457_368_36, -3.251_434_220_958_93],
    );
    assert!(one_each <= 1e-11, "{one_each:e}");
    let twenty_each = [[17.0, 3.0], [10.0, 10.0], [8.0, 12.0]];
    let right = [-0.367_999_689_170_637_98, 0.142_498_531_553_263_56, -0.685_279_049_895_116_1];
    let error = off(&extreme, &twenty_each, right);
    assert!(error <= 1e-11, "{error:e}");
    // Beyond the range of a plain step: one in a billion and less.
    let wide = off(
        &[1e-12, 0.5, 0.999_999_999],
        &[[4.0, 1.0], [1.0, 2.0], [2.0, 3.0]],
        [-0.084_531_244_506_718_21, 0.037_032_013_212_275_86, -0.693_147_165_563_695_6],
    );
    assert!(wide <= 1e-7, "{wide:e}");
    // A wrong answer would fail: an event more moves the slope by more than a tenth.
    assert!(off(&extreme, &[[16.0, 4.0], [10.0, 10.0], [8.0, 12.0]], right) > 0.1);
}

#[test]
fn probabilities_that_hardly_differ_have_a_slope() {
    // 60 decimal digits on the decimal probabilities; their doubles differ in the 17th digit, and so does the slope in the tenth.
    let close = [0.3, 0.300_000_1, 0.300_000_2, 0.300_000_3];
    let cells = [[3.0, 0.0], [0.0, 2.0], [0.0, 4.0], [1.0, 0.0]];
    let right = [1_839_256.734_265_93, 2_170_733.174653298, 1.252_762_349_447_894_3];
    let error = off(&close, &cells, right);
    assert!(error <= 1e-7, "{error:e}");
    assert!(off(&close, &[[3.0, 0.0], [0.0, 2.0], [1.0, 3.0], [1.0, 0.0]], right) > 1e-3);
}

/// Scores of the likelihood at a fit, as shares of the weight that pulls at them: 0 at the best fit, and nowhere else.
fn pull(x: &[f64], cells: &[OutcomeWeights], found: &Fit) -> f64 {
    let mut worst = 0.0_f64;
    let b = found.slope.unwrap_or(0.0);
    let (mut score_b, mut size_b) = (0.0, 0.0);
    for (run, a) in cells.chunks(x.len()).zip(&found.intercepts) {
        let (mut score, mut size) = (0.0, 0.0);
        for (x, [without, with]) in x.iter().zip(run) {
            let s = a + b * x;
            let (up, down) = (with * sigmoid(-s), without * sigmoid(s));
            score += up - down;
            size += up + down;
            score_b += (up - down) * x;
            size_b += (up + down) * x.abs();
        }
        worst = worst.max((score / size).abs());
    }
    worst.max(if size_b > 0.0 { (score_b / size_b).abs() } else { 0.0 })
}

#[test]
fn a_fit_is_found_exactly_where_one_exists() {
    // Whether a best fit exists is asked here by trying every threshold in both directions, in every run.
    let mut rng = Pcg64::seed_from_u64(8);
    let (mut found, mut none, mut worst) = (0, 0, 0.0_f64);
    for _ in 0..4000 {
        let (n, n_runs) = (rng.random_range(2..6), rng.random_range(1..4));
        let width = [1.0, 30.0, 700.0][rng.random_range(0..3)];
        let x: Vec<f64> = (0..n).map(|_| rng.random_range(-width..width)).collect();
        let weight = |rng: &mut Pcg64| {
            if rng.random_range(0..2) == 0 { 0.0 } else { libm::exp(rng.random_range(-7.0..7.0)) }
        };
        let cells: Vec<OutcomeWeights> =
            (0..n * n_runs).map(|_| [weight(&mut rng), weight(&mut rng)]).collect();
        let points = |run: usize, outcome: usize| {
            let cells = &cells[run * n..(run + 1) * n];
            x.iter().zip(cells).filter(move |(_, cell)| cell[outcome] > 0.0).map(|(x, _)| *x)
        };
        let one_outcome = (0..n_runs).any(|run| (0..2).any(|outcome| points(run, outcome).next().is_none()));
        let splits = |sign: f64| {
            (0..n_runs).all(|run| {
                x.iter().any(|cut| {
                    points(run, 0).all(|x| sign * x <= sign * cut)
                        && points(run, 1).all(|x| sign * x >= sign * cut)
                })
            })
        };
        let spread = (0..n_runs).any(|run| {
            let mut seen: Vec<f64> = points(run, 0).chain(points(run, 1)).collect();
            seen.dedup_by(|a, b| a.to_bits() == b.to_bits());
            seen.len() > 1
        });
        let exists = !one_outcome && !(spread && (splits(1.0) || splits(-1.0)));
        match fit(&x, &cells) {
            Ok(fit) => {
                assert!(exists, "{x:?} {cells:?}");
                worst = worst.max(pull(&x, &cells, &fit));
                found += 1;
            }
            Err(reason) => {
                assert!(!exists && reason != Reason::NoConvergence, "{reason:?} {x:?} {cells:?}");
                none += 1;
            }
        }
    }
    assert!(found > 500 && none > 500, "{found} {none}");
    assert!(worst <= 1e-6, "{worst:e}");
    // A wrong answer would fail: a slope that is off by a thousandth is pulled back.
    let (x, cells) = (log_odds(&[0.001, 0.4, 0.999]), [[17.0, 3.0], [10.0, 10.0], [8.0, 12.0]]);
    let best = fit(&x, &cells).unwrap();
    let beside = Fit { slope: best.slope.map(|b| b + 0.001), ..best.clone() };
    assert!(pull(&x, &cells, &best) <= 1e-12 && pull(&x, &cells, &beside) > 1e-4);
}

#[test]
fn an_intercept_is_found_wherever_both_outcomes_are() {
    let mut rng = Pcg64::seed_from_u64(9);
    let mut worst = 0.0_f64;
    for _ in 0..2000 {
        let width = [1.0, 30.0, 700.0][rng.random_range(0..3)];
        let x: Vec<f64> = (0..5).map(|_| rng.random_range(-width..width)).collect();
        let cells: Vec<OutcomeWeights> =
            (0..5).map(|_| [rng.random_range(0.01..9.0), rng.random_range(0.01..9.0)]).collect();
        let a = intercept(&x, &cells).unwrap();
        let pulls = x.iter().zip(&cells).map(|(x, [without, with])| {
            let (up, down) = (with * sigmoid(-a - x), without * sigmoid(a + x));
            (up - down, up + down)
        });
        let (score, size) = pulls.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        worst = worst.max((score / size).abs());
    }
    assert!(worst <= 1e-9, "{worst:e}");
    // A wrong answer would fail: bisection that stops a tenth too early leaves a pull of this size.
    assert!((sigmoid(0.1) - 0.5_f64).abs() > 1e-2);
    assert_eq!(intercept(&[0.0, 1.0], &[[1.0, 0.0], [2.0, 0.0]]), Err(Reason::OneOutcome));
    assert_eq!(intercept(&[0.0], &[[0.0, 0.0]]), Err(Reason::NoWeight));
}
