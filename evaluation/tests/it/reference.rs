//! Small fixed data against scikit-learn, statsmodels and hand-worked numbers.

use crate::common;
use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, GroupColumn, Input};
use amparo_evaluation::reason::{Reason, SmallCell};
use amparo_evaluation::report::{FORMAT, Report, ScoredReport};

const P: [f64; 16] = [0.05, 0.1, 0.1, 0.2, 0.2, 0.2, 0.35, 0.4, 0.4, 0.55, 0.6, 0.6, 0.75, 0.8, 0.8, 0.9];
const Y: [u8; 16] = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1];
const W: [f64; 16] = [1.0, 2.0, 1.0, 0.5, 1.0, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0, 1.0, 1.0, 1.0];

fn report(weight: [f64; 16]) -> Report {
    let input = Input::new(Columns {
        y: Y.map(|y| y == 1).to_vec(),
        weight: weight.to_vec(),
        cluster: (0..16).collect(),
        groups: vec![GroupColumn {
            name: "half".into(),
            labels: vec!["first".into(), "second".into(), "nobody".into()],
            codes: (0..16).map(|row| u16::from(row >= 8)).collect(),
            reference: Some("second".into()),
            ..GroupColumn::default()
        }],
        oracle: Some(P.map(|p| p * 0.9).to_vec()),
        ..Columns::default()
    })
    .unwrap();
    let mut context = common::context("base", 100);
    context.smallest_cell = 1;
    let versions = [
        common::version("top", Some(1.0), P.to_vec()),
        common::version("base", Some(0.0), P.map(|p| p / 2.0).to_vec()),
    ];
    evaluate(&input, &versions, context, &|_| ()).unwrap()
}

#[track_caller]
fn near(scored: &ScoredReport, metric: &str, expected: f64) {
    let found = scored.overall[metric].value().unwrap();
    assert!((found - expected).abs() <= 1e-9, "{metric}: found {found}, expected {expected}");
}

#[test]
fn weighted_metrics_agree_with_scikit_learn_and_statsmodels() {
    // roc_auc_score(y, p, sample_weight=w); brier_score_loss(y, p, sample_weight=w); log_loss(y, p, sample_weight=w)
    // GLM(y, add_constant(logit(p)), family=Binomial(), freq_weights=w).fit(tol=1e-14).params[1]
    // GLM(y, ones, family=Binomial(), freq_weights=w, offset=logit(p)).fit(tol=1e-14).params[0]
    // (w * y).sum() / (w * p).sum()
    let report = report(W);
    let top = &report.scored[0];
    near(top, "auc", 0.736_842_105_263_157_9);
    near(top, "brier", 0.212_077_922_077_922_12);
    near(top, "log_loss", 0.625_665_639_760_215_2);
    near(top, "calibration_slope", 0.688_461_482_440_881_9);
    near(top, "calibration_intercept", 0.387_450_548_434_781_33);
    near(top, "observed_expected", 1.158_536_585_365_853_8);
}

#[test]
fn a_wrong_weighting_would_fail() {
    // roc_auc_score(y, p) -> 0.703125, without the weights.
    let unweighted = &report([1.0; 16]).scored[0];
    near(unweighted, "auc", 0.703_125);
    for (metric, weighted) in
        [("brier", 0.212_077_9), ("log_loss", 0.625_665_6), ("observed_expected", 1.158_536_6)]
    {
        assert!((unweighted.overall[metric].value().unwrap() - weighted).abs() > 1e-4, "{metric}");
    }
}

#[test]
fn level_metrics_agree_with_counting_by_hand() {
    // Levels by 0.1, 0.2, 0.4, unweighted: low {0.05}, medium {0.1 0.1}, high {0.2 0.2 0.2 0.35}, extreme the other nine.
    // Events: low 0, medium 1, high 1, extreme 6 of 8.
    let report = report([1.0; 16]);
    let top = &report.scored[0];
    for (metric, expected) in [
        ("recall@medium", 1.0),
        ("recall@high", 7.0 / 8.0),
        ("recall@extreme", 6.0 / 8.0),
        ("false_positive_rate@medium", 7.0 / 8.0),
        ("false_positive_rate@extreme", 3.0 / 8.0),
        ("specificity@extreme", 5.0 / 8.0),
        ("ppv@extreme", 6.0 / 9.0),
        ("ppv@high", 7.0 / 13.0),
        ("npv@extreme", 5.0 / 7.0),
        ("npv@high", 2.0 / 3.0),
        ("level_share@high", 4.0 / 16.0),
        ("level_rate@high", 1.0 / 4.0),
        ("events_in_lowest", 0.0),
        // Intensities 0, 1/3, 2/3, 1: (1/3 + 2/3 + 6) / 8 and (0 + 1/3 + 3 x 2/3 + 3) / 8.
        ("protection", 7.0 / 8.0),
        ("overload", 16.0 / 24.0),
        ("base_rate", 0.5),
        ("mean_probability", 7.0 / 16.0),
        ("probability_error", 0.7 / 16.0),
        ("oracle_auc", 0.703_125),
    ] {
        near(top, metric, expected);
    }
    // A wrong answer would fail: "above" instead of "at or above" gives recall@high = 6/8.
    assert!((top.overall["recall@high"].value().unwrap() - 6.0 / 8.0).abs() > 0.1);
}

#[test]
fn a_number_says_what_it_rests_on() {
    use amparo_evaluation::measure::Measure;
    let report = report([1.0; 16]);
    let overall = &report.scored[0].overall;
    let rests_on = |key: &str| match &overall[key] {
        Measure::Value { n, events, .. } | Measure::Point { n, events, .. } => (*n, *events),
        Measure::Undefined { reason } => panic!("{key}: {reason:?}"),
    };
    // By hand: 8 events in 16 rows; "high" starts at probability 0.2, which 13 rows reach, 7 of them events.
    let reach = P.iter().zip(Y).filter(|(p, _)| **p >= 0.2);
    let (n, events) = (reach.clone().count() as u64, reach.filter(|(_, y)| *y == 1).count() as u64);
    assert_eq!((n, events), (13, 7));
    assert_eq!(rests_on("auc"), (16, 8));
    assert_eq!(rests_on("recall@high"), (8, 8));
    assert_eq!(rests_on("false_positive_rate@high"), (8, 0));
    assert_eq!(rests_on("ppv@high"), (n, events));
    assert_eq!(rests_on("npv@high"), (16 - n, 8 - events));
}

#[test]
fn group_cells_are_never_dropped_and_gaps_are_signed() {
    let report = report([1.0; 16]);
    let table = &report.scored[0].groups[0];
    let value = |label: usize, metric: &str| table.rows[label].measures[metric].value();
    // First half: y = 0 0 1 0 0 1 0 1 over p = .05 .1 .1 .2 .2 .2 .35 .4: (1.5 + 3 + 5) of 15 pairs;
    // roc_auc_score(y[:8], p[:8]) -> 0.6333333333333333
    assert!((value(0, "base_rate").unwrap() - 3.0 / 8.0).abs() <= 1e-12);
    assert!((value(0, "auc").unwrap() - 9.5 / 15.0).abs() <= 1e-12, "{:?}", value(0, "auc"));
    assert!(
        table.rows[2]
            .measures
            .values()
            .all(|measure| measure.value().is_none() && measure.reason().is_some())
    );
    let gap = table.gaps.iter().find(|gap| gap.label == "first" && gap.metric == "base_rate").unwrap();
    assert_eq!(gap.against, "second");
    assert!((gap.measure.value().unwrap() - (3.0 / 8.0 - 5.0 / 8.0)).abs() <= 1e-12);
    let spread = table.max_min_differences.iter().find(|spread| spread.metric == "base_rate").unwrap();
    assert_eq!((spread.highest.as_str(), spread.lowest.as_str()), ("second", "first"));
    assert!((spread.measure.value().unwrap() - 0.25).abs() <= 1e-12);
    // 16 rows say nothing about a difference of 0.25: the interval starts at equality.
    let (low, high) = spread.measure.interval().unwrap();
    assert!(low.abs() <= 1e-12 && high > 0.5, "{low} {high}");
    assert!((spread.ratio.value().unwrap() - 3.0 / 5.0).abs() <= 1e-12);
    let odds =
        table.max_min_differences.iter().find(|spread| spread.metric == "equalised_odds@extreme").unwrap();
    // By hand, at 0.4 and above: recall 1/3 and 5/5, false positives 0/5 and 3/3.
    assert!((odds.measure.value().unwrap() - 1.0).abs() <= 1e-12, "{odds:?}");
    // GLM(y[:8], ...) as above, unweighted: slope and intercept in the large.
    assert!((value(0, "calibration_slope").unwrap() - 0.6303226420545749).abs() <= 1e-9);
    assert!((value(0, "calibration_intercept").unwrap() - 0.9749617770873009).abs() <= 1e-9);
}

#[test]
fn the_report_survives_json() {
    let report = report(W);
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("NaN") && !json.contains(":null,\"low\""));
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    // Halving the probabilities keeps the ranking: the paired difference is 0 in every resample, and says so.
    let same = report.difference("top", "auc").unwrap();
    assert_eq!((same.value(), same.reason()), (Some(0.0), Some(Reason::SameInResamples)));
    assert!(report.difference("top", "mean_probability").unwrap().interval().is_some());
}

#[test]
fn what_has_no_value_or_no_interval_says_why() {
    // Two events among 30 rows: a resample without any has no recall; 13 % of resamples are such.
    let y: Vec<bool> = (0..30).map(|row| row < 2).collect();
    let mut p: Vec<f64> = (0..30).map(|row| 0.5 - f64::from(row) / 100.0).collect();
    let input = |y| {
        Input::new(Columns { y, weight: vec![1.0; 30], cluster: (0..30).collect(), ..Columns::default() })
            .unwrap()
    };
    let mut context = common::context("v", 200);
    context.smallest_cell = 1;
    let run = |p: &[f64], context| {
        evaluate(&input(y.clone()), &[common::version("v", None, p.to_vec())], context, &|_| ()).unwrap()
    };
    let measure = |report: &Report, metric: &str| report.scored[0].overall[metric].clone();

    let report = run(&p, context.clone());
    let recall = measure(&report, "recall@high");
    assert!((recall.value().unwrap() - 1.0).abs() <= 1e-12);
    assert!(
        matches!(recall.reason(), Some(Reason::UndefinedInResamples { undefined, drawn: 200 }) if undefined > 2),
        "{recall:?}"
    );
    assert_eq!(measure(&report, "calibration_slope").reason(), Some(Reason::NoSlope));
    assert_eq!(measure(&report, "probability_error").reason(), Some(Reason::NoTrueProbability));

    context.smallest_cell = 3;
    assert_eq!(
        measure(&run(&p, context.clone()), "recall@high").reason(),
        Some(Reason::suppressed(3, SmallCell::Events))
    );

    context.smallest_cell = 1;
    p[0] = 0.0;
    let mut impossible = common::version("v", None, p.clone());
    impossible.score[0] = -40.0;
    let report = evaluate(&input(y.clone()), &[impossible], context, &|_| ()).unwrap();
    assert_eq!(measure(&report, "log_loss").reason(), Some(Reason::InfiniteLoss));
    assert_eq!(measure(&report, "calibration_intercept").reason(), Some(Reason::InfiniteLogOdds));
    assert!(measure(&report, "brier").interval().is_some());
}

#[test]
fn a_report_is_read_back_or_refused() {
    let report = report(W);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(Report::from_json(&json).unwrap(), report);
    let newer = json.replacen(&format!("\"format\":{FORMAT}"), &format!("\"format\":{}", FORMAT + 1), 1);
    let said = Report::from_json(&newer).unwrap_err().to_string();
    assert_eq!(said, format!("format {} of the report, expected {FORMAT}", FORMAT + 1));
    assert!(Report::from_json("{}").unwrap_err().to_string().starts_with("report is not readable"));
}

#[test]
fn crossed_groups_keep_every_combination() {
    let column = |name: &str, labels: [&str; 2], codes: [u16; 4]| GroupColumn {
        name: name.into(),
        labels: labels.map(Into::into).to_vec(),
        codes: codes.to_vec(),
        ..GroupColumn::default()
    };
    let crossed = column("minors", ["no", "yes"], [0, 1, 0, 0])
        .crossed(&column("foreign", ["no", "yes"], [0, 1, 1, 0]))
        .unwrap();
    assert_eq!(crossed.name, "minors x foreign");
    assert_eq!(crossed.labels, ["no x no", "no x yes", "yes x no", "yes x yes"]);
    assert_eq!(crossed.codes, [0, 3, 1, 0]);
}
