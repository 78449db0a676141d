#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use amparo_datasets::CohortParts;
use amparo_datasets::split::{Method, Plan};
use amparo_datasets::synthetic::{Design, NEW_ASSAULT, Options, generate};

use super::*;

fn cohort() -> (Cohort, Data) {
    let options = Options { seed: 11, design: Design::Population { rows: 4000 } };
    let cohort = generate(&options, &|_| ()).unwrap();
    let data = Data::new(&cohort, NEW_ASSAULT).unwrap();
    (cohort, data)
}

fn cases(cohort: &Cohort) -> BTreeSet<String> {
    cohort.cases().iter().cloned().collect()
}

#[test]
fn all_rows_when_all_are_held_out() {
    let (cohort, data) = cohort();
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let survival =
        FollowUp::new(&cohort, &data, &rows, Lost::default(), Repeats::default()).unwrap().into_survival();
    let days = cohort.outcome(NEW_ASSAULT).unwrap().days.clone().unwrap();
    assert!(data.n_censored() > 50, "{}", data.n_censored());
    assert_eq!(survival.days, days);
    assert_eq!(survival.weight, cohort.weights());
    assert_eq!(survival.happened.iter().filter(|h| **h).count(), data.events.iter().filter(|e| **e).count());
}

#[test]
fn no_case_that_a_fit_saw_and_lost_ones_by_their_share() {
    let (cohort, data) = cohort();
    for method in [Method::Stratified, Method::Temporal] {
        let plan = Plan {
            method,
            fit: 0.6,
            calibrate: 0.2,
            seed: 5,
            temporal: Default::default(),
            shared_cases: Default::default(),
        };
        let lost = Lost { since_first_held_out: method == Method::Temporal, ..Lost::default() };
        let parts = plan.split(&data.cohort, NEW_ASSAULT).unwrap();
        let seen = cases(&data.cohort.select(&[parts.fit, parts.calibrate].concat()));
        let follow = FollowUp::new(&cohort, &data, &parts.test, lost, Repeats::default()).unwrap();
        assert!(cases(&follow.part).is_disjoint(&seen));
        let lost_only = |cohort: &Cohort| {
            let labelled = cases(&data.cohort);
            cohort.cases().iter().filter(|case| !labelled.contains(*case)).count() as f64
        };
        let n_lost = lost_only(&cohort);
        let labelled = cases(&data.cohort);
        let weights = follow.part.cases().iter().zip(&follow.survival.weight);
        let weight: f64 = weights.filter(|(case, _)| !labelled.contains(*case)).map(|(_, w)| w).sum();
        // A fifth of the labelled cases is held out, so a fifth of the others stands beside them. All of them would be five times as many.
        assert!((weight / n_lost - 0.2).abs() <= 0.05, "{weight} of {n_lost}");
        if method == Method::Temporal {
            assert!(lost_only(&follow.part) < 0.3 * n_lost);
        }
    }
}

#[test]
fn a_lost_case_without_a_day_is_not_of_the_time_of_the_test() {
    let (cohort, data) = cohort();
    let labelled = cases(&data.cohort);
    let lost = Lost { since_first_held_out: true, ..Lost::default() };
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let of = |cohort: &Cohort| {
        let follow = FollowUp::new(cohort, &data, &rows, lost, Repeats::default()).unwrap();
        cases(&follow.part).difference(&labelled).cloned().collect::<BTreeSet<_>>()
    };
    let known = of(&cohort);
    assert!(known.len() > 10, "{known:?}");
    // One row of a case has lost its day: whether it is its first is not known.
    let gone = known.last().unwrap();
    let row = cohort.cases().iter().rposition(|case| case == gone).unwrap();
    let mut dates = cohort.dates().unwrap().to_vec();
    dates[row] = None;
    let undated = Cohort::new(CohortParts {
        answers: cohort.answers().clone(),
        cases: cohort.cases().to_vec(),
        dates: Some(dates),
        weights: cohort.weights().to_vec(),
        assigned: cohort.assigned().clone(),
        outcomes: cohort.outcomes().to_vec(),
        groups: cohort.groups().to_vec(),
        scores: vec![],
        oracles: vec![],
        provenance: cohort.provenance().clone(),
    });
    let mut expected = known.clone();
    expected.remove(gone);
    assert_eq!(of(&undated.unwrap()), expected);
}

#[test]
fn without_days_there_is_no_follow_up() {
    let (cohort, mut data) = cohort();
    let rows: Vec<usize> = (0..data.events.len()).collect();
    data.outcome = "none such".to_owned();
    assert!(FollowUp::new(&cohort, &data, &rows, Lost::default(), Repeats::default()).is_none());
}
