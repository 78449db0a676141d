//! The plots, one file each; what they share is in `figure`.

mod case_mix;
mod decision;
mod discrimination;
mod figure;
mod flow;
mod forest;
mod levels;
mod reliability;
mod transition;
mod unknowns;

pub(super) use case_mix::case_mix;
pub(super) use decision::decision;
pub(super) use discrimination::discrimination;
pub(super) use figure::Figure;
pub(super) use flow::{flow, levels as levels_of_reclassification};
pub(super) use forest::{detectable, drawn_pairs, forest, verdict};
pub(super) use levels::levels;
pub(super) use reliability::reliability;
pub(super) use transition::{level_ids, transition};
pub(super) use unknowns::unknowns;
