//! The paired bootstrap: every version under the same resample of cases, replicate by replicate.

use rayon::prelude::*;

use crate::input::Input;
use crate::metrics::Order;
use crate::prepared::{Prepared, Split};
use crate::resample::multiplicities;

/// Replicates between two reports of progress.
const BATCH: u32 = 32;

/// The values of every version, label and target under one weighting; see [`Sample::at`].
pub(crate) struct Sample {
    values: Vec<Vec<f64>>,
}

impl Sample {
    /// The value of a target of a version within a label; NaN where undefined, which never leaves this crate.
    pub(crate) fn at(&self, prepared: &Prepared<'_>, version: usize, label: usize, target: usize) -> f64 {
        self.values[version][label * prepared.targets.len() + target]
    }
}

/// The rows, versions and order of the truth, shared by all weightings.
pub(crate) struct Bench<'a> {
    pub(crate) input: &'a Input,
    pub(crate) prepared: Vec<Prepared<'a>>,
    pub(crate) oracle: Option<Order>,
}

impl Bench<'_> {
    /// The split by a group column.
    pub(crate) fn split<'c>(&self, codes: &'c [u16], n_labels: usize) -> Split<'c> {
        let rows = positive(&self.input.columns().weight);
        let steps = self.prepared.iter().map(|prepared| prepared.one_step(&rows, codes, n_labels)).collect();
        Split { codes, n_labels, steps }
    }

    /// The values on the rows as they are.
    pub(crate) fn point(&self, split: &Split<'_>) -> Sample {
        self.sample(split, &self.input.columns().weight)
    }

    /// The values on `replicates` resamples, in their order; calls `step` with the number of replicates just done.
    pub(crate) fn replicates(
        &self,
        split: &Split<'_>,
        seed: u64,
        replicates: u32,
        step: &mut dyn FnMut(u64),
    ) -> Vec<Sample> {
        let mut samples = Vec::with_capacity(replicates as usize);
        let mut done = 0;
        while done < replicates {
            let batch = done..replicates.min(done + BATCH);
            let size = batch.len() as u64;
            done = batch.end;
            samples.par_extend(batch.into_par_iter().map(|replicate| self.replicate(split, seed, replicate)));
            step(size);
        }
        samples
    }

    fn replicate(&self, split: &Split<'_>, seed: u64, replicate: u32) -> Sample {
        let times = multiplicities(seed, u64::from(replicate), self.input.n_cases());
        let cases = self.input.cases().iter().zip(&self.input.columns().weight);
        let weight: Vec<f64> = cases.map(|(case, w)| w * f64::from(times[*case as usize])).collect();
        self.sample(split, &weight)
    }

    fn sample(&self, split: &Split<'_>, weight: &[f64]) -> Sample {
        let rows = positive(weight);
        let mut oracle = vec![None; split.n_labels];
        if let Some(order) = &self.oracle {
            order.auc_by(&self.input.columns().y, weight, split.codes, &mut oracle);
        }
        let values = self
            .prepared
            .iter()
            .enumerate()
            .map(|(version, prepared)| {
                let step = split.steps.get(version).and_then(Option::as_ref);
                let mut out = Vec::with_capacity(split.n_labels * prepared.targets.len());
                prepared.values((split, step), &rows, weight, &oracle, &mut out);
                out
            })
            .collect();
        Sample { values }
    }
}

/// The rows of positive weight, with it.
pub(crate) fn positive(weight: &[f64]) -> Vec<(u32, f64)> {
    weight.iter().enumerate().filter(|(_, w)| **w > 0.0).map(|(row, w)| (row as u32, *w)).collect()
}
