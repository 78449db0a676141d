//! The rows of a fit, those with the same answers together.

use std::collections::HashMap;

use crate::TrainingSet;

/// Kinds of rows: different answers, and the weight of the rows with and without the event that have them. Weights have mean 1.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The code of each kind, by indicator.
    pub(super) codes: Vec<Vec<u8>>,
    /// Weight of rows with the event.
    pub(super) events: Vec<f64>,
    /// Weight of rows without it.
    pub(super) others: Vec<f64>,
    /// Weight of all rows.
    pub(super) total: f64,
}

impl Kinds {
    pub(super) fn new(set: &TrainingSet) -> Self {
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        let n_indicators = set.answers().instrument().indicators().len();
        let mut kinds = Self {
            codes: vec![vec![]; n_indicators],
            events: vec![],
            others: vec![],
            total: set.n_rows() as f64,
        };
        // In the order of the rows, so that sums do not depend on how the map is hashed.
        let mut places: HashMap<&[u8], usize> = HashMap::new();
        for ((row, &event), weight) in set.answers().rows().zip(set.events()).zip(set.weights()) {
            let at = *places.entry(row).or_insert_with(|| {
                kinds.codes.iter_mut().zip(row).for_each(|(codes, &code)| codes.push(code));
                kinds.events.push(0.0);
                kinds.others.push(0.0);
                kinds.events.len() - 1
            });
            let class = if event { &mut kinds.events } else { &mut kinds.others };
            class[at] += weight / mean;
        }
        kinds
    }

    pub(super) fn n(&self) -> usize {
        self.events.len()
    }

    /// Log-odds of the share of events.
    pub(super) fn base_log_odds(&self) -> f64 {
        libm::log(self.events.iter().sum::<f64>() / self.others.iter().sum::<f64>())
    }
}
