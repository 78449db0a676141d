//! The share of rows with the event.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, Versions, no_cells};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static BASE_RATE: Info = Info {
    definition: Definition {
        metric: Borrowed("base_rate"),
        scope: Scope::Whole,
        title: text("Tasa observada", "Observed rate"),
        formula: Borrowed("sum of w y / sum of w"),
        range: Borrowed("[0, 1]"),
        better: Better::Neither,
        reading: text(
            "Proporción de filas con el suceso dentro del plazo.",
            "Share of rows with the outcome within the horizon.",
        ),
        reference: Borrowed("A weighted mean"),
    },
    computation: Computation::Sums { terms: &[], ratio: |sums, _| divide(sums.outcomes()[1], sums.total()) },
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_versions: Versions::Never, ..Comparison::SHARE },
};
