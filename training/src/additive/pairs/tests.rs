use super::*;
use crate::boosting::gradient::Target;
use crate::testing::uniform;

const PACE: Pace = Pace { learning_rate: 0.1, l2: 0.0, min_weight: 0.0 };

/// Rows of six questions whose events hang on what 1 and 4 say together, and a little on each of the others.
fn rows(n: usize, strength: f64) -> Rows {
    let code = |row: usize, column: usize| (uniform(row * 10 + column) * 3.0) as u8;
    let event = |row: usize| {
        let together = f64::from(u8::from((code(row, 1) == 2) == (code(row, 4) == 0)));
        uniform(row * 10 + 9) < 0.2 + strength * together + 0.03 * f64::from(code(row, 0))
    };
    let targets = (0..n).map(|row| Target::new(event(row), 1.0)).collect();
    Rows::new(&[3; 6], code, targets, vec![-1.0; n])
}

#[test]
fn the_pair_that_tells_something_comes_first() {
    let rows = rows(4_000, 0.2);
    let none = vec![0.0; rows.n_cells()];
    let all: Vec<Places> = (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b))).collect();
    assert_eq!(strongest(&rows, &all, &none, PACE, 1), [(1, 4)]);
    let two = strongest(&rows, &all, &none, PACE, 2);
    assert!(two.contains(&(1, 4)) && two.len() == 2 && two.is_sorted());
    assert_eq!(strongest(&rows, &all, &none, PACE, 1_000).len(), 15, "all there are");
    assert_eq!(strongest(&rows, &[(0, 1), (2, 5)], &none, PACE, 1_000), [(0, 1), (2, 5)], "and no other");
}

/// The strength of a pair by least squares: what is left of the weighted sum of squares when both effects are taken out.
fn by_least_squares(first: &[f64], second: &[f64], width: usize) -> f64 {
    let height = first.len() / width;
    let steps: Vec<f64> = first.iter().zip(second).map(|(g, h)| -g / h).collect();
    let (mut f, mut g) = (vec![0.0; height], vec![0.0; width]);
    for _ in 0..2_000 {
        for (a, value) in f.iter_mut().enumerate() {
            let of = |b: usize| second[a * width + b] * (steps[a * width + b] - g[b]);
            *value = (0..width).map(of).sum::<f64>() / (0..width).map(|b| second[a * width + b]).sum::<f64>();
        }
        for (b, value) in g.iter_mut().enumerate() {
            let of = |a: usize| second[a * width + b] * (steps[a * width + b] - f[a]);
            *value =
                (0..height).map(of).sum::<f64>() / (0..height).map(|a| second[a * width + b]).sum::<f64>();
        }
    }
    let left = |cell: usize| second[cell] * (steps[cell] - f[cell / width] - g[cell % width]).powi(2);
    (0..first.len()).map(left).sum()
}

#[test]
fn strength_is_what_a_table_explains_beyond_two_effects() {
    for seed in 0..5 {
        let first: Vec<f64> = (0..12).map(|cell| uniform(seed * 100 + cell) * 20.0 - 10.0).collect();
        let second: Vec<f64> = (0..12).map(|cell| 1.0 + 30.0 * uniform(seed * 100 + 50 + cell)).collect();
        let found = excess(&first, &second, 4, PACE) + 6.0;
        let expected = by_least_squares(&first, &second, 4);
        assert!((found - expected).abs() <= 1e-9 * expected, "{found}, {expected}");
    }
}

#[test]
fn noise_alone_has_about_as_much_strength_as_degrees_of_freedom() {
    let rows = rows(20_000, 0.0);
    // Where the effects have gone: one Newton step for the six questions is enough, for they are all but independent.
    let tables: Vec<f64> = (0..6)
        .flat_map(|column| {
            let (first, second) = rows.derivatives_of(column, &rows.scores(&vec![0.0; rows.n_cells()]));
            first
                .into_iter()
                .zip(second)
                .map(|(g, h)| -g / h / if column == 0 { 1.0 } else { 6.0 })
                .collect::<Vec<f64>>()
        })
        .collect();
    let (first, second) = rows.derivatives(&tables);
    let [first, second] = [first, second].map(|of_rows| rows.real(&rows.co_occurrence(&of_rows)));
    let n = rows.n_cells();
    let of = |sums: &[f64], a: usize, b: usize| -> Vec<f64> {
        rows.cells(a).flat_map(|x| rows.cells(b).map(move |y| sums[x * n + y])).collect()
    };
    let pairs = (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b)));
    let excesses: Vec<f64> =
        pairs.map(|(a, b)| excess(&of(&first, a, b), &of(&second, a, b), 3, PACE)).collect();
    let mean = excesses.iter().sum::<f64>() / 15.0;
    // Fifteen chi-squared numbers of 4 degrees of freedom less those: the mean has a standard deviation of 0.73.
    assert!(mean.abs() <= 2.2, "{mean}: {excesses:?}");
}
