use super::*;
use crate::split::{Method, folds};
use crate::testing::{cohort, parts};
use crate::{AssignedFolds, Status};

const PLAN: Plan = Plan {
    method: Method::Column,
    fit: 0.5,
    calibrate: 0.25,
    seed: 7,
    temporal: crate::split::Temporal { test_from: None, gap_days: 0 },
    shared_cases: SharedCases::Refuse,
};

/// 200 cases of two rows, of which the first 120 are on the train side and the next 60 on the test side; of the cases named, the second
/// row is on the other side.
fn divided(shared: &[usize]) -> Cohort {
    let names: Vec<String> = (0..400).map(|row| format!("c{}", row % 200)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let status = |row: usize| if (row % 200).is_multiple_of(4) { Status::Event } else { Status::NoEvent };
    let mut parts = parts(&names, &(0..400).map(status).collect::<Vec<_>>());
    let side = |row: usize| {
        let is_train = match row % 200 {
            case if case >= 180 => return Side::LeftOut,
            case => (case < 120) != (row >= 200 && shared.contains(&case)),
        };
        if is_train { Side::Train } else { Side::Test }
    };
    parts.assigned.sides = Some((0..400).map(side).collect());
    Cohort::new(parts).unwrap()
}

fn cases<'a>(cohort: &'a Cohort, rows: &[usize]) -> HashSet<&'a str> {
    rows.iter().map(|&row| cohort.cases()[row].as_str()).collect()
}

#[test]
fn the_test_part_is_the_test_side_and_the_rest_is_divided_by_case() {
    let cohort = divided(&[]);
    let split = PLAN.split(&cohort, "again").unwrap();
    let sides = cohort.assigned().sides.clone().unwrap();
    let on = |wanted| (0..400).filter(|&row| sides[row] == wanted).collect::<Vec<_>>();
    assert_eq!((split.test.clone(), split.left_out.clone()), (on(Side::Test), on(Side::LeftOut)));
    let mut train = [split.fit.clone(), split.calibrate.clone()].concat();
    train.sort_unstable();
    assert_eq!(train, on(Side::Train));
    // Two thirds of the 120 cases, as the share to fit on stands to that to calibrate on.
    let (fit, calibrate) = (cases(&cohort, &split.fit), cases(&cohort, &split.calibrate));
    assert!(fit.is_disjoint(&calibrate));
    assert_eq!((fit.len(), calibrate.len()), (80, 40));
    assert_eq!(PLAN.split(&cohort, "again").unwrap(), split, "the same seed gives the same parts");
    assert_ne!(Plan { seed: 8, ..PLAN }.split(&cohort, "again").unwrap().fit, split.fit);
}

#[test]
fn cases_on_both_sides_are_named_and_refused() {
    let error = PLAN.split(&divided(&[3, 5, 130, 150]), "again").unwrap_err().to_string();
    assert!(error.contains("4 cases have rows on both sides"), "{error}");
    assert!(error.contains("such as `c130`, `c150`, `c3`, so"), "{error}");
}

#[test]
fn cases_on_both_sides_are_left_out_of_the_side_that_is_stated() {
    let shared = [3, 5, 130, 150];
    let cohort = divided(&shared);
    for (shared_cases, kept, lost) in [
        (SharedCases::LeaveOutOfTrain, Side::Test, Side::Train),
        (SharedCases::LeaveOutOfTest, Side::Train, Side::Test),
    ] {
        let split = Plan { shared_cases, ..PLAN }.split(&cohort, "again").unwrap();
        assert_eq!(split.shared_cases.len(), 4);
        let seen = cases(&cohort, &[split.fit.clone(), split.calibrate.clone()].concat());
        assert!(seen.is_disjoint(&cases(&cohort, &split.test)));
        let sides = cohort.assigned().sides.as_ref().unwrap();
        for row in (0..400).filter(|row| shared.contains(&(row % 200))) {
            assert_eq!(split.left_out.contains(&row), sides[row] == lost, "row {row}");
            let part =
                if kept == Side::Test { split.test.contains(&row) } else { !split.test.contains(&row) };
            assert!(sides[row] == lost || part, "row {row}");
        }
    }
}

#[test]
fn a_column_has_to_be_there_and_belongs_to_its_method() {
    let error = PLAN.split(&cohort(40), "again").unwrap_err().to_string();
    assert!(error.contains("the cohort has none: its source names no `[split]`"), "{error}");
    let stated = Plan { method: Method::Stratified, shared_cases: SharedCases::LeaveOutOfTest, ..PLAN };
    let error = stated.split(&cohort(40), "again").unwrap_err().to_string();
    assert!(error.contains("`shared_cases` belongs to a split by column"), "{error}");
}

/// 12 cases of two rows in the folds 1 to 3; the last case is in none, and the cases named have their second row in another fold.
fn folded(shared: &[usize]) -> Cohort {
    let names: Vec<String> = (0..24).map(|row| format!("c{}", row % 12)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let status: Vec<Status> =
        (0..24).map(|row| if row % 2 == 0 { Status::Event } else { Status::NoEvent }).collect();
    let mut parts = parts(&names, &status);
    let fold = |row: usize| match row % 12 {
        11 => None,
        case => Some(((case + usize::from(row >= 12 && shared.contains(&case))) % 3 + 1).to_string()),
    };
    parts.assigned.folds = Some(AssignedFolds::of_texts(&(0..24).map(fold).collect::<Vec<_>>()).unwrap());
    Cohort::new(parts).unwrap()
}

#[test]
fn folds_are_those_of_the_column() {
    let cohort = folded(&[]);
    let found = assigned_folds(&cohort, 3, SharedCases::Refuse).unwrap();
    assert_eq!(found[0], [0, 3, 6, 9, 12, 15, 18, 21]);
    assert_eq!(found.concat().len(), 22, "both rows of the last case are in none");
    let rows: Vec<usize> = (0..24).collect();
    assert_ne!(folds(&cohort, &rows, "again", 3, 7).unwrap(), found, "and not those that are drawn");
    let error = assigned_folds(&cohort, 5, SharedCases::Refuse).unwrap_err().to_string();
    assert!(
        error.contains("5 folds asked for, and the column names 3 with a labelled row: `1`, `2`, `3`"),
        "{error}"
    );
    let error = assigned_folds(&crate::testing::cohort(8), 3, SharedCases::Refuse).unwrap_err().to_string();
    assert!(error.contains("its source names no `[folds]`"), "{error}");
}

#[test]
fn cases_in_several_folds_are_named_and_refused_unless_it_is_stated() {
    let cohort = folded(&[2, 7]);
    let error = assigned_folds(&cohort, 3, SharedCases::Refuse).unwrap_err().to_string();
    assert!(error.contains("2 cases have rows in more than one"), "{error}");
    assert!(error.contains("such as `c2`, `c7`, so"), "{error}");
    assert_eq!(assigned_folds(&cohort, 3, SharedCases::LeaveOutOfTrain).unwrap().concat().len(), 22);
    let error = assigned_folds(&cohort, 3, SharedCases::LeaveOutOfTest).unwrap_err().to_string();
    assert!(error.contains("folds have no test side"), "{error}");
}
