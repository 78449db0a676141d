use super::*;
use crate::input::{Columns, Kind, Levels};
use crate::measure::Measure;
use crate::reason::{Reason, SmallCell};
use crate::report::{ClassesJudged, HeldOut, ToldBy};

const N: usize = 120;

/// Classes 0, 1, 2 in turn, of which those of each tenth row are not known; the event is class 1 or above, cases have two rows.
fn rows() -> (Input, Observed) {
    let class = |row: usize| (row % 3) as u8;
    let columns = Columns {
        y: (0..N).map(|row| class(row) >= 1).collect(),
        weight: (0..N).map(|row| if row % 4 == 0 { 2.0 } else { 1.0 }).collect(),
        cluster: (0..N).map(|row| (row / 2) as u32).collect(),
        ..Columns::default()
    };
    let codes = (0..N).map(|row| (row % 10 != 9).then_some(class(row))).collect();
    let ids = ["none", "injury", "grave"].map(str::to_owned).into();
    (Input::new(columns).unwrap(), Observed { ids, from: 1, codes })
}

/// Levels that are right but for every seventh row, which is a level off.
fn levels() -> Vec<u8> {
    (0..N).map(|row| if row % 7 == 0 { ((row + 1) % 3) as u8 } else { (row % 3) as u8 }).collect()
}

fn scored(with_levels: bool) -> Scored {
    let codes = levels();
    let ids = ["low", "medium", "high"].map(str::to_owned).into();
    Scored {
        name: "new".to_owned(),
        kind: Kind::Candidate { family: "cumulative".to_owned() },
        score: codes.iter().map(|code| f64::from(*code)).collect(),
        probability: Some(codes.iter().map(|code| 0.2 + 0.3 * f64::from(*code)).collect()),
        levels: with_levels.then_some(Levels {
            ids,
            labels: None,
            codes,
            cuts: vec![0.3, 0.6],
            intensity: None,
            reassess_days: None,
        }),
        survival: None,
    }
}

/// 0.6 for the level's class, 0.2 for each of the others.
fn forecast() -> Vec<f64> {
    levels().iter().flat_map(|level| (0..3_u8).map(move |at| if at == *level { 0.6 } else { 0.2 })).collect()
}

fn context() -> Context {
    Context {
        cohort: "c".into(),
        synthetic: None,
        notes: vec![],
        held_out: HeldOut::stated("all"),
        outcome: "o".into(),
        horizon_days: None,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: "f".into(),
        seed: 3,
        replicates: 200,
        subject: "new".into(),
        reference: "new".into(),
        smallest_cell: 1,
        bins: 5,
        margin: None,
        pairwise: false,
    }
}

fn run(with_levels: bool, forecast: Forecast) -> Classes {
    let (input, observed) = rows();
    let scored = scored(with_levels);
    judged(&input, &observed, (&[scored], &[forecast]), &context()).unwrap()
}

#[track_caller]
fn near(measure: &Measure, expected: f64, wrong: f64) {
    let found = measure.value().unwrap();
    assert!((found - expected).abs() <= 1e-12, "found {found}, expected {expected}");
    assert!((found - wrong).abs() > 1e-6, "the check cannot fail");
}

/// By counting, with weights, over the rows whose class is known.
fn share(of: impl Fn(usize) -> bool, part: impl Fn(usize) -> bool) -> f64 {
    let weight = |row: usize| [2.0, 1.0, 1.0, 1.0][row % 4];
    let sum = |holds: &dyn Fn(usize) -> bool| {
        (0..N).filter(|row| row % 10 != 9 && holds(*row)).map(weight).sum::<f64>()
    };
    sum(&|row| of(row) && part(row)) / sum(&of)
}

fn only(classes: &Classes, by: ToldBy) -> &ClassesJudged {
    let found: Vec<&ClassesJudged> = classes.judged.iter().filter(|one| one.by == by).collect();
    assert_eq!(found.len(), 1);
    found[0]
}

#[test]
fn numbers_are_those_of_counting_the_rows_whose_class_is_known() {
    let classes = run(true, Forecast::Probabilities(forecast()));
    assert_eq!((classes.from.as_str(), classes.unknown), ("injury", Count::Exact(12)));
    let (told, is) = (levels(), |row: usize| (row % 3) as u8);
    let by_levels = only(&classes, ToldBy::Levels);
    let by_probabilities = only(&classes, ToldBy::Probabilities);
    for one in [by_levels, by_probabilities] {
        for class in 0..3_u8 {
            let found = &one.by_class[usize::from(class)];
            let here = |row: usize| told[row] == class;
            let truly = |row: usize| is(row) == class;
            near(&found.recall, share(truly, here), share(here, truly) + 1.0);
            near(&found.precision, share(here, truly), 0.5);
            if let Some(value) = found.higher.value() {
                assert!((value - share(here, |row| is(row) > class)).abs() <= 1e-12);
            }
        }
        assert!(one.kappa_quadratic.interval().is_some() && one.macro_f1.interval().is_some());
    }
    // A level is certain of its class: a miss by one of two steps costs 1/2, one by two costs 1.
    let apart = |by: u8| share(|_| true, |row| told[row].abs_diff(is(row)) == by);
    near(&by_levels.ranked_probability_score, apart(1) / 2.0 + apart(2), apart(1) + apart(2));
    // By hand: F = 0.6, 0.8 of the class that is told 0; the other rows by symmetry.
    let scores = [[0.1, 0.3, 0.5], [0.2, 0.04, 0.2], [0.5, 0.3, 0.1]];
    let hand: Vec<f64> = (0..N)
        .map(|row| {
            let p = &forecast()[row * 3..row * 3 + 3];
            let (below, came) = ([p[0], p[0] + p[1]], is(row));
            (0..2_u8).map(|k| (below[usize::from(k)] - f64::from(u8::from(came <= k))).powi(2)).sum::<f64>()
                / 2.0
        })
        .collect();
    assert!((hand[1] - scores[1][1]).abs() <= 1e-12);
    let weight = |row: usize| [2.0, 1.0, 1.0, 1.0][row % 4];
    let known: Vec<usize> = (0..N).filter(|row| row % 10 != 9).collect();
    let all: f64 = known.iter().map(|row| weight(*row)).sum();
    let mean = known.iter().map(|row| weight(*row) * hand[*row]).sum::<f64>() / all;
    let with_unknown = (0..N).map(|row| weight(row) * hand[row]).sum::<f64>() / 150.0;
    near(&by_probabilities.ranked_probability_score, mean, with_unknown);
    // The table of counts is not weighted.
    let cell =
        |told: &str, is: &str| by_levels.cells.iter().find(|c| c.told == told && c.is == is).unwrap().n;
    assert_eq!(by_levels.cells.len(), 9);
    let n = (0..N).filter(|row| row % 10 != 9 && told[*row] == 0 && row % 3 == 0).count() as u64;
    assert_eq!(cell("none", "none"), Count::Exact(n));
    assert_ne!(cell("injury", "none"), Count::Exact(n));
}

#[test]
fn certainty_of_the_truth_is_perfect_and_every_class_off_is_not() {
    let (input, observed) = rows();
    let of = |told: &dyn Fn(usize) -> usize| {
        let p =
            (0..N).flat_map(|row| (0..3).map(|at| f64::from(u8::from(at == told(row)))).collect::<Vec<_>>());
        let scored = scored(false);
        judged(&input, &observed, (&[scored], &[Forecast::Probabilities(p.collect())]), &context()).unwrap()
    };
    let right = of(&|row| row % 3);
    near(&right.judged[0].kappa_quadratic, 1.0, 0.0);
    near(&right.judged[0].macro_f1, 1.0, 0.0);
    near(&right.judged[0].ranked_probability_score, 0.0, 1.0);
    let turned = of(&|row| 2 - row % 3);
    assert!(turned.judged[0].kappa_quadratic.value().unwrap() < -0.9);
}

#[test]
fn what_has_no_levels_and_no_forecast_is_not_judged_and_seen_rows_are_named() {
    let none = run(false, Forecast::None);
    assert!(none.judged.is_empty() && none.not_judged.is_empty());
    let seen = run(true, Forecast::SeenRows);
    assert_eq!((seen.judged.len(), seen.not_judged.as_slice()), (1, &["new".to_owned()][..]));
    assert_eq!(seen.judged[0].by, ToldBy::Levels);
}

#[test]
fn too_few_rows_are_not_shown_and_wrong_forecasts_are_refused() {
    let (input, observed) = rows();
    let one = scored(true);
    let strict = Context { smallest_cell: 45, ..context() };
    let found = judged(&input, &observed, (std::slice::from_ref(&one), &[Forecast::None]), &strict).unwrap();
    assert_eq!(
        found.judged[0].by_class[0].recall.reason(),
        Some(Reason::suppressed(45, SmallCell::Rows)),
        "36 rows are of the class"
    );
    assert!(found.judged[0].kappa_quadratic.value().is_some());
    assert!(
        found.judged[0]
            .cells
            .iter()
            .all(|cell| cell.n == Count::Exact(0) || matches!(cell.n, Count::Few { .. }))
    );
    // A share of which one side has fewer rows than may be shown is not shown either.
    let usual = Context { smallest_cell: 10, ..context() };
    let found = judged(&input, &observed, (std::slice::from_ref(&one), &[Forecast::None]), &usual).unwrap();
    let hidden = Some(Reason::suppressed(10, SmallCell::RowsInACell));
    assert_eq!(found.judged[0].by_class[0].recall.reason(), hidden);
    let mut p = forecast();
    p[4] += 0.1;
    let short = Observed { codes: observed.codes[1..].to_vec(), ..observed };
    let error = judged(&input, &short, (&[one], &[Forecast::Probabilities(p)]), &strict).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("`classes` has 119 entries, expected 120"), "{error}");
    assert!(error.contains("class probabilities of `new` are below 0 or do not sum to 1 (row 1)"), "{error}");
}
