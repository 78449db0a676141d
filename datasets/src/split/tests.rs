#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::*;
use crate::testing::{cohort, parts};

const NO_CUT: Temporal = Temporal { test_from: None, gap_days: 0 };
const PLAN: Plan = Plan {
    method: Method::Stratified,
    fit: 0.6,
    calibrate: 0.2,
    seed: 7,
    temporal: NO_CUT,
    shared_cases: SharedCases::Refuse,
};

/// 100 cases of three rows each, far apart, every fourth case with an event in its last row.
fn repeated() -> Cohort {
    Cohort::new(repeated_parts()).unwrap()
}

fn repeated_parts() -> crate::CohortParts {
    let names = (0..300).map(|row| format!("c{}", row % 100)).collect::<Vec<_>>();
    let status =
        |row: usize| if row >= 200 && row.is_multiple_of(4) { Status::Event } else { Status::NoEvent };
    let names = names.iter().map(String::as_str).collect::<Vec<_>>();
    let mut parts = parts(&names, &(0..300).map(status).collect::<Vec<_>>());
    // Case c0 is the latest at first sight, c99 the earliest.
    let day = |row: usize| date(2025, 1, 1) + ((99 - row % 100) as i64 + 200 * (row / 100) as i64).days();
    parts.dates = Some((0..300).map(day).map(Some).collect());
    parts
}

fn all(split: &Split) -> Vec<usize> {
    let mut rows = [split.fit.clone(), split.calibrate.clone(), split.test.clone()].concat();
    rows.sort_unstable();
    rows
}

fn cases_of<'a>(cohort: &'a Cohort, rows: &[usize]) -> HashSet<&'a str> {
    rows.iter().map(|&row| cohort.cases()[row].as_str()).collect()
}

/// Whether no case is in two of the parts.
fn apart(cohort: &Cohort, parts: &[&[usize]]) -> bool {
    let sets = parts.iter().map(|rows| cases_of(cohort, rows)).collect::<Vec<_>>();
    sets.iter().enumerate().all(|(at, set)| sets[at + 1..].iter().all(|other| set.is_disjoint(other)))
}

#[test]
fn every_row_is_in_one_part_and_no_case_in_two() {
    let cohort = repeated();
    for method in [Method::Stratified, Method::Temporal] {
        let split = Plan { method, ..PLAN }.split(&cohort, "again").unwrap();
        assert_eq!(all(&split), (0..300).collect::<Vec<_>>());
        assert!(apart(&cohort, &[&split.fit, &split.calibrate, &split.test]));
    }
}

#[test]
fn a_split_by_row_would_be_noticed() {
    let rows = (0..300).collect::<Vec<_>>();
    assert!(!apart(&repeated(), &[&rows[..180], &rows[180..240], &rows[240..]]));
}

#[test]
fn each_part_has_its_share_of_events() {
    let cohort = repeated();
    let split = PLAN.split(&cohort, "again").unwrap();
    let share = |rows: &[usize]| {
        let events = rows.iter().filter(|&&row| cohort.outcomes()[0].status[row] == Status::Event).count();
        (cases_of(&cohort, rows).len(), events)
    };
    // 25 cases with an event and 75 without: 15 + 45, 5 + 15, 5 + 15.
    assert_eq!(share(&split.fit), (60, 15));
    assert_eq!(share(&split.calibrate), (20, 5));
    assert_eq!(share(&split.test), (20, 5));
}

#[test]
fn the_same_seed_gives_the_same_split_and_another_seed_another() {
    let cohort = cohort(200);
    let split = PLAN.split(&cohort, "again").unwrap();
    assert_eq!(split, PLAN.split(&cohort, "again").unwrap());
    assert_ne!(split, Plan { seed: 8, ..PLAN }.split(&cohort, "again").unwrap());
    let folds = |seed| super::folds(&cohort, &split.fit, "again", 5, seed).unwrap();
    assert_eq!(folds(1), folds(1));
    assert_ne!(folds(1), folds(2));
}

#[test]
fn a_temporal_split_tests_on_the_latest_cases() {
    let cohort = repeated();
    let plan = Plan { method: Method::Temporal, ..PLAN };
    let split = plan.split(&cohort, "again").unwrap();
    let dates = cohort.dates().unwrap();
    // The first assessment of a case counts: its later rows go with it.
    let firsts = |rows: &[usize]| {
        rows.iter().filter(|&&row| row < 100).map(|&row| dates[row].unwrap()).collect::<Vec<_>>()
    };
    let (fit, calibrate, test) = (firsts(&split.fit), firsts(&split.calibrate), firsts(&split.test));
    assert_eq!((fit.len(), calibrate.len(), test.len()), (60, 20, 20));
    assert!(fit.iter().max() < calibrate.iter().min());
    assert!(calibrate.iter().max() < test.iter().min());
    // At random they would not be in order.
    let random = PLAN.split(&cohort, "again").unwrap();
    assert!(firsts(&random.fit).iter().max() > firsts(&random.test).iter().min());
}

#[test]
fn a_temporal_split_needs_dates() {
    let error = Plan { method: Method::Temporal, ..PLAN }.split(&cohort(10), "again").unwrap_err();
    assert_eq!(error.to_string(), "split: a temporal split needs dates, and the cohort has none");
}

/// One row a case, on the days named, in the order given.
fn on_days(order: &[usize], day: impl Fn(usize) -> Date) -> Cohort {
    on_days_if_known(order, |case| Some(day(case)))
}

fn on_days_if_known(order: &[usize], day: impl Fn(usize) -> Option<Date>) -> Cohort {
    let names: Vec<String> = order.iter().map(|case| format!("c{case}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let status = |case: &usize| if case.is_multiple_of(3) { Status::Event } else { Status::NoEvent };
    let mut parts = parts(&names, &order.iter().map(status).collect::<Vec<_>>());
    parts.dates = Some(order.iter().map(|case| day(*case)).collect());
    Cohort::new(parts).unwrap()
}

#[test]
fn cases_of_one_day_are_not_divided_and_the_order_of_rows_plays_no_part() {
    // Days of 7 cases each: no share falls between two of them.
    let day = |case: usize| date(2025, 1, 1) + ((case / 7) as i64).days();
    let plan = Plan { method: Method::Temporal, ..PLAN };
    let mut order: Vec<usize> = (0..100).collect();
    let named = |cohort: &Cohort, rows: &[usize]| -> std::collections::BTreeSet<String> {
        rows.iter().map(|&row| cohort.cases()[row].clone()).collect()
    };
    let forwards = on_days(&order, day);
    let first = plan.split(&forwards, "again").unwrap();
    // By hand: of 100 cases, 60 and 80 lie nearest to 63 (9 days; 56 is further) and 77 (11 days; 84 is further).
    assert_eq!((first.fit.len(), first.calibrate.len(), first.test.len()), (63, 14, 23));
    order.reverse();
    let backwards = on_days(&order, day);
    let second = plan.split(&backwards, "again").unwrap();
    for (a, b) in
        [(&first.fit, &second.fit), (&first.calibrate, &second.calibrate), (&first.test, &second.test)]
    {
        assert_eq!(named(&forwards, a), named(&backwards, b));
    }
    // A cut at the share itself would divide the ninth day, and by the order of the file.
    assert_eq!(day(59), day(60));
    assert_ne!(
        named(&forwards, &(0..60).collect::<Vec<_>>()),
        named(&backwards, &(0..60).collect::<Vec<_>>())
    );
}

#[test]
fn a_cut_date_and_a_gap_are_kept_to() {
    let cohort = repeated();
    let dates = cohort.dates().unwrap();
    // First assessments are on the first 100 days of 2025; the second rows of all cases lie 200 days later.
    let from = date(2025, 3, 22);
    let temporal = Temporal { test_from: Some(from), gap_days: 10 };
    let split = Plan { method: Method::Temporal, temporal, ..PLAN }.split(&cohort, "again").unwrap();
    let first = |row: usize| {
        (0..300).filter(|other| other % 100 == row % 100).map(|other| dates[other].unwrap()).min().unwrap()
    };
    assert!(split.test.iter().all(|&row| first(row) >= from));
    // 70 cases are first assessed more than ten days before that day, 0.6 / (0.6 + 0.2) of them in the fit part: 52 days lie nearest to
    // 52.5, the earlier of two as near. Rows since 12 March are left out, such as the second rows of all these cases.
    let since = date(2025, 3, 12);
    assert!(split.fit.iter().chain(&split.calibrate).all(|&row| dates[row].unwrap() < since));
    assert_eq!((split.fit.len(), split.calibrate.len(), split.test.len()), (52, 18, 60));
    assert!(split.left_out.iter().all(|&row| first(row) < from && dates[row].unwrap() >= since));
    // 52 days lie before 22 February. Nothing of the ten cases first assessed in the gap is kept; of the others, their first rows are.
    let cuts = Cuts {
        calibrate_from: date(2025, 2, 22),
        test_from: from,
        gap_days: 10,
        n_cases_left_out: 10,
        n_cases_without_day: 0,
        n_rows_without_day: 0,
    };
    assert_eq!(split.cuts, Some(cuts));
    let mut rows = [all(&split), split.left_out.clone()].concat();
    rows.sort_unstable();
    assert_eq!(rows, (0..300).collect::<Vec<_>>());
}

#[test]
fn cases_with_a_day_that_is_unknown_are_left_out_of_a_temporal_split() {
    // Without the first assessments of cases 3 and 17 and the second one of case 50 the others are divided as if the three were not there.
    let undated = [3, 17, 50].map(|case| [case, 100 + case, 200 + case]).concat();
    let mut parts = repeated_parts();
    for row in [3, 17, 150] {
        parts.dates.as_mut().unwrap()[row] = None;
    }
    let cohort = Cohort::new(parts).unwrap();
    assert_eq!(cohort.n_undated(), 3);
    let others: Vec<usize> = (0..300).filter(|row| !undated.contains(row)).collect();
    let known = repeated().select(&others);
    for temporal in [NO_CUT, Temporal { test_from: Some(date(2025, 3, 22)), gap_days: 10 }] {
        let plan = Plan { method: Method::Temporal, temporal, ..PLAN };
        let (found, expected) = (plan.split(&cohort, "again").unwrap(), plan.split(&known, "again").unwrap());
        let there = |rows: &[usize]| rows.iter().map(|row| others[*row]).collect::<Vec<_>>();
        assert_eq!(found.fit, there(&expected.fit));
        assert_eq!(found.calibrate, there(&expected.calibrate));
        assert_eq!(found.test, there(&expected.test));
        let mut left_out = [there(&expected.left_out), undated.clone()].concat();
        left_out.sort_unstable();
        assert_eq!(found.left_out, left_out);
        let cuts = Cuts { n_cases_without_day: 3, n_rows_without_day: 9, ..expected.cuts.unwrap() };
        assert_eq!(found.cuts, Some(cuts));
        let json = serde_json::to_value(cuts).unwrap();
        assert_eq!((&json["n_cases_without_day"], &json["n_rows_without_day"]), (&3.into(), &9.into()));
        // What was recorded before there were such cases is read, and written, as it was.
        let before = serde_json::to_value(expected.cuts).unwrap();
        assert_eq!(before.as_object().unwrap().len(), 4);
        assert_eq!(serde_json::from_value::<Option<Cuts>>(before).unwrap(), expected.cuts);
    }
    // A made-up day, or the second assessment taken for the first, would put case 3 into a part.
    assert!(PLAN.split(&cohort, "again").unwrap().left_out.is_empty(), "other splits need no day");
}

#[test]
fn a_temporal_split_of_too_few_known_days_names_the_unknown_ones() {
    let order: Vec<usize> = (0..40).collect();
    let of = |day: &dyn Fn(usize) -> Option<Date>| {
        let plan = Plan { method: Method::Temporal, ..PLAN };
        plan.split(&on_days_if_known(&order, day), "again").unwrap_err().to_string()
    };
    let said = of(&|case| (case < 30).then(|| date(2024, 5, 1)));
    let expected = "split: all 30 cases were first assessed on 2024-05-01, so a temporal split has no days to cut between (10 cases with \
                    a row whose day is unknown are left out); `method = \"stratified\"` needs no dates";
    assert_eq!(said, expected);
    let said = of(&|case| (case < 30).then(|| date(2024, 5, 1 + (case % 2) as i8)));
    assert!(
        said.contains("which are too few")
            && said.ends_with("(10 cases with a row whose day is unknown are left out)"),
        "{said}"
    );
}

#[test]
fn a_temporal_split_of_one_day_says_so() {
    let order: Vec<usize> = (0..40).collect();
    let error = Plan { method: Method::Temporal, ..PLAN }
        .split(&on_days(&order, |_| date(2024, 5, 1)), "again")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "split: all 40 cases were first assessed on 2024-05-01, so a temporal split has no days to cut between; \
         `method = \"stratified\"` needs no dates"
    );
    let late = Temporal { test_from: Some(date(2024, 6, 1)), ..NO_CUT };
    let two_days = on_days(&order, |case| date(2024, 5, 1 + (case % 2) as i8));
    for (temporal, part) in [(late, "test"), (NO_CUT, "calibrate")] {
        let error =
            Plan { method: Method::Temporal, temporal, ..PLAN }.split(&two_days, "again").unwrap_err();
        let said = error.to_string();
        let expected = format!(
            "split: part `{part}` has no row: the cases were first assessed on 2 days from 2024-05-01 to 2024-05-02"
        );
        assert!(said.starts_with(&expected), "{said}");
    }
    let temporal = Temporal { gap_days: 9, ..NO_CUT };
    let error = Plan { temporal, ..PLAN }.split(&cohort(10), "again").unwrap_err();
    assert_eq!(
        error.to_string(),
        "split: `test_from` and `gap_days` belong to a temporal split, and the method is another"
    );
}

#[test]
fn shares_out_of_range_are_refused() {
    for (fit, calibrate) in [(0.0, 0.5), (0.5, 0.5), (0.9, 0.2), (f64::NAN, 0.2), (0.5, -0.1)] {
        let error = Plan { fit, calibrate, ..PLAN }.split(&cohort(10), "again").unwrap_err();
        let expected = format!(
            "split: the shares fit {fit} and calibrate {calibrate}, and their sum, must lie between 0 and 1"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn too_few_rows_are_refused() {
    let error = PLAN.split(&cohort(1), "again").unwrap_err();
    assert_eq!(error.to_string(), "split: part `calibrate` has no row: 1 rows are too few for these shares");
}

#[test]
fn folds_divide_the_rows_by_case_and_outcome() {
    let cohort = repeated();
    let rows = PLAN.split(&cohort, "again").unwrap().fit;
    let folds = folds(&cohort, &rows, "again", 5, 3).unwrap();
    let mut together = folds.concat();
    together.sort_unstable();
    assert_eq!(together, rows);
    assert!(apart(&cohort, &folds.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    for fold in &folds {
        let events = fold.iter().filter(|&&row| cohort.outcomes()[0].status[row] == Status::Event).count();
        assert_eq!((cases_of(&cohort, fold).len(), events), (12, 3));
    }
}

#[test]
fn a_number_of_folds_that_cannot_be_is_refused() {
    for k in [0, 1, 5] {
        let error = folds(&cohort(4), &[0, 1, 2, 3], "again", k, 3).unwrap_err();
        let expected = format!("folds: {k} folds asked for, expected 2 to 4 (the number of cases)");
        assert_eq!(error.to_string(), expected);
    }
}
