//! DeLong's intervals of the areas under the ROC curve, for everyone and within every label.

use rayon::prelude::*;

use super::interval::Interval;
use super::prepared::Prepared;
use super::resampler::{Place, Resampler};
use crate::metrics::{ByCase, Metric, Order, components};

/// Intervals by version, then by label; `None` where there is no area.
pub(crate) struct Areas(Vec<Vec<Option<Interval>>>);

impl Areas {
    /// The intervals of every version whose area is asked for.
    pub(crate) fn new(resampler: &Resampler<'_>) -> Self {
        let columns = resampler.input.columns();
        let cases = ByCase::new(&columns.cluster);
        let of_version = |prepared: &Prepared<'_>| {
            if prepared.position(Metric::Auc, 0).is_none() {
                return Vec::new();
            }
            let order = Order::new(&prepared.scored.score);
            let of_split = |(codes, n): (&[u16], usize)| {
                components(&order, &columns.y, &columns.weight, codes, n, &cases)
            };
            let found = resampler.splits().into_iter().flat_map(of_split);
            found.map(|found| found.map(|components| components.interval())).collect()
        };
        Self(resampler.prepared.par_iter().map(of_version).collect())
    }

    /// The interval of an area; `None` for other metrics.
    pub(crate) fn of(&self, place: Place, prepared: &Prepared<'_>) -> Option<Interval> {
        let is_area = prepared.targets[place.target].metric == Metric::Auc;
        self.0[place.version].get(place.label).copied().flatten().filter(|_| is_area)
    }
}
