//! The oracle, and what moves it.

use super::super::hazard::{Baseline, Risk};
use super::super::truth::Truth;
use super::*;

#[test]
fn probabilities_agree_with_a_hand_worked_case() {
    // python3: B = 1 + .6/229*45
    //   1 - exp(-.3)*(1 - .01/B)                        0.26580862980797404      day 320
    //   1 - exp(-.5*.4*45.5/91)*(1 - .01*.2/B)          0.09678139265724528      day 45.5, reported or not
    let g = with(|p| p.assault.early_hazard.value = 0.4);
    let base = Baseline::new(&g.params);
    let risk = Risk { hazard: 0.5, reporting: 0.6, lethal: 0.01 };
    let error = |risk: Risk| {
        let first = (risk.reported_by(320.0, &base) - 0.265_808_629_807_974).abs();
        first.max((risk.any_by(45.5, &base) - 0.096_781_392_657_245).abs())
    };
    assert!(error(risk) <= 1e-12, "{}", error(risk));
    assert!(error(Risk { lethal: 0.0, ..risk }) > 1e-12);
}

/// Largest |sum of events - sum of probabilities| over deciles of the probability, in standard errors.
fn worst_decile(probability: &[f64], events: &[bool], weights: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by(|&a, &b| probability[a].total_cmp(&probability[b]));
    let z = |rows: &[usize]| {
        let (mut miss, mut variance) = (0.0, 0.0);
        for &i in rows {
            let (p, w) = (probability[i].min(1.0), weights[i]);
            miss += w * (f64::from(u8::from(events[i])) - p);
            variance += w * w * p * (1.0 - p);
        }
        miss.abs() / variance.sqrt()
    };
    order.chunks(events.len().div_ceil(10)).map(z).fold(0.0, f64::max)
}

#[test]
fn the_oracles_are_calibrated_in_every_decile() {
    let cohort = cohort(&with(|_| ()), Design::Population { rows: ROWS });
    for name in ["new_assault", "any_assault"] {
        let labelled = cohort.labelled(name).unwrap();
        let oracle = cohort.oracles().iter().find(|o| o.outcome == name).unwrap();
        let p: Vec<f64> = labelled.rows.iter().map(|&row| oracle.probability[row]).collect();
        let z = |p: &[f64]| worst_decile(p, &labelled.events, &labelled.weights);
        assert!(z(&p) <= 4.0, "`{name}`: {} standard errors", z(&p));
        let flat = vec![mean(p.iter().copied()); p.len()];
        let high: Vec<f64> = p.iter().map(|p| p * 1.15).collect();
        let wrong_cases: Vec<f64> = p.iter().rev().copied().collect();
        for wrong in [high, wrong_cases] {
            assert!(z(&wrong) > 4.0, "`{name}`: a wrong oracle passes");
        }
        let separates =
            |p: &[f64]| auc(p, &labelled.events.iter().map(|e| f64::from(u8::from(*e))).collect::<Vec<_>>());
        assert!(separates(&p) > 0.75 && separates(&flat) <= 0.5 + 1e-12);
    }
}

#[test]
fn protection_lowers_every_hazard_from_level_one_up() {
    let (with_it, without) = (with(|_| ()), with(|p| p.protection.effect.value = [0.0; 5]));
    let lowered = |g: &Generator| {
        let pairs: Vec<_> = people(g, 5_000).into_iter().zip(people(&without, 5_000)).collect();
        assert!(pairs.iter().all(|(a, b)| a.level == b.level && a.truth.answers == b.truth.answers));
        pairs
            .iter()
            .filter(|(a, _)| a.level > 0)
            .all(|(a, b)| a.risk.hazard < b.risk.hazard && a.risk.lethal < b.risk.lethal)
    };
    assert!(lowered(&with_it));
    assert!(!lowered(&without));
}

/// A case in which nothing is the matter but the given indicators.
fn only(g: &Generator, there: &[&str]) -> Truth {
    let mut truth = Truth { traits: [0.0; 5], answers: vec![0; 37], age: 0, rural: false, force: 0 };
    there.iter().for_each(|id| truth.answers[g.instrument.position(id).unwrap()] = 1);
    truth
}

#[test]
fn some_pairs_weigh_more_than_the_sum_of_both() {
    let g = with(|_| ());
    let log = |there: &[&str]| g.effects(&only(&g, there), 0).assault;
    let extra = |a, b| log(&[a, b]) - log(&[a]) - log(&[b]) + log(&[]);
    let error = (extra("I16", "I34") - 0.7).abs();
    assert!(error <= 1e-12, "off by {error}");
    assert!(extra("I16", "I35").abs() <= 1e-12, "a pair without interaction has one");
    assert!(extra("I21", "I15") > 0.1 && extra("I06", "I09") > 0.1);
}

#[test]
fn children_do_not_change_who_is_killed_but_who_gets_a_higher_level() {
    // Among those killed: share at level low or above, by children.
    let gap = |g: &Generator| {
        let rows = people(g, ROWS);
        let protected = |children: bool| {
            let killed = rows.iter().filter(|r| (r.truth.answers[g.children] > 0) == children);
            let (mut all, mut above) = (0.0, 0.0);
            for row in killed {
                all += row.risk.lethal;
                above += if row.level > 0 { row.risk.lethal } else { 0.0 };
            }
            above / all
        };
        protected(true) - protected(false)
    };
    let g = with(|_| ());
    for id in ["I29", "I30", "I31"] {
        let at = g.instrument.position(id).unwrap();
        assert!(g.indicators[at].lethal.abs() <= 0.0, "`{id}` changes who is killed");
    }
    assert!(gap(&g) >= 0.03, "gap {}", gap(&g));
    // A form on which the questions about minors are never answered has no such gap.
    let silent = with(|p| {
        p.recording.plain.value = vec![];
        for id in ["I29", "I30", "I31"] {
            p.indicator.get_mut(id).unwrap().unknown = 0.999_999;
        }
    });
    assert!(gap(&silent) < 0.03, "gap {}", gap(&silent));
}

#[test]
fn some_assaults_are_never_reported_and_more_of_them_by_foreign_victims() {
    let unreported = |g: &Generator, foreign: bool| {
        let rows = people(g, 30_000);
        let any: Vec<_> = rows
            .iter()
            .filter(|r| r.days.any <= 320.0 && (r.truth.answers[g.foreign] > 0) == foreign)
            .collect();
        any.iter().filter(|r| r.days.reported > 320.0).count() as f64 / any.len() as f64
    };
    let g = with(|_| ());
    assert!(unreported(&g, false) > 0.25, "{}", unreported(&g, false));
    // About 2,300 foreign and 4,600 other cases: four standard errors of the difference are 0.05.
    assert!(unreported(&g, true) - unreported(&g, false) > 0.05);
    assert!(unreported(&with(|p| p.reporting.share.value = 0.9999), false) < 0.01);
}
