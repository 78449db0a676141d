#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const SCORE: [f64; 12] = [0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.5, 0.6, 0.6, 0.7, 0.9, 0.9];
const OTHER: [f64; 12] = [0.3, 0.1, 0.4, 0.2, 0.6, 0.3, 0.2, 0.5, 0.1, 0.9, 0.4, 0.4];
const Y: [u8; 12] = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0];
const W: [f64; 12] = [1.0, 2.0, 1.0, 0.5, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0];
const CASE: [u32; 12] = [1, 1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 9];

fn all(score: &[f64], weight: &[f64], case: &[u32]) -> Components {
    let y = Y.map(|y| y == 1);
    let mut out = components(&Order::new(score), &y, weight, &[0; 12], 1, &ByCase::new(case));
    out.remove(0).unwrap()
}

#[test]
fn one_row_a_case_is_the_classical_variance() {
    // R 4, pROC 1.18.0, r = roc(y, score, direction = "<"), r2 with the other score:
    // auc(r); sqrt(var(r, method = "delong")); sqrt(var(r2)); cov(r, r2, method = "delong"); ci.auc(r)
    let cases: [u32; 12] = std::array::from_fn(|row| row as u32);
    let (one, two) = (all(&SCORE, &[1.0; 12], &cases), all(&OTHER, &[1.0; 12], &cases));
    let near = |found: Option<f64>, expected: f64| found.is_some_and(|v| (v - expected).abs() <= 1e-12);
    assert!(
        (one.auc - 0.642_857_142_857_14).abs() <= 1e-12 && (two.auc - 0.971_428_571_428_57).abs() <= 1e-12
    );
    assert!(near(one.standard_error(), 0.031_190_476_190_476_192_f64.sqrt()));
    assert!(near(two.standard_error(), 0.001_122_448_979_591_836_f64.sqrt()));
    assert!(near(one.covariance(&two), 0.003_095_238_095_238_094_5));
    let (low, high) = one.interval().unwrap();
    assert!((low - 0.296_711_321_152_54).abs() <= 1e-9 && (high - 0.989_002_964_561_75).abs() <= 1e-9);
    // A wrong answer would fail: the components of the other, or cases that are not those of the rows.
    assert!(!near(two.standard_error(), 0.031_190_476_190_476_192_f64.sqrt()));
    assert!(!near(all(&SCORE, &[1.0; 12], &CASE).standard_error(), 0.031_190_476_190_476_192_f64.sqrt()));
}

#[test]
fn cases_of_several_rows_follow_obuchowski() {
    // numpy, all pairs: psi = (s[X][:, None] > s[Y]) + .5 * (s[X][:, None] == s[Y]); V10 = psi @ w[Y] / N; V01 = w[X] @ psi / M;
    // sums by case of w (V - auc): A, B; I10 / (I10 - 1) sum A^2 / M^2 + I01 / (I01 - 1) sum B^2 / N^2 + 2 I / (I - 1) sum A B / (M N)
    // -> auc, root of the variance, covariance with the other score; unit weights, then weights
    let expected = [
        ([1.0; 12], [0.642_857_142_857_142_9, 0.190_876_341_102_478_5, 0.003_357_559_350_270_719]),
        (W, [0.605_664_488_017_429_1, 0.218_630_573_069_050_62, 0.006_689_390_166_582_336]),
    ];
    for (weight, expected) in expected {
        let (one, two) = (all(&SCORE, &weight, &CASE), all(&OTHER, &weight, &CASE));
        let found = [one.auc, one.standard_error().unwrap(), one.covariance(&two).unwrap()];
        let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error <= 1e-12, "{found:?}");
        assert!((found[2] - two.covariance(&two).unwrap()).abs() > 1e-4, "another covariance");
    }
}

#[test]
fn labels_are_split_in_one_pass() {
    let y = Y.map(|y| y == 1);
    let codes: [u16; 12] = std::array::from_fn(|row| [0, 1][row % 2]);
    let split = components(&Order::new(&SCORE), &y, &W, &codes, 3, &ByCase::new(&CASE));
    for label in 0..2u16 {
        let rows: Vec<usize> = (0..12).filter(|row| codes[*row] == label).collect();
        let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let alone_y: Vec<bool> = rows.iter().map(|row| y[*row]).collect();
        let case: Vec<u32> = rows.iter().map(|row| CASE[*row]).collect();
        let order = Order::new(&pick(&SCORE));
        let alone = components(&order, &alone_y, &pick(&W), &vec![0; rows.len()], 1, &ByCase::new(&case));
        let (a, b) = (split[usize::from(label)].as_ref().unwrap(), alone[0].as_ref().unwrap());
        let error = (a.standard_error().unwrap() - b.standard_error().unwrap()).abs();
        assert!((a.auc - b.auc).abs() <= 1e-12 && error <= 1e-12, "label {label}: {error}");
    }
    assert_eq!(split[2], None, "no rows, no area");
}

#[test]
fn what_cannot_be_estimated_says_so() {
    let order = Order::new(&[0.0, 1.0, 2.0]);
    let one_event =
        components(&order, &[false, false, true], &[1.0; 3], &[0; 3], 1, &ByCase::new(&[0, 1, 2]));
    assert_eq!(one_event[0].as_ref().unwrap().interval(), Err(Reason::OneCase));
    let y = [false, false, true, true];
    let perfect = components(
        &Order::new(&[0.0, 1.0, 2.0, 3.0]),
        &y,
        &[1.0; 4],
        &[0; 4],
        1,
        &ByCase::new(&[0, 1, 2, 3]),
    );
    assert_eq!(perfect[0].as_ref().unwrap().interval(), Err(Reason::NoDeviation));
}

#[test]
fn intervals_cover_the_truth_when_cases_have_several_rows() {
    use rand::{RngExt, SeedableRng};

    let mut rng = rand_pcg::Pcg64::seed_from_u64(11);
    let mut normal = move || {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        libm::sqrt(-2.0 * libm::log(1.0 - u)) * libm::cos(std::f64::consts::TAU * v)
    };
    // 80 cases of 4 rows, half with events; a score is 1 for an event, plus noise of variance 1 of which 0.7 is the case's. Two
    // rows of different cases differ by a normal number of mean 1 and variance 2: the area is Phi(1 / sqrt 2).
    let truth = 0.760_249_938_906_523_3;
    let (runs, mut covered, mut by_row) = (600, 0, 0);
    for _ in 0..runs {
        let case: Vec<u32> = (0..320).map(|row| row / 4).collect();
        let y: Vec<bool> = case.iter().map(|case| case % 2 == 0).collect();
        let of_case: Vec<f64> = (0..80).map(|_| libm::sqrt(0.7) * normal()).collect();
        let score: Vec<f64> = (0..320)
            .map(|row| f64::from(u8::from(y[row])) + of_case[row / 4] + libm::sqrt(0.3) * normal())
            .collect();
        let order = Order::new(&score);
        let covers = |case: &[u32]| {
            let all = components(&order, &y, &[1.0; 320], &[0; 320], 1, &ByCase::new(case));
            let (low, high) = all[0].as_ref().unwrap().interval().unwrap();
            u32::from(low <= truth && truth <= high)
        };
        covered += covers(&case);
        by_row += covers(&(0..320).collect::<Vec<u32>>());
    }
    let share = |covered: u32| f64::from(covered) / f64::from(runs);
    assert!(share(covered) >= 0.93, "{}", share(covered));
    // A wrong answer would fail: rows for cases.
    assert!(share(by_row) < 0.85, "{}", share(by_row));
}
