//! Rows, seeds, weights.

use super::super::{STATEMENT, assumptions, generate};
use super::*;
use crate::Status;

const H_STUDY: Design = Design::H_STUDY;

#[test]
fn the_same_seed_gives_the_same_cohort_and_another_seed_another() {
    for design in [Design::Population { rows: 2_000 }, Design::CaseControl { cases: 5, controls: 50 }] {
        let print = |seed| generate(&Options { seed, design }, &|_| {}).unwrap().fingerprint();
        assert_eq!(print(7), print(7));
        assert_ne!(print(7), print(8));
    }
}

#[test]
fn a_longer_cohort_begins_with_the_shorter_one() {
    let of = |rows| generate(&Options { seed: 3, design: Design::Population { rows } }, &|_| {}).unwrap();
    let first: Vec<usize> = (0..501).collect();
    assert_eq!(of(501).fingerprint(), of(1_200).select(&first).fingerprint());
}

#[test]
fn a_cohort_says_what_it_is() {
    let cohort = cohort(&with(|_| ()), Design::Population { rows: 3_000 });
    assert_eq!(cohort.answers().n_indicators(), 37);
    let synthetic = cohort.provenance().synthetic.as_ref().unwrap();
    assert_eq!((synthetic.seed, synthetic.statement.as_str()), (1, STATEMENT));
    let names = |of: Vec<&String>| of.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let groups = names(cohort.groups().iter().map(|g| &g.name).collect());
    assert_eq!(groups, "children foreign disability age rural force");
    let outcomes = names(cohort.outcomes().iter().map(|o| &o.name).collect());
    assert_eq!(outcomes, "new_assault lethal any_assault");
    assert_eq!(names(cohort.oracles().iter().map(|o| &o.outcome).collect()), outcomes);
    assert!(!assumptions().unwrap().is_empty());
}

#[test]
fn a_case_assessed_again_keeps_its_id_and_comes_later() {
    let cohort = cohort(&with(|_| ()), Design::Population { rows: 20_000 });
    let dates = cohort.dates().unwrap();
    let again: Vec<usize> = (1..20_000).filter(|&r| cohort.cases()[r] == cohort.cases()[r - 1]).collect();
    // 8 %, four binomial standard errors.
    let share = again.len() as f64 / 20_000.0;
    assert!((share - 0.08).abs() <= 0.008, "{share}");
    assert!(again.iter().all(|&r| {
        let days = (dates[r].unwrap() - dates[r - 1].unwrap()).get_days();
        (30..=180).contains(&days)
    }));
    let firsts: std::collections::HashSet<_> = cohort.cases().iter().collect();
    assert_eq!(firsts.len() + again.len(), 20_000, "a case has rows that do not follow each other");
}

#[test]
fn weights_bring_the_case_control_design_back_to_the_population() {
    let cohort = cohort(&with(|_| ()), H_STUDY);
    let killed: Vec<f64> = cohort
        .outcome("lethal")
        .unwrap()
        .status
        .iter()
        .map(|s| f64::from(u8::from(*s == Status::Event)))
        .collect();
    assert_eq!((cohort.n_rows(), killed.iter().sum::<f64>() as usize), (2_159, 159));
    let prevalence = |weights: &[f64]| {
        killed.iter().zip(weights).map(|(k, w)| k * w).sum::<f64>() / weights.iter().sum::<f64>()
    };
    assert!((prevalence(cohort.weights()) - 1e-4).abs() <= 1e-12, "{}", prevalence(cohort.weights()));
    assert!((prevalence(&[1.0; 2_159]) - 1e-4).abs() > 1e-12);
}

#[test]
fn the_killed_are_those_the_true_probability_makes_of_the_population() {
    // By rejection in the design; by weighting with the true probability here.
    let g = with(|_| ());
    let rows = people(&g, ROWS);
    let n_cases = 300;
    let sample = cohort(&g, Design::CaseControl { cases: n_cases, controls: 1 });
    let killed: Vec<usize> = {
        let status = &sample.outcome("lethal").unwrap().status;
        (0..sample.n_rows()).filter(|&r| status[r] == Status::Event).collect()
    };
    let total: f64 = rows.iter().map(|r| r.risk.lethal).sum();
    for id in ["I20", "I04", "I34", "I29", "I15"] {
        let at = g.instrument.position(id).unwrap();
        let expected =
            rows.iter().filter(|r| r.recorded[at] == 1).map(|r| r.risk.lethal).sum::<f64>() / total;
        let found = mean(killed.iter().map(|&r| f64::from(u8::from(sample.answers().row(r)[at] == 1))));
        // Four standard errors of the sample; those of the expectation are a tenth of it.
        let tolerance = 4.4 * (expected * (1.0 - expected) / n_cases as f64).sqrt();
        assert!((found - expected).abs() <= tolerance, "{id}: {found} for {expected}");
        if id == "I20" {
            let population = mean(rows.iter().map(|r| f64::from(u8::from(r.recorded[at] == 1))));
            assert!((population - expected).abs() > tolerance, "the plain population passes");
        }
    }
}

#[test]
fn no_row_is_refused_with_all_that_is_wrong() {
    let none = Options { seed: 1, design: Design::CaseControl { cases: 0, controls: 0 } };
    let error = generate(&none, &|_| {}).unwrap_err().to_string();
    assert!(error.contains("`cases` is 0") && error.contains("`controls` is 0"), "{error}");
    let none = Options { seed: 1, design: Design::Population { rows: 0 } };
    assert!(generate(&none, &|_| {}).is_err());
}

#[test]
fn progress_reaches_the_number_of_rows() {
    let told = std::cell::RefCell::new(vec![]);
    let options = Options { seed: 1, design: Design::Population { rows: 2_500 } };
    generate(&options, &|n| told.borrow_mut().push(n)).unwrap();
    assert_eq!(*told.borrow(), [1_000, 2_000, 2_500]);
}

#[test]
fn the_designs_share_no_case_id() {
    let g = with(|_| ());
    let population = cohort(&g, Design::Population { rows: 50 });
    let sample = cohort(&g, Design::CaseControl { cases: 5, controls: 45 });
    assert_eq!(
        (population.cases()[0].as_str(), sample.cases()[0].as_str()),
        ("syn-0000001", "syn-h-0000001")
    );
    assert!(sample.cases().iter().all(|case| !population.cases().contains(case)));
}
