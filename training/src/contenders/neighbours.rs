//! k nearest neighbours.

use std::sync::Arc;

use amparo_datasets::{Answers, Problem};
use rayon::prelude::*;
use serde::Deserialize;
use smartcore::algorithm::neighbour::linear_search::LinearKNNSearch;
use smartcore::metrics::distance::manhattan::Manhattan;

use super::coded::coded;
use super::guarded::guarded;
use crate::{Contend, ContenderFamily, Error, Scores, TrainingSet};

const LIBRARY: &str = "smartcore 0.7";

/// The family.
pub(super) const FAMILY: ContenderFamily = ContenderFamily {
    name: "k_nearest_neighbours",
    why_not_published: "whose scores rest on rows of real cases, which no version may hold",
    read: |settings| {
        let params: Params = settings.parameters()?;
        if params.k == 0 {
            return Err(Error::Config(Problem::new("k", "`k` is 0, expected 1 or more").into()));
        }
        Ok(Arc::new(params))
    },
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    k: usize,
}

/// Log-odds of the share of events among the rows that are no further away than the k-th nearest, by weight, with half a row added to
/// either side. Distances are sums over the columns, so in steps between grades.
///
/// DIFFERENCE: smartcore's classifier takes k of the rows that are equally far, by their order. On forms most neighbours tie, so people
/// would change sides by the order of the rows.
struct Neighbours {
    search: LinearKNNSearch<Vec<f64>, Manhattan<f64>>,
    k: usize,
    weights: Vec<f64>,
    events: Vec<bool>,
}

impl Contend for Params {
    fn contend(&self, set: &TrainingSet) -> Result<Box<dyn Scores>, Error> {
        let rows = coded(set.answers());
        if self.k > rows.len() {
            let problem = format!("k is {}, expected at most the {} rows of the fit", self.k, rows.len());
            return Err(Error::config("k", problem));
        }
        let search = guarded(LIBRARY, "refused to fit", || LinearKNNSearch::new(rows, Manhattan::default()))?;
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        let weights = set.weights().iter().map(|weight| weight / mean).collect();
        Ok(Box::new(Neighbours { search, k: self.k, weights, events: set.events().to_vec() }))
    }
}

impl Neighbours {
    fn score(&self, row: &Vec<f64>) -> Result<f64, Error> {
        let near = guarded(LIBRARY, "refused to search", || {
            let nearest = self.search.find(row, self.k)?;
            let furthest = nearest.iter().map(|(_, distance, _)| *distance).fold(0.0, f64::max);
            // Distances are whole numbers; the search takes no radius of 0.
            self.search.find_radius(row, furthest + 0.5)
        })?;
        let (mut with, mut without) = (0.5, 0.5);
        for (at, _, _) in near {
            *(if self.events[at] { &mut with } else { &mut without }) += self.weights[at];
        }
        Ok(libm::log(with / without))
    }
}

impl Scores for Neighbours {
    fn scores(&self, rows: &Answers) -> Result<Vec<f64>, Error> {
        coded(rows).par_iter().map(|row| self.score(row)).collect()
    }
}
