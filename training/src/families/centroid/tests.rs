use std::collections::BTreeSet;

use amparo_models::Model;
use amparo_models::monotone::Proof;

use super::*;
use crate::testing::{close, drawn, form, training_set};

const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];
const ALL: [&str; 3] = ["Q1", "Q2", "Q3"];
const BOTH: [Metric; 2] = [Metric::Euclidean, Metric::Diagonal];

fn fit(metric: Metric, shrinkage: f64, exempt: &[&str]) -> CentroidFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    CentroidFit::new(&CentroidParams { metric, shrinkage }, &exempt).unwrap()
}

/// [`drawn`] with all weights alike.
fn unweighted(polarities: [&str; 4]) -> TrainingSet {
    let set = drawn(polarities, 400);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    training_set(set.answers().instrument(), &rows, set.events(), &[3.0; 400])
}

/// scikit-learn 1.9.1 on the draws of [`drawn`] as coordinates `C` (see [`CentroidFit`]), the first 8 rows:
///
/// ```text
/// NearestCentroid(priors="empirical").fit(C, y).decision_function(C) / 2
/// ```
const DIAGONAL: [f64; 8] = [
    -0.9121982689343664,
    -2.1921399868944675,
    -2.992483186291966,
    -0.8083031609166591,
    -2.1464034578551576,
    -2.592564329902536,
    -1.6369563282738744,
    -1.61182954824298,
];

/// `NearestCentroid().fit(C, y)`, half the difference of the squared distances to `centroids_`, plus the log-odds of the share of events.
const EUCLIDEAN: [f64; 8] = [
    -1.1169531427439139,
    -1.1762865519309837,
    -1.2771088722167003,
    -1.0353859919885056,
    -1.2011792056714508,
    -1.2970496111802312,
    -1.1971366186423709,
    -1.0960465999725888,
];

/// [`DIAGONAL`] with `shrink_threshold=1.0`.
const DIAGONAL_SHRUNKEN: [f64; 8] = [
    -0.9851821227428337,
    -1.4410218065380214,
    -1.8081209139767385,
    -0.6839097397824805,
    -1.5824275709399478,
    -1.5779745732183414,
    -1.3522812301815499,
    -0.9096030828192685,
];

/// [`EUCLIDEAN`] with `shrink_threshold=1.0`.
const EUCLIDEAN_SHRUNKEN: [f64; 8] = [
    -1.101886365411093,
    -1.1184283038717608,
    -1.1601205140547912,
    -1.0144079020524135,
    -1.139908314534552,
    -1.163790775114363,
    -1.143578575594124,
    -1.0346201015726528,
];

#[test]
fn without_weights_and_directions_it_is_scikit_learns() {
    let set = unweighted(DIRECTED);
    for (metric, shrinkage, expected) in [
        (Metric::Diagonal, 0.0, DIAGONAL),
        (Metric::Euclidean, 0.0, EUCLIDEAN),
        (Metric::Diagonal, 1.0, DIAGONAL_SHRUNKEN),
        (Metric::Euclidean, 1.0, EUCLIDEAN_SHRUNKEN),
    ] {
        let scores = |model: &Additive| -> Vec<f64> {
            set.answers().rows().take(8).map(|row| model.score(row)).collect()
        };
        let found = scores(&fit(metric, shrinkage, &ALL).fit(&set).unwrap());
        assert!(close(&found, &expected, 1e-12), "{metric:?}, {shrinkage}: {found:?}");
        let other = scores(&fit(metric, shrinkage + 0.1, &ALL).fit(&set).unwrap());
        assert!(!close(&other, &expected, 1e-3), "shrinkage matters");
        let weighted = scores(&fit(metric, shrinkage, &ALL).fit(&drawn(DIRECTED, 400)).unwrap());
        assert!(!close(&weighted, &expected, 1e-3), "and so do weights");
    }
}

/// Rows as coordinates, written from the documentation: graded questions, then the neutral one with three known answers.
fn coordinates(set: &TrainingSet) -> Vec<Vec<f64>> {
    let (rows, weights): (Vec<&[u8]>, _) = (set.answers().rows().collect(), set.weights());
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for (j, n_known) in [(0, 2), (1, 3), (2, 2)] {
        let grade = |row: &[u8]| f64::from(row[j]) / (n_known as f64 - 1.0);
        let known = || rows.iter().zip(weights).filter(|(row, _)| usize::from(row[j]) < n_known);
        let mean = known().map(|(row, w)| w * grade(row)).sum::<f64>() / known().map(|(_, w)| w).sum::<f64>();
        let place = |row: &&[u8]| if usize::from(row[j]) < n_known { grade(row) } else { mean };
        columns.push(rows.iter().map(place).collect());
        columns.push(rows.iter().map(|row| f64::from(u8::from(usize::from(row[j]) == n_known))).collect());
    }
    for answer in 0..4 {
        columns.push(rows.iter().map(|row| f64::from(u8::from(row[3] == answer)) / 2.0_f64.sqrt()).collect());
    }
    columns
}

/// The log-odds of every row by squared distances to both centroids.
fn by_distances(set: &TrainingSet, metric: Metric, shrinkage: f64) -> Vec<f64> {
    let columns = coordinates(set);
    let mean_weight = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let w: Vec<f64> = set.weights().iter().map(|w| w / mean_weight).collect();
    let sum = |x: &dyn Fn(usize) -> f64, class: Option<bool>| -> f64 {
        (0..w.len()).filter(|&i| class.is_none_or(|c| set.events()[i] == c)).map(|i| w[i] * x(i)).sum()
    };
    let sizes = [false, true].map(|class| sum(&|_| 1.0, Some(class)));
    let n = sizes[0] + sizes[1];
    let of_column = |x: &Vec<f64>| {
        let means = [0, 1].map(|k| sum(&|i| x[i], Some(k == 1)) / sizes[k]);
        let within = sum(&|i| (x[i] - means[usize::from(set.events()[i])]).powi(2), None) / (n - 2.0);
        (means, sum(&|i| x[i], None) / n, within.sqrt())
    };
    let of: Vec<([f64; 2], f64, f64)> = columns.iter().map(of_column).collect();
    let mut sds: Vec<f64> = of.iter().map(|(_, _, sd)| *sd).collect();
    sds.sort_by(f64::total_cmp);
    let s0 = (sds[4] + sds[5]) / 2.0;
    let mut scores = vec![(sizes[1] / sizes[0]).ln(); w.len()];
    for (x, (means, mean, sd)) in columns.iter().zip(of) {
        let [c0, c1] = [0, 1].map(|k| {
            let m = (1.0 / sizes[k] - 1.0 / n).sqrt();
            let d = (means[k] - mean) / (m * (sd + s0));
            mean + m * (sd + s0) * d.signum() * (d.abs() - shrinkage).max(0.0)
        });
        let v = if metric == Metric::Diagonal { sd * sd } else { 1.0 };
        let nearer = |x: f64| ((x - c0).powi(2) - (x - c1).powi(2)) / (2.0 * v);
        scores.iter_mut().zip(x).for_each(|(score, x)| *score += nearer(*x));
    }
    scores
}

#[test]
fn with_weights_it_is_the_difference_of_distances() {
    let set = drawn(DIRECTED, 400);
    for metric in BOTH {
        for shrinkage in [0.0, 0.7, 1.5] {
            let model = fit(metric, shrinkage, &ALL).fit(&set).unwrap();
            let found: Vec<f64> = set.answers().rows().map(|row| model.score(row)).collect();
            let expected = by_distances(&set, metric, shrinkage);
            assert!(close(&found, &expected, 1e-12), "{metric:?}, {shrinkage}");
            assert!(!close(&found, &by_distances(&set, metric, shrinkage + 0.1), 1e-4));
            assert!(!close(&found, &by_distances(&unweighted(DIRECTED), metric, shrinkage), 1e-3));
        }
    }
}

#[test]
fn shrunken_far_enough_all_that_is_left_is_the_share_of_events() {
    let set = drawn(DIRECTED, 400);
    for metric in BOTH {
        let model = fit(metric, 50.0, &[]).fit(&set).unwrap();
        assert!(close(&model.weights.concat(), &[0.0; 14], 0.0), "{model:?}");
        assert!(close(&[model.intercept], &[logit(set.base_rate())], 0.0));
    }
}

#[test]
fn every_model_passes_its_check_and_is_proved_monotone() {
    for n in [30, 60, 150, 400] {
        for directions in [DIRECTED, ["protective", "protective", "risk", "neutral"]] {
            for metric in BOTH {
                let set = drawn(directions, n);
                let scorer = fit(metric, 0.2, &[]).learn(&set).unwrap();
                scorer.check(set.answers().instrument()).unwrap();
                let proof = Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new());
                assert!(proof.is_ok(), "{n} rows: {}", proof.unwrap_err());
                assert_eq!(scorer.family(), "centroid");
            }
        }
    }
}

#[test]
fn without_the_directions_the_proof_fails() {
    let set = drawn(["protective", "protective", "risk", "neutral"], 400);
    for metric in BOTH {
        let scorer = fit(metric, 0.0, &ALL).learn(&set).unwrap();
        assert!(Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new()).is_err());
    }
}

#[test]
fn a_grade_against_its_direction_has_no_effect_and_unknown_keeps_its_own() {
    let set = drawn(["protective", "risk", "protective", "neutral"], 400);
    let free = fit(Metric::Diagonal, 0.0, &["Q1"]).fit(&set).unwrap();
    let bound = fit(Metric::Diagonal, 0.0, &[]).fit(&set).unwrap();
    assert!(free.weights[0][1] > 0.5, "it rises");
    assert!(close(&bound.weights[0][..2], &[0.0; 2], 0.0) && bound.weights[0][2] < -0.1, "{bound:?}");
    assert_eq!(free.weights[1..], bound.weights[1..], "the others are as before");
}

/// Every event is `present`, and nobody else: no variance within the classes. The other metric needs none.
#[test]
fn answers_that_tell_the_classes_apart_have_no_scale() {
    let rows: Vec<Vec<u8>> = (0..100).map(|i| vec![(i % 2) as u8, (i % 3) as u8]).collect();
    let events: Vec<bool> = (0..100).map(|i| i % 2 == 1).collect();
    let set = training_set(&form(&[(2, "risk"), (2, "risk")]), &rows, &events, &[1.0; 100]);
    let error = fit(Metric::Diagonal, 0.0, &[]).fit(&set).unwrap_err().to_string();
    assert_eq!(
        error,
        "the answers to indicator `Q1` differ between rows with the event and rows without it, and not among either; the metric \
         `diagonal` divides by their variance there, which is 0"
    );
    let model = fit(Metric::Euclidean, 0.0, &[]).fit(&set).unwrap();
    assert!(close(&[model.weights[0][1] - model.weights[0][0]], &[1.0], 1e-14));
}

#[test]
fn two_answers_are_one_coordinate_whatever_their_direction() {
    let rows: Vec<Vec<u8>> = (0..60).map(|i| vec![(i % 2) as u8]).collect();
    let events: Vec<bool> = (0..60).map(|i| i % 3 == 1).collect();
    for metric in BOTH {
        let of = |question| {
            fit(metric, 0.3, &[]).fit(&training_set(&form(&[question]), &rows, &events, &[1.0; 60])).unwrap()
        };
        let (two, neutral) = (of((2, "risk")), of((2, "neutral")));
        assert_eq!(two, neutral);
        assert!(close(&two.weights[0][2..], &[two.weights[0][1] / 2.0], 1e-12), "unknown: at the mean");
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    for (shrinkage, found) in [(-0.1, "-0.1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let params = CentroidParams { metric: Metric::Euclidean, shrinkage };
        let error = CentroidFit::new(&params, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("config: `shrinkage` is {found}, expected 0 or more"));
    }
}
