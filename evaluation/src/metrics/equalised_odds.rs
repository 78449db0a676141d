//! Equalised odds; only between labels.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static EQUALISED_ODDS: Info = Info {
    definition: Definition {
        metric: Borrowed("equalised_odds"),
        scope: Scope::Threshold,
        title: text("Igualdad de oportunidades y de falsas alarmas", "Equalised odds"),
        formula: Borrowed(
            "max(highest - lowest recall, highest - lowest false_positive_rate) over the labels of a group column",
        ),
        range: Borrowed("[0, 1]; 0 is equality"),
        better: Better::Lower,
        reading: text(
            "La mayor distancia entre grupos en sensibilidad o en falsos positivos: 0 solo si ambas son iguales en todos.",
            "The larger distance between groups in recall or in false positives: 0 only if both are equal in all.",
        ),
        reference: Borrowed(
            "Hardt, Price and Srebro, Equality of opportunity in supervised learning, Advances in Neural Information Processing Systems 29, 2016",
        ),
    },
    computation: Computation::BetweenLabels,
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};
