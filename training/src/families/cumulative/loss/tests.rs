use super::*;
use crate::testing::{close, drawn_classes, uniform};

const NEUTRAL: [&str; 4] = ["neutral"; 4];

fn classed() -> Classed {
    drawn_classes(NEUTRAL, 300, 2).classed().unwrap()
}

/// Two columns: the first question answered by 1, and the second by 1 or 2.
fn columns(classed: &Classed) -> Vec<Vec<usize>> {
    let of_row = |row: &[u8]| {
        let is = [row[0] == 1, row[1] == 1 || row[1] == 2];
        (0..2).filter(|k| is[*k]).map(|k| 3 + k).collect()
    };
    classed.set.answers().rows().map(of_row).collect()
}

/// Minus the log-likelihood as it is defined, by differences of probabilities.
fn by_definition(classed: &Classed, rows: &[Vec<usize>], at: &[f64]) -> f64 {
    let reached = |f: f64, class: usize| match class {
        0 => 1.0,
        class if class > 3 => 0.0,
        class => 1.0 / (1.0 + (-(f + at[class - 1])).exp()),
    };
    let of_row = |(row, (&code, weight)): (usize, (&u8, &f64))| {
        let f: f64 = rows[row].iter().map(|&k| at[k]).sum();
        let code = usize::from(code);
        -weight * (reached(f, code) - reached(f, code + 1)).ln()
    };
    classed.codes.iter().zip(&classed.weights).enumerate().map(of_row).sum()
}

#[test]
fn the_value_is_that_of_the_definition_and_derivatives_are_differences() {
    let classed = classed();
    let rows = columns(&classed);
    let loss = CumulativeLoss::of_columns(&classed, rows.clone());
    for seed in 0..20 {
        let u = |k: usize| uniform(7_000 + seed * 10 + k);
        let at = [1.0 + u(0), 0.4 * u(1), -1.0 - u(2), 2.0 * u(3) - 1.0, 2.0 * u(4) - 1.0];
        let found = loss.value(&at);
        assert!(close(&[found], &[by_definition(&classed, &rows, &at)], 1e-9));
        let (gradient, hessian) = loss.derivatives(&at);
        let step = 1e-5;
        let moved = |k: usize, by: f64| {
            let mut at = at;
            at[k] += by;
            at
        };
        for k in 0..5 {
            let slope = (loss.value(&moved(k, step)) - loss.value(&moved(k, -step))) / (2.0 * step);
            assert!(close(&[gradient[k]], &[slope], 1e-5), "{k}: {} {slope}", gradient[k]);
            let [up, down] = [step, -step].map(|by| loss.derivatives(&moved(k, by)).0);
            let bent: Vec<f64> = up.iter().zip(&down).map(|(u, d)| (u - d) / (2.0 * step)).collect();
            for (l, bent) in bent.iter().enumerate() {
                let found = hessian[k.max(l) * 5 + k.min(l)];
                assert!(close(&[found], &[*bent], 1e-4), "{k}, {l}: {found} {bent}");
            }
        }
        // Without the part between thresholds, as if a row were just two of a logistic regression, it is another number.
        let apart: f64 = (0..2).map(|k| loss.between[k] * (1.0 - (at[k + 1] - at[k]).exp()).ln()).sum();
        assert!(!close(&[found + apart], &[by_definition(&classed, &rows, &at)], 1e-3));
    }
}

#[test]
fn a_given_sum_counts_as_columns_do() {
    let classed = classed();
    let rows = columns(&classed);
    let at = [0.9, 0.1, -1.2, 0.4, -0.3];
    let f: Vec<f64> = rows.iter().map(|row| row.iter().map(|&k| at[k]).sum()).collect();
    let (given, whole) = (CumulativeLoss::given(&classed, &f), CumulativeLoss::of_columns(&classed, rows));
    assert!(close(&[given.value(&at[..3])], &[whole.value(&at)], 1e-10));
    assert!(close(&given.derivatives(&at[..3]).0, &whole.derivatives(&at).0[..3], 1e-10));
    assert!(!close(&[given.value(&at[..3])], &[whole.value(&[0.9, 0.1, -1.2, 0.0, 0.0])], 1e-3));
}

#[test]
fn no_thresholds_out_of_order_are_better() {
    let classed = classed();
    let loss = CumulativeLoss::of_columns(&classed, columns(&classed));
    let sound = loss.value(&[1.0, 0.0, -1.0, 0.0, 0.0]);
    for crossed in [[0.0, 1.0, -1.0, 0.0, 0.0], [1.0, 1.0, -1.0, 0.0, 0.0], [1.0, -1.0, 0.0, 0.0, 0.0]] {
        let value = loss.value(&crossed);
        assert!(value.is_nan() || value > sound, "{value}");
        assert!(value.is_nan() || value.is_infinite());
    }
}
