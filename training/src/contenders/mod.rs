//! Families of linfa and smartcore that are compared with those of Amparo and never published.
//!
//! No exact explanation of their scores, indicator by indicator, can be tabulated, so they only take part in a search (`compare_only = true`). A
//! program has them if it was built with the feature `contenders`.
//!
//! | family | library | parameters |
//! |---|---|---|
//! | `k_nearest_neighbours` | smartcore | `k`: neighbours, 1 or more; all rows as near as the k-th count |
//! | `svm` | linfa-svm | `c`: cost of a violated margin, above 0; `kernel`: `linear` or `gaussian`; `width`: of the gaussian kernel, above 0; `most_rows`: rows that are drawn to fit on, 10 or more |
//! | `gaussian_naive_bayes` | linfa-bayes | `variance_smoothing`: share of the largest variance that is added to each, above 0 |
//! | `regression_forest` | smartcore | `trees`, 1 or more; `depth`, 1 or more; `min_rows`: of a leaf, 1 or more; `columns`: drawn for each split, 1 or more |
//!
//! DIFFERENCE: directions that a form declares are not kept, and answers that few rows have are whatever the library makes of them. linfa
//! takes no weights, so rows count alike in the fits of `svm` and `gaussian_naive_bayes`; calibration and losses are weighted as for
//! every candidate.

#[cfg(feature = "contenders")]
mod coded;
#[cfg(feature = "contenders")]
mod forest;
#[cfg(feature = "contenders")]
mod guarded;
#[cfg(feature = "contenders")]
mod naive_bayes;
#[cfg(feature = "contenders")]
mod neighbours;
#[cfg(feature = "contenders")]
mod svm;
#[cfg(all(test, feature = "contenders"))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use crate::ContenderFamily;

/// The names of all families of this kind, in whatever build.
pub const NAMES: &[&str] = &["k_nearest_neighbours", "svm", "gaussian_naive_bayes", "regression_forest"];

/// Those that this build has.
#[cfg(feature = "contenders")]
pub const CONTENDERS: &[ContenderFamily] =
    &[neighbours::FAMILY, svm::FAMILY, naive_bayes::FAMILY, forest::FAMILY];

/// Those that this build has: none.
#[cfg(not(feature = "contenders"))]
pub const CONTENDERS: &[ContenderFamily] = &[];
