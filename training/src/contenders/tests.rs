use toml::Table;

use super::CONTENDERS;
use super::coded::coded;
use super::guarded::guarded;
use crate::families::Settings;
use crate::testing::{auc, close, drawn, form, training_set, uniform};
use crate::{Contend, Error, TrainingSet};

fn read(family: &str, parameters: &str) -> Result<std::sync::Arc<dyn Contend>, Error> {
    let parameters: Table = parameters.parse().unwrap();
    let family = CONTENDERS.iter().find(|one| one.name == family).unwrap();
    (family.read)(&Settings { parameters: &parameters, seed: 3, not_monotone: &[], file: None })
}

fn scores(family: &str, parameters: &str, set: &TrainingSet) -> Vec<f64> {
    read(family, parameters).unwrap().contend(set).unwrap().scores(set.answers()).unwrap()
}

/// A set whose first question tells much and whose second tells nothing.
fn telling(n: usize) -> TrainingSet {
    let form = form(&[(2, "risk"), (2, "neutral")]);
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| (0..2).map(|j| (uniform(i * 10 + j) * 3.0) as u8).collect()).collect();
    let events: Vec<bool> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| uniform(i * 10 + 9) < if row[0] == 1 { 0.8 } else { 0.2 })
        .collect();
    training_set(&form, &rows, &events, &vec![1.0; n])
}

#[test]
fn answers_become_steps_or_columns() {
    let form = form(&[(3, "risk"), (2, "neutral")]);
    let set = training_set(
        &form,
        &[vec![0, 0], vec![2, 1], vec![3, 2], vec![1, 0]],
        &[true, false, true, false],
        &[1.0; 4],
    );
    let expected = [
        [0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0, 1.0],
        [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    ];
    assert_eq!(coded(set.answers()), expected.map(|row| row.to_vec()));
}

#[test]
fn every_contender_finds_what_tells_and_the_same_twice() {
    let set = telling(400);
    let families = [
        ("k_nearest_neighbours", "k = 15"),
        ("svm", "c = 1.0\nkernel = \"linear\"\nmost_rows = 300"),
        ("svm", "c = 1.0\nkernel = \"gaussian\"\nwidth = 2.0\nmost_rows = 1000"),
        ("gaussian_naive_bayes", "variance_smoothing = 1e-6"),
        ("regression_forest", "trees = 20\ndepth = 4\nmin_rows = 2\ncolumns = 3"),
    ];
    for (family, parameters) in families {
        let found = scores(family, parameters, &set);
        // About 0.8 by the construction of the set.
        let ranked = auc(&found, set.events());
        assert!(ranked > 0.72, "{family}: {ranked}");
        assert_eq!(found, scores(family, parameters, &set), "{family}");
    }
}

#[test]
fn neighbours_are_all_that_are_as_near_as_the_kth() {
    let set = drawn(["risk", "neutral", "protective", "risk"], 120);
    let found = scores("k_nearest_neighbours", "k = 7", &set);
    let rows = coded(set.answers());
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y).abs()).sum::<f64>();
    let mean = set.weights().iter().sum::<f64>() / 120.0;
    let by_hand = |k: usize| -> Vec<f64> {
        let of_row = |row: &Vec<f64>| {
            let mut near: Vec<f64> = rows.iter().map(|other| distance(row, other)).collect();
            near.sort_by(f64::total_cmp);
            let (mut with, mut without) = (0.5, 0.5);
            for (at, other) in rows.iter().enumerate() {
                if distance(row, other) <= near[k - 1] {
                    let weight = set.weights()[at] / mean;
                    if set.events()[at] { with += weight } else { without += weight }
                }
            }
            f64::ln(with / without)
        };
        rows.iter().map(of_row).collect()
    };
    assert!(close(&found, &by_hand(7), 1e-12));
    assert!(!close(&found, &by_hand(9), 1e-3));
}

#[test]
fn gaussian_naive_bayes_is_its_formula() {
    let set = drawn(["risk", "neutral", "protective", "risk"], 150);
    let found = scores("gaussian_naive_bayes", "variance_smoothing = 0.01", &set);
    let rows = coded(set.answers());
    let width = rows[0].len();
    let moments = |wanted: Option<bool>| -> (f64, Vec<(f64, f64)>) {
        let of: Vec<&Vec<f64>> = rows
            .iter()
            .zip(set.events())
            .filter(|(_, e)| wanted.is_none_or(|w| **e == w))
            .map(|(row, _)| row)
            .collect();
        let n = of.len() as f64;
        let column = |j: usize| {
            let mean = of.iter().map(|row| row[j]).sum::<f64>() / n;
            (mean, of.iter().map(|row| (row[j] - mean).powi(2)).sum::<f64>() / n)
        };
        (n, (0..width).map(column).collect())
    };
    let largest = moments(None).1.iter().map(|(_, variance)| *variance).fold(0.0, f64::max);
    let by_hand = |smoothing: f64| -> Vec<f64> {
        let log = |row: &[f64], wanted: bool| {
            let (n, columns) = moments(Some(wanted));
            let density = |(x, (mean, variance)): (&f64, &(f64, f64))| {
                let variance = variance + smoothing * largest;
                -0.5 * ((2.0 * std::f64::consts::PI * variance).ln() + (x - mean).powi(2) / variance)
            };
            n.ln() + row.iter().zip(&columns).map(density).sum::<f64>()
        };
        rows.iter().map(|row| log(row, true) - log(row, false)).collect()
    };
    assert!(close(&found, &by_hand(0.01), 1e-9));
    assert!(!close(&found, &by_hand(0.02), 1e-3));
}

#[test]
fn parameters_out_of_range_are_all_named() {
    let message = |family: &str, parameters: &str| read(family, parameters).unwrap_err().to_string();
    assert!(message("k_nearest_neighbours", "k = 0").contains("`k` is 0, expected 1 or more"));
    let svm = message("svm", "c = 0.0\nkernel = \"gaussian\"\nmost_rows = 3");
    for expected in
        ["`c` is 0, expected a number above 0", "`width` is missing", "`most_rows` is 3, expected 10 or more"]
    {
        assert!(svm.contains(expected), "{svm}");
    }
    assert!(
        message("svm", "c = 1.0\nkernel = \"linear\"\nwidth = 1.0\nmost_rows = 30")
            .contains("`width` is given")
    );
    let forest = message("regression_forest", "trees = 0\ndepth = 0\nmin_rows = 1\ncolumns = 0");
    for expected in ["`trees` is 0", "`depth` is 0", "`columns` is 0"] {
        assert!(forest.contains(expected), "{forest}");
    }
    assert!(
        message("gaussian_naive_bayes", "variance_smoothing = 0.0").contains("expected a number above 0")
    );
}

#[test]
fn more_neighbours_than_rows_are_refused() {
    let set = telling(20);
    let Err(error) = read("k_nearest_neighbours", "k = 21").unwrap().contend(&set) else {
        panic!("it was fitted")
    };
    assert!(error.to_string().contains("k is 21, expected at most the 20 rows of the fit"), "{error}");
}

#[test]
fn a_panic_in_a_library_is_an_error_with_its_words() {
    let found: Result<(), Error> =
        guarded("a library 1.0", "refused to fit", || -> Result<(), String> { panic!("no columns at all") });
    assert_eq!(found.unwrap_err().to_string(), "a library 1.0 panicked: no columns at all");
    let found: Result<(), Error> = guarded("a library 1.0", "refused to fit", || Err("one class"));
    assert_eq!(found.unwrap_err().to_string(), "a library 1.0 refused to fit: one class");
}
