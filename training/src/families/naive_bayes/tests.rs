use std::collections::BTreeSet;

use amparo_models::Model;
use amparo_models::monotone::Proof;

use super::*;
use crate::testing::{close, drawn, form, training_set, uniform};

const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];

fn fit(smoothing: f64, exempt: &[&str]) -> NaiveBayesFit {
    let exempt: Vec<String> = exempt.iter().map(|id| (*id).to_owned()).collect();
    NaiveBayesFit::new(&NaiveBayesParams { smoothing }, &exempt).unwrap()
}

/// The intercept and all tables.
fn numbers(model: &Additive) -> Vec<f64> {
    std::iter::once(model.intercept).chain(model.weights.concat()).collect()
}

/// scikit-learn 1.9.1 on the draws of [`drawn`]:
///
/// ```text
/// m = CategoricalNB(alpha=alpha, min_categories=N).fit(X, y, sample_weight=w / w.mean())
/// m.class_log_prior_[1] - m.class_log_prior_[0], [f[1] - f[0] for f in m.feature_log_prob_]
/// ```
const SKLEARN: [f64; 15] = [
    -1.0916332431659317,
    -0.2878945477156116,
    0.7681995104747061,
    -0.5816167202399702,
    -0.4727022547394397,
    -0.13304551218833316,
    0.8121470638901482,
    -0.3549313936243239,
    0.1959808681411399,
    -0.009940609447659732,
    -0.1763580431602625,
    0.009295565574061637,
    0.5462034956507593,
    0.0013306391799510209,
    -0.7184719488821112,
];

/// The same with `alpha=0.25`.
const SKLEARN_QUARTER: [f64; 15] = [
    -1.0916332431659317,
    -0.29148892309738983,
    0.7787934865674844,
    -0.5961105893396801,
    -0.48872868725970786,
    -0.13273520160008268,
    0.8270933767094371,
    -0.36677932407032054,
    0.19813543057811778,
    -0.009306686607713832,
    -0.1791980755731224,
    0.01083443866496614,
    0.5567110374173416,
    0.0013449493455102157,
    -0.7435426925991893,
];

#[test]
fn without_directions_it_is_scikit_learns() {
    let set = drawn(["neutral"; 4], 400);
    for (smoothing, expected) in [(1.0, SKLEARN), (0.25, SKLEARN_QUARTER)] {
        let found = numbers(&fit(smoothing, &[]).fit(&set).unwrap());
        assert!(close(&found, &expected, 1e-12), "{smoothing}: {found:?}");
        assert!(!close(&found, &numbers(&fit(0.5, &[]).fit(&set).unwrap()), 1e-3), "smoothing matters");
    }
    let exempt = fit(1.0, &["Q1", "Q2", "Q3"]).fit(&drawn(DIRECTED, 400)).unwrap();
    assert!(close(&numbers(&exempt), &SKLEARN, 1e-12), "not enforced is the same");
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let alike = training_set(set.answers().instrument(), &rows, set.events(), &vec![2.0; 400]);
    assert!(!close(&numbers(&fit(1.0, &[]).fit(&alike).unwrap()), &SKLEARN, 1e-3), "and so do weights");
}

/// Rows of a one-question form: for each code, rows without the event and with it.
fn of_counts(questions: &[(usize, &str)], counts: &[(usize, usize)]) -> TrainingSet {
    let (mut rows, mut events) = (vec![], vec![]);
    for (code, &(without, with)) in counts.iter().enumerate() {
        rows.extend(std::iter::repeat_n(vec![code as u8], without + with));
        events.extend((0..without + with).map(|row| row < with));
    }
    training_set(&form(questions), &rows, &events, &vec![1.0; rows.len()])
}

/// 40 events and 160 other rows; the second and third grade fall back, so they are pooled: 20 and 50 rows, with the smoothing 22 and
/// 52 of 44 and 164.
#[test]
fn a_grade_that_falls_back_is_pooled_by_hand() {
    let set = of_counts(&[(3, "risk")], &[(100, 15), (20, 12), (30, 8), (10, 5)]);
    let model = fit(1.0, &[]).fit(&set).unwrap();
    let expected = [
        (16.0 / 44.0 / (101.0 / 164.0_f64)).ln(),
        (22.0 / 44.0 / (52.0 / 164.0_f64)).ln(),
        (22.0 / 44.0 / (52.0 / 164.0_f64)).ln(),
        (6.0 / 44.0 / (11.0 / 164.0_f64)).ln(),
    ];
    assert!(close(&model.weights[0], &expected, 1e-14), "{model:?}");
    assert!(close(&[model.intercept], &[0.25_f64.ln()], 1e-14));
    let raw = fit(1.0, &["Q1"]).fit(&set).unwrap();
    assert!(raw.weights[0][1] > raw.weights[0][2] + 0.5, "without the direction it falls: {raw:?}");
    // The mean of the two logarithms is not the ratio of the counts together.
    let mean = (raw.weights[0][1] + raw.weights[0][2]) / 2.0;
    assert!(!close(&[mean], &expected[1..2], 1e-3), "{mean}");
}

/// Log-likelihood of smoothed counts under the probabilities of answers without the event and with it.
fn log_likelihood(smoothed: &[[f64; 2]], of: &[[f64; 2]]) -> f64 {
    smoothed.iter().zip(of).map(|(n, p)| n[0] * p[0].ln() + n[1] * p[1].ln()).sum()
}

/// Whatever other probabilities keep the direction, they are less likely than the pooled ones.
#[test]
fn no_other_tables_that_keep_the_direction_are_more_likely() {
    let counts = [(100, 15), (20, 12), (30, 8), (10, 5)];
    let smoothed: Vec<[f64; 2]> = counts.map(|(n, e)| [n as f64 + 1.0, e as f64 + 1.0]).to_vec();
    let weights = fit(1.0, &[]).fit(&of_counts(&[(3, "risk")], &counts)).unwrap().weights;
    // Of given sums of both classes the ratios say everything: P(a | event) = r P(a | no event).
    let [n, e] = total(&smoothed);
    let of_ratio = |s: &[f64; 2], ratio: f64| {
        let without = (s[0] + s[1]) / (n + e * ratio);
        [without, without * ratio]
    };
    let fitted: Vec<[f64; 2]> = smoothed.iter().zip(&weights[0]).map(|(s, w)| of_ratio(s, w.exp())).collect();
    let sums = total(&fitted);
    assert!(close(&sums, &[1.0, 1.0], 1e-12), "they are probabilities");
    let best = log_likelihood(&smoothed, &fitted);
    let (mut tried, mut nearest) = (0, f64::NEG_INFINITY);
    for draw in 0..20_000 {
        // A step away from the fitted ones, brought back to a sum of 1.
        let step = 0.3 * uniform(900_000 + draw);
        let at = |k: usize, class: usize| {
            fitted[k][class] * (step * (2.0 * uniform(draw * 8 + 2 * k + class) - 1.0)).exp()
        };
        let drawn: Vec<[f64; 2]> = (0..4).map(|k| [at(k, 0), at(k, 1)]).collect();
        let sums = total(&drawn);
        let other: Vec<[f64; 2]> = drawn.iter().map(|p| [p[0] / sums[0], p[1] / sums[1]]).collect();
        if (1..3).all(|k| other[k][1] / other[k][0] >= other[k - 1][1] / other[k - 1][0]) {
            tried += 1;
            nearest = nearest.max(log_likelihood(&smoothed, &other));
        }
    }
    assert!(tried > 1_000 && nearest <= best, "{tried} tries, {nearest} above {best}");
    let raw: Vec<[f64; 2]> = smoothed.iter().map(|s| [s[0] / n, s[1] / e]).collect();
    assert!(log_likelihood(&smoothed, &raw) > best + 0.5, "what falls back is more likely, and not allowed");
}

#[test]
fn every_model_passes_its_check_and_is_proved_monotone() {
    for n in [30, 60, 150, 400] {
        for directions in [DIRECTED, ["protective", "protective", "risk", "neutral"]] {
            let set = drawn(directions, n);
            let scorer = fit(0.5, &[]).learn(&set).unwrap();
            scorer.check(set.answers().instrument()).unwrap();
            let proof = Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new());
            assert!(proof.is_ok(), "{n} rows: {}", proof.unwrap_err());
            assert_eq!(scorer.family(), "naive_bayes");
        }
    }
}

#[test]
fn without_the_directions_the_proof_fails() {
    let set = drawn(["protective", "protective", "risk", "neutral"], 400);
    let scorer = fit(0.5, &["Q1", "Q2", "Q3"]).learn(&set).unwrap();
    assert!(Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new()).is_err());
}

/// Where events are rare, scikit-learn's ratio of an answer that nobody gave is high: the smoothing alone makes the classes even.
#[test]
fn an_answer_that_no_row_has_adds_nothing() {
    let counts = [(900, 50), (0, 0), (60, 30), (0, 0)];
    let free = fit(1.0, &[]).fit(&of_counts(&[(3, "neutral")], &counts)).unwrap();
    assert!(close(&[free.weights[0][1], free.weights[0][3]], &[0.0, 0.0], 0.0), "{free:?}");
    let theirs = (964.0_f64 / 84.0).ln();
    assert!(theirs > 2.4, "scikit-learn adds so much");
    let risk = fit(1.0, &[]).fit(&of_counts(&[(3, "risk")], &counts)).unwrap();
    let [first, second, third, unknown] = risk.weights[0][..] else { panic!("four answers") };
    assert!(close(&[second, unknown], &[first, 0.0], 0.0) && third > first, "as the grade below: {risk:?}");
    let none_first = [(0, 0), (900, 50), (60, 30), (0, 0)];
    let risk = fit(1.0, &[]).fit(&of_counts(&[(3, "risk")], &none_first)).unwrap();
    assert!(close(&risk.weights[0][..1], &risk.weights[0][1..2], 0.0), "as the grade above: {risk:?}");
    let unknown_only = [(0, 0), (0, 0), (0, 0), (960, 80)];
    let risk = fit(1.0, &[]).fit(&of_counts(&[(3, "risk")], &unknown_only)).unwrap();
    assert!(close(&risk.weights[0][..3], &[0.0; 3], 0.0), "{risk:?}");
}

#[test]
fn unknown_goes_where_its_rows_go() {
    let risk = [(2, "risk")];
    let above = fit(1.0, &[]).fit(&of_counts(&risk, &[(800, 200), (600, 400), (300, 700)])).unwrap();
    assert!(above.weights[0][2] > above.weights[0][1]);
    let below = fit(1.0, &[]).fit(&of_counts(&risk, &[(800, 200), (600, 400), (900, 20)])).unwrap();
    assert!(below.weights[0][2] < below.weights[0][0]);
}

/// Five questions that repeat one: the log-odds of its answer count five times, as they do in every naive Bayes.
#[test]
fn what_is_told_twice_counts_twice() {
    let once: Vec<Vec<u8>> = (0..400).map(|i| vec![u8::from(uniform(i) < 0.4)]).collect();
    let events: Vec<bool> =
        once.iter().enumerate().map(|(i, row)| uniform(5_000 + i) < 0.2 + 0.3 * f64::from(row[0])).collect();
    let five: Vec<Vec<u8>> = once.iter().map(|row| row.repeat(5)).collect();
    let of = |rows: &[Vec<u8>]| {
        let form = form(&vec![(2, "risk"); rows[0].len()]);
        fit(1.0, &[]).fit(&training_set(&form, rows, &events, &[1.0; 400])).unwrap()
    };
    let (one, repeated) = (of(&once), of(&five));
    let raised = one.score(&[1]) - one.intercept;
    assert!(raised > 0.3);
    assert!(close(&[repeated.score(&[1; 5]) - repeated.intercept], &[5.0 * raised], 1e-12));
}

#[test]
fn a_smoothing_out_of_range_is_refused() {
    for (smoothing, found) in [(0.0, "0"), (-2.0, "-2"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let error = NaiveBayesFit::new(&NaiveBayesParams { smoothing }, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("config: `smoothing` is {found}, expected a number above 0"));
    }
}
