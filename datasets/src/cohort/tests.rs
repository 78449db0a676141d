#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::testing::{close, cohort, parts};
use Status::{Censored, Event, NoEvent};

/// `again` within ten days, with a status and a day a row.
fn followed(rows: &[(Status, f64)]) -> Cohort {
    let cases = (0..rows.len()).map(|row| format!("c{row}")).collect::<Vec<_>>();
    let names = cases.iter().map(String::as_str).collect::<Vec<_>>();
    let mut parts = parts(&names, &rows.iter().map(|(status, _)| *status).collect::<Vec<_>>());
    parts.outcomes[0].horizon_days = Some(10);
    parts.outcomes[0].days = Some(rows.iter().map(|(_, day)| *day).collect());
    Cohort::new(parts).unwrap()
}

fn problems(parts: CohortParts) -> Vec<String> {
    match Cohort::new(parts) {
        Err(Error::Invalid { problems, .. }) => problems.0.iter().map(ToString::to_string).collect(),
        other => panic!("expected problems, found {other:?}"),
    }
}

// By hand. Loss of sight at day 4 with 5 in sight: G = 4/5; at day 8 with 3 in sight: G = 4/5 x 2/3 = 8/15.
// Events at 2 and 6 weigh 1 and 5/4, the two who were followed to day 10 weigh 15/8 each. Together 6, the number of rows.
const WORKED: &[(Status, f64)] =
    &[(Event, 2.0), (Censored, 4.0), (Event, 6.0), (NoEvent, 10.0), (Censored, 8.0), (NoEvent, 12.0)];

#[test]
fn censored_rows_hand_their_weight_to_those_still_in_sight() {
    let labelled = followed(WORKED).labelled("again").unwrap();
    assert_eq!(labelled.rows, [0, 2, 3, 5]);
    assert_eq!(labelled.events, [true, true, false, false]);
    assert_eq!(labelled.censored, [1, 4]);
    assert!(close(&labelled.weights, &[1.0, 1.25, 1.875, 1.875], 1e-12));
    assert!(close(&[labelled.weights.iter().sum()], &[6.0], 1e-12));
}

#[test]
fn leaving_censored_rows_out_would_be_noticed() {
    let labelled = followed(WORKED).labelled("again").unwrap();
    assert!(!close(&labelled.weights, &[1.0; 4], 0.1));
    // Survival of the event instead of survival of being in sight.
    assert!(!close(&labelled.weights, &[1.0, 1.2, 1.6, 1.6], 0.1));
}

#[test]
fn an_event_leaves_before_a_loss_on_the_same_day() {
    let labelled = followed(&[(Event, 5.0), (Censored, 5.0), (NoEvent, 10.0)]).labelled("again").unwrap();
    assert!(close(&labelled.weights, &[1.0, 2.0], 1e-12));
    // The loss first would give 1 / (1 - 1/3).
    assert!(!close(&labelled.weights, &[1.0, 1.5], 0.1));
}

#[test]
fn sampling_weights_multiply() {
    let mut parts = CohortParts::clone(&followed(WORKED).0);
    parts.weights = vec![2.0, 1.0, 4.0, 1.0, 1.0, 0.5];
    let labelled = Cohort::new(parts).unwrap().labelled("again").unwrap();
    // lifelines 0.30: KaplanMeierFitter().fit(days, censored, weights=weights), weights / predict just before each day.
    let lifelines = [2.0, 4.615_384_615_384_615, 1.923_076_923_076_923, 0.961_538_461_538_461_5];
    assert!(close(&labelled.weights, &lifelines, 1e-12), "{:?}", labelled.weights);
    // What is lost from sight is handed on: the weights add up to those of the sample.
    assert!(close(&[labelled.weights.iter().sum()], &[9.5], 1e-12));
    // A wrong answer would fail: the estimate that counts rows.
    assert!(!close(&labelled.weights, &[2.0, 5.0, 1.875, 0.9375], 0.01));
}

#[test]
fn without_censoring_weights_are_those_of_the_sample() {
    let labelled = cohort(8).labelled("again").unwrap();
    assert!(close(&labelled.weights, &[1.0; 8], 0.0));
    assert!(labelled.censored.is_empty());
}

#[test]
fn censoring_without_days_is_refused() {
    let parts = parts(&["a", "b"], &[Event, Censored]);
    let error = Cohort::new(parts).unwrap().labelled("again").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cohort: outcome `again` has 1 censored rows; to weight for censoring, it needs both the days of follow-up and a horizon"
    );
}

#[test]
fn an_outcome_that_is_not_there_is_named_with_those_that_are() {
    let error = cohort(4).labelled("lethal").unwrap_err();
    assert_eq!(error.to_string(), "cohort: no outcome `lethal` in the cohort, expected one of again");
}

#[test]
fn lengths_that_differ_are_all_named() {
    let mut parts = parts(&["a", "b"], &[Event]);
    parts.weights.push(1.0);
    parts.groups.push(Group {
        name: "sex".into(),
        labels: vec!["woman".into()],
        codes: vec![],
        reference: None,
    });
    assert_eq!(
        problems(parts),
        [
            "`weights` has 3 rows, the answers have 2",
            "`outcome again` has 1 rows, the answers have 2",
            "`group sex` has 0 rows, the answers have 2",
        ]
    );
}

#[test]
fn values_that_cannot_be_are_all_named_with_their_rows() {
    let mut parts = parts(&["a", "", "c", "d"], &[Event, NoEvent, Censored, Event]);
    parts.weights[0] = f64::NAN;
    parts.weights[1] = 0.0;
    parts.outcomes[0].horizon_days = Some(10);
    parts.outcomes[0].days = Some(vec![11.0, 9.0, 10.0, -1.0]);
    parts.groups.push(Group {
        name: "sex".into(),
        labels: vec!["woman".into()],
        codes: vec![0, 0, 1, 0],
        reference: None,
    });
    let values = vec![None, Some(f64::INFINITY), None, None];
    parts.scores.push(ForeignScore { name: "sum".into(), values, levels: vec![], is_probability: false });
    parts.oracles.push(Oracle { outcome: "again".into(), probability: vec![0.0, 1.0, 1.5, f64::NAN] });
    assert_eq!(
        problems(parts),
        [
            "weight NaN is not a positive number (row 1)",
            "outcome `again` is an event at day 11, after its horizon of 10 days (row 1)",
            "weight 0 is not a positive number (row 2)",
            "the case id is empty (row 2)",
            "outcome `again` is no event but was followed for 9 of 10 days, expected `censored` (row 2)",
            "score `sum` is inf, expected a finite number (row 2)",
            "outcome `again` is censored but was followed for 10 of 10 days, expected `no_event` (row 3)",
            "code 1 of group `sex` is not below 1 (row 3)",
            "true probability 1.5 of `again` is not between 0 and 1 (row 3)",
            "outcome `again` is followed for -1 days, expected 0 or more (row 4)",
            "true probability NaN of `again` is not between 0 and 1 (row 4)",
        ]
    );
}

#[test]
fn one_cause_is_one_sentence_with_a_count() {
    let of = |n: usize| {
        let names: Vec<String> = (0..n).map(|row| format!("c{row}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut parts = parts(&names, &vec![Event; n]);
        parts.weights = (0..n).map(|row| -(row as f64)).collect();
        parts.outcomes[0].horizon_days = Some(10);
        parts.outcomes[0].days = Some(vec![12.0; n]);
        parts.oracles.push(Oracle { outcome: "again".into(), probability: vec![2.0; n] });
        let mut other = parts.outcomes[0].clone();
        other.name = "other".into();
        parts.outcomes.push(other);
        problems(parts)
    };
    assert_eq!(of(3).len(), 12, "three rows are told one by one");
    assert_eq!(
        of(1000),
        [
            "weight … is not a positive number: 1000 rows, such as -0 (row 1), -1 (row 2), -2 (row 3)",
            "outcome `again` is an event at day …, after its horizon of 10 days: 1000 rows, such as 12 (row 1)",
            "outcome `other` is an event at day …, after its horizon of 10 days: 1000 rows, such as 12 (row 1)",
            "true probability … of `again` is not between 0 and 1: 1000 rows, such as 2 (row 1)",
        ]
    );
}

#[test]
fn names_must_be_unique_and_known() {
    let mut parts = parts(&["a"], &[Event]);
    parts.outcomes.push(parts.outcomes[0].clone());
    let labels = vec!["x".to_owned(), "x".to_owned()];
    parts.groups.push(Group { name: "sex".into(), labels, codes: vec![0], reference: None });
    parts.oracles.push(Oracle { outcome: "lethal".into(), probability: vec![0.5] });
    assert_eq!(
        problems(parts),
        [
            "outcome `again` is listed twice",
            "in group `sex` the label `x` is listed twice",
            "true probability of `lethal`, which is no outcome",
        ]
    );
}

#[test]
fn a_cohort_without_rows_is_refused() {
    assert_eq!(problems(parts(&[], &[])), ["no row was found, expected at least one"]);
}

#[test]
fn a_cohort_without_an_outcome_is_one_that_nothing_is_learned_from() {
    let mut parts = parts(&["a", "b"], &[Status::Event, Status::NoEvent]);
    parts.outcomes.clear();
    let cohort = Cohort::new(parts).unwrap();
    assert_eq!((cohort.n_rows(), cohort.outcomes().len(), cohort.select(&[1]).n_rows()), (2, 0, 1));
    let expected = "cohort: no outcome `again` in the cohort: it has no outcome at all, because its source states none, so that \
                    its cases can be scored, but no model can be fitted to them or judged by them";
    assert_eq!(cohort.labelled("again").unwrap_err().to_string(), expected);
    assert_eq!(cohort.outcome("again").unwrap_err().to_string(), expected);
}

#[test]
fn selecting_rows_keeps_everything_aligned() {
    let cohort = followed(WORKED);
    let chosen = cohort.select(&[5, 0, 0]);
    assert_eq!(chosen.cases(), ["c5", "c0", "c0"]);
    assert_eq!(chosen.outcomes()[0].status, [NoEvent, Event, Event]);
    assert_eq!(chosen.answers().row(0), cohort.answers().row(5));
    assert_eq!(cohort.select(&[0, 1, 2, 3, 4, 5]), cohort);
}

/// One change to the parts.
type Edit = fn(&mut CohortParts);

fn classes(from: u8, codes: &[Option<u8>]) -> Classes {
    let ids = ["none", "injury", "grave"].map(str::to_owned).into();
    Classes { ids, from, codes: codes.to_vec() }
}

#[test]
fn classes_agree_with_the_status() {
    let of = |classes: Classes| {
        let mut parts = CohortParts::clone(&followed(WORKED).0);
        parts.outcomes[0].classes = Some(classes);
        parts
    };
    let known = [Some(2), None, Some(1), Some(0), None, None];
    let cohort = Cohort::new(of(classes(1, &known))).unwrap();
    let kept = cohort.select(&[2, 5, 0]).outcomes()[0].classes.clone().unwrap();
    assert_eq!((kept.codes.as_slice(), kept.n_unknown()), (&[Some(1), None, Some(2)][..], 1));
    assert_eq!(kept.from_id(), "injury");
    assert_eq!(
        problems(of(classes(2, &[Some(1), Some(0), Some(3), Some(2), None, None]))),
        [
            "outcome `again` has class `injury` and the event, which begins with `grave` (row 1)",
            "outcome `again` has class `none` and is censored, expected no class (row 2)",
            "outcome `again` has class 3, expected a code below 3 (row 3)",
            "outcome `again` has class `grave` and no event, which begins with `grave` (row 4)",
        ]
    );
    assert_eq!(
        problems(of(classes(0, &[None; 6]))),
        [
            "outcome `again` is the event from its lowest class on, expected a higher one: else it would be the event in every row"
        ]
    );
    let twice = Classes { ids: ["a", "a"].map(str::to_owned).into(), ..classes(2, &[None; 5]) };
    assert_eq!(
        problems(of(twice)),
        [
            "`outcome again classes` has 5 rows, the answers have 6",
            "class `a` of outcome `again` is listed twice (place 2)",
            "outcome `again` is the event from a class on that is none of a, a",
        ]
    );
}

#[test]
fn the_fingerprint_depends_on_every_part() {
    let base = || {
        let mut parts = CohortParts::clone(&followed(WORKED).0);
        let labels = vec!["x".to_owned(), "y".to_owned()];
        parts.groups.push(Group { name: "g".into(), labels, codes: vec![0; 6], reference: None });
        parts.scores.push(ForeignScore {
            name: "s".into(),
            values: vec![None; 6],
            levels: vec![],
            is_probability: false,
        });
        parts.oracles.push(Oracle { outcome: "again".into(), probability: vec![0.5; 6] });
        parts
    };
    let fingerprint = Cohort::new(base()).unwrap().fingerprint();
    assert_eq!(fingerprint.len(), 64);
    assert_eq!(fingerprint, Cohort::new(base()).unwrap().fingerprint());
    let edits: [Edit; 15] = [
        |p| p.answers = p.answers.select(&[1, 0, 2, 3, 4, 5]),
        |p| p.cases[3] = "other".into(),
        |p| p.dates = Some(vec![Some(jiff::civil::date(2025, 1, 1)); 6]),
        |p| p.dates = Some([vec![None], vec![Some(jiff::civil::date(2025, 1, 1)); 5]].concat()),
        |p| p.weights[0] = 2.0,
        |p| p.outcomes[0].name = "other".into(),
        |p| p.outcomes[0].horizon_days = Some(9),
        |p| p.outcomes[0].status[0] = Status::NoEvent,
        |p| p.outcomes[0].classes = Some(classes(1, &[None; 6])),
        |p| p.outcomes[0].classes = Some(classes(2, &[None; 6])),
        |p| p.outcomes[0].classes = Some(classes(1, &[None, None, Some(1), None, None, None])),
        |p| p.groups[0].codes[5] = 1,
        |p| p.scores[0].values[5] = Some(0.0),
        |p| p.scores[0].is_probability = true,
        |p| p.oracles[0].probability[0] = 0.25,
    ];
    let mut all = vec![fingerprint];
    for (at, edit) in edits.iter().enumerate() {
        let mut parts = base();
        edit(&mut parts);
        let found = Cohort(Arc::new(parts)).fingerprint();
        assert!(!all.contains(&found), "edit {at} went unnoticed");
        all.push(found);
    }
}

#[test]
fn some_days_may_be_unknown_and_not_all() {
    let day = Some(jiff::civil::date(2025, 1, 1));
    let of = |dates: Vec<Option<jiff::civil::Date>>| {
        let mut parts = CohortParts::clone(&followed(WORKED).0);
        parts.dates = Some(dates);
        Cohort::new(parts)
    };
    let cohort = of(vec![day, None, day, None, None, day]).unwrap();
    assert_eq!(cohort.n_undated(), 3);
    assert_eq!(cohort.select(&[1, 2]).dates(), Some(&[None, day][..]));
    assert_eq!(cohort.select(&[1, 3]).dates(), None, "no day of them is known");
    assert_eq!(cohort.select(&[1, 3]).n_undated(), 0);
    let expected = "cohort: no row has a day, expected one or more, or a cohort without dates";
    assert_eq!(of(vec![None; 6]).unwrap_err().to_string(), expected);
}

#[test]
fn what_is_learned_from_is_known_whatever_else_a_cohort_holds() {
    let plain = followed(WORKED);
    let outcome = plain.outcomes()[0].name.clone();
    let learned = |parts: CohortParts| Cohort::new(parts).unwrap().learned_fingerprint(&outcome).unwrap();
    let known = learned(CohortParts::clone(&plain.0));
    let mut more = CohortParts::clone(&plain.0);
    let labels = vec!["x".to_owned(), "y".to_owned()];
    more.groups.push(Group { name: "g".into(), labels, codes: vec![1; 6], reference: None });
    more.scores.push(ForeignScore {
        name: "s".into(),
        values: vec![None; 6],
        levels: vec![],
        is_probability: false,
    });
    assert_eq!(learned(more), known);
    let mut other = CohortParts::clone(&plain.0);
    other.cases[3] = "other".into();
    assert_ne!(learned(other), known);
    let mut other = CohortParts::clone(&plain.0);
    other.outcomes[0].days.as_mut().unwrap()[0] += 0.25;
    assert_ne!(learned(other), known);
}

#[test]
fn excluded_rows_are_as_if_they_were_not_there() {
    use Status::Excluded;
    let mut rows = WORKED.to_vec();
    rows.splice(1..1, [(Excluded, 0.0), (Excluded, 0.0)]);
    let (with, without) = (followed(&rows), followed(WORKED));
    let (found, expected) = (with.labelled("again").unwrap(), without.labelled("again").unwrap());
    assert_eq!((found.rows, found.n_excluded), (vec![0, 4, 5, 7], 2));
    assert_eq!(found.censored, [3, 6]);
    assert!(close(&found.weights, &expected.weights, 1e-12));
    let rate = |cohort: &Cohort| crate::Description::of(cohort, 10).outcomes.remove(0);
    let (found, expected) = (rate(&with), rate(&without));
    assert_eq!((found.excluded, expected.excluded), (2, 0));
    assert_eq!((found.rate, found.rate_of_known), (expected.rate, expected.rate_of_known));
    // Taken for rows that were lost on the first day they would stay at risk until then, and be made up for.
    let lost = rows.iter().map(|(s, day)| if *s == Excluded { (Censored, 3.0) } else { (*s, *day) });
    let wrong = followed(&lost.collect::<Vec<_>>()).labelled("again").unwrap();
    assert!(!close(&wrong.weights, &without.labelled("again").unwrap().weights, 0.1));
}

#[test]
fn a_score_that_is_declared_a_probability_is_one() {
    let mut parts = parts(&["a", "b", "c"], &[Event, NoEvent, Event]);
    let values = vec![Some(0.0), Some(1.5), None];
    parts.scores.push(ForeignScore { name: "p".into(), values, levels: vec![], is_probability: true });
    assert_eq!(
        problems(parts),
        ["score `p` is 1.5, expected a value between 0 and 1: the source declares it a probability (row 2)"]
    );
}
