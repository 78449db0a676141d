//! Accuracy penalised for unequal false-positive rates; only between labels.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static FAIRNESS_PENALISED: Info = Info {
    definition: Definition {
        metric: Borrowed("fairness_penalised"),
        scope: Scope::Threshold,
        title: text("Exactitud penalizada por desigualdad", "Fairness-penalised accuracy"),
        formula: Borrowed(
            "(1 - brier) (1 - (highest - lowest false_positive_rate)) over the labels of a group column",
        ),
        range: Borrowed("[0, 1]; with two labels and a level from 0.5, the score of the challenge"),
        better: Better::Higher,
        reading: text(
            "Exactitud, descontada la diferencia de falsas alarmas entre grupos. No dar a nadie este nivel la hace máxima: léase con la sensibilidad.",
            "Accuracy, less what the difference in false alarms between groups takes away. Giving nobody this level maximises it: read it with the recall.",
        ),
        reference: Borrowed(
            "Mohler and Porter, A note on the multiplicative fairness score in the NIJ recidivism forecasting challenge, Crime Science 10, 2021",
        ),
    },
    computation: Computation::BetweenLabels,
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};
