mod clause;
mod divided;
mod kept_scores;
mod other_cases;

use super::*;
use amparo_datasets::Status;
use amparo_evaluation::measure::Measure;

use crate::testing::{Place, Recorder, SPLIT, Told, cohort, cross_fit, followed};
use crate::{Predictions, Settings, judge};

fn held(place: &Place, versions: &[&Version], cohort: &Cohort, other_cases: bool) -> HeldOutRows {
    hold_out(&place.registry, versions, cohort, other_cases, &()).unwrap()
}

/// The numbers of an English sentence that are not part of a name in backticks, in order.
fn numbers(text: &str) -> Vec<u64> {
    let unnamed: String = text.split('`').step_by(2).collect();
    unnamed.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[test]
fn each_config_is_told_with_its_own_folds() {
    let (place, cohort) = (Place::new(), cohort(300));
    let five = place.train(&cross_fit(5, 2), &cohort);
    let three = place.train(&cross_fit(3, 2), &cohort);
    // Both orders: neither the first nor the last version speaks for the other.
    for pair in [[&five[0], &three[1]], [&three[1], &five[0]]] {
        let text = held(&place, &pair, &cohort, false).held_out.text();
        for (version, parts) in [(&five[0], "4 of 5"), (&three[1], "2 of 3")] {
            let said = format!("{parts} parts of the cases (`{}`)", display_name(version));
            assert!(text.en.contains(&said), "`{said}` is not in {}", text.en);
            let said =
                format!("{} partes de los casos (`{}`)", parts.replace("of", "de"), display_name(version));
            assert!(text.es.contains(&said), "`{said}` is not in {}", text.es);
        }
    }
}

#[test]
fn one_config_is_told_as_before() {
    let (place, cohort) = (Place::new(), cohort(300));
    let versions = place.train(&cross_fit(5, 2), &cohort);
    let held = held(&place, &versions.iter().collect::<Vec<_>>(), &cohort, false);
    let text = held.held_out.text().en;
    assert_eq!(
        text,
        "cross-fitting: 300 rows, each scored 2 times by models that the versions' configs fit and calibrate on 4 of 5 parts of the \
         cases, its own case not among them"
    );
    assert_eq!(numbers(&text), [300, 2, 4, 5]);
    assert_eq!((held.part.n_rows(), held.input.n_rows()), (300, 600));
}

#[test]
fn configs_that_repeat_differently_are_not_compared() {
    let (place, cohort) = (Place::new(), cohort(300));
    let two = place.train(&cross_fit(3, 2), &cohort);
    let one = place.train(&cross_fit(3, 1), &cohort);
    let error = hold_out(&place.registry, &[&two[0], &one[0]], &cohort, false, &()).unwrap_err();
    assert!(matches!(error, Error::Repeats { first: 2, other: 1 }), "{error}");
}

#[test]
fn a_test_part_holds_no_case_of_the_others() {
    let (place, cohort) = (Place::new(), cohort(400));
    let versions = place.train(SPLIT, &cohort);
    let held = held(&place, &[&versions[0]], &cohort, false);
    let plan = place.experiment(SPLIT).plan().unwrap();
    let split = plan.split(&cohort, "assault").unwrap();
    assert_eq!(held.part.cases(), cohort.select(&split.test).cases());
    assert_eq!(
        held.held_out.text().en,
        format!("test part: {} rows of cases that no version was fitted or calibrated on", split.test.len())
    );
    // With a version that cross-fits on the same cohort, the rows stay those of the test part.
    let crossed = place.train(&cross_fit(3, 2), &cohort);
    let both = self::held(&place, &[&versions[0], &crossed[0]], &cohort, false);
    assert_eq!(both.part.cases(), held.part.cases());
    assert!(both.held_out.is_cross_fitted(&display_name(&crossed[0])));
    assert!(!both.held_out.is_cross_fitted(&display_name(&versions[0])));
}

/// Harrell's C over all pairs of rows, every repeat with every other, as the report pools them.
fn c_index(score: &[f64], days: &[f64], happened: &[bool]) -> f64 {
    let (mut won, mut pairs) = (0.0, 0.0);
    for i in (0..score.len()).filter(|&i| happened[i]) {
        for j in 0..score.len() {
            if days[i] < days[j] || (days[i] - days[j]).abs() <= 0.0 && !happened[j] {
                pairs += 1.0;
                won +=
                    if score[i] > score[j] { 1.0 } else { 0.5 * f64::from(u8::from(score[i] >= score[j])) };
            }
        }
    }
    won / pairs
}

#[test]
fn the_event_is_looked_at_within_quarters_of_the_horizon_or_the_days_stated() {
    let (place, cohort) = (Place::within(100), followed(300));
    let versions = place.train(&cross_fit(3, 2), &cohort);
    let versions: Vec<&Version> = versions.iter().collect();
    let report = |horizons: Option<Vec<u32>>| {
        let settings = Settings { replicates: 100, horizons, ..Settings::default() };
        let names = (display_name(versions[1]), display_name(versions[0]));
        judge(held(&place, &versions, &cohort, false), cohort.clone(), names, &settings, &())
    };
    let days = |report: &amparo_evaluation::report::Report| -> Vec<u32> {
        report.horizons.as_ref().unwrap().rows.iter().map(|at| at.days).collect()
    };
    assert_eq!(days(&report(None).unwrap()), [25, 50, 75, 100]);
    let stated = report(Some(vec![10, 90])).unwrap();
    assert_eq!(days(&stated), [10, 90]);
    let of = stated.horizons.unwrap();
    assert_eq!(of.scored.len(), 2);
    assert!(of.scored[0].at[1].difference.is_none() && of.scored[1].at[1].difference.is_some());
    // Every row once, though it stands there once a repeat.
    let n = |count: amparo_evaluation::measure::Count| count.to_string().parse::<u64>().unwrap();
    assert_eq!(n(of.rows[1].events) + n(of.rows[1].without) + n(of.rows[1].lost), 300);
    assert_eq!(
        report(Some(vec![10, 101])).unwrap_err().to_string(),
        "horizons of [10, 101] days are stated, expected at most 100 days, within which the outcome is known"
    );
    assert!(report(Some(vec![90, 10])).unwrap_err().to_string().contains("expected rising days above 0"));
    let (place, cohort) = (Place::new(), self::cohort(300));
    let version = &place.train(&cross_fit(3, 1), &cohort)[0];
    let settings = Settings { replicates: 100, horizons: Some(vec![10]), ..Settings::default() };
    let name = display_name(version);
    let held = held(&place, &[version], &cohort, false);
    let error = judge(held, cohort, (name.clone(), name), &settings, &()).unwrap_err().to_string();
    assert!(error.contains("the days of follow-up are not known, expected for horizons"), "{error}");
}

#[test]
fn concordance_is_computed_under_cross_fitting() {
    let (place, cohort) = (Place::within(100), followed(300));
    let versions = place.train(&cross_fit(3, 2), &cohort);
    let held = held(&place, &[&versions[1]], &cohort, false);
    let (scores, survival) =
        (held.scored[0].survival.clone().unwrap(), held.input.columns().survival.clone().unwrap());
    // Every row of the cohort, the censored ones too, once a repeat.
    assert_eq!((scores.len(), survival.days.len(), held.n_censored), (600, 600, 27));
    let outcome = &cohort.outcomes()[0];
    let labelled = (0..300).filter(|&row| outcome.status[row] != Status::Censored);
    for (at, row) in labelled.enumerate() {
        let n = held.part.n_rows();
        let same = [(row, at), (300 + row, n + at)].map(|(s, l)| (scores[s] - held.scored[0].score[l]).abs());
        assert!(same.iter().all(|error| *error <= 0.0), "row {row}");
    }
    let expected = c_index(&scores, &survival.days, &survival.happened);
    let settings = Settings { replicates: 100, ..Settings::default() };
    let name = display_name(&versions[1]);
    let report = judge(held, cohort, (name.clone(), name), &settings, &()).unwrap();
    let found = &report.scored[0].overall["c_index"];
    assert!((found.value().unwrap() - expected).abs() <= 1e-12, "{found:?} {expected}");
    let n_events = survival.happened.iter().filter(|h| **h).count() as u64 / 2;
    assert!(matches!(found, Measure::Value { n: 300, events, .. } if *events == n_events), "{found:?}");
    // A mistake: the censored rows left out.
    let known: Vec<usize> =
        (0..600).filter(|&at| survival.happened[at] || survival.days[at] >= 100.0).collect();
    let of = |values: &[f64]| known.iter().map(|&at| values[at]).collect::<Vec<_>>();
    let happened: Vec<bool> = known.iter().map(|&at| survival.happened[at]).collect();
    assert!((c_index(&of(&scores), &of(&survival.days), &happened) - expected).abs() > 1e-6);
}

#[test]
fn predictions_are_the_rows_behind_the_report() {
    let (place, cohort) = (Place::within(100), followed(300));
    let versions = place.train(&cross_fit(3, 2), &cohort);
    let held = held(&place, &[&versions[0], &versions[1]], &cohort, false);
    let found = Predictions::of(&held);
    let n = held.part.n_rows();
    assert_eq!((n, found.n_rows()), (273, 2 * 2 * n));
    let name = display_name(&versions[1]);
    let settings = Settings { replicates: 100, ..Settings::default() };
    let report = judge(held, cohort, (name.clone(), name.clone()), &settings, &()).unwrap();
    let rows: Vec<usize> = (0..found.n_rows()).filter(|&row| found.scored[row] == name).collect();
    let weight: f64 = rows.iter().map(|&row| found.weight[row]).sum();
    let loss = |row: usize| (found.probability[row].unwrap() - f64::from(u8::from(found.event[row]))).powi(2);
    let brier = rows.iter().map(|&row| found.weight[row] * loss(row)).sum::<f64>() / weight;
    let expected = report.scored(&name).unwrap().overall["brier"].value().unwrap();
    assert!((brier - expected).abs() <= 1e-12, "{brier} {expected}");
    // A mistake: rows without their weights.
    assert!((rows.iter().map(|&row| loss(row)).sum::<f64>() / rows.len() as f64 - expected).abs() > 1e-6);
    // A case is held out once a repeat, together in one fold, and the folds of the repeats differ.
    let folds = |repeat: i64| -> Vec<i64> {
        rows.iter().filter(|&&row| found.repeat[row] == repeat).map(|&row| found.fold[row].unwrap()).collect()
    };
    assert_eq!((folds(1).len(), folds(2).len()), (n, n));
    assert_ne!(folds(1), folds(2));
    for fold in 1..=3 {
        assert_eq!(folds(1).iter().filter(|f| **f == fold).count(), n / 3);
    }
}

#[test]
fn documents_are_of_the_version_they_are_asked_for() {
    let (place, cohort) = (Place::new(), cohort(400));
    let versions = place.train(SPLIT, &cohort);
    let settings = Settings { replicates: 100, ..Settings::default() };
    let held = held(&place, &[&versions[1]], &cohort, false);
    let name = display_name(&versions[1]);
    let report = judge(held, cohort, (name.clone(), name.clone()), &settings, &()).unwrap();
    let at = crate::testing::AT;
    let files = crate::documents::of_version(&report, &versions[1], at).unwrap();
    assert_eq!(files.len(), 6);
    for (file, text) in &files {
        assert!(text.contains(&name), "{file}");
        assert!(!text.contains(&display_name(&versions[0])), "{file}");
    }
    let error = crate::documents::of_version(&report, &versions[0], at).unwrap_err();
    assert!(matches!(error, Error::NotInReport { .. }), "{error}");
}

/// A cohort whose cases were first assessed on `days` days, as many on each.
fn dated(n: usize, days: usize) -> Cohort {
    let cohort = cohort(n);
    let first: jiff::civil::Date = "2025-01-01".parse().unwrap();
    let day = |row: usize| first.saturating_add(jiff::Span::new().days((row * days / n) as i64));
    let mut parts = amparo_datasets::testing::one_outcome(
        cohort.answers().clone(),
        cohort.cases().to_vec(),
        "assault",
        cohort.outcomes()[0].status.clone(),
    );
    parts.dates = Some((0..n).map(day).map(Some).collect());
    Cohort::new(parts).unwrap()
}

#[test]
fn the_test_part_of_a_temporal_split_is_that_of_its_manifest() {
    let (place, cohort) = (Place::new(), dated(400, 20));
    let temporal = SPLIT.replace("stratified", "temporal")
        + "[holdout.temporal]\ntest_from = \"2025-01-16\"\ngap_days = 2\n";
    let versions = place.train(&temporal, &cohort);
    let training = &versions[0].manifest().training;
    // Twenty rows a day: 5 days of test, 2 of the gap, and two thirds of the 13 before them (9 lie nearest) to fit on.
    let expected = [("calibrate", 80), ("fit", 180), ("left_out", 40), ("test", 100)];
    assert_eq!(training.n_rows, expected.map(|(part, n)| (part.to_owned(), n)).into());
    let cuts = training.cuts.unwrap();
    assert_eq!((cuts.calibrate_from.to_string(), cuts.n_cases_left_out), ("2025-01-10".to_owned(), 40));
    let held = held(&place, &[&versions[0]], &cohort, false);
    assert_eq!(held.part.cases(), cohort.select(&(300..400).collect::<Vec<_>>()).cases());
}

#[test]
fn parts_that_are_not_those_of_the_manifest_are_refused() {
    let (place, cohort) = (Place::new(), dated(400, 20));
    let mut split = place.experiment(SPLIT).plan().unwrap().split(&cohort, "assault").unwrap();
    let version = &place.train(SPLIT, &cohort)[0];
    kept::same_parts(version, &split).unwrap();
    split.fit.push(split.test.pop().unwrap());
    let error = kept::same_parts(version, &split).unwrap_err().to_string();
    // Both strata end on a half at three quarters, and halves are rounded up: 301 rows are in the first two parts.
    assert!(error.contains("calibrate 101, fit 200, test 99 (rows)"), "{error}");
    assert!(error.contains("into calibrate 101, fit 201, test 98, so"), "{error}");
}

#[test]
fn a_temporal_split_of_one_day_is_refused_before_anything_is_fitted() {
    let error = Place::new().refused(&SPLIT.replace("stratified", "temporal"), &dated(400, 1));
    assert!(error.contains("all 400 cases were first assessed on 2025-01-01"), "{error}");
}
