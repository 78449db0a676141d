//! The tables as data: captions, columns, cells; the template only prints them.

pub(super) mod case_mix;
pub(super) mod classes;
mod curves;
mod gaps;
mod groups;
mod horizons;
mod levels;
mod overall;
mod reclassification;
mod table;
mod transition;

pub(super) use curves::{decision, reliability};
pub(super) use gaps::{gaps, penalised, spreads};
pub(super) use groups::group;
pub(super) use horizons::horizons;
pub(super) use levels::{by_level, threshold_differences};
pub(super) use overall::{differences, overall};
pub(super) use reclassification::{agreement, reclassified_by_group, reclassified_by_level, workload};
pub(super) use table::Table;
pub(super) use transition::transition;
