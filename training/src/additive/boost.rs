//! The two ways in which tables are boosted.

use super::column::{Column, Pace};
use super::params::Algorithm;
use super::rows::Rows;
use crate::early_stopping::Best;

/// Of a Newton step, the share that tables take before derivatives are computed again from all rows.
const SHARE_PER_PASS: f64 = 0.15;

/// Passes over all rows for first derivatives after which second derivatives are computed again as well.
const PASSES_PER_CURVATURE: usize = 5;

/// Tables that are boosted in turn, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boosting<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) pace: Pace,
    pub(super) columns: &'a [Column],
    pub(super) rows: &'a Rows,
}

impl Boosting<'_> {
    /// The tables after so many rounds, one number a cell.
    pub(super) fn run(self, n_rounds: usize) -> Vec<f64> {
        self.tables(n_rounds, |_, _| false)
    }

    /// The number of rounds, at most `most`, after which the tables do best on rows that are held out, and those tables.
    pub(super) fn stopped(self, most: usize, held: &Rows, patience: usize) -> (usize, Vec<f64>) {
        let none = vec![0.0; self.rows.n_cells()];
        let mut best = Best::new(patience, held.log_loss(&none), none);
        self.tables(most, |round, tables| best.sees(round, held.log_loss(tables), || tables.to_vec()));
        (best.round, best.state)
    }

    /// Boosts until `stop` says so, which is asked after every pass.
    fn tables(self, n_rounds: usize, stop: impl FnMut(usize, &[f64]) -> bool) -> Vec<f64> {
        match self.algorithm {
            Algorithm::Exact => self.exact(n_rounds, stop),
            Algorithm::Fast => self.fast(n_rounds, stop),
        }
    }

    /// Rounds to a pass: as many as take their share of a Newton step.
    fn rounds_per_pass(self) -> usize {
        (SHARE_PER_PASS / self.pace.learning_rate).floor().max(1.0) as usize
    }

    fn exact(self, n_rounds: usize, mut stop: impl FnMut(usize, &[f64]) -> bool) -> Vec<f64> {
        let mut tables = vec![0.0; self.rows.n_cells()];
        let mut scores = self.rows.scores(&tables);
        for round in 1..=n_rounds {
            for (at, column) in self.columns.iter().enumerate() {
                let cells = self.rows.cells(at);
                let (first, second) = self.rows.derivatives_of(at, &scores);
                let change = column.step(self.pace, &tables[cells.clone()], &first, &second);
                self.rows.add(at, &change, &mut scores);
                tables[cells].iter_mut().zip(change).for_each(|(value, step)| *value += step);
            }
            if round % self.rounds_per_pass() == 0 && stop(round, &tables) {
                break;
            }
        }
        tables
    }

    /// ```text
    /// between passes, for each step d of the cells c of one column, and for every cell k:
    /// G[k] += sum over c of H[k, c] d[c]          H[k, c]: second derivatives, summed over the rows with both cells
    /// ```
    fn fast(self, n_rounds: usize, mut stop: impl FnMut(usize, &[f64]) -> bool) -> Vec<f64> {
        let n = self.rows.n_cells();
        let (mut tables, mut curvature) = (vec![0.0; n], Vec::new());
        let (mut round, mut pass) = (0, 0);
        while round < n_rounds {
            // More often where the tables move fastest, which is at the beginning.
            if pass % PASSES_PER_CURVATURE == 0 || pass < PASSES_PER_CURVATURE {
                curvature = self.curvature(&tables);
            }
            let mut first = self.rows.real(&self.rows.gradients(&tables));
            let until = n_rounds.min(round + self.rounds_per_pass());
            for _ in round..until {
                for (at, column) in self.columns.iter().enumerate() {
                    let cells = self.rows.cells(at);
                    let second: Vec<f64> = cells.clone().map(|cell| curvature[cell * n + cell]).collect();
                    let change =
                        column.step(self.pace, &tables[cells.clone()], &first[cells.clone()], &second);
                    for (cell, step) in cells.zip(change) {
                        tables[cell] += step;
                        let of_cell = &curvature[cell * n..(cell + 1) * n];
                        first.iter_mut().zip(of_cell).for_each(|(g, h)| *g += h * step);
                    }
                }
            }
            (round, pass) = (until, pass + 1);
            if stop(round, &tables) {
                break;
            }
        }
        tables
    }

    /// Second derivatives summed over the rows with each two cells.
    fn curvature(self, tables: &[f64]) -> Vec<f64> {
        let (_, second) = self.rows.derivatives(tables);
        self.rows.real(&self.rows.co_occurrence(&second))
    }
}
