//! A forest of regression trees.

use std::sync::Arc;

use amparo_datasets::{Answers, Problem, Problems};
use serde::Deserialize;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::coded::coded;
use super::guarded::guarded;
use crate::{Contend, ContenderFamily, Error, Scores, TrainingSet};

const LIBRARY: &str = "smartcore 0.7";

/// The family.
pub(super) const FAMILY: ContenderFamily = ContenderFamily {
    name: "regression_forest",
    why_not_published: "whose trees cut coded columns instead of answers",
    read: |settings| {
        let params: Params = settings.parameters()?;
        params.check()?;
        Ok(Arc::new(Grower { params, seed: settings.seed }))
    },
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    trees: usize,
    depth: u16,
    min_rows: usize,
    columns: usize,
}

impl Params {
    fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        let counts = [
            ("trees", self.trees),
            ("depth", self.depth.into()),
            ("min_rows", self.min_rows),
            ("columns", self.columns),
        ];
        for (key, _) in counts.iter().filter(|(_, count)| *count == 0) {
            problems.push(Problem::new(*key, format!("`{key}` is 0, expected 1 or more")));
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}

#[derive(Debug)]
struct Grower {
    params: Params,
    seed: u64,
}

type Forest = RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>;

/// Mean over the trees of the mean outcome of a leaf: smartcore's regression forest on outcomes 0 and 1.
///
/// Not its classifier, which passes over splits on tied values, and answers that have a few values only are all ties.
struct Fitted(Forest);

fn matrix(answers: &Answers) -> Result<DenseMatrix<f64>, smartcore::error::Failed> {
    DenseMatrix::from_2d_vec(&coded(answers))
}

impl Contend for Grower {
    fn contend(&self, set: &TrainingSet) -> Result<Box<dyn Scores>, Error> {
        let outcomes: Vec<f64> = set.events().iter().map(|event| f64::from(u8::from(*event))).collect();
        let fitted = guarded(LIBRARY, "refused to fit", || {
            let rows = matrix(set.answers())?;
            let parameters = RandomForestRegressorParameters::default()
                .with_n_trees(self.params.trees)
                .with_max_depth(self.params.depth)
                .with_min_samples_leaf(self.params.min_rows)
                .with_m(self.params.columns)
                .with_seed(self.seed);
            Forest::fit_with_weights(&rows, &outcomes, set.weights(), parameters)
        })?;
        Ok(Box::new(Fitted(fitted)))
    }
}

impl Scores for Fitted {
    fn scores(&self, rows: &Answers) -> Result<Vec<f64>, Error> {
        guarded(LIBRARY, "refused to score", || self.0.predict(&matrix(rows)?))
    }
}
