//! The shape and the colour that stand for a scored version in every plot.

use amparo_evaluation::input::Kind;
use amparo_evaluation::report::ScoredReport;

use super::svg::Mark;
use crate::telling::view::View;

/// The shape of a scored version.
pub(super) fn mark(view: &View<'_>, scored: &ScoredReport) -> Mark {
    match scored.kind {
        _ if view.is_reference(scored) => Mark::Diamond,
        Kind::Version { .. } | Kind::Candidate { .. } => Mark::Circle,
        Kind::Foreign => Mark::Square,
    }
}

/// The colour class of a scored version.
pub(super) fn colour(view: &View<'_>, scored: &ScoredReport) -> &'static str {
    match mark(view, scored) {
        Mark::Diamond => "black",
        Mark::Circle => "blue",
        Mark::Square => "red",
    }
}
