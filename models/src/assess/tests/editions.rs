//! The built-in editions on the real form.

use std::collections::BTreeSet;
use std::sync::Arc;

use amparo_datasets::{Answers, Instrument};

use crate::assess::{Assessment, assess};
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::{Calibrator, OutcomeModel, Points, Protocol, Scorer};

/// Assesses a form with the given answers, all others the first one, by a model that gives everybody `log_odds`.
fn of(edition: &str, answers: &[(&str, &str)], log_odds: f64) -> Assessment {
    let vpr = Arc::new(Instrument::named("vpr5.0-h").unwrap());
    let zero = vpr.indicators().iter().map(|i| vec![0; i.n_answers()]).collect();
    let scorer = Scorer::from(Points { points: zero, offset: log_odds, scale: 1.0 });
    let mut row = vec![0; vpr.indicators().len()];
    for (indicator, answer) in answers {
        let j = vpr.position(indicator).unwrap();
        row[j] = vpr.indicators()[j].code(answer).unwrap();
    }
    let table = Answers::from_codes(Arc::clone(&vpr), row.clone()).unwrap();
    let background = Background::of(&scorer, &table, &[1.0]).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.0; 3] });
    let part = OutcomeModel::new("new_assault".to_owned(), scorer, platt, background, &vpr, &BTreeSet::new())
        .unwrap();
    assess(&Protocol::named(edition).unwrap(), &vpr, &part, None, &row).unwrap()
}

fn plan(assessment: &Assessment) -> Vec<&str> {
    assessment.safety_plan.iter().flatten().map(|advice| advice.id.as_str()).collect()
}

#[test]
fn the_same_probability_is_unappreciated_in_2019_and_low_in_2025() {
    // sigmoid(-3) = 0.047
    assert_eq!(of("es-2019", &[], -3.0).level, "unappreciated");
    assert_eq!(of("es-2025", &[], -3.0).level, "low");
    // sigmoid(1) = 0.73
    assert_eq!(
        (of("es-2019", &[], 1.0).level, of("es-2025", &[], 1.0).level),
        ("extreme".into(), "extreme".into())
    );
}

#[test]
fn children_alone_do_not_mark_the_case_and_a_threat_to_them_does() {
    assert!(of("es-2025", &[("I29", "present")], 0.0).flags.is_empty());
    assert_eq!(of("es-2025", &[("I30", "present")], 0.0).flags, ["minors_at_risk"]);
    assert_eq!(of("es-2025", &[("I31", "present")], 0.0).flags, ["minors_at_risk"]);
    let unknown = of("es-2025", &[("I30", "unknown")], 0.0);
    assert!(unknown.flags.is_empty());
    assert!(unknown.undetermined_flags.iter().any(|u| u.id == "minors_at_risk" && u.indicators == ["I30"]));
    assert_eq!(of("es-2025", &[("I18", "present")], 0.0).flags, ["persistent_aggressor"]);
}

#[test]
fn the_plan_follows_the_answers() {
    let everybody = ["emergency_numbers", "alert_app", "bag_ready", "trusted_person"];
    assert_eq!(plan(&of("es-2025", &[], 0.0)), everybody);
    let stalked = of("es-2025", &[("I09", "present"), ("I29", "unknown")], 0.0);
    let more = ["change_locks", "phone_check", "vary_routes", "keep_evidence", "children_code_word"];
    assert_eq!(plan(&stalked), [everybody.as_slice(), &more].concat());
    let because = &stalked.safety_plan.as_ref().unwrap()[8].because;
    assert_eq!((because[0].indicator.as_str(), because[0].answer.as_str()), ("I29", "unknown"));
}
