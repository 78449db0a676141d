//! The tables as data: captions, columns, cells; the template only prints them.

mod curves;
mod gaps;
mod groups;
mod levels;
mod moves;
mod overall;
mod table;

pub(super) use curves::{decision, reliability};
pub(super) use gaps::{gaps, penalised, spreads};
pub(super) use groups::group;
pub(super) use levels::{by_level, threshold_differences};
pub(super) use moves::{agreement, moved, movers, workload};
pub(super) use overall::{differences, overall};
pub(super) use table::Table;
