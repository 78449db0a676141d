//! A case-control sample of a population that is known whole: with its sampling weights the numbers are those of the population.

use amparo_evaluation::evaluate_only;
use amparo_evaluation::input::{Columns, Input};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::report::ScoredReport;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::common;

const ONLY: [Metric; 8] = [
    Metric::BaseRate,
    Metric::Auc,
    Metric::Brier,
    Metric::ObservedExpected,
    Metric::CalibrationSlope,
    Metric::CalibrationIntercept,
    Metric::NetBenefit,
    Metric::Ece,
];

/// Measures and how far those of a sample of some 14,000 controls may be from those of all 80,000 rows: about four standard errors.
const TOLERANCE: [(&str, f64); 8] = [
    ("base_rate", 0.003),
    ("auc", 0.012),
    ("brier", 0.003),
    ("observed_expected", 0.03),
    ("calibration_slope", 0.06),
    ("calibration_intercept", 0.04),
    ("net_benefit@medium", 0.003),
    ("ece", 0.01),
];

/// A population with risks up to 0.35, and a version that gets them right up to some noise.
struct Population {
    y: Vec<bool>,
    p: Vec<f64>,
}

fn population() -> Population {
    let mut rng = Pcg64::seed_from_u64(11);
    let (mut y, mut p) = (Vec::new(), Vec::new());
    for _ in 0..80_000 {
        let risk = 0.35 * rng.random_range(0.0_f64..1.0).powi(3) + 0.005;
        let noise: f64 = (0..3).map(|_| rng.random_range(-0.5..0.5)).sum();
        y.push(rng.random_range(0.0..1.0) < risk);
        p.push(1.0 / (1.0 + (-((risk / (1.0 - risk)).ln() + noise)).exp()));
    }
    Population { y, p }
}

/// Rows and weights, evaluated.
fn judged(y: Vec<bool>, weight: Vec<f64>, p: Vec<f64>) -> ScoredReport {
    let n = y.len() as u32;
    let columns = Columns { y, weight, cluster: (0..n).collect(), ..Columns::default() };
    let version = [common::version("v", None, p)];
    let input = Input::new(columns).unwrap();
    let context = common::context("v", amparo_evaluation::MIN_REPLICATES);
    evaluate_only(&input, &version, context, &ONLY, &|_| ()).unwrap().scored.remove(0)
}

/// All cases, and each control with probability `1 / k(p)`, which then weighs `k(p)`.
fn sampled(population: &Population, seed: u64, k: impl Fn(f64) -> f64) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut rng = Pcg64::seed_from_u64(seed);
    let (mut y, mut weight, mut p) = (Vec::new(), Vec::new(), Vec::new());
    for (&event, &probability) in population.y.iter().zip(&population.p) {
        let k = k(probability);
        if event || rng.random_range(0.0..1.0) < 1.0 / k {
            y.push(event);
            weight.push(if event { 1.0 } else { k });
            p.push(probability);
        }
    }
    (y, weight, p)
}

fn value(report: &ScoredReport, key: &str) -> f64 {
    report.overall[key].value().unwrap()
}

#[test]
fn weighted_rows_of_a_case_control_sample_stand_for_the_population() {
    let all = population();
    let truth = judged(all.y.clone(), vec![1.0; all.y.len()], all.p.clone());
    type Design = fn(f64) -> f64;
    // Controls by the outcome alone; and fewer of those who look safe, which bends ranking too.
    let designs: [(Design, &[&str]); 2] = [(|_| 5.0, &["auc"]), (|p| if p < 0.03 { 12.0 } else { 2.0 }, &[])];
    for (at, (k, unaffected)) in designs.into_iter().enumerate() {
        let (y, weight, p) = sampled(&all, 5 + at as u64, k);
        let rows = (y.len() as u64, y.iter().filter(|event| **event).count() as u64);
        let plain = judged(y.clone(), vec![1.0; y.len()], p.clone());
        let weighted = judged(y, weight, p);
        for (key, tolerance) in TOLERANCE {
            let (expected, found, wrong) = (value(&truth, key), value(&weighted, key), value(&plain, key));
            assert!((found - expected).abs() <= tolerance, "{at} {key}: {found} {expected}");
            // A ranking of events against controls does not depend on how many controls there are.
            let is_unaffected = unaffected.contains(&key) || at == 0 && key == "calibration_slope";
            assert!(
                is_unaffected || (wrong - expected).abs() > 2.0 * tolerance,
                "{at} {key}: without weights {wrong}, of all {expected}"
            );
        }
        // Counts are of the rows that there are, not of those they stand for.
        let Measure::Value { n, events, .. } = &weighted.overall["brier"] else { panic!("no interval") };
        assert_eq!((*n, *events), rows);
    }
}
