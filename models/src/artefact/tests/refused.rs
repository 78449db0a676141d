use std::collections::BTreeSet;

use super::{draft, draft_of, message, part, written};
use crate::Version;
use crate::testing;

#[test]
fn all_problems_of_a_draft_are_said_at_once() {
    let mut draft = draft("vpr");
    draft.published_at = "today".to_owned();
    draft.training.outcome = "theft".to_owned();
    draft.training.horizon_days = Some(0);
    draft.training.code_version = " ".to_owned();
    let metrics = draft.training.metrics.get_mut("test").unwrap();
    metrics.insert("auc".to_owned(), f64::NAN);
    metrics.insert("brier".to_owned(), f64::INFINITY);
    let said = message(draft.files());
    for problem in [
        "draft of model `vpr`",
        "published_at is `today`",
        "training.outcome is `theft`, the recidivism part was made for `assault`",
        "training.horizon_days is 0",
        "training.code_version is empty",
        "training.metrics.test.auc is NaN, expected a finite number",
        "training.metrics.test.brier is inf",
    ] {
        assert!(said.contains(problem), "{problem} not in: {said}");
    }
}

#[test]
fn a_share_that_is_no_number_is_refused() {
    let mut draft = draft("vpr");
    if let crate::artefact::SplitRecord::Holdout { plan } = &mut draft.training.split {
        plan.calibrate = f64::NAN;
    }
    assert!(message(draft.files()).contains("training.split.calibrate is NaN"));
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    for name in ["", "..", "../vpr", "a/b", "VPR", ".vpr", "vpr\0", "ñ"] {
        assert!(message(draft(name).files()).contains("is not allowed"), "{name}");
    }
}

#[test]
fn a_model_of_one_thing_is_not_published_as_another() {
    let mut draft = draft("vpr");
    draft.training.horizon_days = Some(365);
    let said = message(Version::load(written(&draft).path()));
    assert!(said.contains("trained on 365 days, the protocol speaks of 180 days"), "{said}");

    let scorer = draft.recidivism.scorer().clone();
    draft.training.horizon_days = None;
    draft.training.outcome = "theft".to_owned();
    draft.recidivism = part("theft", &draft.instrument, scorer, &BTreeSet::new());
    let said = message(Version::load(written(&draft).path()));
    assert!(said.contains("of outcome `theft`, the protocol speaks of `assault`"), "{said}");
}

#[test]
fn what_is_declared_not_monotone_is_what_was_left_unproved() {
    let mut draft = draft("vpr");
    draft.not_monotone.insert("I1".to_owned());
    let said = message(draft.files());
    let expected = "recidivism is proved monotone in [I1, I2, I3], the form and not_monotone expect [I2, I3]; lethality is";
    assert!(said.contains(expected), "{said}");

    let mut draw = testing::Draw::new(5);
    let instrument = testing::instrument(3);
    let exempt: BTreeSet<String> = instrument.indicators().iter().map(|i| i.id.clone()).collect();
    let mut draft =
        draft_of(instrument.clone(), testing::scorers(&mut draw, &instrument).swap_remove(1), &exempt);
    assert_eq!(message(draft.files()), "no error");
    draft.not_monotone.clear();
    let said = message(draft.files());
    assert!(
        said.contains("recidivism is proved monotone in [], the form and not_monotone expect [I1, I2, I3]"),
        "{said}"
    );
}
