#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

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

fn first_days(cohort: &Cohort) -> BTreeMap<String, Option<jiff::civil::Date>> {
    let mut first = BTreeMap::new();
    for (case, day) in cohort.cases().iter().zip(cohort.dates().unwrap()) {
        let earliest = first.entry(case.clone()).or_insert(*day);
        *earliest = (*earliest).min(*day);
    }
    first
}

#[test]
fn all_rows_when_all_are_held_out() {
    let (cohort, data) = cohort();
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let survival = FollowUp::new(&cohort, &data, &rows, Repeats::default()).unwrap().into_survival();
    let days = cohort.outcome(NEW_ASSAULT).unwrap().days.clone().unwrap();
    assert!(data.n_censored() > 50, "{}", data.n_censored());
    assert_eq!(survival.days, days);
    assert_eq!(survival.weight, cohort.weights());
    assert_eq!(survival.happened.iter().filter(|h| **h).count(), data.events.iter().filter(|e| **e).count());
}

#[test]
fn no_case_that_a_fit_saw_and_the_share_of_the_lost_ones_that_goes_with_the_test() {
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
        let parts = plan.split(&data.cohort, NEW_ASSAULT).unwrap();
        let seen = [parts.fit, parts.calibrate].concat();
        let of_seen = cases(&data.cohort.select(&seen));
        let lost_of_seen = cases(&data.censored.select(&data.censored_with(&seen)));
        let follow = FollowUp::new(&cohort, &data, &parts.test, Repeats::default()).unwrap();
        assert!(cases(&follow.part).is_disjoint(&of_seen));
        assert!(cases(&follow.part).is_disjoint(&lost_of_seen), "a hazard may have been fitted on these");
        assert_eq!(follow.survival.weight, follow.part.weights());
        let labelled = cases(&data.cohort);
        let lost_only = |cohort: &Cohort| cases(cohort).difference(&labelled).count() as f64;
        let share = lost_only(&follow.part) / lost_only(&cohort);
        // A fifth of the labelled cases is held out, so a fifth of the others stands beside them.
        assert!((share - 0.2).abs() <= 0.06, "{share}");
        if method == Method::Temporal {
            let last_seen = first_days(&data.cohort.select(&seen)).into_values().max();
            let mut lost = first_days(&follow.part);
            lost.retain(|case, _| !labelled.contains(case));
            assert!(lost.into_values().min() > last_seen);
        }
    }
}

#[test]
fn without_days_there_is_no_follow_up() {
    let (cohort, mut data) = cohort();
    let rows: Vec<usize> = (0..data.events.len()).collect();
    data.outcome = "none such".to_owned();
    assert!(FollowUp::new(&cohort, &data, &rows, Repeats::default()).is_none());
}
