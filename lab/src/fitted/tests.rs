use super::*;
use crate::testing::{AT, Place, cohort, cross_fit};
use amparo_models::testing::two_questions::protocol;

/// A plan of points, logistic regression and their blend.
fn plan(wanted: &str) -> FitPlan {
    let config = json!({
        "seed": 1, "inner_folds": 2, "least_rows": 1, "calibration": "platt",
        "candidate": [
            { "name": "points", "family": "points", "unit": 0.1 },
            { "name": "logistic", "family": "logistic", "l2": 1.0 },
        ],
        "hybrid": [{ "baseline": "points", "candidate": "logistic", "dials": [0.25] }],
    });
    FitPlan { config: config.as_object().unwrap().clone(), wanted: wanted.to_owned() }
}

fn rows(cohort: &Cohort) -> Rows {
    Rows {
        answers: cohort.answers().clone(),
        events: cohort.outcomes()[0].status.iter().map(|status| *status == Status::Event).collect(),
        weights: cohort.weights().to_vec(),
        cases: Some(cohort.cases().to_vec()),
    }
}

fn to(name: &str) -> Publishing {
    Publishing {
        name: name.to_owned(),
        protocol: Protocol::from_toml(&protocol(), Path::new("small-1.toml")).unwrap(),
        title: "small".to_owned(),
        synthetic: None,
        accept_leak: BTreeMap::new(),
        folds_and_repeats: (2, 1),
        at: AT.to_owned(),
    }
}

#[test]
fn a_fit_is_the_model_that_a_training_publishes() {
    let (place, cohort) = (Place::new(), cohort(400));
    let trained = place.train(&cross_fit(2, 1), &cohort);
    for (version, name) in trained.iter().zip(["points", "logistic"]) {
        let fitted = Fitted::fit(plan(name), rows(&cohort), AT, &()).unwrap();
        let [expected, found] = [version, fitted.version()].map(Version::recidivism);
        assert_eq!((expected.scorer(), expected.calibrator()), (found.scorer(), found.calibrator()));
        assert_eq!(expected.background(), found.background());
        let other = Fitted::fit(plan(name), rows(&crate::testing::cohort(401)), AT, &()).unwrap();
        assert_ne!(expected.scorer(), other.version().recidivism().scorer(), "of other rows");
    }
}

#[test]
fn a_blend_is_published_with_the_candidates_that_it_is_made_of() {
    let (place, cohort) = (Place::new(), cohort(400));
    let fitted = Fitted::fit(plan("hybrid-logistic-0.25"), rows(&cohort), AT, &()).unwrap();
    assert!((fitted.dial() - 0.25).abs() <= 0.0);
    assert_eq!(fitted.dials().len(), 12, "eleven of the grid, and the one that is published");
    let version = fitted.publish(&to("blend"), &place.registry, &()).unwrap();
    assert_eq!(place.registry.versions("blend").unwrap(), [1, 2, 3]);
    assert_eq!((version.manifest().version, version.manifest().training.cohort_title.as_str()), (3, "small"));
    assert_eq!(version.recidivism().scorer(), fitted.version().recidivism().scorer());
    assert!(version.manifest().training.metrics["cross-fitted"].contains_key("auc"));
    assert_eq!(Version::from_files(fitted.files().clone()).unwrap().digest(), fitted.version().digest());
}

#[test]
fn what_tells_the_outcome_is_named_by_the_fit_and_refused_by_the_registry() {
    let (place, cohort) = (Place::new(), cohort(400));
    let answers = (0..400).flat_map(|row| [u8::from(row % 2 == 0), u8::from(row % 5 == 0)]).collect();
    let answers = Answers::from_codes(Arc::clone(cohort.answers().instrument()), answers).unwrap();
    // The first answer is the outcome, but for one row in 13.
    let events = (0..400).map(|row| (row % 2 == 0) != (row % 13 == 7)).collect();
    let rows = Rows { answers, events, ..rows(&cohort) };
    let fitted = Fitted::fit(plan("logistic"), rows, AT, &()).unwrap();
    let named: Vec<&str> = fitted.leaks().iter().map(|one| one.leak.indicator.as_str()).collect();
    assert_eq!(named.len(), 1);
    let refused = fitted.publish(&to("leaky"), &place.registry, &()).unwrap_err().to_string();
    assert!(refused.contains(&format!("`{}`", named[0])), "{refused}");
    assert!(place.registry.list().unwrap().is_empty());
    let accepted = BTreeMap::from([(named[0].to_owned(), "asked on the day".to_owned())]);
    fitted.publish(&Publishing { accept_leak: accepted, ..to("leaky") }, &place.registry, &()).unwrap();
}

#[test]
fn a_plan_that_is_no_config_says_why() {
    let mut wrong = plan("points");
    wrong
        .config
        .insert("candidate".to_owned(), json!([{ "name": "points", "family": "pints", "unit": -1.0 }]));
    let refused = Fitted::fit(wrong, rows(&cohort(40)), AT, &()).unwrap_err().to_string();
    assert!(refused.contains("`pints`"), "{refused}");
    let refused = Fitted::fit(plan("nobody"), rows(&cohort(400)), AT, &()).unwrap_err().to_string();
    assert!(refused.contains("`nobody`"), "{refused}");
}

#[test]
fn without_a_calibrator_a_probability_is_the_logistic_function_of_the_score() {
    let (place, cohort) = (Place::new(), cohort(400));
    let mut plain = plan("hybrid-logistic-0.25");
    plain.config.remove("calibration");
    let fitted = Fitted::fit(plain, rows(&cohort), AT, &()).unwrap();
    let calibrated = Fitted::fit(plan("hybrid-logistic-0.25"), rows(&cohort), AT, &()).unwrap();
    let [model, other] = [&fitted, &calibrated].map(|fit| fit.version().recidivism());
    assert_eq!(model.scorer(), other.scorer());
    for row in cohort.answers().rows().take(20) {
        let score = model.score(row);
        let expected = 1.0 / (1.0 + (-score).exp());
        assert!((model.calibrate(score).probability - expected).abs() <= 1e-15);
        assert!((other.calibrate(score).probability - expected).abs() > 1e-6);
    }
    let refused = fitted.publish(&to("plain"), &place.registry, &()).unwrap_err().to_string();
    assert!(refused.contains("no `calibration`"), "{refused}");
}
