//! The error against the true probability of a synthetic cohort.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static PROBABILITY_ERROR: Info = Info {
    definition: Definition {
        metric: Borrowed("probability_error"),
        scope: Scope::Whole,
        title: text("Error frente al riesgo verdadero", "Error against the true risk"),
        formula: Borrowed("sum of w |p - true probability| / sum of w"),
        range: Borrowed("[0, 1]; synthetic cohorts only"),
        better: Better::Lower,
        reading: text(
            "Distancia media entre la probabilidad y aquella de la que se sortearon los resultados sintéticos.",
            "Mean distance between the probability and the one the synthetic outcomes were drawn from.",
        ),
        reference: Borrowed("Mean absolute error against the truth of a synthetic cohort"),
    },
    computation: Computation::Sums {
        terms: &[Term::Error],
        ratio: |sums, _| divide(sums.term(Term::Error)?, sums.total()),
    },
    needs: Needs::ProbabilityAndTruth,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};
