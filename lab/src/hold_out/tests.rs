use super::*;
use amparo_datasets::{AssignedFolds, Side, Status};
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

/// The cohort under other ids.
fn renamed(cohort: &Cohort, prefix: &str) -> Cohort {
    let cases = cohort.cases().iter().map(|case| format!("{prefix}{case}")).collect();
    let status = cohort.outcomes()[0].status.clone();
    Cohort::new(amparo_datasets::testing::one_outcome(cohort.answers().clone(), cases, "assault", status))
        .unwrap()
}

#[test]
fn cases_of_another_cohort_have_to_be_declared_and_are_compared() {
    let (place, trained_on, other) = (Place::new(), cohort(300), renamed(&cohort(303), "other-"));
    let versions = place.train(SPLIT, &trained_on);
    let error = hold_out(&place.registry, &[&versions[0]], &other, false, &()).unwrap_err();
    assert!(matches!(error, Error::CasesNotDeclared { .. }), "{error}");
    let held = held(&place, &[&versions[0]], &other, true);
    assert_eq!(held.part.n_rows(), 303);
    let n_seen: u64 =
        ["fit", "calibrate"].map(|part| versions[0].manifest().training.n_rows[part]).iter().sum();
    let text = held.held_out.text().en;
    let said = format!(
        "saw none of these cases is proved for their ids: none of the 303 is among the {n_seen} that"
    );
    assert!(text.contains(&said), "{text}");
    // Two questions, so that everybody has the answers of somebody.
    assert!(
        text.contains("303 cases have the answers of one of these, and about 302 are expected"),
        "{text}"
    );
    assert!(matches!(hold_out(&place.registry, &[], &other, true, &()).unwrap_err(), Error::NoVersion));
}

#[test]
fn a_declaration_that_the_fingerprints_contradict_is_refused() {
    let (place, trained_on) = (Place::new(), cohort(400));
    let versions = place.train(SPLIT, &trained_on);
    let split = place.experiment(SPLIT).plan().unwrap().split(&trained_on, "assault").unwrap();
    // 23 cases that were fitted on among 177 that nobody has seen.
    let strangers = renamed(&cohort(177), "other-");
    let seen = trained_on.select(&split.fit[..23]);
    let cases: Vec<String> = seen.cases().iter().chain(strangers.cases()).cloned().collect();
    let codes = [seen.answers().codes(), strangers.answers().codes()].concat();
    let answers = amparo_datasets::Answers::from_codes(cohort(2).instrument().clone(), codes).unwrap();
    let status = [seen.outcomes()[0].status.clone(), strangers.outcomes()[0].status.clone()].concat();
    let both = Cohort::new(amparo_datasets::testing::one_outcome(answers, cases, "assault", status)).unwrap();
    let error = hold_out(&place.registry, &[&versions[0]], &both, true, &()).unwrap_err().to_string();
    let examples: Vec<String> = seen.cases()[..3].iter().map(|case| format!("`{case}`")).collect();
    let said = format!(
        "was fitted or calibrated on 23 of the 200 cases of this cohort, such as {}, although",
        examples.join(", ")
    );
    assert!(error.contains(&said), "{error}");
    // The cases of its test part were seen by no fit, in whatever table they come.
    let test = trained_on.select(&split.test);
    let held = held(&place, &[&versions[0]], &test, true);
    assert!(held.held_out.text().en.contains("is proved for their ids"), "{:?}", held.held_out);
}

#[test]
fn without_fingerprints_a_declaration_stays_one() {
    let (place, other) = (Place::new(), renamed(&cohort(303), "other-"));
    let version = &place.train(SPLIT, &cohort(300))[0];
    let text =
        |registry: &Registry| hold_out(registry, &[version], &other, true, &()).unwrap().held_out.text().en;
    // Another registry, as for a version that was copied to it.
    let elsewhere = Place::new();
    let said = text(&elsewhere.registry);
    assert!(said.contains("is not proved, because the registry holds no fingerprints"), "{said}");
    std::fs::remove_file(place.registry.location().join("fingerprint.key")).unwrap();
    let said = text(&place.registry);
    assert!(
        said.contains("is not proved, because the fingerprints of the cases that it was fitted on were made"),
        "{said}"
    );
}

#[test]
fn cross_fitting_is_seen_fold_by_fold() {
    let (place, cohort, recorder) = (Place::new(), cohort(300), Recorder::default());
    let versions = place.train(&cross_fit(3, 2), &cohort);
    hold_out(&place.registry, &[&versions[0], &versions[1]], &cohort, false, &recorder).unwrap();
    let told = recorder.told();
    // Once for both candidates of the config.
    assert_eq!(told[0], Told::Stage("cross-fitting".to_owned(), 6));
    let mut steps: Vec<u64> = told
        .iter()
        .filter_map(|one| if let Told::Advance(done) = one { Some(*done) } else { None })
        .collect();
    steps.sort_unstable();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6]);
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
    parts.dates = Some((0..n).map(day).collect());
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
    let (place, cohort, recorder) = (Place::new(), dated(400, 1), Recorder::default());
    let experiment = &place.experiment(&SPLIT.replace("stratified", "temporal"));
    let training = crate::Training {
        experiment,
        cohort: &cohort,
        lethality: None,
        name: "small",
        at: crate::testing::AT,
    };
    let error = crate::train(&training, &place.registry, &recorder).unwrap_err().to_string();
    assert!(error.contains("all 400 cases were first assessed on 2025-01-01"), "{error}");
    assert!(!recorder.told().contains(&Told::Busy("fitting".to_owned())));
}

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
    let (place, cohort, recorder) = (Place::within(100), divided(800, 10, |_| {}), Recorder::default());
    let experiment = &place.experiment(&SPLIT.replace("stratified", "column"));
    let training = crate::Training {
        experiment,
        cohort: &cohort,
        lethality: None,
        name: "small",
        at: crate::testing::AT,
    };
    let error = crate::train(&training, &place.registry, &recorder).unwrap_err().to_string();
    assert!(
        error.contains("cases have rows on both sides of the table's own split, such as `c0`"),
        "{error}"
    );
    assert!(!recorder.told().contains(&Told::Busy("fitting".to_owned())));
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
