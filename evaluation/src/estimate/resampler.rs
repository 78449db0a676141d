//! The paired bootstrap: every version, label and metric under the same resample of cases, replicate by replicate.

use rayon::prelude::*;

use super::prepared::{Prepared, Values, Weighting};
use super::resample::Draw;
use crate::input::{Input, Scored};
use crate::metrics::{Frame, Metric, Sweep};

/// The values of every version, label and target under one weighting; see [`Sample::at`].
pub(crate) struct Sample {
    values: Vec<Values>,
}

/// Which of a sample's numbers: version, label among all (0 is everyone), and position among the version's targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) version: usize,
    pub(crate) label: usize,
    pub(crate) target: usize,
}

/// The rows, versions and order of the truth, shared by all weightings.
pub(crate) struct Resampler<'a> {
    pub(crate) input: &'a Input,
    pub(crate) prepared: Vec<Prepared<'a>>,
    pub(crate) frame: Frame,
    oracle: Option<Sweep>,
    /// Everyone's label: 0 in each row.
    everyone: Vec<u16>,
    draw: Draw,
}

impl<'a> Resampler<'a> {
    pub(crate) fn new(input: &'a Input, scored: &'a [Scored], only: &[Metric], bins: u32) -> Self {
        let columns = input.columns();
        let frame = frame(input);
        let everyone = vec![0; input.n_rows()];
        let splits = splits(input, &everyone);
        let (labels, width) = frame.with_everyone();
        let oracle = columns.oracle.as_deref().filter(|_| only.contains(&Metric::OracleAuc));
        Self {
            prepared: scored
                .par_iter()
                .map(|one| Prepared::new(input, one, only, &frame, (&splits, bins)))
                .collect(),
            oracle: oracle.map(|oracle| Sweep::new(oracle, &columns.y, (&labels, width, frame.n_labels))),
            draw: Draw::new(input),
            frame,
            everyone,
            input,
        }
    }

    /// Where a place stands among its version's numbers.
    pub(crate) fn at(&self, place: Place) -> usize {
        place.label * self.prepared[place.version].targets.len() + place.target
    }

    /// The values on the rows as they are.
    pub(crate) fn point(&self) -> Sample {
        self.sample(&Weighting::new(self.input.columns().weight.clone(), false))
    }

    /// The values on the listed resamples, in their order.
    pub(crate) fn replicates(&self, seed: u64, replicates: std::ops::Range<u32>) -> Vec<Sample> {
        replicates.into_par_iter().map(|replicate| self.replicate(seed, replicate)).collect()
    }

    /// Codes and labels of everyone, then of each group column.
    pub(crate) fn splits(&self) -> Vec<(&[u16], usize)> {
        splits(self.input, &self.everyone)
    }

    fn replicate(&self, seed: u64, replicate: u32) -> Sample {
        let times = self.draw.times(seed, u64::from(replicate));
        let cases = self.input.cases().iter().zip(&self.input.columns().weight);
        let weight = cases.map(|(case, w)| w * f64::from(times[*case as usize])).collect();
        self.sample(&Weighting::new(weight, true))
    }

    fn sample(&self, weighting: &Weighting) -> Sample {
        let oracle = self.oracle.as_ref().map_or_else(Vec::new, |sweep| sweep.areas(&weighting.weight));
        let splits = self.splits();
        let values = |prepared: &Prepared<'_>| prepared.values((&self.frame, &splits), weighting, &oracle);
        Sample { values: self.prepared.iter().map(values).collect() }
    }
}

impl Sample {
    /// The value at a place; NaN where undefined, which never leaves this crate.
    pub(crate) fn at(&self, resampler: &Resampler<'_>, place: Place) -> f64 {
        self.values[place.version].targets[resampler.at(place)]
    }

    /// The smooth calibration curve of a version, at a point; NaN where undefined.
    pub(crate) fn curve(&self, version: usize, point: usize) -> f64 {
        self.values[version].curve.get(point).copied().unwrap_or(f64::NAN)
    }
}

/// The labels of all group columns, one after the other behind everyone's.
fn frame(input: &Input) -> Frame {
    let groups = &input.columns().groups;
    let mut n_labels = 1;
    let columns: Vec<_> = groups
        .iter()
        .map(|group| {
            let first = n_labels;
            n_labels += group.labels.len();
            first..n_labels
        })
        .collect();
    if groups.is_empty() {
        return Frame { labels: vec![0; input.n_rows()], width: 1, columns, n_labels };
    }
    let of_row = |row: usize| {
        groups
            .iter()
            .zip(&columns)
            .map(move |(group, labels)| labels.start as u32 + u32::from(group.codes[row]))
    };
    Frame { labels: (0..input.n_rows()).flat_map(of_row).collect(), width: groups.len(), columns, n_labels }
}

/// Codes and labels of everyone, then of each group column.
fn splits<'s>(input: &'s Input, everyone: &'s [u16]) -> Vec<(&'s [u16], usize)> {
    let groups = input.columns().groups.iter().map(|group| (group.codes.as_slice(), group.labels.len()));
    std::iter::once((everyone, 1)).chain(groups).collect()
}
