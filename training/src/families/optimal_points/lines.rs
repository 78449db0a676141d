//! The lines that a card can have.

use amparo_datasets::Instrument;

use super::kinds::Kinds;
use crate::boosting::Order;
use crate::families::bound::Bound;
use crate::families::columns::Columns;

/// The columns of a form as lines of a card. Line 0 stands for the intercept, so that lines are numbered as columns are.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) columns: Columns,
    /// The indicator of each line.
    pub(super) indicator: Vec<usize>,
    /// Whether the line gives its points to each answer to its indicator.
    pub(super) holds: Vec<Vec<bool>>,
    /// The lines of each indicator.
    pub(super) of: Vec<Vec<usize>>,
}

impl Lines {
    pub(super) fn new(form: &Instrument, orders: &[Order]) -> Self {
        let n_answers: Vec<usize> = form.indicators().iter().map(|i| i.n_answers()).collect();
        let columns = Columns::steps_of_ordered(&n_answers, orders);
        let n = columns.bounds.len();
        let (mut indicator, mut holds) = (vec![0; n], vec![vec![]; n]);
        let mut of = vec![vec![]; n_answers.len()];
        for (j, active) in columns.active.iter().enumerate() {
            for (code, lines) in active.iter().enumerate() {
                for &line in lines {
                    if holds[line].is_empty() {
                        (indicator[line], holds[line]) = (j, vec![false; active.len()]);
                        of[j].push(line);
                    }
                    holds[line][code] = true;
                }
            }
            of[j].sort_unstable();
        }
        Self { columns, indicator, holds, of }
    }

    pub(super) fn n(&self) -> usize {
        self.holds.len()
    }

    pub(super) fn bound(&self, line: usize) -> Bound {
        self.columns.bounds[line]
    }

    /// The lines that some rows have and others have not.
    pub(super) fn told_apart(&self, kinds: &Kinds) -> Vec<usize> {
        let differs = |&line: &usize| {
            let holds = |&code: &u8| self.holds[line][usize::from(code)];
            let codes = &kinds.codes[self.indicator[line]];
            codes.iter().any(holds) && !codes.iter().all(holds)
        };
        (1..self.n()).filter(differs).collect()
    }

    /// The points of each answer, given those of each line.
    pub(super) fn tables(&self, points: &[i32]) -> Vec<Vec<i32>> {
        let sum = |lines: &Vec<usize>| lines.iter().map(|&line| points[line]).sum();
        self.columns.active.iter().map(|answers| answers.iter().map(sum).collect()).collect()
    }

    /// The points of each line, given those of each answer; the first answers have none.
    pub(super) fn points(&self, tables: &[Vec<i32>]) -> Vec<i32> {
        let mut points = vec![0; self.n()];
        for (active, table) in self.columns.active.iter().zip(tables) {
            for (lines, &sum) in active.iter().zip(table) {
                // Later answers have the lines of earlier ones, and one more.
                if let Some((&last, before)) = lines.split_last() {
                    points[last] = sum - before.iter().map(|&line| points[line]).sum::<i32>();
                }
            }
        }
        points
    }
}
