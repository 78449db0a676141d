use std::collections::BTreeSet;

use super::*;
use crate::testing::form;

fn limits(sets: &[&[&str]]) -> Interactions {
    Interactions(sets.iter().map(|set| set.iter().map(|id| (*id).to_owned()).collect()).collect())
}

#[test]
fn a_path_stays_in_one_set_and_an_indicator_in_none_is_alone() {
    let form = form(&[(2, "risk"); 6]);
    let listed = [["Q1", "Q2", "Q3"].as_slice(), &["Q3", "Q4"], &["Q5"]];
    let meeting = Meeting::of(Some(&limits(&listed)), &form);
    let in_one = |path: &BTreeSet<usize>| {
        let ids: Vec<&str> = path.iter().map(|&j| form.indicators()[j].id.as_str()).collect();
        path.len() <= 1 || listed.iter().any(|set| ids.iter().all(|id| set.contains(id)))
    };
    // Every path of four questions, with repetitions: 6^4 of them.
    let mut refused = 0;
    for number in 0..6_usize.pow(4) {
        let (mut sets, mut path) = (meeting.root(), BTreeSet::new());
        for at in 0..4 {
            let asked = number / 6_usize.pow(at) % 6;
            path.insert(asked);
            assert_eq!(meeting.may_ask(&sets, asked), in_one(&path), "{path:?}");
            if !in_one(&path) {
                refused += 1;
                break;
            }
            sets = meeting.after(&sets, asked);
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn without_limits_all_may_meet() {
    let form = form(&[(2, "risk"); 3]);
    let meeting = Meeting::of(None, &form);
    let sets = meeting.after(&meeting.after(&meeting.root(), 0), 1);
    assert!((0..3).all(|j| meeting.may_ask(&sets, j)));
    let alone = Meeting::of(Some(&limits(&[&["Q1"]])), &form);
    assert!(!alone.may_ask(&alone.after(&alone.root(), 2), 1));
}

#[test]
fn everything_that_is_wrong_with_the_sets_is_named_at_once() {
    let said = |sets: &[&[&str]]| {
        let mut problems = Problems::default();
        limits(sets).check(&mut problems);
        problems.0.into_iter().map(|problem| problem.message).collect::<Vec<String>>()
    };
    assert!(said(&[&["Q1", "Q2"], &["Q2", "Q3"], &["Q2"]]).is_empty());
    assert_eq!(
        said(&[]),
        [
            "`interactions` is an empty list, expected one or more sets of indicators (leave it out to set no limit)"
        ]
    );
    assert_eq!(
        said(&[&["Q1", "Q2"], &[], &["Q3", "Q3", "Q4"], &["Q2", "Q1"]]),
        [
            "set 2 of `interactions` is empty, expected one or more indicators",
            "set 3 of `interactions` names indicator `Q3` twice, expected once",
            "sets 1 and 4 of `interactions` are the same, expected one of them",
        ]
    );
}

#[test]
fn indicators_that_are_not_fitted_on_are_refused() {
    let form = form(&[(2, "risk"); 2]);
    assert!(limits(&[&["Q1", "Q2"]]).check_on(&form).is_ok());
    let error = limits(&[&["Q1", "Q7"], &["q2"]]).check_on(&form).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 2 problems\
         \n  - set 1 of `interactions` names indicator `Q7`, expected one that is fitted on: Q1, Q2\
         \n  - set 2 of `interactions` names indicator `q2`, expected one that is fitted on: Q1, Q2"
    );
}
