#![doc = include_str!("../README.md")]

pub mod audit;
mod calibrated;
mod compare;
mod compared;
pub mod documents;
mod draft;
mod error;
mod export;
mod fitted;
pub mod gate;
mod hold_out;
mod json;
mod judge;
mod lethality;
mod name;
mod observer;
mod predictions;
mod recalibrate;
mod scores;
mod stated;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
mod train;
pub mod tune;
mod unknowns;

pub use amparo_evaluation::partial;
pub use amparo_training::config::Calibration;
pub use amparo_training::leak::accepted as accepted_leak;
pub use amparo_training::recalibrate::{LEAST_EVENTS, Recalibration};
pub use calibrated::calibrated;
pub use compare::{Comparison, compare};
pub use compared::ComparedScores;
pub use draft::{
    BinsPlan, Direction, Draft, DraftPlan, Estimated, IsotonicFit, MOST_VALUES, Order, ProposedBin,
    ProposedBins, RowCounts, TriedBins, draft, draft_form, propose_bins,
};
pub use error::{Error, TopicProblem};
pub use export::{ExportFormat, Exported, export};
pub use fitted::{FitPlan, Fitted, Publishing, Rows};
pub use gate::gate;
pub use hold_out::{HeldOutRows, PartialScored, hold_out};
pub use json::json;
pub use judge::{MARGIN, Settings, judge};
pub use lethality::{lethality, lethality_held_out};
pub use name::{display_name, number_name};
pub use observer::Observer;
pub use predictions::Predictions;
pub use recalibrate::{RecalibratedVersion, Recalibrating, recalibrate};
pub use scores::{Scores, margins};
pub use stated::{Stated, judge_stated};
pub use train::{Published, Training, train};
pub use unknowns::{SHARES, Unknowns};
