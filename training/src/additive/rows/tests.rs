use super::*;
use crate::testing::{close, uniform};

const N_CODES: [usize; 7] = [3, 16, 2, 5, 3, 9, 40];

fn code(row: usize, column: usize) -> u8 {
    (uniform(row * 10 + column) * N_CODES[column] as f64) as u8
}

fn rows(n: usize) -> Rows {
    let target = |i: usize| Target::new(uniform(i * 10 + 8) < 0.3, 0.5 + uniform(i * 10 + 9));
    Rows::new(&N_CODES, code, (0..n).map(target).collect(), (0..n).map(|i| uniform(i) - 2.0).collect())
}

fn tables(rows: &Rows) -> Vec<f64> {
    (0..rows.n_cells()).map(|cell| uniform(cell + 77) - 0.5).collect()
}

/// Score and derivatives of a row by the formulas, with no packing and no whole numbers.
fn plain(rows: &Rows, tables: &[f64], i: usize) -> (f64, f64, f64) {
    let offset = uniform(i) - 2.0;
    let added =
        (0..N_CODES.len()).map(|column| tables[rows.cells(column).start + usize::from(code(i, column))]);
    let score = offset + added.sum::<f64>();
    let (y, weight) = (f64::from(u8::from(uniform(i * 10 + 8) < 0.3)), 0.5 + uniform(i * 10 + 9));
    let p = 1.0 / (1.0 + libm::exp(-score));
    (score, weight * (p - y), weight * p * (1.0 - p))
}

#[test]
fn sums_are_those_of_plain_loops() {
    let n = 3_000;
    let rows = rows(n);
    let tables = tables(&rows);
    let cell = |i: usize, column: usize| rows.cells(column).start + usize::from(code(i, column));
    let (mut first, mut second) = (vec![0.0; rows.n_cells()], vec![0.0; rows.n_cells()]);
    let mut both = vec![0.0; rows.n_cells() * rows.n_cells()];
    let mut scores = Vec::new();
    for i in 0..n {
        let (score, g, h) = plain(&rows, &tables, i);
        scores.push(score);
        for a in 0..N_CODES.len() {
            first[cell(i, a)] += g;
            second[cell(i, a)] += h;
            (0..N_CODES.len()).for_each(|b| both[cell(i, a) * rows.n_cells() + cell(i, b)] += h);
        }
    }
    assert!(close(&rows.scores(&tables), &scores, 1e-12));
    // 3,000 rows, each off by 2^-30 of the largest weight at most.
    assert!(close(&rows.real(&rows.gradients(&tables)), &first, 5e-6));
    let (g, h) = rows.derivatives(&tables);
    assert!(close(&rows.real(&rows.co_occurrence(&h)), &both, 5e-6));
    assert!(!close(&rows.real(&rows.co_occurrence(&g)), &both, 1.0), "first derivatives are others");
    for column in 0..N_CODES.len() {
        let (g, h) = rows.derivatives_of(column, &rows.scores(&tables));
        assert!(close(&g, &first[rows.cells(column)], 5e-6) && close(&h, &second[rows.cells(column)], 5e-6));
    }
}

#[test]
fn a_step_changes_the_scores_as_the_tables_do() {
    let rows = rows(500);
    let mut tables = tables(&rows);
    let mut scores = rows.scores(&tables);
    let change: Vec<f64> = (0..16).map(f64::from).collect();
    rows.add(1, &change, &mut scores);
    tables[rows.cells(1)].iter_mut().zip(change).for_each(|(value, step)| *value += step);
    assert!(close(&scores, &rows.scores(&tables), 1e-12));
}

#[test]
fn the_loss_is_that_of_the_scores() {
    let rows = rows(500);
    let tables = tables(&rows);
    let events: Vec<bool> = (0..500).map(|i| uniform(i * 10 + 8) < 0.3).collect();
    let weights: Vec<f64> = (0..500).map(|i| 0.5 + uniform(i * 10 + 9)).collect();
    let expected = crate::Losses::of(&rows.scores(&tables), &events, &weights).log_loss;
    assert!(close(&[rows.log_loss(&tables)], &[expected], 1e-7));
}
