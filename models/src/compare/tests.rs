#![expect(clippy::unwrap_used, reason = "tests")]

mod levels;
mod refused;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{Answers, Instrument, Polarity};

use super::{Difference, Side, check_sum, sides};
use crate::calibrator::{Beta, Isotonic, Platt, VennAbers};
use crate::explain::Background;
use crate::testing::{Draw, form, instrument_of, population, protocol_text, scorers, worst};
use crate::{Calibrator, Model, OutcomeModel, Protocol, Scorer};

/// A version drawn at random, with the population it compares with.
struct Drawn {
    form: Arc<Instrument>,
    protocol: Protocol,
    recidivism: OutcomeModel,
    lethality: Option<OutcomeModel>,
    population: (Answers, Vec<f64>),
}

impl Drawn {
    fn side(&self) -> Side<'_> {
        Side {
            name: "m@1".to_owned(),
            digest: "d",
            instrument: &self.form,
            protocol: &self.protocol,
            recidivism: &self.recidivism,
            lethality: self.lethality.as_ref(),
        }
    }
}

fn drawn(draw: &mut Draw, form: &Arc<Instrument>, family: usize) -> Drawn {
    let population = population(draw, form, 12);
    let part = |outcome: &str, draw: &mut Draw| {
        let scorer = scorers(draw, form).swap_remove(family);
        let background = Background::of(&scorer, &population.0, &population.1).unwrap();
        let curve = calibrator(draw);
        OutcomeModel::new(outcome.to_owned(), scorer, curve, background, form, &exempt(form)).unwrap()
    };
    let recidivism = part("new_assault", draw);
    let lethality = (draw.below(3) > 0).then(|| part("lethal", draw));
    Drawn { form: Arc::clone(form), protocol: protocol(draw), recidivism, lethality, population }
}

/// Random scorers have no direction to keep.
fn exempt(form: &Instrument) -> BTreeSet<String> {
    form.indicators().iter().map(|i| i.id.clone()).collect()
}

fn calibrator(draw: &mut Draw) -> Calibrator {
    let family = draw.below(4);
    if family == 2 {
        let (low, high) = (draw.between(0.01, 0.4), draw.between(0.5, 0.9));
        let tables =
            VennAbers { low_from: vec![-2.0], low: vec![low], high_to: vec![-1.0], high: vec![high] };
        return Calibrator::VennAbers(tables);
    }
    if family == 1 {
        let (a, b) = (draw.between(0.3, 2.0), draw.between(0.0, 2.0));
        return Calibrator::Beta(Beta {
            a,
            b,
            c: draw.between(-1.0, 2.0),
            covariance: [0.01, 0.0, 0.0, 0.01, 0.0, 0.01],
        });
    }
    if family == 0 {
        let (intercept, slope) = (draw.between(-1.0, 2.0), draw.between(0.3, 2.0));
        return Calibrator::Platt(Platt { intercept, slope, covariance: [0.01, 0.0, 0.01] });
    }
    let mut probabilities: Vec<f64> = (0..6).map(|_| draw.between(0.01, 0.99)).collect();
    probabilities.sort_by(f64::total_cmp);
    let scores = (0..6).map(|k| f64::from(k) * 1.5 - 5.0).collect();
    Calibrator::Isotonic(Isotonic {
        scores,
        low: probabilities.clone(),
        high: probabilities.clone(),
        probabilities,
    })
}

/// Four levels at random cut-points, a lethality rule and a floor.
fn protocol(draw: &mut Draw) -> Protocol {
    let cuts = [draw.between(0.05, 0.2), draw.between(0.25, 0.5), draw.between(0.55, 0.9)];
    let (lethal, floor) = (draw.between(0.1, 0.9), 1 + draw.below(3));
    let levels = [("l0", 0.0), ("l1", cuts[0]), ("l2", cuts[1]), ("l3", cuts[2])];
    let rules = format!(
        "[lethality]\noutcome = \"lethal\"\nhorizon_days = 365\n\
         rule = [{{ from_probability = {lethal:?}, at_least = \"l2\", special_relevance = true, reason = {{ es = \"r\", en = \"r\" }} }}]\n\
         [[floor]]\nid = \"f\"\nat_least = \"l{floor}\"\nany = [{{ indicator = \"I3\", answers = [\"a1\"] }}]\n\
         reason = {{ es = \"r\", en = \"r\" }}\n"
    );
    let text = protocol_text("new_assault", Some(320), &levels) + &rules;
    Protocol::from_toml(&text, Path::new("drawn.toml")).unwrap()
}

fn small_form() -> Arc<Instrument> {
    instrument_of(&[(2, Polarity::Risk), (3, Polarity::Risk), (2, Polarity::Neutral), (4, Polarity::Risk)])
}

/// Pairs of versions of every family, each with a form.
fn pairs(mut visit: impl FnMut(&Drawn, &Drawn, &[u8], &Difference)) {
    let (mut draw, of) = (Draw::new(17), small_form());
    for round in 0..60 {
        let (a, b) = (drawn(&mut draw, &of, round % 5), drawn(&mut draw, &of, round / 5 % 5));
        for _ in 0..4 {
            let row = form(&mut draw, &of);
            visit(&a, &b, &row, &sides(&a.side(), &b.side(), &row).unwrap());
        }
    }
}

/// Shapley values by their definition: every subset, every row of the population.
fn shapley(scorer: &Scorer, (answers, weights): &(Answers, Vec<f64>), row: &[u8]) -> (f64, Vec<f64>) {
    let n = row.len();
    let total: f64 = weights.iter().sum();
    let worth = |set: usize| {
        let mixed = |other: &[u8]| -> Vec<u8> {
            (0..n).map(|j| if set >> j & 1 == 1 { row[j] } else { other[j] }).collect()
        };
        answers.rows().zip(weights).map(|(other, w)| w * scorer.score(&mixed(other))).sum::<f64>() / total
    };
    let factorial = |k: usize| (1..=k).map(|k| k as f64).product::<f64>();
    let values = (0..n).map(|j| {
        let without = (0..1_usize << n).filter(|set| set >> j & 1 == 0);
        let gain = |set: usize| {
            let size = set.count_ones() as usize;
            factorial(size) * factorial(n - size - 1) / factorial(n) * (worth(set | 1 << j) - worth(set))
        };
        without.map(gain).sum()
    });
    (worth(0), values.collect())
}

#[test]
fn the_log_odds_are_taken_apart_as_brute_force_does() {
    pairs(|a, b, row, difference| {
        let (base_a, values_a) = shapley(a.recidivism.scorer(), &a.population, row);
        let (base_b, values_b) = shapley(b.recidivism.scorer(), &b.population, row);
        let parts = &difference.log_odds;
        let found: Vec<f64> = parts.values.iter().map(|v| v.difference).collect();
        let expected: Vec<f64> = values_a.iter().zip(&values_b).map(|(a, b)| a - b).collect();
        assert!(worst(&found, &expected) <= 1e-9, "{row:?} {found:?} {expected:?}");
        assert!((parts.base - (base_a - base_b)).abs() <= 1e-9);
        let whole = a.recidivism.score(row) - b.recidivism.score(row);
        assert!((parts.base + found.iter().sum::<f64>() - whole).abs() <= 1e-9, "{row:?}");
        assert!((parts.difference - whole).abs() <= 1e-12, "{row:?}");
        assert!(!parts.same_population);
        // The values of one version alone are not the difference.
        assert!(worst(&values_a, &found) > 1e-9, "{row:?}");
    });
}

#[test]
fn parts_that_do_not_add_up_are_refused() {
    let mut values = Vec::new();
    pairs(|_, _, _, difference| values = difference.log_odds.values.clone());
    let sum: f64 = values.iter().map(|v| v.difference).sum();
    assert!(check_sum(0.25, &values, sum + 0.25).is_ok());
    assert!(check_sum(0.25, &values, sum + 0.25 + 0.9e-9).is_ok());
    assert!(check_sum(0.25, &values, sum + 0.25 + 2e-9).is_err());
    assert!(check_sum(0.25, &values, f64::NAN).is_err());
    let refused = check_sum(0.5, &[], 0.75).unwrap_err().to_string();
    assert_eq!(
        refused,
        "comparison: parts add up to 0.5, the scores differ by 0.75: off by 2.5e-1, above 1e-9"
    );
}

#[test]
fn the_probabilities_are_taken_apart_along_every_order() {
    let mut apart = false;
    pairs(|a, b, row, difference| {
        let read = |part: &OutcomeModel, by: &OutcomeModel| by.calibrate(part.score(row)).probability;
        let (a, b) = (&a.recidivism, &b.recidivism);
        let [start, end] = [read(b, b), read(a, a)];
        // Score first, then calibrator; and the other way round.
        let (score_first, then_calibrator) = (read(a, b) - start, end - read(a, b));
        let (calibrator_first, then_score) = (read(b, a) - start, end - read(b, a));
        let parts = &difference.probability;
        let found = [
            parts.difference,
            parts.score.value,
            parts.calibrator.value,
            parts.score.first,
            parts.score.last,
            parts.calibrator.first,
            parts.calibrator.last,
        ];
        let expected = [
            end - start,
            (score_first + then_score) / 2.0,
            (calibrator_first + then_calibrator) / 2.0,
            score_first,
            then_score,
            calibrator_first,
            then_calibrator,
        ];
        assert!(worst(&found, &expected) <= 1e-15, "{found:?} {expected:?}");
        assert!((parts.score.value + parts.calibrator.value - parts.difference).abs() <= 1e-15);
        apart |= (score_first - then_score).abs() > 0.01;
    });
    assert!(apart, "one order alone would give another answer");
}

#[test]
fn a_version_does_not_differ_from_itself() {
    let (mut draw, of) = (Draw::new(3), small_form());
    for family in 0..5 {
        let version = drawn(&mut draw, &of, family);
        let row = form(&mut draw, &of);
        let found = sides(&version.side(), &version.side(), &row).unwrap();
        let values = found.log_odds.values.iter().map(|v| v.difference);
        let numbers: Vec<f64> = values
            .chain([found.log_odds.difference, found.log_odds.base, found.probability.difference])
            .chain([found.probability.score.value, found.probability.calibrator.value])
            .collect();
        assert!(worst(&numbers, &vec![0.0; numbers.len()]) <= 0.0);
        assert!(found.log_odds.same_population && found.level.same);
        assert_eq!(found.model, found.against);
    }
}

#[test]
fn the_same_calibrator_has_exactly_no_part() {
    let (mut draw, of) = (Draw::new(4), small_form());
    let (a, mut b) = (drawn(&mut draw, &of, 0), drawn(&mut draw, &of, 2));
    let scorer = b.recidivism.scorer().clone();
    let background = b.recidivism.background().clone();
    let same = a.recidivism.calibrator().clone();
    b.recidivism =
        OutcomeModel::new("new_assault".to_owned(), scorer, same, background, &of, &exempt(&of)).unwrap();
    let found = sides(&a.side(), &b.side(), &[0, 1, 1, 2]).unwrap().probability;
    assert!(worst(&[found.calibrator.value, found.score.value], &[0.0, found.difference]) <= 0.0);
    assert!(found.difference.abs() > 1e-6);
}
