//! The clause that the level is never below that of the baseline alone.

use std::collections::BTreeSet;

use amparo_datasets::{Answers, Text};

use super::{form, lethality, points, protocol};
use crate::assess::{Assessment, assess};
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::probability::sigmoid;
use crate::testing::{additive_candidate, all_forms, worst};
use crate::wording::{Facts, words};
use crate::{Additive, Calibrator, Hybrid, Model, NeverBelowBaseline, OutcomeModel, Scorer};

/// A hybrid, half points and half a candidate that sees little in I2, so that the blend is often below its baseline.
fn hybrid() -> OutcomeModel {
    let weights = vec![vec![0.0, 1.0, 0.5], vec![0.0, 0.1, 0.2, 0.1], vec![0.0, 0.4, 0.2]];
    let candidate = additive_candidate(Additive { intercept: -1.5, weights });
    let scorer = Scorer::from(Hybrid::new(0.5, points(), candidate).unwrap());
    let answers = Answers::from_codes(form(), vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 0, 1]).unwrap();
    let background = Background::of(&scorer, &answers, &[1.0; 4]).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: -2.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
    OutcomeModel::new("new_assault".to_owned(), scorer, platt, background, &form(), &BTreeSet::new()).unwrap()
}

fn clause() -> NeverBelowBaseline {
    NeverBelowBaseline {
        reason: Text {
            es: "así lo acordó la comisión".to_owned(),
            en: "the commission decided so".to_owned(),
        },
        calibrator: Calibrator::Platt(Platt { intercept: 0.5, slope: 1.5, covariance: [0.0; 3] }),
    }
}

fn under_clause() -> OutcomeModel {
    hybrid().never_below(clause(), &form(), &BTreeSet::new()).unwrap()
}

fn of(part: &OutcomeModel, row: &[u8]) -> Assessment {
    assess(&protocol(), &form(), part, Some(&lethality()), row).unwrap()
}

/// The probability of the baseline by hand: points, offset, scale, then its own curve.
fn by_hand(row: &[u8]) -> f64 {
    let points = points();
    let sum: i32 = points.points.iter().zip(row).map(|(of, code)| of[usize::from(*code)]).sum();
    sigmoid(0.5 + 1.5 * (points.offset + points.scale * f64::from(sum)))
}

#[test]
fn the_level_is_the_higher_one_and_the_clause_is_named_where_it_acts() {
    let (part, free) = (under_clause(), hybrid());
    let (mut acted, mut held) = (0, 0);
    for row in all_forms(&form()) {
        let (with, without) = (of(&part, &row), of(&free, &row));
        let alone = with.baseline.as_ref().unwrap();
        assert!(worst(&[alone.probability], &[by_hand(&row)]) <= 1e-12);
        let baseline = protocol().level_of(by_hand(&row));
        let place = |level: &str| protocol().position(level).unwrap();
        assert_eq!(place(&with.level), place(&without.level).max(baseline), "{row:?}");
        assert_eq!(place(&alone.level), baseline);
        // Nothing else of the answer changes but what follows from the level.
        assert_eq!((&with.recidivism, &with.explanation), (&without.recidivism, &without.explanation));
        assert_eq!((with.computed_level.as_str(), without.baseline), (without.computed_level.as_str(), None));
        let raise = with.raised_by.iter().find(|raise| raise.rule == "baseline");
        assert_eq!(raise.is_some(), baseline > place(&with.computed_level), "{row:?}");
        let text = words(Facts { instrument: &form(), protocol: &protocol(), synthetic: false }, &with)
            .unwrap()
            .text;
        assert_eq!(text.en.contains("the commission decided so"), raise.is_some(), "{}", text.en);
        assert_eq!(text.es.contains("así lo acordó la comisión"), raise.is_some(), "{}", text.es);
        acted += usize::from(with.level != without.level);
        let next = with.next_level.unwrap();
        held += usize::from(next.held_by.contains(&"baseline".to_owned()) && next.down.is_none());
    }
    assert!(acted > 5 && held > 5, "{acted} {held}");
}

#[test]
fn what_unknown_answers_could_do_to_the_baseline_is_not_dropped() {
    let part = under_clause();
    for row in all_forms(&form()) {
        let assessment = of(&part, &row);
        let completions = all_forms(&form()).into_iter().filter(|known| {
            let unknown = [2, 3, 2];
            (0..3).all(|j| if row[j] == unknown[j] { known[j] != unknown[j] } else { known[j] == row[j] })
        });
        let probabilities: Vec<f64> = completions.map(|known| by_hand(&known)).collect();
        let [low, high] = [f64::min, f64::max].map(|f| probabilities.iter().copied().reduce(f).unwrap());
        let found = &assessment.baseline.as_ref().unwrap().if_unknowns;
        assert!(worst(&[found.low, found.high], &[low, high]) <= 1e-12, "{row:?}");
        assert!(worst(&[found.low, found.high], &[low, high + 1e-6]) > 1e-7, "a wrong end would be seen");
        let could = protocol().level_of(high) > protocol().position(&assessment.level).unwrap();
        let listed = assessment.undetermined_raises.iter().find(|open| open.id == "baseline");
        assert_eq!(listed.is_some(), could, "{row:?}");
        if let Some(listed) = listed {
            assert_eq!(listed.indicators, assessment.unknown);
        }
        for open in assessment.if_answered.iter().flatten() {
            let j = form().position(&open.indicator).unwrap();
            let levels = (0..[2, 3, 2][j]).map(|code| {
                let mut known = row.clone();
                known[j] = code;
                protocol().position(&of(&part, &known).level).unwrap()
            });
            let levels: Vec<usize> = levels.collect();
            let [lowest, highest] =
                [&open.lowest_level, &open.highest_level].map(|id| protocol().position(id));
            assert_eq!((lowest, highest), (levels.iter().min().copied(), levels.iter().max().copied()));
        }
    }
}

#[test]
fn only_a_hybrid_can_be_under_it_and_only_with_a_reason() {
    let refused = |part: OutcomeModel, clause| {
        part.never_below(clause, &form(), &BTreeSet::new()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(super::recidivism(), clause()),
        "never_below_baseline: the model is of family `points`, expected a hybrid with a baseline"
    );
    let mut silent = clause();
    silent.reason.es = " ".to_owned();
    assert_eq!(
        refused(hybrid(), silent),
        "never_below_baseline: its reason is empty, expected a sentence in `es` and in `en`"
    );
    let mut falling = clause();
    falling.calibrator = Calibrator::Platt(Platt { intercept: 0.0, slope: -1.0, covariance: [0.0; 3] });
    assert!(refused(hybrid(), falling).contains("slope"));
}

#[test]
fn a_new_calibrator_comes_with_one_of_the_baseline() {
    let platt = || Calibrator::Platt(Platt { intercept: 0.1, slope: 1.0, covariance: [0.0; 3] });
    let part = under_clause().recalibrated(platt(), Some(platt())).unwrap();
    assert_eq!(part.never_below_baseline().unwrap().calibrator, platt());
    assert_eq!(part.calibrator(), &platt());
    assert!(part.baseline_alone().is_some_and(|alone| {
        worst(&[alone.score(&[0, 0, 0])], &[Scorer::from(points()).score(&[0, 0, 0])]) <= 0.0
    }));
    for (part, of_baseline, expected) in [
        (under_clause(), None, "no calibrator of the baseline alone is given, expected one"),
        (hybrid(), Some(platt()), "a calibrator of the baseline alone is given, expected none"),
    ] {
        let said = part.recalibrated(platt(), of_baseline).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}
