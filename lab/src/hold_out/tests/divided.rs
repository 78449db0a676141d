//! Rows held back by the table's own divisions.

use amparo_datasets::{AssignedFolds, Side};

use super::*;

/// A cohort whose table divides its cases: the first half of `n` for training, a quarter for the test, the rest in neither; of the first
/// `shared` cases, which have two rows, the second is for the test.
fn divided(n: usize, shared: usize, change: impl Fn(&mut amparo_datasets::CohortParts)) -> Cohort {
    let rows: Vec<usize> = (0..n).chain(0..shared).collect();
    let whole = followed(n).select(&rows);
    let mut parts = amparo_datasets::testing::one_outcome(
        whole.answers().clone(),
        whole.cases().to_vec(),
        "assault",
        whole.outcomes()[0].status.clone(),
    );
    parts.outcomes = whole.outcomes().to_vec();
    let side = |at: usize| match at {
        _ if at < n / 2 => Side::Train,
        _ if at < n * 3 / 4 || at >= n => Side::Test,
        _ => Side::LeftOut,
    };
    parts.assigned.sides = Some((0..rows.len()).map(side).collect());
    change(&mut parts);
    Cohort::new(parts).unwrap()
}

#[test]
fn the_tables_own_test_side_is_the_test_part() {
    let (place, cohort) = (Place::within(100), divided(800, 10, |_| {}));
    let by_column = SPLIT.replace("stratified", "column") + "shared_cases = \"leave_out_of_train\"\n";
    let versions = place.train(&by_column, &cohort);
    let held = held(&place, &[&versions[0]], &cohort, false);
    let (status, sides) = (&cohort.outcomes()[0].status, cohort.assigned().sides.as_ref().unwrap());
    let is_test = |row: &usize| sides[*row] == Side::Test;
    let labelled: Vec<usize> =
        (0..810).filter(|row| is_test(row) && status[*row] != Status::Censored).collect();
    assert_eq!(held.part.cases(), cohort.select(&labelled).cases());
    let training = &versions[0].manifest().training;
    assert_eq!(training.n_rows["test"], labelled.len() as u64);
    let n_left_out = training.n_rows["left_out"];
    let expected = (0..810).filter(|row| {
        let is_shared = *row < 10 && status[*row] != Status::Censored;
        status[*row] != Status::Censored && (sides[*row] == Side::LeftOut || is_shared)
    });
    assert_eq!(n_left_out, expected.count() as u64);
    assert!(
        training.notes.iter().any(|note| note.contains("cases stand on both sides")),
        "{:?}",
        training.notes
    );
    // Censored rows beside the test part: those of the test side, each for itself, and none of the others.
    let survival = held.input.columns().survival.clone().unwrap();
    assert_eq!(survival.days.len(), (0..810).filter(is_test).count());
    assert!(survival.weight.iter().all(|weight| (weight - 1.0).abs() <= 0.0));
}

#[test]
fn cases_on_both_sides_stop_a_training_before_anything_is_fitted() {
    let cohort = divided(800, 10, |_| {});
    let error = Place::within(100).refused(&SPLIT.replace("stratified", "column"), &cohort);
    assert!(
        error.contains("cases have rows on both sides of the table's own split, such as `c0`"),
        "{error}"
    );
}

#[test]
fn a_table_that_divides_its_rows_otherwise_is_another_cohort() {
    let (place, cohort) = (Place::within(100), divided(800, 0, |_| {}));
    let by_column = place.train(&SPLIT.replace("stratified", "column"), &cohort);
    let at_random = place.train(SPLIT, &cohort);
    let other = divided(800, 0, |parts| {
        if let Some(sides) = &mut parts.assigned.sides {
            sides.swap(0, 799);
        }
    });
    assert!(hold_out(&place.registry, &[&by_column[0]], &cohort, false, &()).is_ok());
    let error = hold_out(&place.registry, &[&by_column[0]], &other, false, &()).unwrap_err();
    assert!(matches!(error, Error::CasesNotDeclared { .. }), "{error}");
    // A split at random looks at no column.
    assert!(hold_out(&place.registry, &[&at_random[0]], &other, false, &()).is_ok());
}

#[test]
fn rows_in_none_of_the_tables_own_folds_are_neither_fitted_nor_judged() {
    let texts = |n: usize| -> Vec<Option<String>> {
        (0..n).map(|row| (row < 240).then(|| (row % 3 + 1).to_string())).collect()
    };
    let folds = AssignedFolds::of_texts(&texts(300)).unwrap();
    let cohort = divided(300, 0, |parts| parts.assigned.folds = Some(folds.clone()));
    let place = Place::within(100);
    let versions = place.train(&(cross_fit(3, 1) + "by = \"column\"\n"), &cohort);
    let held = held(&place, &[&versions[0]], &cohort, false);
    let status = &cohort.outcomes()[0].status;
    let labelled: Vec<usize> = (0..240).filter(|row| status[*row] != Status::Censored).collect();
    assert_eq!(held.part.cases(), cohort.select(&labelled).cases());
    let found: Vec<u32> = held.folds[0].clone().unwrap();
    assert_eq!(found, labelled.iter().map(|row| (row % 3) as u32).collect::<Vec<_>>());
    let n_rows = &versions[0].manifest().training.n_rows;
    let n_known = status.iter().filter(|status| **status != Status::Censored).count();
    assert_eq!(
        (n_rows["fit"], n_rows["left_out"]),
        (labelled.len() as u64, (n_known - labelled.len()) as u64)
    );
    let survival = held.input.columns().survival.clone().unwrap();
    assert_eq!(survival.days.len(), 240, "the censored rows in a fold stand beside them, and no others");
}
