//! The metrics: weighted, defined or `None`, never NaN.
//!
//! A metric is one file: its function, and an `Info` with everything else that has to be known of it (definition, direction, range, what it
//! needs, which counts must not be small, which comparisons make sense). The file `metric` lists them; nothing else in the crate decides by
//! which metric it is. Metrics that are ratios of sums over the rows share `label_sums`.

mod auc;
mod average_precision;
mod base_rate;
mod bins;
mod brier;
mod by_case;
mod concordance;
mod decision;
mod delong;
mod distinct;
mod ece;
mod equalised_odds;
mod expected_auc;
mod fairness_penalised;
mod false_positive_rate;
mod horizon_auc;
mod in_lowest;
pub(crate) mod info;
mod kappa;
mod label_sums;
mod level;
mod log_loss;
mod lowess;
mod macro_f1;
mod mean_probability;
mod mean_score;
mod metric;
mod observed_expected;
mod one_step;
mod precision_sweep;
mod predictive_value;
mod probability_error;
mod profile;
mod protection;
mod ranked_probability;
mod recalibration;
mod recall;
#[cfg(test)]
mod samples;
mod selection_rate;
mod smooth_curve;
mod smooth_ece;
mod sweep;

pub use auc::{Order, auc};
pub use average_precision::average_precision;
pub(crate) use bins::equal_weight;
pub use by_case::ByCase;
pub use concordance::{Concordance, FollowUp, concordance};
pub use decision::{DecisionGrid, NetBenefit, net_benefit, thresholds};
pub use delong::{Components, components};
pub use ece::{Murphy, ece, murphy};
pub use expected_auc::expected_auc;
pub use horizon_auc::horizon_auc;
pub use kappa::{Distance, kappa};
pub(crate) use label_sums::{Frame, LabelSums, Layout, Scale, Summands, Term};
pub use lowess::lowess;
pub use macro_f1::{f1, macro_f1};
pub use metric::{Metric, definitions};
pub(crate) use one_step::OneStep;
pub(crate) use precision_sweep::PrecisionSweep;
pub(crate) use profile::{NAMES, NOISE, Noise, Profile, Resampled};
pub use ranked_probability::{ranked_probability_of_levels, ranked_probability_score};
pub(crate) use recalibration::Blocks;
pub use recalibration::{Line, Recalibration, recalibrate};
pub use smooth_curve::{CurveDistance, curve_distance};
pub use smooth_ece::smooth_ece;
pub(crate) use sweep::Sweep;

/// Standard errors in half of a 95 % interval of a normal distribution.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;
