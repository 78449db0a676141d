use amparo_datasets::{LateAnswers, testing as datasets};
use amparo_models::artefact::Leak;

use super::*;
use crate::testing::{OUTCOME, auc as by_pairs, close, data, experiment, form, uniform};

/// 600 rows, two of each case. `Q1` tells the outcome in 19 of 20 rows, `Q2` foretells it weakly, the answer `2` of `Q3` is given to a third of the
/// events only, and `Q4` is known of a quarter of the events only. About 40 % have the outcome.
fn drawn(weight: impl Fn(usize) -> f64) -> Data {
    let events: Vec<bool> = (0..600).map(|i| uniform(i * 10 + 9) < 0.4).collect();
    let row = |i: usize| {
        let (event, u) = (events[i], |j: usize| uniform(i * 10 + j));
        let told = event != (u(0) < 0.05);
        let weakly = u(1) < if event { 0.6 } else { 0.4 };
        let third = if event && u(2) < 0.33 { 2 } else { (u(3) * 2.0) as u8 };
        let known = if event && u(4) < 0.25 { (u(5) * 2.0) as u8 } else { 2 };
        vec![u8::from(told), u8::from(weakly), third, known]
    };
    let rows: Vec<Vec<u8>> = (0..600).map(row).collect();
    let weights: Vec<f64> = (0..600).map(weight).collect();
    let cases: Vec<usize> = (0..600).map(|i| i / 2).collect();
    data(&form(&[(2, "risk"), (2, "risk"), (3, "neutral"), (2, "risk")]), &rows, &events, &weights, &cases)
}

fn small() -> Experiment {
    experiment(
        "trees = 2\ndepth = 1\nlearning_rate = 0.1\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0",
        "platt",
        "",
    )
}

fn all(data: &Data) -> Vec<usize> {
    (0..data.n_rows()).collect()
}

fn found(data: &Data, left_out: &[&str]) -> Vec<Leak> {
    let left_out: Vec<String> = left_out.iter().map(|id| (*id).to_owned()).collect();
    suspected(data, &all(data), &left_out, 7).unwrap()
}

#[test]
fn what_tells_the_outcome_is_found_and_what_foretells_it_is_not() {
    let data = drawn(|_| 1.0);
    let leaks = found(&data, &[]);
    let names: Vec<&str> = leaks.iter().map(|leak| leak.indicator.as_str()).collect();
    assert_eq!(names, ["Q1", "Q3", "Q4"]);
    assert!(leaks[0].auc.is_some() && leaks[0].only_with.is_none(), "{:?}", leaks[0]);
    // Each of these ranks far worse than the limit: an AUC alone would let them pass.
    let answers = data.cohort.answers();
    let rows = || answers.rows().zip(&data.events);
    let with = |j: usize, is: fn(u8) -> bool| rows().filter(|(row, _)| is(row[j])).count() as u64;
    let third = OnlyWith {
        answer: Some("2".to_owned()),
        n_rows: with(2, |code| code == 2),
        n_events: with(2, |code| code == 2),
    };
    let answer = data.cohort.instrument().indicators()[2].answer(2).unwrap().id.clone();
    assert_eq!(leaks[1].only_with, Some(OnlyWith { answer: Some(answer), ..third }));
    assert_eq!(leaks[1].auc, None);
    let known =
        OnlyWith { answer: None, n_rows: with(3, |code| code < 2), n_events: with(3, |code| code < 2) };
    assert_eq!(leaks[2].only_with, Some(known));
    assert!(leaks.iter().all(|leak| leak.outcome == OUTCOME));
    assert_eq!(found(&data, &["Q1", "Q3", "Q4"]), []);
}

#[test]
fn the_auc_is_that_of_counting_pairs_with_shares_of_the_other_half() {
    for weight in [|_| 1.0, |i: usize| f64::from((i % 3) as u8 + 1)] {
        let data = drawn(weight);
        let halves = folds(&data.cohort, &all(&data), OUTCOME, 2, 7).unwrap();
        let share = |half: &[usize], code: u8| {
            let of = |only: bool| {
                let rows = half.iter().filter(|&&row| data.cohort.answers().row(row)[1] == code);
                rows.filter(|&&row| !only || data.events[row]).map(|&row| data.weights[row]).sum::<f64>()
            };
            of(true) / of(false)
        };
        // A weight of n is n rows.
        let auc_of = |shares: &[usize], of: &[usize]| {
            let times = |row: &usize| std::iter::repeat_n(*row, data.weights[*row] as usize);
            let rows: Vec<usize> = of.iter().flat_map(times).collect();
            let scores: Vec<f64> =
                rows.iter().map(|&row| share(shares, data.cohort.answers().row(row)[1])).collect();
            by_pairs(&scores, &rows.iter().map(|&row| data.events[row]).collect::<Vec<_>>())
        };
        let expected = (auc_of(&halves[0], &halves[1]) + auc_of(&halves[1], &halves[0])) / 2.0;
        let own = (auc_of(&halves[0], &halves[0]) + auc_of(&halves[1], &halves[1])) / 2.0;
        let of = |half: &[usize]| counts(&data, half, data.cohort.instrument())[1].clone();
        let auc = mean_auc(&of(&halves[0]), &of(&halves[1])).unwrap();
        assert!(close(&[auc], &[expected], 1e-12), "{auc} {expected}");
        // Shares of the rows that they rank would look better.
        assert!(!close(&[auc], &[own], 1e-6) || (own - expected).abs() <= 1e-12);
    }
}

#[test]
fn an_answer_that_one_half_lacks_ranks_as_its_mean() {
    let count = |n_events: u64, n_others: u64| Count {
        n_rows: n_events + n_others,
        n_events,
        events: n_events as f64,
        others: n_others as f64,
    };
    let shares = Counts(vec![count(1, 9), count(9, 1), count(0, 0)]);
    let of = Counts(vec![count(0, 10), count(0, 0), count(10, 0)]);
    // Its mean is 0.5, above the 0.1 of the first answer, so all pairs are ranked right.
    assert!(close(&[auc(&shares, &of).unwrap()], &[1.0], 0.0));
    assert_eq!(auc(&shares, &Counts(vec![count(3, 0), count(0, 0), count(0, 0)])), None);
}

#[test]
fn a_few_rows_prove_nothing() {
    let data = drawn(|_| 1.0);
    let few: Vec<usize> = (0..60).collect();
    let events = few.iter().filter(|&&row| data.events[row]).count() as u64;
    assert!(events < FEWEST);
    assert_eq!(suspected(&data, &few, &[], 7).unwrap(), []);
}

#[test]
fn the_guard_stops_with_all_names_unless_each_has_a_reason() {
    let data = drawn(|_| 1.0);
    let plain = small();
    let said = guard(&plain, &[(&data, &all(&data))]).unwrap_err().to_string();
    for part in [
        "`Q1` alone ranks cases by `again` with an AUC of 0.9",
        "`Q3`: ",
        "`Q4`: ",
        "any known answer",
        "--accept-leak Q1=REASON",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let of = |names: &[&str]| {
        let given: Vec<(String, String)> =
            names.iter().map(|name| ((*name).to_owned(), format!("why {name}"))).collect();
        plain.clone().accepting_leaks(&given).unwrap()
    };
    let said = guard(&of(&["Q1", "Q4"]), &[(&data, &all(&data))]).unwrap_err().to_string();
    assert!(said.starts_with("`Q3`: ") && !said.contains("Q4"), "{said}");
    // What is accepted without being suspected is not recorded.
    let accepted = guard(&of(&["Q1", "Q2", "Q3", "Q4"]), &[(&data, &all(&data))]).unwrap();
    let reasons: Vec<&str> = accepted.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["why Q1", "why Q3", "why Q4"]);
    let twice =
        of(&["Q1"]).accepting_leaks(&[("Q1".to_owned(), "another".to_owned())]).unwrap_err().to_string();
    assert!(twice.contains("`Q1` is accepted for two reasons: `why Q1` and `another`"), "{twice}");
}

#[test]
fn the_suspected_of_both_cohorts_are_told_at_once() {
    let data = drawn(|_| 1.0);
    let plain = small();
    let both = [(&data, all(&data)), (&data, all(&data))];
    let both: Vec<(&Data, &[usize])> = both.iter().map(|(data, rows)| (*data, rows.as_slice())).collect();
    let said = guard(&plain, &both).unwrap_err().to_string();
    assert_eq!(said.matches("`Q1` alone ranks").count(), 2, "{said}");
    let once = guard(&plain, &both[..1]).unwrap_err().to_string();
    assert_eq!(once.matches("`Q1` alone ranks").count(), 1, "{once}");
}

#[test]
fn an_indicator_that_is_dated_after_the_assessment_stops_however_few_the_rows() {
    let plain = drawn(|_| 1.0).cohort;
    let mut parts = datasets::one_outcome(
        plain.answers().clone(),
        plain.cases().to_vec(),
        OUTCOME,
        plain.outcomes()[0].status.clone(),
    );
    parts.provenance.late_answers = vec![LateAnswers { indicator: "Q2".to_owned(), n_late: 3, n_dated: 590 }];
    let data = Data::new(&Cohort::new(parts).unwrap(), OUTCOME).unwrap();
    let few: Vec<usize> = (0..60).collect();
    let said = guard(&small(), &[(&data, &few)]).unwrap_err().to_string();
    assert!(said.starts_with("`Q2` is dated after the assessment in 3 of 590 rows"), "{said}");
    assert!(said.contains("--accept-leak Q2=REASON"), "{said}");
    let accepting = small().accepting_leaks(&[("Q2".to_owned(), "known by telephone".to_owned())]).unwrap();
    let accepted = guard(&accepting, &[(&data, &few)]).unwrap();
    assert_eq!(accepted[0].leak.dated_after, Some(DatedAfter { n_rows: 3, n_dated: 590 }));
    // Left out, it is not looked at.
    assert_eq!(suspected(&data, &few, &["Q2".to_owned()], 7).unwrap(), []);
}

#[test]
fn a_command_line_accepts_a_name_with_a_reason() {
    assert_eq!(accepted("V1= known = early ").unwrap(), ("V1".to_owned(), "known = early".to_owned()));
    for text in ["V1", "V1=", "V1= ", "=why"] {
        assert!(accepted(text).unwrap_err().contains("NAME=REASON"), "{text}");
    }
}
