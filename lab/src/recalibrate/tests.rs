use amparo_datasets::{CohortParts, Outcome};
use amparo_models::Calibrator;
use amparo_training::calibrate::Method;
use amparo_training::config::Calibration;

use super::*;
use crate::hold_out;
use crate::testing::{AT, Place, SPLIT, cohort, cross_fit};

/// Other cases than those of `cohort`, with events where those have none as well, so that every probability is higher.
fn later(n: usize) -> Cohort {
    let plain = cohort(n);
    let cases = (0..n).map(|row| format!("later-{row}")).collect();
    let mut status = plain.outcomes()[0].status.clone();
    status.iter_mut().step_by(4).for_each(|s| *s = amparo_datasets::Status::Event);
    Cohort::new(amparo_datasets::testing::one_outcome(plain.answers().clone(), cases, "assault", status))
        .unwrap()
}

fn how(calibration: &str) -> Recalibration {
    let calibration = Calibration::named(calibration).unwrap();
    Recalibration { calibration, folds: 4, seed: 9, least_events: 20 }
}

fn run(
    place: &Place,
    version: &Version,
    cohort: &Cohort,
    how: &Recalibration,
) -> Result<RecalibratedVersion, Error> {
    recalibrate(&Recalibrating { version, cohort, how, other_cases: false, at: AT }, &place.registry)
}

#[test]
fn the_model_is_the_same_and_the_calibrator_is_that_of_the_cohort() {
    let (place, cohort) = (Place::new(), later(400));
    let old = place.train(SPLIT, &self::cohort(400)).swap_remove(1);
    let RecalibratedVersion { version: new, before, after } =
        run(&place, &old, &cohort, &how("platt")).unwrap();
    assert_eq!((new.manifest().name.as_str(), new.manifest().version), ("small", 3));
    let (was, is) = (old.recidivism(), new.recidivism());
    assert_eq!(is.scorer(), was.scorer());
    let of = |version: &Version, file: &str| version.manifest().files[file].sha256.clone();
    for file in
        ["model.json", "explanation.json", "population.json", "learned.json", "config.toml", "protocol.toml"]
    {
        assert_eq!(of(&new, file), of(&old, file), "{file}");
    }
    assert_ne!(of(&new, "calibrator.json"), of(&old, "calibrator.json"));
    // The calibrator by hand, from all rows.
    let scores: Vec<f64> = cohort.answers().rows().map(|row| was.score(row)).collect();
    let events: Vec<bool> =
        cohort.outcomes()[0].status.iter().map(|s| *s == amparo_datasets::Status::Event).collect();
    let expected = Method::Platt.fit(&scores, &events, &[1.0; 400], "assault").unwrap();
    assert_eq!(*is.calibrator(), expected);
    // There are more events than before, which the old calibrator does not know.
    assert!(after.log_loss < before.log_loss - 0.01, "{before:?} {after:?}");
    let training = &new.manifest().training;
    let record = training.recalibration.as_ref().unwrap();
    assert_eq!((record.of.as_str(), record.of_digest.as_str()), ("small@2", old.digest()));
    assert_eq!((record.cohort.n_rows, record.n_events), (400, events.iter().filter(|e| **e).count() as u64));
    assert!(!record.other_cases_declared);
    // What was said of the old probabilities is not said of the new ones.
    assert!(old.manifest().training.metrics.contains_key("test") && !training.metrics.contains_key("test"));
    assert!((training.metrics[AFTER]["log_loss"] - after.log_loss).abs() <= 0.0);
    assert!(new.card().contains("Recalibrated: the model is that of small@2"), "{}", new.card());
}

#[test]
fn it_is_judged_on_its_cohort_by_calibrators_that_have_not_seen_the_case() {
    let (place, cohort) = (Place::new(), later(400));
    let old = place.train(SPLIT, &self::cohort(400)).swap_remove(1);
    let new = run(&place, &old, &cohort, &how("isotonic")).unwrap().version;
    let judged = |registry: &Registry| hold_out(registry, &[&new, &old], &cohort, true, &()).unwrap();
    let held = judged(&place.registry);
    let text = held.held_out.text();
    assert!(text.en.contains("`small@3 logistic` was recalibrated on these rows"), "{}", text.en);
    assert!(text.en.contains("fitted on 3 of 4 parts"), "{}", text.en);
    assert!(text.es.contains("se recalibró con estas filas"), "{}", text.es);
    // Each fold by hand.
    let data = Data::new(&cohort, "assault").unwrap();
    let rows: Vec<usize> = (0..400).collect();
    let folds = amparo_datasets::split::folds(&data.cohort, &rows, "assault", 4, 9).unwrap();
    let scores: Vec<f64> = cohort.answers().rows().map(|row| old.recidivism().score(row)).collect();
    let found = held.scored[0].probability.as_ref().unwrap();
    let (mut worst, mut in_sample) = (0.0_f64, 0.0_f64);
    for fold in &folds {
        let others: Vec<usize> = rows.iter().copied().filter(|row| !fold.contains(row)).collect();
        let seen = data.part(&others);
        let curve =
            Method::Isotonic.fit(&seen.of(&scores), seen.events(), seen.weights(), "assault").unwrap();
        for &row in fold {
            worst = worst.max((found[row] - curve.calibrate(scores[row]).probability).abs());
            in_sample =
                in_sample.max((found[row] - new.recidivism().calibrate(scores[row]).probability).abs());
        }
    }
    assert!(worst <= 1e-15, "{worst}");
    assert!(in_sample > 1e-3, "the calibrator that is served has seen all rows");
    // Without the kept scores the same come out again.
    let folder = place.registry.location().join("small").join("out-of-fold").join(new.digest());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(judged(&place.registry).scored[0].probability.as_ref().unwrap(), found);
}

#[test]
fn a_choice_is_judged_with_the_choice_inside() {
    let (place, cohort) = (Place::new(), later(400));
    let old = place.train(SPLIT, &self::cohort(400)).swap_remove(1);
    let new = run(&place, &old, &cohort, &how("platt,isotonic,venn_abers")).unwrap().version;
    let calibration = new.manifest().training.calibration.as_ref().unwrap();
    let names: Vec<&str> = calibration.tried.iter().map(|t| t.method.as_str()).collect();
    assert_eq!(names, ["platt", "isotonic", "venn_abers"]);
    let least = calibration.tried.iter().filter_map(|t| t.log_loss).fold(f64::INFINITY, f64::min);
    let taken = calibration.tried.iter().find(|t| t.method == calibration.method).unwrap();
    assert!((taken.log_loss.unwrap() - least).abs() <= 0.0);
}

#[test]
fn on_the_cohort_of_its_model_it_is_judged_on_the_test_part_only_if_that_is_new_to_it() {
    let (place, trained_on) = (Place::new(), cohort(400));
    let old = place.train(SPLIT, &trained_on).swap_remove(1);
    let new = run(&place, &old, &later(400), &how("platt")).unwrap().version;
    let held = hold_out(&place.registry, &[&new, &old], &trained_on, false, &()).unwrap();
    assert!(held.held_out.text().en.starts_with("test part: "), "{}", held.held_out.text().en);
    // Recalibrated on that very test part, which the model has not seen, it is judged there no more.
    let split = place.experiment(SPLIT).plan().unwrap().split(&trained_on, "assault").unwrap();
    let test = trained_on.select(&split.test);
    let again = run(&place, &old, &test, &how("platt")).unwrap().version;
    let error = hold_out(&place.registry, &[&again], &trained_on, true, &()).unwrap_err();
    assert!(matches!(error, Error::SeenCases { .. }), "{error}");
    // Nor a version that is recalibrated on one cohort after the other on the first.
    let twice = run(&place, &new, &renamed(&later(400), "third-"), &how("platt")).unwrap().version;
    let error = hold_out(&place.registry, &[&twice], &later(400), true, &()).unwrap_err();
    assert!(matches!(error, Error::SeenCases { .. }), "{error}");
    // A model that was trained on all of a cohort by cross-fitting has no row there for the new calibrator.
    let place = Place::new();
    let old = place.train(&cross_fit(3, 1), &trained_on).swap_remove(1);
    let new = run(&place, &old, &later(400), &how("platt")).unwrap().version;
    let error = hold_out(&place.registry, &[&new], &trained_on, false, &()).unwrap_err();
    assert!(matches!(&error, Error::TrainedAndRecalibrated { of, .. } if of == "small@2"), "{error}");
}

fn renamed(cohort: &Cohort, prefix: &str) -> Cohort {
    let cases = cohort.cases().iter().map(|case| format!("{prefix}{case}")).collect();
    let status = cohort.outcomes()[0].status.clone();
    Cohort::new(amparo_datasets::testing::one_outcome(cohort.answers().clone(), cases, "assault", status))
        .unwrap()
}

#[test]
fn what_it_cannot_be_recalibrated_on_is_refused_and_nothing_is_published() {
    let (place, trained_on) = (Place::new(), cohort(400));
    let old = place.train(SPLIT, &trained_on).swap_remove(1);
    let refused =
        |cohort: &Cohort, how: &Recalibration| run(&place, &old, cohort, how).unwrap_err().to_string();
    let said = refused(&trained_on, &how("platt"));
    assert!(said.contains("`small@2` cannot be recalibrated") && said.contains("this very cohort"), "{said}");
    // Some of its cases in another table.
    let shared = refused(&trained_on.select(&(0..300).collect::<Vec<_>>()), &how("platt"));
    assert!(shared.contains("was fitted or calibrated on"), "{shared}");
    let few = refused(&later(400), &Recalibration { least_events: 390, ..how("platt") });
    assert!(few.contains("events and") && few.contains("expected at least 390 of each"), "{few}");
    let other = later(400);
    let status = other.outcomes()[0].status.clone();
    let parts = amparo_datasets::testing::one_outcome(
        other.answers().clone(),
        other.cases().to_vec(),
        "assault",
        status.clone(),
    );
    let outcome =
        Outcome { name: "assault".to_owned(), horizon_days: Some(30), status, days: None, classes: None };
    let month = Cohort::new(CohortParts { outcomes: vec![outcome], ..parts }).unwrap();
    let said = refused(&month, &how("platt"));
    assert!(said.contains("counts `assault` within 30 days, expected no number of days"), "{said}");
    // Scores that fall as the outcome rises.
    let status = other.outcomes()[0].status.iter().map(|s| match s {
        amparo_datasets::Status::Event => amparo_datasets::Status::NoEvent,
        _ => amparo_datasets::Status::Event,
    });
    let parts = amparo_datasets::testing::one_outcome(
        other.answers().clone(),
        other.cases().to_vec(),
        "assault",
        status.collect(),
    );
    let said = refused(&Cohort::new(parts).unwrap(), &how("platt"));
    assert!(said.contains("does not rise with outcome `assault`"), "{said}");
    assert_eq!(place.registry.list().unwrap()[0].versions.len(), 2);
}

#[test]
fn what_fingerprints_cannot_prove_has_to_be_declared_and_is_recorded() {
    let place = Place::new();
    let old = place.train(SPLIT, &cohort(400)).swap_remove(1);
    std::fs::remove_file(place.registry.location().join("fingerprint.key")).unwrap();
    let (cohort, how) = (later(400), how("beta,platt"));
    let asked = Recalibrating { version: &old, cohort: &cohort, how: &how, other_cases: false, at: AT };
    let error = recalibrate(&asked, &place.registry).unwrap_err();
    assert!(matches!(error, Error::CasesNotProved { .. }), "{error}");
    let new = recalibrate(&Recalibrating { other_cases: true, ..asked }, &place.registry).unwrap().version;
    assert!(new.manifest().training.recalibration.as_ref().unwrap().other_cases_declared);
    assert!(new.card().contains("it is not proved"), "{}", new.card());
    assert!(matches!(new.recidivism().calibrator(), Calibrator::Beta(_) | Calibrator::Platt(_)));
}

#[test]
fn under_the_clause_the_baseline_gets_a_calibrator_of_the_same_rows() {
    let (place, cohort) = (Place::new(), later(400));
    let clause = "\n[[hybrid]]\nbaseline = \"points\"\ncandidate = \"logistic\"\ndials = [0.9]\n\
                  never_below_baseline = { es = \"acordado\", en = \"agreed\" }\n";
    let old = place.train(&(SPLIT.to_owned() + clause), &self::cohort(400)).swap_remove(2);
    let RecalibratedVersion { version: new, .. } = run(&place, &old, &cohort, &how("platt")).unwrap();
    assert_eq!(new.manifest().clauses, ["never_below_baseline"]);
    let (was, is) = (old.recidivism(), new.recidivism());
    let alone = was.baseline_alone().unwrap();
    let scores: Vec<f64> = cohort.answers().rows().map(|row| alone.score(row)).collect();
    let events: Vec<bool> =
        cohort.outcomes()[0].status.iter().map(|s| *s == amparo_datasets::Status::Event).collect();
    let expected = Method::Platt.fit(&scores, &events, &[1.0; 400], "assault").unwrap();
    assert_eq!(is.never_below_baseline().unwrap().calibrator, expected);
    assert_ne!(was.never_below_baseline().unwrap().calibrator, expected);
    // Judged on these rows, its levels are those of calibrators that did not see the case, of the baseline too.
    let held = hold_out(&place.registry, &[&new], &cohort, false, &()).unwrap();
    let scored = &held.scored[0];
    let alone = new.protocol();
    let codes = &scored.levels.as_ref().unwrap().codes;
    let free = scored.probability.as_ref().unwrap().iter().map(|&p| alone.level_of(p) as u8);
    assert!(free.zip(codes).all(|(free, with)| free <= *with));
}
