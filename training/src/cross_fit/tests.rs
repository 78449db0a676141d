use std::collections::BTreeSet;

use amparo_datasets::testing::one_outcome;
use amparo_datasets::{Cohort, CohortParts, Outcome, Status};
use amparo_models::Model;

use super::*;
use crate::stacking::dials;
use crate::testing::{auc, close, data, experiment, form, uniform};

/// Trees that can learn two thousand fingerprints by heart.
const GREEDY: &str = "trees = 150\ndepth = 8\nlearning_rate = 0.5\nl2 = 0.01\n\
    min_child_weight = 0.0\nrows = 1.0\nindicators = 1.0";
const TAME: &str = "trees = 20\ndepth = 3\nlearning_rate = 0.1\nl2 = 1.0\n\
    min_child_weight = 1.0\nrows = 0.8\nindicators = 0.8";

/// Cases of two equal rows, each case with a pattern of answers that is all its own, and labels drawn at random for
/// exactly half of the cases. Nothing can be learned but a case by heart.
fn canary(n_cases: usize, case_of: impl Fn(usize) -> usize) -> Data {
    let form = form(&[(3, "neutral"); 12]);
    let pattern = |case: usize| (0..12).map(|j| (uniform(case * 20 + j) * 3.0) as u8).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..2 * n_cases).map(|row| pattern(row / 2)).collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), n_cases, "each case has its own pattern");
    let mut by_luck: Vec<usize> = (0..n_cases).collect();
    by_luck.sort_by(|&a, &b| uniform(a * 20 + 15).total_cmp(&uniform(b * 20 + 15)));
    let with: BTreeSet<usize> = by_luck[..n_cases / 2].iter().copied().collect();
    let events: Vec<bool> = (0..rows.len()).map(|row| with.contains(&(row / 2))).collect();
    let cases: Vec<usize> = (0..rows.len()).map(case_of).collect();
    data(&form, &rows, &events, &vec![1.0; rows.len()], &cases)
}

/// Cases of two rows whose events hang on their answers.
fn telling(n_cases: usize) -> Data {
    let form = form(&[(3, "risk"), (2, "protective"), (2, "neutral")]);
    let rows: Vec<Vec<u8>> = (0..2 * n_cases)
        .map(|row| (0..3).map(|j| (uniform(row * 10 + j) * if j == 0 { 4.0 } else { 3.0 }) as u8).collect())
        .collect();
    let event = |(row, answers): (usize, &Vec<u8>)| {
        uniform(row * 10 + 5) < 0.1 + 0.2 * f64::from(answers[0]) + 0.1 * f64::from(answers[2])
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let cases: Vec<usize> = (0..rows.len()).map(|row| row / 2).collect();
    data(&form, &rows, &events, &vec![1.0; rows.len()], &cases)
}

/// Four standard deviations of the ranking measure if labels mean nothing; equal rows of a case count once.
fn four_sigma(n_cases: usize) -> f64 {
    let half = n_cases as f64 / 2.0;
    4.0 * ((2.0 * half + 1.0) / (12.0 * half * half)).sqrt()
}

#[test]
fn labels_that_mean_nothing_are_not_foretold() {
    let (n_cases, boosted) = (400, 2);
    let experiment = experiment(GREEDY, "platt", "");
    assert_eq!(experiment.candidates()[boosted], "boosted");
    let rows: Vec<usize> = (0..2 * n_cases).collect();

    let data = canary(n_cases, |row| row / 2);
    let scores = base_scores(&experiment, &data, &rows, 5, 1)
        .unwrap()
        .candidates(&experiment, &[])
        .swap_remove(boosted);
    let held_out = auc(&scores, &data.events);
    assert!((held_out - 0.5).abs() <= four_sigma(n_cases), "out of fold {held_out}");

    let bases = Bases::fit(&experiment, &TrainingSet::new(&data, &rows, "all").unwrap()).unwrap();
    let seen = bases.scores(data.cohort.answers().rows().collect::<Vec<_>>().into_iter());
    let in_sample = auc(&seen.candidates(&experiment, &[])[boosted], &data.events);
    assert!(in_sample > 0.95, "in sample {in_sample}");

    // If each row were a case of its own, its twin would give it away.
    let leaking = canary(n_cases, |row| row);
    let scores = base_scores(&experiment, &leaking, &rows, 5, 1)
        .unwrap()
        .candidates(&experiment, &[])
        .swap_remove(boosted);
    let leaked = auc(&scores, &leaking.events);
    assert!(leaked > 0.5 + 2.0 * four_sigma(n_cases), "with twins in other folds {leaked}");
}

#[test]
fn the_calibrator_has_not_seen_the_case_either() {
    let n_cases = 400;
    let data = canary(n_cases, |row| row / 2);
    let experiment = experiment(TAME, "isotonic", "");
    for repeat in out_of_fold(&experiment, &data, &|| {}).unwrap() {
        for of in repeat {
            let found = auc(&of.probabilities, &data.events);
            assert!((found - 0.5).abs() <= four_sigma(n_cases), "{}: {found}", of.candidate);
        }
    }
    // A calibrator that sees its own rows does foretell them: blocks of nothing but events stand out.
    let luck: Vec<f64> = (0..2 * n_cases).map(|row| uniform(900_000 + row / 2)).collect();
    let seen = crate::calibrate::Method::Isotonic.fit(&luck, &data.events, &data.weights, "again").unwrap();
    let probabilities: Vec<f64> = luck.iter().map(|&score| seen.calibrate(score).probability).collect();
    assert!(auc(&probabilities, &data.events) > auc(&luck, &data.events));
}

#[test]
fn each_row_is_scored_by_the_fit_of_the_other_folds() {
    let n_cases = 120;
    let data = telling(n_cases);
    let experiment = experiment(TAME, "platt", "");
    let all: Vec<usize> = (0..2 * n_cases).collect();
    let found = out_of_fold(&experiment, &data, &|| {}).unwrap();
    assert_eq!(found.len(), 2, "one a repeat");
    for (repeat, of_repeat) in found.iter().enumerate() {
        let boosted = of_repeat.iter().find(|of| of.candidate == "boosted").unwrap();
        let folds = folds(&data.cohort, &all, &data.outcome, 5, 11 + 1 + repeat as u64).unwrap();
        let mut scored = vec![0; all.len()];
        for (held, of_fold) in folds.iter().enumerate() {
            let seen = rest(&folds, held);
            let cases = |rows: &[usize]| {
                rows.iter().map(|&r| data.cohort.cases()[r].clone()).collect::<BTreeSet<_>>()
            };
            assert!(cases(&seen).is_disjoint(&cases(of_fold)), "no case on both sides");
            assert_eq!(seen.len() + of_fold.len(), all.len());
            let set = TrainingSet::new(&data, &seen, "the rest").unwrap();
            let forest = experiment.learners[2].learn(&set).unwrap();
            for &row in of_fold {
                scored[row] += 1;
                assert!(close(
                    &[boosted.log_odds[row]],
                    &[forest.score(data.cohort.answers().row(row))],
                    0.0
                ));
            }
        }
        assert!(scored.iter().all(|&times| times == 1));
    }
    assert_ne!(found[0], found[1], "repeats divide otherwise");
}

#[test]
fn the_dial_of_a_stacked_blend_is_chosen_without_the_fold_that_it_is_judged_on() {
    let n_cases = 400;
    let data = telling(n_cases);
    let blend = "[[hybrid]]\nbaseline = \"points\"\ncandidate = \"boosted\"\nstacked = true\n";
    let experiment = experiment(TAME, "platt", blend);
    let all: Vec<usize> = (0..2 * n_cases).collect();
    let found = out_of_fold(&experiment, &data, &|| {}).unwrap().swap_remove(0);
    let [points, _, boosted, stacked] = &found[..] else { panic!("{} candidates", found.len()) };
    // The dial of each fold, from its scores: (stacked - points) / (boosted - points), the same in all of its rows.
    let dial = |row: usize| {
        let ends = [points, boosted].map(|of| of.log_odds[row]);
        (stacked.log_odds[row] - ends[0]) / (ends[1] - ends[0])
    };
    let mut seen_dials = BTreeSet::new();
    for (held, of_fold) in folds(&data.cohort, &all, &data.outcome, 5, 12).unwrap().iter().enumerate() {
        let folds = folds(&data.cohort, &all, &data.outcome, 5, 12).unwrap();
        let seen = rest(&folds, held);
        let inner = base_scores(&experiment, &data, &seen, 5, 12).unwrap();
        let expected = dials(&experiment, &data, &seen, &inner).unwrap()[0].at;
        let told: Vec<f64> = of_fold
            .iter()
            .filter(|&&row| (boosted.log_odds[row] - points.log_odds[row]).abs() > 0.01)
            .map(|&row| dial(row))
            .collect();
        assert!(!told.is_empty() && close(&told, &vec![expected; told.len()], 1e-9), "{expected} {told:?}");
        seen_dials.insert(format!("{expected:.6}"));
    }
    // One dial for all folds would have seen the rows that it is judged on.
    assert!(seen_dials.len() > 1, "{seen_dials:?}");
}

/// The rows of a cohort of `telling` with every seventh censored: some beside a labelled row of their case, and the cases 40 to 59
/// entirely.
fn with_censored(n_cases: usize) -> Data {
    let whole = telling(n_cases);
    let status = |row: usize| match row {
        _ if row.is_multiple_of(7) || (80..120).contains(&row) => Status::Censored,
        _ if whole.events[row] => Status::Event,
        _ => Status::NoEvent,
    };
    let status: Vec<Status> = (0..2 * n_cases).map(status).collect();
    let days = status.iter().map(|s| if *s == Status::NoEvent { 90.0 } else { 45.0 }).collect();
    let answers = whole.cohort.answers().clone();
    let parts = one_outcome(answers, whole.cohort.cases().to_vec(), "again", status.clone());
    let outcome =
        Outcome { name: "again".to_owned(), horizon_days: Some(90), status, days: Some(days), classes: None };
    Data::new(&Cohort::new(CohortParts { outcomes: vec![outcome], ..parts }).unwrap(), "again").unwrap()
}

#[test]
fn censored_rows_are_scored_by_fits_that_did_not_see_their_case() {
    let data = with_censored(120);
    let experiment = experiment(TAME, "platt", "");
    let all: Vec<usize> = (0..data.n_rows()).collect();
    assert_eq!((data.n_rows() + data.n_censored(), data.n_censored()), (240, 69));
    for (repeat, of_repeat) in out_of_fold(&experiment, &data, &|| {}).unwrap().iter().enumerate() {
        let found = &of_repeat[1].censored;
        let folds = folds(&data.cohort, &all, &data.outcome, 5, 11 + 1 + repeat as u64).unwrap();
        let fit = |held: usize| {
            let set = TrainingSet::new(&data, &rest(&folds, held), "the rest").unwrap();
            experiment.learners[1].learn(&set).unwrap()
        };
        let models: Vec<_> = (0..5).map(fit).collect();
        let mut n_beside = 0;
        for (row, case) in data.censored.cases().iter().enumerate() {
            let score = |held: usize| models[held].score(data.censored.answers().row(row));
            let of_case = (0..5).find(|&held| folds[held].iter().any(|&r| data.cohort.cases()[r] == *case));
            n_beside += usize::from(of_case.is_some());
            // The fit without its case, or any fit where no row of the case is labelled.
            let by: Vec<usize> = (0..5).filter(|&held| (score(held) - found[row]).abs() <= 1e-12).collect();
            match of_case {
                Some(held) => assert_eq!(by, [held], "row {row}"),
                None => assert!(!by.is_empty(), "row {row}"),
            }
        }
        assert!(n_beside > 20, "{n_beside}");
    }
}

#[test]
fn progress_is_told_once_a_fold() {
    let told = std::sync::atomic::AtomicUsize::new(0);
    out_of_fold(&experiment(TAME, "platt", ""), &telling(120), &|| {
        told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    })
    .unwrap();
    assert_eq!(told.into_inner(), 2 * 5);
}

#[test]
fn an_experiment_with_a_split_has_no_out_of_fold_scores() {
    let split = Experiment::named("vpr").unwrap();
    let error = out_of_fold(&split, &canary(20, |row| row / 2), &|| {}).unwrap_err().to_string();
    assert_eq!(error, "config: `holdout.kind` is `split`, expected `cross_fit`");
}

/// Rows whose only question, a risk by its form, goes with fewer events: the fits keep to the declared direction.
fn contradicting(polarity: &str) -> Data {
    let form = form(&[(2, polarity)]);
    let rows: Vec<Vec<u8>> = (0..400_usize).map(|row| vec![u8::from(row.is_multiple_of(2))]).collect();
    let event = |row: usize| uniform(row * 10) < if row.is_multiple_of(2) { 0.2 } else { 0.5 };
    let events: Vec<bool> = (0..400).map(event).collect();
    let cases: Vec<usize> = (0..400).collect();
    data(&form, &rows, &events, &vec![1.0; 400], &cases)
}

#[test]
fn a_constant_is_calibrated_as_one() {
    let rows: Vec<usize> = (0..400).collect();
    // Smoothed targets, and the case itself that Venn-Abers adds, move the share by less than one row.
    let near = 1.0 / 400.0;
    for (method, tolerance) in
        [("platt", 1e-9), ("isotonic", 1e-9), ("platt_smoothed", near), ("venn_abers", near), ("best", 1e-9)]
    {
        let experiment = experiment(TAME, method, "");
        let calibrated = |data: &Data| {
            let inner = base_scores(&experiment, data, &rows, 5, 1).unwrap();
            let bases = Bases::fit(&experiment, &TrainingSet::new(data, &rows, "all").unwrap()).unwrap();
            let scores = bases.scores(data.cohort.answers().rows().collect::<Vec<_>>().into_iter());
            (
                calibrators(&experiment, data, &rows, &inner, (&bases, &[])),
                scores.candidates(&experiment, &[]),
            )
        };
        let data = contradicting("risk");
        let share = data.events.iter().filter(|e| **e).count() as f64 / 400.0;
        let (curves, scores) = calibrated(&data);
        for ((curve, _), scores) in curves.unwrap().iter().zip(&scores) {
            assert!(close(&[curve.calibrate(scores[0]).probability], &[share], tolerance));
        }
        // What is no constant is not calibrated as one.
        let (curves, scores) = calibrated(&contradicting("neutral"));
        for ((curve, _), scores) in curves.unwrap().iter().zip(&scores) {
            let of = |row: usize| curve.calibrate(scores[row]).probability;
            assert!(of(1) - of(0) > 0.1, "{} {}", of(0), of(1));
        }
    }
}

#[test]
fn a_candidate_that_cannot_be_calibrated_names_itself() {
    // Labels drawn at random: a model that learns them by heart foretells nothing, and its curve may fall.
    let data = canary(60, |row| row / 2);
    let flipped = Data { events: data.events.iter().map(|e| !e).collect(), ..data.clone() };
    let rows: Vec<usize> = (0..120).collect();
    let experiment = experiment(GREEDY, "platt", "");
    let inner = base_scores(&experiment, &data, &rows, 5, 1).unwrap();
    let bases = Bases::fit(&experiment, &TrainingSet::new(&data, &rows, "all").unwrap()).unwrap();
    // Of a slope that is not 0, one of the two is below.
    let of = |data: &Data| calibrators(&experiment, data, &rows, &inner, (&bases, &[])).err();
    let errors: Vec<Error> = [of(&data), of(&flipped)].into_iter().flatten().collect();
    assert!(!errors.is_empty());
    for error in errors {
        let said = error.to_string();
        let named = ["points", "logistic", "boosted"].iter().any(|name| {
            said.starts_with(&format!(
                "candidate `{name}` cannot be calibrated: the score does not rise with outcome"
            ))
        });
        assert!(named, "{said}");
    }
}

/// The rows of `telling` in the table's own folds, three of them; rows from the 200th on are in none, and the second row of case 7 is in
/// another fold than the first.
fn with_folds(n_cases: usize) -> Data {
    let whole = telling(n_cases);
    let fold = |row: usize| match row {
        200.. => None,
        15 => Some("3".to_owned()),
        _ => Some((row / 2 % 3 + 1).to_string()),
    };
    let status =
        whole.events.iter().map(|event| if *event { Status::Event } else { Status::NoEvent }).collect();
    let mut parts =
        one_outcome(whole.cohort.answers().clone(), whole.cohort.cases().to_vec(), "again", status);
    let texts: Vec<Option<String>> = (0..2 * n_cases).map(fold).collect();
    parts.assigned.folds = Some(amparo_datasets::AssignedFolds::of_texts(&texts).unwrap());
    Data::new(&Cohort::new(parts).unwrap(), "again").unwrap()
}

#[test]
fn the_tables_own_folds_are_held_out_without_any_row_of_their_cases() {
    let data = with_folds(120);
    let of = |shared: &str| {
        let text = experiment(TAME, "platt", "")
            .text()
            .replace("folds = 5, repeats = 2", &format!("folds = 3, repeats = 1, by = \"column\"{shared}"));
        Experiment::from_toml(&text).unwrap()
    };
    let error = out_of_fold(&of(""), &data, &|| {}).unwrap_err().to_string();
    assert!(
        error.contains("1 cases have rows in more than one of the table's own folds, such as `c7`"),
        "{error}"
    );

    let experiment = of(", shared_cases = \"leave_out_of_train\"");
    let rows = rows_in_folds(&experiment.split_record(), &data).unwrap();
    assert_eq!(rows, (0..200).collect::<Vec<_>>());
    let found = out_of_fold(&experiment, &data, &|| {}).unwrap();
    assert_eq!(found.len(), 1);
    let logistic = found[0].iter().find(|of| of.candidate == "logistic").unwrap();
    let codes = data.cohort.assigned().folds.as_ref().unwrap().codes.clone();
    for held in 0..3_u16 {
        let in_fold: Vec<usize> = (0..200).filter(|&row| codes[row] == Some(held)).collect();
        let cases: BTreeSet<&str> = in_fold.iter().map(|&row| data.cohort.cases()[row].as_str()).collect();
        let is_seen =
            |row: &usize| codes[*row].is_some() && !cases.contains(data.cohort.cases()[*row].as_str());
        let seen: Vec<usize> = (0..240).filter(is_seen).collect();
        let fit = experiment.learners[1].learn(&TrainingSet::new(&data, &seen, "the rest").unwrap()).unwrap();
        for &row in &in_fold {
            assert_eq!(logistic.folds[row], u32::from(held));
            assert!(
                close(&[logistic.log_odds[row]], &[fit.score(data.cohort.answers().row(row))], 0.0),
                "{row}"
            );
        }
    }
}
