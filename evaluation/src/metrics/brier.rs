//! The Brier score.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static BRIER: Info = Info {
    definition: Definition {
        metric: Borrowed("brier"),
        scope: Scope::Whole,
        title: text("Puntuación de Brier", "Brier score"),
        formula: Borrowed("sum of w (p - y)^2 / sum of w"),
        range: Borrowed("[0, 1]; a constant at the base rate r gives r (1 - r)"),
        better: Better::Lower,
        reading: text(
            "Distancia cuadrática media entre la probabilidad y lo que ocurrió: mezcla orden y calibración.",
            "Mean squared distance between the probability and what happened: it mixes ranking and calibration.",
        ),
        reference: Borrowed(
            "Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1950",
        ),
    },
    computation: Computation::Sums {
        terms: &[Term::SquaredError],
        ratio: |sums, _| divide(sums.term(Term::SquaredError)?, sums.total()),
    },
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::RATIO,
};
