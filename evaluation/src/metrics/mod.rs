//! The metrics themselves: weighted, defined or `None`, never NaN.

mod auc;
mod average_precision;
mod bins;
mod by_case;
mod cell;
mod concordance;
mod decision;
mod delong;
mod distinct;
mod ece;
mod kappa;
mod lowess;
mod one_step;
mod precision_sweep;
mod profile;
mod ranked_probability;
mod recalibration;
mod reliability;
#[cfg(test)]
mod samples;
mod smooth_curve;
mod smooth_ece;
mod sweep;

pub use auc::{Order, auc};
pub use average_precision::average_precision;
pub use by_case::ByCase;
pub(crate) use cell::{Cell, Frame, Layout, RowSums, Scale, Term};
pub use concordance::{Concordance, FollowUp, concordance};
pub use decision::{DecisionGrid, NetBenefit, net_benefit, thresholds};
pub use delong::{Components, components};
pub use ece::{Murphy, ece, murphy};
pub use kappa::{Distance, kappa};
pub use lowess::lowess;
pub(crate) use one_step::OneStep;
pub(crate) use precision_sweep::PrecisionSweep;
pub(crate) use profile::{NAMES, NOISE, Noise, Profile, Resampled};
pub use ranked_probability::{ranked_probability_of_levels, ranked_probability_score};
pub(crate) use recalibration::Blocks;
pub use recalibration::{Recalibration, recalibrate};
pub use reliability::reliability;
pub use smooth_curve::{CurveDistance, curve_distance};
pub use smooth_ece::smooth_ece;
pub(crate) use sweep::Sweep;

/// Standard errors in half of a 95 % interval of a normal distribution.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;
