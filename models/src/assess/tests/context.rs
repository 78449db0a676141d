//! Stability and percentiles of the form of `golden`, against its four rows, 250 cases of each.
//!
//! Values of I1: -1 and 1, half of the cases each. I2: -0.875 (half), 0.125 and 1.625 (a quarter each); the form has -0.375.
//! I3: -0.25 and 0.25, half each. Scores: -3, 0, 0 and -0.5.

use std::collections::BTreeSet;

use amparo_datasets::Answers;

use super::{form, lethality, points, protocol, recidivism};
use crate::explain::{Background, Deal, OrReason, SUBSAMPLES, Subsamples};
use crate::testing::worst;
use crate::{Assessment, OutcomeModel, Scorer, assess};

const ROWS: [[u8; 3]; 4] = [[0, 0, 0], [1, 1, 0], [0, 2, 1], [1, 0, 1]];

fn ids() -> Vec<String> {
    (0..1000).map(|case| format!("case {case}")).collect()
}

/// The part of `golden` with its four rows 250 times.
fn part() -> OutcomeModel {
    let answers = Answers::from_codes(form(), ROWS.concat().repeat(250)).unwrap();
    let weights = [1.0; 1000];
    let (scorer, calibrator) = (Scorer::from(points()), recidivism().calibrator().clone());
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let subsamples = Subsamples::of(&scorer, &answers, &weights, &Deal::of(&ids())).unwrap();
    let exempt = BTreeSet::new();
    let part = OutcomeModel::new("new_assault".to_owned(), scorer, calibrator, background, &form(), &exempt)
        .unwrap();
    let population = part.population_of(&answers, &weights, subsamples).unwrap();
    part.with_population(population).unwrap()
}

fn of(row: &[u8]) -> Assessment {
    assess(&protocol(), &form(), &part(), Some(&lethality()), row).unwrap()
}

#[test]
fn percentiles_are_mid_ranks() {
    let assessment = of(&[1, 3, 0]);
    let Some(OrReason::Value(percentiles)) = assessment.explanation.percentiles else {
        panic!("enough rows")
    };
    let named: Vec<&str> = percentiles.iter().map(|at| at.indicator.as_str()).collect();
    assert_eq!(named, ["I1", "I2", "I3"]);
    let OrReason::Value(score) = assessment.recidivism.percentile else { panic!("enough rows") };
    let found: Vec<f64> = percentiles.iter().map(|at| at.percentile).chain([score.percentile]).collect();
    let error = worst(&found, &[0.75, 0.5, 0.25, 0.375]);
    assert!(error <= 1e-12, "{found:?}");
    // Without half of the equal ones.
    assert!(worst(&found, &[0.5, 0.5, 0.0, 0.25]) > 0.1);
    assert!(percentiles.iter().all(|at| at.resolution <= 1e-12));
    assert!(assessment.lethality.unwrap().percentile.value().is_none());
}

/// 4 points x 0.5 = 2 x the share of a1 among the cases of a subsample is all that I1 depends on.
#[test]
fn the_sd_is_that_of_the_means_of_the_subsamples() {
    let assessment = of(&[1, 3, 0]);
    let Some(OrReason::Value(stability)) = assessment.explanation.stability else { panic!("enough cases") };
    assert_eq!((stability.subsamples, stability.degrees_of_freedom, stability.resamples), (16, 15, 400));
    let (mut of_a1, mut all) = ([0.0; SUBSAMPLES], [0.0; SUBSAMPLES]);
    for (row, &k) in Deal::of(&ids()).of_rows().iter().enumerate() {
        all[usize::from(k)] += 1.0;
        of_a1[usize::from(k)] += f64::from(ROWS[row % 4][0]);
    }
    let squares = (0..SUBSAMPLES).map(|k| all[k] / 1000.0 * 2.0 * (of_a1[k] / all[k] - 0.5)).map(|d| d * d);
    let expected = (16.0 / 15.0 * squares.sum::<f64>()).sqrt();
    let first = &stability.values[0];
    assert!((first.sd - expected).abs() <= 1e-4, "{} {expected}", first.sd);
    // As of 1000 draws of a share of a half: 2 x 0.5 / sqrt(1000) = 0.032, known to 18 %.
    assert!((first.sd / 0.0316 - 1.0).abs() <= 0.5, "{}", first.sd);
    assert!((first.sd / 0.0316 - 4.0).abs() > 1.0);
    assert!((first.high - 1.0 - 2.131_449_545_559_323 * first.sd).abs() <= 1e-12);
    assert!(first.sign_holds && (first.rank, first.rank_from, first.rank_to) == (1, 1, 1));
    assert_eq!([stability.values[1].rank, stability.values[2].rank], [2, 3]);
    assert!(stability.base_sd > first.sd);
}
