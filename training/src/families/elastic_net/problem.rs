//! The elastic net of one training set, at any penalty.

use std::collections::HashMap;

use super::descent::Curvature;
use super::penalty::Penalty;
use crate::additive::rows::Rows;
use crate::boosting::gradient::Target;
use crate::families::bound::Bound;
use crate::families::columns::Columns;
use crate::{Error, TrainingSet};

/// Most steps for one penalty.
const STEPS: usize = 200;
/// Largest miss of the conditions of an optimum, in the gradient of the mean loss, at which the search rests.
const TOLERANCE: f64 = 3e-9;
/// Steps that lessen nothing, after which the search rests where rounding could explain the miss.
const STALLS: usize = 5;
/// Rows that are alike are one row of as much weight as all of them, up to this one: the unit of the sums follows the heaviest row.
const HEAVIEST: f64 = 64.0;

/// Rows and columns of a fit.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    rows: Rows,
    columns: &'a Columns,
    /// The columns that are 1 in each cell of the rows, the intercept among the cells of the first indicator.
    of_cells: Vec<Vec<usize>>,
    total: f64,
}

/// Where the search is on its way along a path, with the second derivatives of some place not far behind.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// The intercept and the weights of all other columns.
    pub(super) weights: Vec<f64>,
    gradient: Vec<f64>,
    curvature: Option<Curvature>,
}

impl<'a> Problem<'a> {
    pub(super) fn new(set: &TrainingSet, columns: &'a Columns) -> Self {
        let rows = rows(set);
        let mut of_cells: Vec<Vec<usize>> = columns.active.iter().flatten().cloned().collect();
        rows.cells(0).for_each(|cell| of_cells[cell].push(0));
        Self { rows, columns, of_cells, total: set.n_rows() as f64 }
    }

    /// Without any weight: the intercept is the log-odds of the share of events.
    pub(super) fn start(&self, base_log_odds: f64) -> State {
        let mut weights = vec![0.0; self.columns.bounds.len()];
        weights[0] = base_log_odds;
        State { gradient: self.gradient(&weights), weights, curvature: None }
    }

    /// The smallest penalty that leaves no weight.
    ///
    /// ```text
    /// max |gradient of a column| / l1_ratio            of a bound one only if it would be followed inside
    /// ```
    pub(super) fn largest_lambda(&self, start: &State, l1_ratio: f64) -> f64 {
        let inside =
            self.columns.bounds.iter().zip(&start.gradient).skip(1).map(|(b, &g)| b.open(0.0, g).abs());
        inside.fold(0.0, f64::max) / l1_ratio
    }

    /// The weights of least loss and penalty, from wherever the search is.
    ///
    /// # Errors
    /// [`Error::NotConverged`].
    pub(super) fn solve(&self, penalty: Penalty, mut state: State) -> Result<State, Error> {
        let (mut before, mut stalls) = (f64::INFINITY, 0);
        for _ in 0..STEPS {
            let miss = self.miss(&state, penalty);
            stalls += usize::from(miss >= before);
            // Where weights differ much, the numbers of a row are rounded by more than the tolerance: then it is as good as it gets.
            if miss <= TOLERANCE || stalls >= STALLS && miss <= self.rounding() {
                return Ok(state);
            }
            // Old second derivatives do as long as they lead on.
            let curvature = match state.curvature.take() {
                Some(curvature) if miss <= 0.3 * before => curvature,
                _ => self.curvature(&state.weights),
            };
            before = miss;
            let rest = (0.01 * miss).max(0.1 * TOLERANCE);
            let bounds = &self.columns.bounds;
            let goal = curvature.minimise(&state.weights, &state.gradient, penalty, bounds, rest);
            let (weights, gradient, is_whole) = self.towards(&goal, &state, penalty);
            state = State { weights, gradient, curvature: is_whole.then_some(curvature) };
        }
        Err(Error::NotConverged {
            what: "elastic net",
            iterations: STEPS,
            measure: "the largest miss of the conditions of an optimum",
            found: before,
            expected: TOLERANCE,
        })
    }

    /// As far towards a goal as the loss with its penalty falls, with the gradient there, and whether that is all the way.
    ///
    /// Along the way the slope of the loss only rises. If at the end it has made up for less than half of the decrease that was
    /// promised at the beginning, the sum of both has fallen.
    fn towards(&self, goal: &[f64], from: &State, penalty: Penalty) -> (Vec<f64>, Vec<f64>, bool) {
        let direction: Vec<f64> = goal.iter().zip(&from.weights).map(|(to, from)| to - from).collect();
        let along = |gradient: &[f64]| gradient.iter().zip(&direction).map(|(g, d)| g * d).sum::<f64>();
        let mut step = 1.0;
        loop {
            let weights: Vec<f64> = if step < 1.0 {
                from.weights.iter().zip(&direction).map(|(w, d)| w + step * d).collect()
            } else {
                goal.to_vec()
            };
            let gradient = self.gradient(&weights);
            let more = penalty.of(&weights) - penalty.of(&from.weights);
            let promised = -(step * along(&from.gradient) + more);
            if step * along(&gradient) + more <= 0.5 * promised || step < 1e-6 {
                return (weights, gradient, step >= 1.0);
            }
            step /= 2.0;
        }
    }

    /// By how much rounding can move the gradient of the mean loss: every row's is a whole number of units.
    fn rounding(&self) -> f64 {
        self.rows.real(&[1])[0] * self.rows.n_rows() as f64 / self.total
    }

    /// By how much the conditions of an optimum are missed at most.
    fn miss(&self, state: &State, penalty: Penalty) -> f64 {
        let of = |((&weight, &gradient), bound): ((&f64, &f64), &Bound)| {
            let slope = gradient + penalty.l2 * weight;
            if weight.abs() > 0.0 {
                (slope + penalty.l1.copysign(weight)).abs()
            } else {
                // At 0 any slope within the penalty is at rest, and so is one that leads out of the bound.
                (bound.open(0.0, slope).abs() - penalty.l1).max(0.0)
            }
        };
        let all = state.weights.iter().zip(&state.gradient).zip(&self.columns.bounds);
        // Not `f64::max`, which drops a NaN.
        let worst = all.skip(1).map(of).fold(0.0, |most, miss| if miss <= most { most } else { miss });
        if state.gradient[0].abs() <= worst { worst } else { state.gradient[0].abs() }
    }

    /// The gradient of the mean loss by the weight of each column.
    fn gradient(&self, weights: &[f64]) -> Vec<f64> {
        let of_cells = self.rows.real(&self.rows.gradients(&self.by_cell(weights)));
        let mut gradient = vec![0.0; weights.len()];
        for (columns, of_cell) in self.of_cells.iter().zip(of_cells) {
            columns.iter().for_each(|&k| gradient[k] += of_cell / self.total);
        }
        gradient
    }

    /// The second derivatives of the mean loss.
    fn curvature(&self, weights: &[f64]) -> Curvature {
        let (_, second) = self.rows.derivatives(&self.by_cell(weights));
        let of_cells = self.rows.real(&self.rows.co_occurrence(&second));
        let n = weights.len();
        let mut hessian = vec![0.0; n * n];
        for (columns, line) in self.of_cells.iter().zip(of_cells.chunks(self.of_cells.len())) {
            let mut of_line = vec![0.0; n];
            for (others, cell) in self.of_cells.iter().zip(line) {
                others.iter().for_each(|&l| of_line[l] += cell / self.total);
            }
            for &k in columns {
                hessian[k * n..(k + 1) * n].iter_mut().zip(&of_line).for_each(|(sum, one)| *sum += one);
            }
        }
        Curvature::new(n, &hessian)
    }

    fn by_cell(&self, weights: &[f64]) -> Vec<f64> {
        by_cell(&self.of_cells, weights)
    }
}

fn by_cell(of_cells: &[Vec<usize>], weights: &[f64]) -> Vec<f64> {
    of_cells.iter().map(|columns| columns.iter().map(|&k| weights[k]).sum()).collect()
}

/// Rows that a path is judged on.
#[derive(Debug)]
pub(super) struct Held<'a> {
    rows: Rows,
    columns: &'a Columns,
    /// Sum of their weights, as given.
    pub(super) weight: f64,
}

impl<'a> Held<'a> {
    pub(super) fn new(set: &TrainingSet, columns: &'a Columns) -> Self {
        Self { rows: rows(set), columns, weight: set.weights().iter().sum() }
    }

    /// Their mean log loss.
    pub(super) fn log_loss(&self, weights: &[f64]) -> f64 {
        let mut tables = self.columns.tables(weights);
        tables[0].iter_mut().for_each(|value| *value += weights[0]);
        self.rows.log_loss(&tables.concat())
    }
}

/// The rows of a set with weights of mean 1, those that are alike together.
fn rows(set: &TrainingSet) -> Rows {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    // The first of the rows that are alike, and their weight together.
    let mut kinds: Vec<(usize, f64)> = Vec::new();
    let mut places: HashMap<(&[u8], bool), usize> = HashMap::new();
    for (row, ((codes, &event), weight)) in
        set.answers().rows().zip(set.events()).zip(set.weights()).enumerate()
    {
        let weight = weight / mean;
        let place = places.entry((codes, event)).or_insert(usize::MAX);
        match kinds.get_mut(*place) {
            Some((_, sum)) if *sum + weight <= HEAVIEST => *sum += weight,
            _ => {
                *place = kinds.len();
                kinds.push((row, weight));
            }
        }
    }
    let n_answers: Vec<usize> =
        set.answers().instrument().indicators().iter().map(|i| i.n_answers()).collect();
    let code = |at: usize, column: usize| set.answers().row(kinds[at].0)[column];
    let targets = kinds.iter().map(|&(row, weight)| Target::new(set.events()[row], weight)).collect();
    Rows::new(&n_answers, code, targets, vec![0.0; kinds.len()])
}
