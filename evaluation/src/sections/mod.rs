//! The parts of a report, each computed from the [estimates](crate::estimate).

mod agreement;
mod calibration;
mod counted;
mod decision;
mod differences;
mod discrimination;
mod groups;
mod horizons;
mod levels;
mod max_min_difference;
mod reclassification;
mod transition;
mod workload;

pub(crate) use calibration::{curve, reliability};
pub(crate) use counted::counted;
pub(crate) use differences::{differences, measures};
pub(crate) use discrimination::c_index;
pub(crate) use groups::table;
pub(crate) use horizons::horizons;
pub(crate) use levels::levels;
pub(crate) use transition::transitions;
pub(crate) use workload::workload;
