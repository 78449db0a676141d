//! What raises a level, what marks a case, what stays open.

use std::path::Path;

use super::{PROTOCOL, form, lethality, of, part, points, protocol, recidivism};
use crate::Reason;
use crate::assess::{Assessment, assess};
use crate::calibrator::{Beta, Isotonic};
use crate::explain::OrReason;
use crate::probability::sigmoid;
use crate::testing::{all_forms, worst};
use crate::{Calibrator, Protocol};

fn raises(assessment: &Assessment) -> Vec<(&str, &str, &str, &str)> {
    assessment
        .raised_by
        .iter()
        .map(|r| (r.rule.as_str(), r.from.as_str(), r.to.as_str(), r.reason.en.as_str()))
        .collect()
}

fn ids(undetermined: &[crate::assess::Undetermined]) -> Vec<&str> {
    undetermined.iter().map(|u| u.id.as_str()).collect()
}

#[test]
fn the_lethal_probability_raises_from_its_exact_cut_point() {
    // Score -2, probability sigmoid(-5) = 0.0067; lethal probability 0.001, the first cut-point.
    let at = of(&[0, 1, 0]);
    assert_eq!((at.computed_level.as_str(), at.level.as_str()), ("l0", "l1"));
    assert_eq!(raises(&at), [("lethality", "l0", "l1", "h1")]);
    assert_eq!(at.flags, ["special_relevance"]);
    assert_eq!(at.next_level.unwrap().held_by, ["lethality"]);
    // Just below it nothing happens.
    let above = PROTOCOL.replace("from_probability = 0.001,", "from_probability = 0.0010000000000000002,");
    let above = Protocol::from_toml(&above, Path::new("above.toml")).unwrap();
    let below = assess(&above, &form(), &recidivism(), Some(&lethality()), &[0, 1, 0]).unwrap();
    assert_eq!((below.level.as_str(), below.flags.len(), below.raised_by.len()), ("l0", 0, 0));
}

#[test]
fn rules_raise_one_after_the_other() {
    let assessment = of(&[0, 2, 0]);
    assert_eq!(raises(&assessment), [("lethality", "l1", "l2", "h2"), ("floor:graded", "l2", "l3", "f")]);
    assert_eq!(assessment.flags, ["special_relevance", "grave"]);
    assert_eq!(assessment.reassess_within_hours, Some(10));
    let measures: Vec<&str> = assessment.measures.iter().flatten().map(|m| m.en.as_str()).collect();
    assert_eq!(measures, ["m0", "m1", "m2", "m3"]);
}

#[test]
fn a_level_held_by_a_rule_has_no_way_down_and_the_highest_no_way_up() {
    // Raised to the highest level.
    let raised = of(&[0, 2, 0]).next_level.unwrap();
    assert_eq!((raised.up, raised.down, raised.held_by), (None, None, vec!["floor:graded".to_owned()]));
    // The probability alone gives the highest level (sigmoid(3) = 0.95), and the floor would hold it there.
    let both = of(&[1, 2, 1]);
    assert_eq!((both.computed_level.as_str(), both.raised_by.len()), ("l3", 0));
    let next = both.next_level.unwrap();
    assert_eq!((next.down, next.held_by), (None, vec!["floor:graded".to_owned()]));
    // Nothing holds: points 4, score -1, probability sigmoid(-3) = 0.047.
    let lowest = of(&[1, 0, 0]).next_level.unwrap();
    assert_eq!((lowest.up.unwrap().level.as_str(), lowest.down, lowest.held_by.len()), ("l1", None, 0));
}

#[test]
fn the_level_is_the_highest_that_anything_asks_for_and_never_below_the_computed_one() {
    for row in all_forms(&form()) {
        let assessment = of(&row);
        let computed = protocol().level_of(assessment.recidivism.probability);
        let lethal = match assessment.lethality.as_ref().unwrap().probability {
            p if p >= 0.01 => 2,
            p if p >= 0.001 => 1,
            _ => 0,
        };
        let floor = if row[1] == 2 {
            3
        } else if row[2] == 1 {
            2
        } else {
            0
        };
        let expected = computed.max(lethal).max(floor);
        assert_eq!(assessment.level, format!("l{expected}"), "{row:?}");
        assert_eq!(assessment.raised_by.is_empty(), expected == computed, "{row:?}");
    }
}

#[test]
fn an_unknown_answer_sets_no_flag_and_no_floor_but_is_not_dropped() {
    let known = of(&[0, 0, 1]);
    assert_eq!((known.level.as_str(), known.flags.as_slice()), ("l2", ["grave".to_owned()].as_slice()));
    assert!(known.undetermined_flags.is_empty() && known.undetermined_raises.is_empty());
    let unknown = of(&[0, 0, 2]);
    assert_eq!((unknown.level.as_str(), unknown.flags.len()), ("l0", 0));
    assert_eq!(ids(&unknown.undetermined_flags), ["grave"]);
    assert_eq!(ids(&unknown.undetermined_raises), ["floor:neutral"]);
    assert_eq!(unknown.undetermined_flags[0].indicators, ["I3"]);
    // What could not raise the level any further is not listed.
    let top = of(&[1, 2, 2]);
    assert_eq!((top.level.as_str(), top.undetermined_raises.len()), ("l3", 0));
}

#[test]
fn a_version_without_a_lethality_model_says_so() {
    let assessment = assess(&protocol(), &form(), &recidivism(), None, &[0, 0, 0]).unwrap();
    assert_eq!(assessment.lethality, None);
    assert_eq!(ids(&assessment.undetermined_flags), ["special_relevance"]);
    assert_eq!(ids(&assessment.undetermined_raises), ["lethality"]);
    assert_eq!(assessment.undetermined_flags[0].reason, Reason::NoLethalityModel);
    assert_eq!(assessment.undetermined_raises[0].reason, Reason::NoLethalityModel);
    assert!(of(&[0, 0, 0]).undetermined_flags.is_empty());
}

#[test]
fn a_cut_point_outside_an_isotonic_curve_is_said_to_be_so() {
    let isotonic = Isotonic {
        scores: vec![-3.0, 1.0],
        probabilities: vec![0.2, 0.6],
        low: vec![0.1, 0.5],
        high: vec![0.3, 0.7],
    };
    let part = part("new_assault", points(), Calibrator::Isotonic(isotonic));
    let next = |row: &[u8]| assess(&protocol(), &form(), &part, None, row).unwrap().next_level.unwrap();
    // Score -3, probability 0.2: 0.5 is reached at score 0.
    let low = next(&[0, 0, 0]);
    let OrReason::Value(up) = low.up.unwrap().log_odds_difference else { panic!("no value") };
    assert!(worst(&[up], &[3.0]) <= 1e-12, "{up}");
    let down = low.down.unwrap().log_odds_difference;
    assert_eq!(down, OrReason::undefined(Reason::NeverBelow { cut_point: 0.1, lowest: 0.2 }));
    // Score 0, probability 0.5, exactly on the cut-point.
    let high = next(&[1, 1, 0]);
    let OrReason::Value(down) = high.down.unwrap().log_odds_difference else { panic!("no value") };
    assert!(worst(&[down], &[0.0]) <= 1e-12, "{down}");
    let up = high.up.unwrap().log_odds_difference;
    assert_eq!(up, OrReason::undefined(Reason::NeverReached { cut_point: 0.8, highest: 0.6 }));
}

#[test]
fn a_cut_point_on_a_beta_curve_is_a_score() {
    let curve = |a, b, c| Calibrator::Beta(Beta { a, b, c, covariance: [0.0; 6] });
    let next = |curve, row: &[u8]| {
        assess(&protocol(), &form(), &part("new_assault", points(), curve), None, row)
            .unwrap()
            .next_level
            .unwrap()
    };
    // A logistic curve of slope 1: 0.5 is at score 0, and the case at -3.
    let OrReason::Value(up) = next(curve(1.0, 1.0, 0.0), &[0, 0, 0]).up.unwrap().log_odds_difference else {
        panic!("no value")
    };
    assert!(worst(&[up], &[(0.1_f64 / 0.9).ln() + 3.0]) <= 1e-12, "{up}");
    // Without an exponent of s nothing is below 0.5, without one of 1 - s nothing above.
    let down = next(curve(0.0, 1.0, 0.0), &[0, 0, 0]).down.unwrap().log_odds_difference;
    assert_eq!(down, OrReason::undefined(Reason::NeverBelow { cut_point: 0.5, lowest: 0.5 }));
    let up = next(curve(1.0, 0.0, -1.0), &[1, 1, 0]).up.unwrap().log_odds_difference;
    let highest = sigmoid(-1.0);
    assert_eq!(up, OrReason::undefined(Reason::NeverReached { cut_point: 0.5, highest }));
}
