//! Cohorts whose truth is known, and whether the intervals cover it.

use amparo_evaluation::evaluate_only;
use amparo_evaluation::input::{Columns, GroupColumn, Input};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::report::ScoredReport;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::common;

/// Labels of the one group column; nothing depends on them, so every gap and spread is truly 0.
pub const LABELS: u16 = 4;

/// Rows of a simulated cohort: outcome, label, and probabilities of three versions.
///
/// `truth` is calibrated. `one` and `other` add independent noise of the same kind to its log-odds, so that they differ in nothing in truth.
pub struct Rows {
    pub y: Vec<bool>,
    pub codes: Vec<u16>,
    pub truth: Vec<f64>,
    pub one: Vec<f64>,
    pub other: Vec<f64>,
}

/// Draws a cohort of independent cases with risks uniform in (0.02, 0.6).
pub fn rows(seed: u64, n: usize) -> Rows {
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut out =
        Rows { y: Vec::new(), codes: Vec::new(), truth: Vec::new(), one: Vec::new(), other: Vec::new() };
    for _ in 0..n {
        let risk: f64 = rng.random_range(0.02..0.6);
        let mut noisy = || {
            let noise: f64 = (0..3).map(|_| rng.random_range(-0.6..0.6)).sum();
            1.0 / (1.0 + (-((risk / (1.0 - risk)).ln() + noise)).exp())
        };
        let (one, other) = (noisy(), noisy());
        out.y.push(rng.random_range(0.0..1.0) < risk);
        out.codes.push(rng.random_range(0..LABELS));
        out.truth.push(risk);
        out.one.push(one);
        out.other.push(other);
    }
    out
}

/// Whether each interval covers the truth, by name, in one simulated cohort; `None` where there is no interval.
pub fn trial(seed: u64, n: usize, replicates: u32) -> Vec<(&'static str, Option<bool>)> {
    let Rows { y, codes, truth, one, other } = rows(seed, n);
    let columns = Columns {
        y,
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups: vec![GroupColumn {
            name: "label".into(),
            labels: (0..LABELS).map(|label| label.to_string()).collect(),
            codes,
            reference: Some("0".into()),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    };
    let versions = [
        common::version("one", None, one),
        common::version("other", None, other),
        common::version("truth", None, truth),
    ];
    let mut context = common::context("one", replicates);
    context.seed = seed;
    // Small cells are hidden; here it is their intervals that are judged.
    context.smallest_cell = 1;
    let report = evaluate_only(&Input::new(columns).unwrap(), &versions, context, METRICS, &|_| ()).unwrap();
    let [one, other, truth] = &report.scored[..] else { panic!("three versions") };
    let difference = |metric: &str| covers(report.difference("other", metric).unwrap(), 0.0);
    let change = other.groups[0].gaps.iter().find(|gap| gap.metric == "recall@high" && gap.label == "1");
    let within = &other.groups[0].rows[1].differences;
    vec![
        ("AUC (DeLong)", covers(&truth.overall["auc"], TRUE_AUC)),
        ("base rate", covers(&truth.overall["base_rate"], 0.31)),
        ("gap of recall", gap(one, "recall@high")),
        ("gap of false-positive rate", gap(one, "false_positive_rate@high")),
        ("gap of PPV", gap(one, "ppv@high")),
        ("gap of selection rate", gap(one, "selection_rate@high")),
        ("gap of Brier score", gap(one, "brier")),
        ("gap of AUC", gap(one, "auc")),
        ("gap of ECE", gap(truth, "ece")),
        ("all gaps of recall at once", together(one, "recall@high")),
        ("all gaps of false-positive rate at once", together(one, "false_positive_rate@high")),
        ("change of the gap of recall", change.and_then(|gap| covers(gap.change.as_ref().unwrap(), 0.0))),
        ("spread of recall", spread(one, "recall@high")),
        ("spread of false-positive rate", spread(one, "false_positive_rate@high")),
        ("spread of Brier score", spread(one, "brier")),
        ("equalised odds", spread(one, "equalised_odds@high")),
        ("ratio of selection rates", ratio(one, "selection_rate@high")),
        ("ECE", covers(&truth.overall["ece"], 0.0)),
        ("smECE", covers(&truth.overall["smooth_ece"], 0.0)),
        ("ICI", covers(&truth.overall["ici"], 0.0)),
        ("E50", covers(&truth.overall["e50"], 0.0)),
        ("E90", covers(&truth.overall["e90"], 0.0)),
        ("Emax", covers(&truth.overall["emax"], 0.0)),
        ("reliability (Brier)", covers(&truth.overall["brier_reliability"], 0.0)),
        ("ECE within a label", covers(&truth.groups[0].rows[1].measures["ece"], 0.0)),
        ("calibration slope", covers(&truth.overall["calibration_slope"], 1.0)),
        (
            "calibration slope within a label",
            covers(&truth.groups[0].rows[1].measures["calibration_slope"], 1.0),
        ),
        ("difference of AUC", difference("auc")),
        ("difference of average precision", difference("average_precision")),
        ("difference of Brier score", difference("brier")),
        ("difference of recall", difference("recall@high")),
        ("difference of net benefit", difference("net_benefit@high")),
        ("difference of ECE", difference("ece")),
        ("difference of smECE", difference("smooth_ece")),
        ("difference of reliability (Brier)", difference("brier_reliability")),
        ("difference of recall within a label", covers(&within["recall@high"], 0.0)),
    ]
}

/// Of a case with the event and one without, risks uniform in (a, b) = (0.02, 0.6), how often the first has the higher risk:
///
/// ```text
/// integral over a..b of p ((p - a) - (p^2 - a^2) / 2) dp / (E O),   E = (b^2 - a^2) / 2,  O = (b - a) - E
/// ```
pub const TRUE_AUC: f64 = 0.725_962_287_673_367_6;

const METRICS: &[Metric] = &[
    Metric::BaseRate,
    Metric::Auc,
    Metric::AveragePrecision,
    Metric::Brier,
    Metric::CalibrationSlope,
    Metric::Recall,
    Metric::FalsePositiveRate,
    Metric::Ppv,
    Metric::SelectionRate,
    Metric::NetBenefit,
    Metric::Ece,
    Metric::SmoothEce,
    Metric::Ici,
    Metric::E50,
    Metric::E90,
    Metric::Emax,
    Metric::BrierReliability,
];

fn covers(measure: &Measure, truth: f64) -> Option<bool> {
    measure.interval().map(|(low, high)| low <= truth && truth <= high)
}

fn gap(scored: &ScoredReport, metric: &str) -> Option<bool> {
    let gap = scored.groups[0].gaps.iter().find(|gap| gap.metric == metric && gap.label == "1").unwrap();
    covers(&gap.measure, 0.0)
}

/// Whether the simultaneous intervals of all labels cover equality.
fn together(scored: &ScoredReport, metric: &str) -> Option<bool> {
    let mut gaps = scored.groups[0].gaps.iter().filter(|gap| gap.metric == metric);
    gaps.try_fold(true, |all, gap| gap.simultaneous.map(|band| all && band.low <= 0.0 && 0.0 <= band.high))
}

fn spread(scored: &ScoredReport, metric: &str) -> Option<bool> {
    let spread = scored.groups[0].max_min_differences.iter().find(|spread| spread.metric == metric).unwrap();
    covers(&spread.measure, 0.0)
}

fn ratio(scored: &ScoredReport, metric: &str) -> Option<bool> {
    let spread = scored.groups[0].max_min_differences.iter().find(|spread| spread.metric == metric).unwrap();
    covers(&spread.ratio, 1.0)
}
