use amparo_datasets::split::folds;
use amparo_models::probability::sigmoid;

use super::*;
use crate::testing::{OUTCOME, data, form};
use crate::{Data, Error};

const DEAL: Deal = Deal { n_folds: 4, seed: 3 };

/// Two rows a case, of which the second tells what the first is; the share of events of a score is `truth`.
fn judged(n_cases: usize, truth: impl Fn(f64) -> f64) -> (Data, Vec<f64>) {
    let score = |row: usize| 6.0 * uniform(8_000_000 + row / 2 * 10) - 3.0;
    let n = 2 * n_cases;
    let scores: Vec<f64> = (0..n).map(score).collect();
    let events: Vec<bool> =
        (0..n).map(|row| uniform(8_000_005 + row / 2 * 10) < truth(scores[row])).collect();
    let weights: Vec<f64> = (0..n).map(|row| 0.5 + uniform(8_000_007 + row * 10)).collect();
    let cases: Vec<usize> = (0..n).map(|row| row / 2).collect();
    let form = form(&[(2, "risk")]);
    (data(&form, &vec![vec![0]; n], &events, &weights, &cases), scores)
}

/// The log loss of a method over the folds, from scratch.
fn by_hand(method: Method, data: &Data, scores: &[f64]) -> f64 {
    let all: Vec<usize> = (0..scores.len()).collect();
    let folds = folds(&data.cohort, &all, OUTCOME, DEAL.n_folds, DEAL.seed).unwrap();
    let (mut loss, mut total) = (0.0, 0.0);
    for fold in &folds {
        let of = |wanted: bool| -> (Vec<f64>, Vec<bool>, Vec<f64>) {
            let rows = all.iter().filter(|row| fold.contains(row) == wanted);
            let cells: Vec<(f64, bool, f64)> =
                rows.map(|&row| (scores[row], data.events[row], data.weights[row])).collect();
            (
                cells.iter().map(|c| c.0).collect(),
                cells.iter().map(|c| c.1).collect(),
                cells.iter().map(|c| c.2).collect(),
            )
        };
        let (x, y, w) = of(false);
        let curve = method.fit(&x, &y, &w, OUTCOME).unwrap();
        let (x, y, w) = of(true);
        for ((x, y), w) in x.iter().zip(y).zip(w) {
            let p = curve.calibrate(*x).probability;
            loss -= w * if y { p.ln() } else { (1.0 - p).ln() };
            total += w;
        }
    }
    loss / total
}

#[test]
fn the_method_that_loses_least_on_cases_it_has_not_seen_is_taken() {
    // A straight line, a bent one, and a step.
    type Truth<'t> = (&'t dyn Fn(f64) -> f64, &'t [Method]);
    let truths: [Truth<'_>; 3] = [
        (&|s| sigmoid(0.8 * s - 0.5), &[Method::Platt, Method::PlattSmoothed]),
        (&|s| sigmoid(-3.0 * (1.0 + (-s).exp()).ln() + 0.2), &[Method::Beta]),
        (&|s| if s < 0.4 { 0.1 } else { 0.7 }, &[Method::Isotonic, Method::VennAbers]),
    ];
    for (truth, expected) in truths {
        let (data, scores) = judged(600, truth);
        let rows: Vec<usize> = (0..scores.len()).collect();
        let scored = Scored { data: &data, rows: &rows, scores: &scores };
        let (calibrator, record) = choose(&Method::ALL, scored, DEAL).unwrap();
        assert_eq!(
            record.tried.iter().map(|t| t.method.as_str()).collect::<Vec<_>>(),
            Method::ALL.map(Method::name)
        );
        let losses: Vec<f64> = record.tried.iter().map(|t| t.log_loss.unwrap()).collect();
        let wanted: Vec<f64> = Method::ALL.into_iter().map(|m| by_hand(m, &data, &scores)).collect();
        assert!(close(&losses, &wanted, 1e-10), "{losses:?} {wanted:?}");
        let method = Method::ALL.into_iter().find(|m| m.name() == record.method).unwrap();
        assert!(expected.contains(&method), "{record:?}");
        // The one that is taken is fitted on all rows.
        let whole = method.fit(&scores, &data.events, &data.weights, OUTCOME).unwrap();
        assert_eq!(calibrator, whole);
        assert_eq!(record.folds, Some(4));
    }
}

#[test]
fn rows_of_one_case_are_not_divided() {
    // The folds are by case: an isotonic curve that has seen one row of a case knows the other.
    let (data, scores) = judged(200, |_| 0.5);
    let rows: Vec<usize> = (0..scores.len()).collect();
    let of = |data: &Data| {
        let (_, record) = choose(
            &[Method::VennAbers, Method::Isotonic],
            Scored { data, rows: &rows, scores: &scores },
            DEAL,
        )
        .unwrap();
        record.tried[1].log_loss.unwrap()
    };
    let alone = Data::new(&each_row_a_case(&data), OUTCOME).unwrap();
    assert!(of(&alone) < of(&data) - 0.01, "{} {}", of(&alone), of(&data));
}

fn each_row_a_case(data: &Data) -> amparo_datasets::Cohort {
    let form = form(&[(2, "risk")]);
    let n = data.events.len();
    let cases: Vec<usize> = (0..n).collect();
    crate::testing::data(&form, &vec![vec![0]; n], &data.events, &data.weights, &cases).cohort
}

#[test]
fn a_method_that_cannot_be_fitted_is_out_and_says_why() {
    // Two scores: too few for beta.
    let (data, scores) = judged(200, |s| if s < 0.0 { 0.2 } else { 0.6 });
    let two: Vec<f64> = scores.iter().map(|s| f64::from(u8::from(*s > 0.0))).collect();
    let rows: Vec<usize> = (0..two.len()).collect();
    let scored = Scored { data: &data, rows: &rows, scores: &two };
    let (_, record) = choose(&[Method::Beta, Method::Platt], scored, DEAL).unwrap();
    assert_eq!(record.method, "platt");
    assert!(record.tried[0].log_loss.is_none());
    let problem = record.tried[0].problem.as_deref().unwrap();
    assert!(problem.contains("too few different values"), "{problem}");
    // Falling scores: all are out, each with its reason.
    let falling: Vec<f64> = scores.iter().map(|s| -s).collect();
    let scored = Scored { data: &data, rows: &rows, scores: &falling };
    let error = choose(&[Method::Beta, Method::Isotonic], scored, DEAL).unwrap_err();
    assert!(matches!(error, Error::NoCalibrator { .. }));
    let said = error.to_string();
    assert!(
        said.contains("`beta`: the score does not rise")
            && said.contains("`isotonic`: the score does not rise"),
        "{said}"
    );
}

#[test]
fn one_method_is_no_choice() {
    let (data, scores) = judged(100, sigmoid);
    let rows: Vec<usize> = (0..scores.len()).collect();
    let scored = Scored { data: &data, rows: &rows, scores: &scores };
    let (calibrator, record) = choose(&[Method::Platt], scored, DEAL).unwrap();
    assert_eq!(calibrator, Method::Platt.fit(&scores, &data.events, &data.weights, OUTCOME).unwrap());
    assert!(record.tried.is_empty() && record.folds.is_none() && record.method == "platt");
}
