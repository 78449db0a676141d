#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Distribution, DistributionBuilder, FEWEST_ROWS};
use crate::testing::{Draw, worst};

fn distribution(values: &[f64], weights: &[f64]) -> Distribution {
    let mut tally = DistributionBuilder::default();
    values.iter().zip(weights).for_each(|(&value, &weight)| tally.add(value, weight));
    let found = tally.distribution().unwrap();
    found.check(values.len() as u64, || "these".to_owned()).unwrap();
    found
}

/// The mid-rank by looking at every row; with `half` of the equal ones.
fn by_definition(values: &[f64], weights: &[f64], value: f64, half: f64) -> f64 {
    let sum = |of: &dyn Fn(f64) -> bool| -> f64 {
        values.iter().zip(weights).filter(|(v, _)| of(**v)).map(|(_, w)| w).sum()
    };
    (sum(&|v| v < value) + half * sum(&|v| v.total_cmp(&value).is_eq())) / weights.iter().sum::<f64>()
}

fn weights(draw: &mut Draw, n: usize) -> Vec<f64> {
    (0..n).map(|_| draw.between(0.2, 3.0)).collect()
}

#[test]
fn few_values_have_exact_mid_ranks() {
    let mut draw = Draw::new(1);
    for _ in 0..20 {
        let levels: Vec<f64> = (0..5).map(|_| draw.between(-2.0, 2.0)).collect();
        let values: Vec<f64> = (0..3000).map(|_| levels[draw.below(5)]).collect();
        let weights = weights(&mut draw, 3000);
        let found = distribution(&values, &weights);
        let asked: Vec<f64> = levels.iter().copied().chain([-3.0, 3.0]).collect();
        let percentiles: Vec<f64> = asked.iter().map(|&v| found.percentile(v).percentile).collect();
        let of = |half| asked.iter().map(|&v| by_definition(&values, &weights, v, half)).collect::<Vec<_>>();
        assert!(worst(&percentiles, &of(0.5)) <= 1e-12);
        assert!(found.resolution <= 1e-12, "{}", found.resolution);
        // Without the half, or without weights, they would not be.
        let alike: Vec<f64> = asked.iter().map(|&v| by_definition(&values, &[1.0; 3000], v, 0.5)).collect();
        assert!(worst(&percentiles, &of(0.0)) > 0.01 && worst(&percentiles, &of(1.0)) > 0.01);
        assert!(worst(&percentiles, &alike) > 1e-4);
    }
}

/// Values as those of a forest: some shared by many rows, some by few, most by one.
fn mixed(draw: &mut Draw, n: usize) -> Vec<f64> {
    let shared: Vec<f64> = (0..6).map(|_| draw.between(-1.0, 1.0)).collect();
    let kind = |draw: &mut Draw| match draw.below(10) {
        0..4 => shared[draw.below(6)],
        4 => 0.0,
        _ => draw.between(-1.0, 1.0),
    };
    (0..n).map(|_| kind(draw)).collect()
}

#[test]
fn many_values_have_mid_ranks_within_the_resolution() {
    for seed in 0..20 {
        let mut draw = Draw::new(seed);
        let values = mixed(&mut draw, 5000);
        let weights = weights(&mut draw, 5000);
        let found = distribution(&values, &weights);
        assert!(found.resolution <= 0.011, "{}", found.resolution);
        let asked: Vec<f64> =
            values.iter().take(300).copied().chain((0..300).map(|_| draw.between(-1.2, 1.2))).collect();
        let errors = asked
            .iter()
            .map(|&v| (found.percentile(v).percentile - by_definition(&values, &weights, v, 0.5)).abs());
        let largest = errors.fold(0.0, f64::max);
        assert!(largest <= found.resolution + 1e-12, "{largest}");
        assert!(largest > found.resolution / 4.0, "the resolution says too much");
    }
}

#[test]
fn no_number_stands_for_a_few_rows() {
    let mut draw = Draw::new(3);
    let mut fewest = u64::MAX;
    for n in [10, 30, 200, 3000] {
        for _ in 0..20 {
            let values = mixed(&mut draw, n);
            let found = distribution(&values, &weights(&mut draw, n));
            fewest = fewest.min(found.smallest_cell);
            // Rows at each point, and between each and the next.
            let at = |point: &[f64; 3]| values.iter().filter(|v| (*v - point[0]).abs() <= 1e-12).count();
            let limits: Vec<f64> = found.points.iter().map(|point| point[0]).collect();
            for (k, point) in found.points.iter().enumerate() {
                if point[2] > point[1] {
                    assert!(at(point) as u64 >= FEWEST_ROWS, "{point:?}");
                }
                let next = limits.get(k + 1).copied().unwrap_or(f64::INFINITY);
                let end = found.points.get(k + 1).map_or(1.0, |next| next[1]);
                let between = values.iter().filter(|v| **v > point[0] + 1e-12 && **v < next - 1e-12).count();
                assert!(end <= point[2] || between as u64 >= FEWEST_ROWS, "{n}: {between} after {point:?}");
            }
        }
    }
    assert!(fewest >= FEWEST_ROWS, "{fewest}");
}

#[test]
fn a_few_rows_count_as_if_they_had_the_value_beside() {
    let few = |value: f64| [vec![value; 4], vec![1.0; 50], vec![2.0; 46]].concat();
    for (value, expected) in [(0.5, 0.27), (1.5, 0.27), (3.0, 0.25)] {
        let found = distribution(&few(value), &[1.0; 100]);
        assert_eq!(found.points.len(), 2);
        let error = (found.percentile(1.0).percentile - expected).abs();
        assert!(error <= 1e-12, "{value}: {error}");
        assert!((found.resolution - 0.04).abs() <= 1e-12, "{}", found.resolution);
    }
    let mut tally = DistributionBuilder::default();
    (0..9).for_each(|_| tally.add(0.5, 1.0));
    assert_eq!(tally.distribution(), None);
}

#[test]
fn what_is_no_distribution_is_refused() {
    let mut draw = Draw::new(8);
    let good = distribution(&mixed(&mut draw, 500), &weights(&mut draw, 500));
    let refused = |change: &dyn Fn(&mut Distribution)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.check(500, || "scores".to_owned()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&|d| d.smallest_cell = 9),
        "distribution: scores: smallest cell is 9, expected 10 to 500 rows"
    );
    assert_eq!(
        refused(&|d| d.resolution = f64::NAN),
        "distribution: scores: resolution is NaN, expected 0 to 1"
    );
    let unsorted = "distribution: scores: points do not ascend from 0 to 1";
    assert_eq!(refused(&|d| d.points.swap(0, 1)), unsorted);
    assert_eq!(refused(&|d| d.points[1][2] = 1.5), unsorted);
    assert_eq!(refused(&|d| d.points[1][0] = f64::NAN), unsorted);
}
