//! The engine: from rows and scores to measures, each a value with its interval and the rows that it rests on.
//!
//! One thing is asked of the engine: [`Estimates::estimate`] of a [`Quantity`]. What happens before and behind it:
//!
//! 1. **Prepare** (`prepared`). Everything about a version that does not depend on weights is done once: the order of its scores,
//!    the cells of its calibration profile, the terms of its sums.
//! 2. **Count.** A *weighting* gives each row a weight. Under a weighting, one pass over the rows gives the
//!    [`LabelSums`](crate::metrics::LabelSums) of every label (everyone, and each label of each group column), and the prepared parts give
//!    what is no ratio of sums. The result is a `Sample`: a number at every *place* (version, label, metric with its level).
//! 3. **Observe.** The sample of the rows as they are gives the values. Unweighted counts decide which are shown (`suppress`).
//! 4. **Plan** (`plan`). The quantities that will be asked for are listed: values, differences, ratios and changes of differences
//!    between shown places, max-min differences over the labels of a column, points of the calibration curve.
//! 5. **Resample** (`resample`, `resampler`). A resample draws cases with replacement, within strata if there are any; it is a weighting like
//!    any other, the same for all versions and labels, so that comparisons are paired. Its random stream depends on the seed and its number only.
//! 6. **Sketch** (`quantile_sketch`). Of each quantity a histogram of its resampled values is kept, never the values, so memory does not grow
//!    with the number of resamples. For a *signed* metric the resampled quantity itself is kept. For a *magnitude*, which noise alone makes grow,
//!    a bound is kept on how far noise moves it.
//! 7. **Estimate** (`estimates`, `interval`). A signed quantity has the percentile interval; a magnitude the radius around its value; an area
//!    under the ROC curve DeLong's. A comparison with a value that is the same in every resample (a rate of 0 or 1) has no interval: it would
//!    look surer than it is. Two versions with identical scores differ by exactly 0.
//!
//! The standard errors of a metric's gaps, taken from the first resamples, give their simultaneous intervals (`simultaneous`). Numbers that
//! follow from the weight in each cell of a table (a pair of levels, a bin and an outcome) are followed over the same resamples by
//! `contingency`, which needs no place for each of them. Both, and what is not resampled at all, become measures through
//! [`measured`], so that a number without a value or an interval always has its reason.

mod areas;
mod contingency;
mod estimates;
mod extremes;
mod followed;
mod interval;
mod plan;
mod prepared;
mod quantile_sketch;
mod quantity;
mod resample;
mod resampler;
mod simultaneous;
mod suppress;

pub(crate) use contingency::{Contingency, Counted, count};
pub(crate) use estimates::Estimates;
pub(crate) use interval::{measured, of_replicates, quantile};
pub(crate) use plan::{label_pairs, larger_difference, penalised};
pub(crate) use quantity::{Across, Quantity};
pub(crate) use resample::multiplicities;
pub(crate) use resampler::{Place, Resampler};
pub(crate) use suppress::small;
