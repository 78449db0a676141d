//! A column of codes with a table, and the steps that its table takes.

use crate::boosting::Order;
use crate::calibrate::pool_adjacent_violators;

/// One question that a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    /// Answers, of which the last is `unknown`.
    pub(super) n_answers: usize,
    /// How the score may go along the known ones.
    pub(super) order: Order,
}

impl Axis {
    /// 1 if the score may not fall, -1 if it may not rise, `None` if it is free.
    fn sign(self) -> Option<f64> {
        match self.order {
            Order::Rising => Some(1.0),
            Order::Falling => Some(-1.0),
            Order::Subsets | Order::Graded => None,
        }
    }
}

/// What a table is about, and in which directions it is bound to go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// One question, or two; the table has a cell for each way to answer, those of the last question beside each other.
    axes: Vec<Axis>,
    /// What was there before, cell by cell: it is the sum of this and the table that goes the way it must.
    before: Vec<f64>,
}

/// How large a step is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) learning_rate: f64,
    pub(super) l2: f64,
    pub(super) min_weight: f64,
}

impl Column {
    /// About one question.
    pub(super) fn one(axis: Axis) -> Self {
        Self { axes: vec![axis], before: vec![0.0; axis.n_answers] }
    }

    /// About two questions, to each of which a table is given that counts as being there before.
    pub(super) fn two(axes: [Axis; 2], tables: [&[f64]; 2]) -> Self {
        let before = tables[0].iter().flat_map(|a| tables[1].iter().map(move |b| a + b)).collect();
        Self { axes: axes.to_vec(), before }
    }

    pub(super) fn n_cells(&self) -> usize {
        self.before.len()
    }

    /// The change of the table by one step, given the sums of first and second derivatives over the rows of each cell.
    ///
    /// ```text
    /// step     -rate (G + l2 value) / (H + l2) in each cell with H >= min_weight, else 0
    /// table    the one closest to table + step, in squares weighted by H + l2, that goes the way it must
    /// ```
    pub(super) fn step(&self, pace: Pace, table: &[f64], first: &[f64], second: &[f64]) -> Vec<f64> {
        let step = |((&value, &g), &h): ((&f64, &f64), &f64)| {
            let slope = g + pace.l2 * value;
            if h > 0.0 && h >= pace.min_weight { -pace.learning_rate * slope / (h + pace.l2) } else { 0.0 }
        };
        let steps: Vec<f64> = table.iter().zip(first).zip(second).map(step).collect();
        if self.axes.iter().all(|axis| axis.sign().is_none()) {
            return steps;
        }
        // Of cells without rows nothing is asked but to go the right way.
        let least = 1e-12 * second.iter().fold(1.0, |most: f64, h| most.max(*h));
        let weights: Vec<f64> = second.iter().map(|h| (h + pace.l2).max(least)).collect();
        let wanted: Vec<f64> = table.iter().zip(&steps).map(|(value, step)| value + step).collect();
        let to = self.directed(&wanted, &weights);
        to.iter().zip(&self.before).zip(table).map(|((to, before), from)| to - before - from).collect()
    }

    /// The table on top of what was there before, as it is published: it goes the way it must to the last bit, which sums of steps
    /// miss by rounding.
    pub(super) fn total(&self, table: &[f64]) -> Vec<f64> {
        self.directed(table, &vec![1.0; table.len()])
    }

    /// The sum of what was there before and a table, or the closest one in weighted squares that goes the way it must.
    fn directed(&self, table: &[f64], weights: &[f64]) -> Vec<f64> {
        let wanted: Vec<f64> = self.before.iter().zip(table).map(|(before, value)| before + value).collect();
        let lines: Vec<Vec<Line>> = (0..self.axes.len()).map(|axis| self.lines(axis)).collect();
        let goes = lines.iter().flatten().all(|line| line.goes(&wanted));
        let mut closest = match &lines[..] {
            _ if goes => return wanted,
            [first, second] if !first.is_empty() && !second.is_empty() => {
                both(wanted, weights, first, second)
            }
            _ => lines.iter().fold(wanted, |values, lines| closest(values, weights, lines)),
        };
        lines.iter().flatten().for_each(|line| line.keep_going(&mut closest));
        closest
    }

    /// The lines of cells with one known answer to the question after the other; none if it is free.
    fn lines(&self, axis: usize) -> Vec<Line> {
        let of = self.axes[axis];
        let Some(sign) = of.sign() else { return Vec::new() };
        // Cells from one answer to the next, and ways to answer the other question.
        let (stride, starts): (usize, Vec<usize>) = match (&self.axes[..], axis) {
            ([first, second], 0) => (second.n_answers, (0..self.n_cells() / first.n_answers).collect()),
            _ => (1, (0..self.n_cells()).step_by(of.n_answers).collect()),
        };
        let line = |start: usize| Line {
            cells: (0..of.n_answers - 1).map(|code| start + code * stride).collect(),
            sign,
        };
        starts.into_iter().map(line).collect()
    }
}

/// Cells along which a score may not fall (1) or not rise (-1).
#[derive(Debug)]
struct Line {
    cells: Vec<usize>,
    sign: f64,
}

impl Line {
    fn goes(&self, values: &[f64]) -> bool {
        self.cells.windows(2).all(|pair| self.sign * (values[pair[1]] - values[pair[0]]) >= 0.0)
    }

    /// Puts what still goes the wrong way where the cell before it is.
    fn keep_going(&self, values: &mut [f64]) {
        for pair in self.cells.windows(2) {
            if self.sign * (values[pair[1]] - values[pair[0]]) < 0.0 {
                values[pair[1]] = values[pair[0]];
            }
        }
    }
}

/// The closest values that go along lines of which no two share a cell.
fn closest(mut values: Vec<f64>, weights: &[f64], lines: &[Line]) -> Vec<f64> {
    for line in lines.iter() {
        if !line.goes(&values) {
            let rising: Vec<f64> = line.cells.iter().map(|&cell| line.sign * values[cell]).collect();
            let of_cells: Vec<f64> = line.cells.iter().map(|&cell| weights[cell]).collect();
            let pooled = pool_adjacent_violators(&rising, &of_cells);
            line.cells.iter().zip(pooled).for_each(|(&cell, value)| values[cell] = line.sign * value);
        }
    }
    values
}

/// Alternations of the search for the closest values that go two ways: it is within rounding long before, for small tables.
const MOST: usize = 200;

/// The closest values that go along the lines of both questions.
///
/// # References
/// Dykstra, "An algorithm for restricted least squares regression", JASA 78, 1983.
fn both(values: Vec<f64>, weights: &[f64], first: &[Line], second: &[Line]) -> Vec<f64> {
    let mut at = values;
    let mut left_over = [vec![0.0; at.len()], vec![0.0; at.len()]];
    for _ in 0..MOST {
        let before = at.clone();
        for (lines, rest) in [first, second].into_iter().zip(&mut left_over) {
            let from: Vec<f64> = at.iter().zip(&*rest).map(|(value, rest)| value + rest).collect();
            at = closest(from.clone(), weights, lines);
            *rest = from.iter().zip(&at).map(|(from, to)| from - to).collect();
        }
        if at.iter().zip(&before).all(|(to, from)| (to - from).abs() <= 1e-12) {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests;
