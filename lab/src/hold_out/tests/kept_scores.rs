//! Out-of-fold scores that are kept beside a version, and what happens without them.

use std::path::PathBuf;

use super::*;

/// Where the out-of-fold scores of a version are kept.
fn file(place: &Place, version: &Version) -> PathBuf {
    place.registry.location().join("small/out-of-fold").join(version.digest()).join("out-of-fold.bin")
}

/// Removes all of them.
fn forget(place: &Place) {
    std::fs::remove_dir_all(place.registry.location().join("small/out-of-fold")).unwrap();
}

#[test]
fn kept_scores_and_fits_anew_give_the_same_report_bit_for_bit() {
    let (place, cohort) = (Place::within(100), followed(300));
    let versions = place.train(&cross_fit(3, 2), &cohort);
    let versions: Vec<&Version> = versions.iter().collect();
    let report = |observer: &Recorder| {
        let held = hold_out(&place.registry, &versions, &cohort, false, observer).unwrap();
        let predictions = format!("{:?}", Predictions::of(&held));
        let settings = Settings { replicates: 100, ..Settings::default() };
        let names = (display_name(versions[1]), display_name(versions[0]));
        let report = judge(held, cohort.clone(), names, &settings, &()).unwrap();
        (serde_json::to_string(&report).unwrap(), predictions)
    };
    let (kept, anew) = (Recorder::default(), Recorder::default());
    let of_kept = report(&kept);
    assert!(kept.told().is_empty(), "nothing is fitted: {:?}", kept.told());
    forget(&place);
    let of_anew = report(&anew);
    assert!(anew.told().contains(&Told::Stage("cross-fitting".to_owned(), 6)));
    assert!(of_kept == of_anew);
    // The comparison sees what differs: another division of the same cases.
    let other = place.train(&cross_fit(4, 2), &cohort);
    let other = hold_out(&place.registry, &[&other[0], &other[1]], &cohort, false, &()).unwrap();
    assert_ne!(format!("{:?}", Predictions::of(&other)), of_kept.1);
}

#[test]
fn changed_scores_are_refused_and_never_fitted_anew() {
    let (place, cohort, recorder) = (Place::new(), cohort(300), Recorder::default());
    let versions = place.train(&cross_fit(3, 1), &cohort);
    let stated = versions[0].manifest().training.out_of_fold.clone().unwrap();
    let file = file(&place, &versions[0]);
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(amparo_models::artefact::sha256(&whole), stated);
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for bytes in [&changed[..], &whole[..whole.len() - 1], b""] {
        std::fs::write(&file, bytes).unwrap();
        let error =
            hold_out(&place.registry, &[&versions[0]], &cohort, false, &recorder).unwrap_err().to_string();
        assert!(error.contains(&format!("expected {stated}: the file was changed or cut short")), "{error}");
    }
    // Those of another candidate are others as well.
    std::fs::copy(self::file(&place, &versions[1]), &file).unwrap();
    assert!(hold_out(&place.registry, &[&versions[0]], &cohort, false, &recorder).is_err());
    assert!(recorder.told().is_empty(), "{:?}", recorder.told());
    std::fs::write(&file, &whole).unwrap();
    assert!(hold_out(&place.registry, &[&versions[0]], &cohort, false, &recorder).is_ok());
}

#[test]
fn a_version_of_a_split_keeps_no_scores() {
    let (place, cohort) = (Place::new(), cohort(400));
    let versions = place.train(SPLIT, &cohort);
    assert_eq!(versions[0].manifest().training.out_of_fold, None);
    assert!(!place.registry.location().join("small/out-of-fold").exists());
}

#[test]
fn cross_fitting_is_seen_fold_by_fold() {
    let (place, cohort, recorder) = (Place::new(), cohort(300), Recorder::default());
    let versions = place.train(&cross_fit(3, 2), &cohort);
    forget(&place);
    hold_out(&place.registry, &[&versions[0], &versions[1]], &cohort, false, &recorder).unwrap();
    let told = recorder.told();
    for version in &versions {
        let note = format!(
            "the registry holds no out-of-fold scores of `{}`, so its folds are fitted again",
            display_name(version)
        );
        assert!(told.contains(&Told::Note(note)), "{told:?}");
    }
    // Once for both candidates of the config.
    let stages = told.iter().filter(|one| matches!(one, Told::Stage(..))).collect::<Vec<_>>();
    assert_eq!(stages, [&Told::Stage("cross-fitting".to_owned(), 6)]);
    let mut steps: Vec<u64> = told
        .iter()
        .filter_map(|one| if let Told::Advance(done) = one { Some(*done) } else { None })
        .collect();
    steps.sort_unstable();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6]);
}
