use amparo_datasets::{Assigned, CohortParts, Side};
use jiff::civil::date;

use crate::testing::{OUTCOME, followed_cohort, form};
use crate::{Data, TrainingSet};

/// Rows of cases, each with a year of assessment (0 for none known), of which those with a short follow-up are censored.
fn data(rows: &[(usize, i16, f64)], sides: Option<Vec<Side>>) -> Data {
    let times: Vec<(f64, bool)> =
        rows.iter().enumerate().map(|(at, row)| (row.2, at % 2 == 0 && row.2 >= 90.0)).collect();
    let cases: Vec<usize> = rows.iter().map(|row| row.0).collect();
    let answers: Vec<Vec<u8>> = rows.iter().map(|_| vec![0]).collect();
    let cohort =
        followed_cohort(&form(&[(2, "risk")]), &answers, &times, (100, &vec![1.0; rows.len()], &cases));
    let day = |row: &(usize, i16, f64)| (row.1 > 0).then(|| date(row.1, 1, 1));
    let parts = CohortParts {
        answers: cohort.answers().clone(),
        cases: cohort.cases().to_vec(),
        dates: Some(rows.iter().map(day).collect()).filter(|days: &Vec<_>| days.iter().any(Option::is_some)),
        weights: cohort.weights().to_vec(),
        assigned: Assigned { sides, folds: None },
        outcomes: cohort.outcomes().to_vec(),
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance: cohort.provenance().clone(),
    };
    Data::new(&amparo_datasets::Cohort::new(parts).unwrap(), OUTCOME).unwrap()
}

#[test]
fn a_censored_row_goes_with_its_case() {
    let data = data(&[(1, 0, 95.0), (2, 0, 200.0), (1, 0, 5.0), (2, 0, 6.0), (2, 0, 7.0)], None);
    assert_eq!((data.n_rows(), data.n_censored()), (2, 3));
    assert_eq!(data.censored_with(&[0]), [0]);
    assert_eq!(data.censored_with(&[1]), [1, 2]);
    assert_eq!(data.censored_with(&[0, 1]), [0, 1, 2]);
    assert_eq!(data.censored_with(&[]), [0; 0]);
}

#[test]
fn cases_that_are_only_censored_are_dealt_in_turn_and_whole() {
    let lost = |case| (case, 0, 5.0);
    let rows = [(1, 0, 95.0), (2, 0, 200.0), lost(11), lost(12), lost(11), lost(13)];
    let data = data(&rows, None);
    // The first goes with case 1, the second with case 2, the third with case 1 again.
    assert_eq!(data.censored_with(&[0]), [0, 2, 3]);
    assert_eq!(data.censored_with(&[1]), [1]);
}

#[test]
fn they_go_with_a_case_of_their_time_or_later() {
    let rows = [
        (1, 2001, 95.0),
        (2, 2003, 200.0),
        (11, 2000, 5.0),
        (12, 2002, 5.0),
        (13, 2003, 5.0),
        (14, 2009, 5.0),
        (15, 0, 5.0),
    ];
    let data = data(&rows, None);
    // What was assessed between two labelled cases goes with the later one, so that no earlier part has it; one without a day with the first.
    assert_eq!(data.censored_with(&[0]), [0, 4]);
    assert_eq!(data.censored_with(&[1]), [1, 2, 3]);
}

#[test]
fn the_tables_own_side_is_kept() {
    let rows = [(1, 0, 95.0), (2, 0, 200.0), (1, 0, 5.0), (11, 0, 5.0), (12, 0, 5.0), (13, 0, 5.0)];
    let (train, test) = (Side::Train, Side::Test);
    let data = data(&rows, Some(vec![train, test, test, train, test, Side::LeftOut]));
    assert_eq!(data.censored_with(&[0]), [1], "not the row of its own case on the other side");
    assert_eq!(data.censored_with(&[1]), [2]);
    assert_eq!(data.censored_with(&[0, 1]), [1, 2], "and nobody has the row that the table leaves out");
}

#[test]
fn a_training_set_has_the_censored_rows_of_its_rows_only() {
    let lost = |case| (case, 0, 5.0);
    let rows =
        [(1, 0, 90.0), (2, 0, 200.0), (3, 0, 92.0), (4, 0, 100.0), lost(11), lost(12), lost(13), lost(3)];
    let data = data(&rows, None);
    let of = |rows: &[usize]| TrainingSet::new(&data, rows, "some rows").unwrap().followed().unwrap();
    let all = of(&[0, 1, 2, 3]);
    assert_eq!((all.n_censored, all.days.len(), all.horizon_days), (4, 8, 100));
    // Not longer than to the horizon.
    assert_eq!(all.days, [90.0, 100.0, 92.0, 100.0, 5.0, 5.0, 5.0, 5.0]);
    assert_eq!(all.events, [true, false, true, false, false, false, false, false]);
    let some = of(&[1, 2]);
    assert_eq!((some.n_censored, some.days), (3, vec![100.0, 92.0, 5.0, 5.0, 5.0]));
    let set = TrainingSet::new(&data, &[0, 1, 2, 3], "all rows").unwrap();
    assert_eq!(set.select(&[1, 2], "some rows").unwrap().followed().unwrap(), of(&[1, 2]));
}
