use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::{psi, psi_by_chance, total_variation};

#[test]
fn total_variation_is_what_would_have_to_move() {
    for (one, other, expected) in [
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5], 0.0),
        ([0.2, 0.3, 0.5], [0.5, 0.3, 0.2], 0.3),
        ([1.0, 0.0, 0.0], [0.0, 0.25, 0.75], 1.0),
    ] {
        assert!((total_variation(&one, &other) - expected).abs() <= 1e-15);
    }
    // The sum without its half would say that more than all rows move.
    let sum: f64 = [1.0_f64, 0.25, 0.75].iter().sum();
    assert!(sum - total_variation(&[1.0, 0.0, 0.0], &[0.0, 0.25, 0.75]) > 0.9);
}

#[test]
fn the_index_is_that_of_the_textbook_where_there_are_many_rows() {
    // By hand: (0.3 - 0.2) ln(0.3/0.2) + (0.3 - 0.5) ln(0.3/0.5) + (0.4 - 0.3) ln(0.4/0.3).
    let expected = 0.1 * 1.5_f64.ln() - 0.2 * 0.6_f64.ln() + 0.1 * (4.0_f64 / 3.0).ln();
    let found = psi([&[0.2, 0.5, 0.3], &[0.3, 0.3, 0.4]], [1e9, 1e9]);
    assert!((found - expected).abs() <= 1e-8, "{found}, not {expected}");
    // It has no direction, and is not half of itself.
    let back = psi([&[0.3, 0.3, 0.4], &[0.2, 0.5, 0.3]], [1e9, 1e9]);
    assert!((found - back).abs() <= 1e-12 && (found / 2.0 - expected).abs() > 0.05);
}

#[test]
fn an_answer_of_one_side_only_leaves_it_finite() {
    let found = psi([&[1.0, 0.0], &[0.9, 0.1]], [100.0, 100.0]);
    // By hand: p = (100.5, 0.5) / 101, q = (90.5, 10.5) / 101.
    let (p, q) = ([100.5 / 101.0, 0.5 / 101.0], [90.5 / 101.0, 10.5 / 101.0]);
    let expected: f64 = (0..2).map(|k| (q[k] - p[k]) * f64::ln(q[k] / p[k])).sum();
    assert!((found - expected).abs() <= 1e-12 && found.is_finite(), "{found}, not {expected}");
}

/// Samples of one population exceed the limit as often as it says, and of another population far more often.
#[test]
fn the_limit_is_exceeded_as_often_as_it_says() {
    let mut rng = Pcg64::seed_from_u64(7);
    let mut draw = |shares: &[f64], n: usize| {
        let mut counts = vec![0.0; shares.len()];
        for _ in 0..n {
            let (u, mut upto, mut at) = (rng.random_range(0.0..1.0), 0.0, 0);
            while at + 1 < shares.len() && u >= upto + shares[at] {
                upto += shares[at];
                at += 1;
            }
            counts[at] += 1.0 / n as f64;
        }
        counts
    };
    let (fitted, other) = ([0.55, 0.25, 0.15, 0.05], [0.5, 0.25, 0.17, 0.08]);
    let (n, times) = ([2_000, 700], 4_000);
    let limit = psi_by_chance(4, n.map(|n| n as f64), 0.05);
    let mut exceeded = |here: &[f64]| {
        let is = |_: &usize| {
            let shares = [draw(&fitted, n[0]), draw(here, n[1])];
            psi([&shares[0], &shares[1]], n.map(|n| n as f64)) > limit
        };
        (0..times).filter(is).count() as f64 / times as f64
    };
    let (same, different) = (exceeded(&fitted), exceeded(&other));
    assert!((same - 0.05).abs() <= 0.012, "{same} of samples of one population, not 0.05");
    assert!(different > 0.5, "{different} of samples of another");
}
