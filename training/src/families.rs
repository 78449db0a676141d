//! The families of candidates that a config can ask for.
//!
//! A family is one file in this folder, with its parameters, its fit and its [`Family`], and two lines here: its `mod` and its
//! entry in [`FAMILIES`]. `training/tests/toy_family` shows it by adding one.

pub mod additive;
pub mod boosted;
mod bound;
pub mod centroid;
mod columns;
mod counts;
pub mod cox;
mod cumulative;
pub mod discrete_hazard;
pub mod elastic_net;
mod hazards;
pub mod imported;
pub mod logistic;
pub mod naive_bayes;
mod newton;
pub mod optimal_points;
pub mod ordered_boosted;
pub mod points;
pub mod proportional_odds;
pub mod random_forest;
mod settings;
pub mod tree;

use std::sync::Arc;

pub use cumulative::Thresholds;
pub use hazards::Hazards;
pub use settings::Settings;

use crate::{Error, Learn};

/// The families that configs are read with.
pub const FAMILIES: &[Family] = &[
    points::FAMILY,
    optimal_points::FAMILY,
    logistic::FAMILY,
    boosted::FAMILY,
    additive::FAMILY,
    naive_bayes::FAMILY,
    centroid::FAMILY,
    elastic_net::FAMILY,
    tree::FAMILY,
    random_forest::FAMILY,
    cox::FAMILY,
    discrete_hazard::FAMILY,
    proportional_odds::FAMILY,
    ordered_boosted::FAMILY,
    imported::FAMILY,
];

/// Whether models of a family are stored as points, so that they can be the baseline of a hybrid.
pub(crate) fn gives_points(family: &str) -> bool {
    POINTS.iter().any(|of| of.name == family)
}

/// The names of the families that are stored as points, for errors.
pub(crate) fn families_of_points() -> String {
    POINTS.iter().map(|family| format!("`{}`", family.name)).collect::<Vec<_>>().join(" or ")
}

/// The families that are stored as points.
const POINTS: [Family; 2] = [points::FAMILY, optimal_points::FAMILY];

/// A family of candidates: its name and how a config asks for one of its candidates.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What stands after `family =` in a config.
    pub name: &'static str,
    /// Reads and checks what a config says of one candidate.
    pub read: fn(&Settings<'_>) -> Result<Arc<dyn Learn>, Error>,
}
