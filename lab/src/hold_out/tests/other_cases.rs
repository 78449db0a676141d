//! What the fingerprints say of `other_cases`.

use super::*;

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
