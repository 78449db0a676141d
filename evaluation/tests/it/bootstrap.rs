//! The bootstrap: coverage, clusters, threads, refusals.

use crate::common;
use amparo_evaluation::input::{Columns, GroupColumn, Input, Repeats};
use amparo_evaluation::report::Report;
use amparo_evaluation::{Error, evaluate, total_steps};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::sync::atomic::{AtomicU64, Ordering};

/// Calibrated rows: p uniform in (0.02, 0.6), y drawn from it, `copies` rows a case.
fn cohort(seed: u64, cases: u32, copies: u32) -> (Input, Vec<f64>) {
    let mut rng = Pcg64::seed_from_u64(seed);
    let (mut y, mut p, mut cluster) = (Vec::new(), Vec::new(), Vec::new());
    for case in 0..cases {
        let risk = rng.random_range(0.02..0.6);
        let event = rng.random_range(0.0..1.0) < risk;
        for _ in 0..copies {
            y.push(event);
            p.push(risk);
            cluster.push(case);
        }
    }
    let n = y.len();
    let groups = vec![GroupColumn {
        name: "parity".into(),
        labels: vec!["even".into(), "odd".into()],
        codes: cluster.iter().map(|case| (case % 2) as u16).collect(),
        ..GroupColumn::default()
    }];
    (
        Input::new(Columns {
            y,
            weight: vec![1.0; n],
            cluster,
            groups,
            oracle: Some(p.clone()),
            ..Columns::default()
        })
        .unwrap(),
        p,
    )
}

fn run(seed: u64, cases: u32, copies: u32, replicates: u32) -> Report {
    let (input, p) = cohort(seed, cases, copies);
    evaluate(
        &input,
        &[common::version("v", None, p)],
        amparo_evaluation::report::Context { smallest_cell: 1, ..common::context("v", replicates) },
        &|_| (),
    )
    .unwrap()
}

#[test]
fn intervals_cover_the_truth_about_as_often_as_they_say() {
    // Truth: E p = 0.31, O:E 1, slope 1, and groups that are equal. 150 trials at 95 %: sd 1.8 points; accept 89 to 99.4 %.
    let trials: u64 = 150;
    let mut covered = [0_u32; 4];
    let mut wrong = 0;
    for seed in 0..trials {
        let report = run(seed, 400, 1, 200);
        let overall = &report.scored[0].overall;
        let gap = report.scored[0].groups[0].gaps.iter().find(|gap| gap.metric == "base_rate").unwrap();
        let truths = [
            (&overall["base_rate"], 0.31),
            (&overall["observed_expected"], 1.0),
            (&overall["calibration_slope"], 1.0),
            (&gap.measure, 0.0),
        ];
        for (covered, (measure, truth)) in covered.iter_mut().zip(truths) {
            let (low, high) = measure.interval().unwrap();
            *covered += u32::from(low <= truth && truth <= high);
        }
        let (low, high) = overall["base_rate"].interval().unwrap();
        wrong += u32::from(low <= 0.40 && 0.40 <= high);
    }
    for count in covered {
        assert!((0.89..=0.994).contains(&(f64::from(count) / trials as f64)), "{covered:?}");
    }
    assert!(wrong < 15, "a wrong truth would fail: covered {wrong} times");
}

#[test]
fn cases_are_resampled_not_rows() {
    // Four identical rows a case hold the information of one: same cases, same resamples, same interval.
    let (one, four) = (run(3, 300, 1, 200), run(3, 300, 4, 200));
    for metric in ["auc", "brier", "base_rate", "calibration_slope", "recall@high"] {
        let (a, b) = (&one.scored[0].overall[metric], &four.scored[0].overall[metric]);
        let ((a_low, a_high), (b_low, b_high)) = (a.interval().unwrap(), b.interval().unwrap());
        let error = [(a.value().unwrap(), b.value().unwrap()), (a_low, b_low), (a_high, b_high)]
            .map(|(a, b)| (a - b).abs());
        assert!(error.iter().all(|error| *error <= 1e-9), "{metric}: {error:?}");
    }
    // A wrong answer would fail: as many rows in cases of their own give about half the width.
    let rows = run(3, 1200, 1, 200);
    let width = |report: &Report| {
        report.scored[0].overall["base_rate"].interval().map(|(low, high)| high - low).unwrap()
    };
    assert!(width(&rows) < 0.7 * width(&four));
}

#[test]
fn one_thread_and_two_give_the_same_report() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        serde_json::to_string(&pool.install(|| run(5, 300, 2, 100))).unwrap()
    };
    assert_eq!(with(1), with(2));
    assert_ne!(with(1), serde_json::to_string(&run(6, 300, 2, 100)).unwrap());
}

#[test]
fn progress_reaches_the_total() {
    let (input, p) = cohort(1, 100, 1);
    let context = common::context("v", 100);
    let (total, seen) = (total_steps(&input, &context), AtomicU64::new(0));
    evaluate(&input, &[common::version("v", None, p)], context, &|steps| {
        seen.store(steps, Ordering::Relaxed)
    })
    .unwrap();
    assert_eq!((seen.load(Ordering::Relaxed), total), (200, 200));
}

#[test]
fn every_problem_of_scores_and_context_is_named() {
    let (input, p) = cohort(1, 100, 1);
    let mut bad = common::version("v", Some(2.0), p);
    bad.score[3] = f64::NAN;
    bad.probability = None;
    let mut context = common::context("w", 10);
    context.bins = 1;
    let Err(Error::Invalid { what: "evaluation", problems }) = evaluate(&input, &[bad], context, &|_| ())
    else {
        panic!("accepted")
    };
    assert_eq!(
        problems,
        [
            "`score of v` is NaN, expected finite (row 3; 1 such rows)",
            "version `v` has no probability, expected one a row",
            "`dial` of `v` is 2, expected in [0, 1]",
            "subject `w` is none of the scored: v",
            "reference `w` is none of the scored: v",
            "`replicates` is 10, expected 100 to 65000",
            "`bins` is 1, expected at least 2",
        ]
    );
}

#[test]
fn a_group_of_everyone_is_the_whole() {
    let (input, p) = cohort(9, 2000, 1);
    let mut columns = input.columns().clone();
    columns.groups[0] = GroupColumn {
        name: "all".into(),
        labels: vec!["everyone".into()],
        codes: vec![0; 2000],
        ..GroupColumn::default()
    };
    let input = Input::new(columns).unwrap();
    let report =
        evaluate(&input, &[common::version("v", None, p)], common::context("v", 400), &|_| ()).unwrap();
    let scored = &report.scored[0];
    for (key, whole) in &scored.overall {
        let group = &scored.groups[0].rows[0].measures[key];
        assert_eq!(whole, group, "{key}");
    }
}

#[test]
fn differences_are_paired() {
    // Two versions that differ by little noise agree on nearly every resample; alone, each varies much more.
    let (input, p) = cohort(11, 600, 1);
    let mut rng = Pcg64::seed_from_u64(1);
    let noisy = p.iter().map(|p| p * rng.random_range(0.95..1.05)).collect();
    let versions = [common::version("a", None, p), common::version("b", None, noisy)];
    let report = evaluate(&input, &versions, common::context("a", 200), &|_| ()).unwrap();
    for metric in ["auc", "brier", "log_loss", "protection"] {
        let width = |(low, high): (f64, f64)| high - low;
        let alone = width(report.scored[0].overall[metric].interval().unwrap());
        let difference = report.difference("b", metric).unwrap();
        // Unpaired, the difference would be wider than either alone, by about the square root of 2.
        assert!(width(difference.interval().unwrap()) < 0.3 * alone, "{metric}");
        let values = report.scored[1].overall[metric].value().unwrap()
            - report.scored[0].overall[metric].value().unwrap();
        assert!((difference.value().unwrap() - values).abs() <= 1e-12, "{metric}");
    }
}

#[test]
fn a_weight_of_two_is_the_row_twice() {
    let (input, p) = cohort(13, 200, 1);
    let (y, twice): (Vec<bool>, Vec<usize>) =
        (input.columns().y.clone(), (0..200).filter(|row| row % 3 == 0).collect());
    let context = || common::context("v", 100);
    let weight = (0..200).map(|row| if row % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let weighted = Columns { y: y.clone(), weight, cluster: (0..200).collect(), ..Columns::default() };
    let rows: Vec<usize> = (0..200).chain(twice).collect();
    let repeated = Columns {
        y: rows.iter().map(|row| y[*row]).collect(),
        weight: vec![1.0; rows.len()],
        cluster: rows.iter().map(|row| *row as u32).collect(),
        ..Columns::default()
    };
    let repeated_p = rows.iter().map(|row| p[*row]).collect();
    let run = |columns, p| {
        evaluate(&Input::new(columns).unwrap(), &[common::version("v", None, p)], context(), &|_| ()).unwrap()
    };
    let (weighted, repeated, plain) =
        (run(weighted, p.clone()), run(repeated, repeated_p), run(input.columns().clone(), p));
    let mut moved = 0;
    for (key, measure) in &weighted.scored[0].overall {
        let (Some(a), Some(b)) = (measure.value(), repeated.scored[0].overall[key].value()) else { continue };
        assert!((a - b).abs() <= 1e-9, "{key}: {a} {b}");
        moved +=
            u32::from(plain.scored[0].overall[key].value().is_some_and(|plain| (plain - a).abs() > 1e-6));
    }
    assert!(moved > 10, "weights that are ignored would fail: {moved} measures moved");
}

#[test]
fn repeats_average_values_and_count_assessments_once() {
    let (input, p) = cohort(17, 300, 1);
    let context = || common::context("v", 100);
    let other: Vec<f64> = p.iter().map(|p| 0.9 * p + 0.02).collect();
    let run = |columns: Columns, p: Vec<f64>| {
        evaluate(&Input::new(columns).unwrap(), &[common::version("v", None, p)], context(), &|_| ()).unwrap()
    };
    let plain = input.columns().clone();
    let twice = Columns {
        y: plain.y.repeat(2),
        weight: vec![0.5; 600],
        cluster: plain.cluster.repeat(2),
        repeats: Repeats::new(std::num::NonZeroU32::new(2).unwrap()),
        groups: plain.groups.iter().map(|g| GroupColumn { codes: g.codes.repeat(2), ..g.clone() }).collect(),
        oracle: plain.oracle.as_ref().map(|o| o.repeat(2)),
        ..Columns::default()
    };
    let first = run(plain.clone(), p.clone());
    let second = run(plain, other.clone());
    let both = run(twice, [p, other].concat());
    let of = |report: &Report, key: &str| report.scored[0].overall[key].value().unwrap();
    for key in ["brier", "log_loss", "recall@high", "mean_score"] {
        let mean = (of(&first, key) + of(&second, key)) / 2.0;
        assert!((of(&both, key) - mean).abs() <= 1e-9, "{key}");
        // The few levels that change between the repeats may leave a recall as it is; the others must move.
        let moved = (of(&first, key) - mean).abs() > 1e-9;
        assert!(moved || key == "recall@high", "{key} of one repeat alone would pass");
    }
    assert_eq!((both.rows.n, both.rows.events), (first.rows.n, first.rows.events));
    let sizes = |report: &Report| report.scored[0].reliability.iter().map(|bin| bin.n).sum::<u64>();
    assert!(sizes(&both).abs_diff(sizes(&first)) <= 10, "bins round to whole assessments");
    let width = |report: &Report| {
        let (low, high) = report.scored[0].overall["brier"].interval().unwrap();
        high - low
    };
    // Rows taken as independent would narrow the interval by the square root of 2.
    assert!((width(&both) / width(&first) - 1.0).abs() <= 0.2, "{} {}", width(&both), width(&first));
}
