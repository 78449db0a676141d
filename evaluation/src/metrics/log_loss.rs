//! The logarithmic loss.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static LOG_LOSS: Info = Info {
    definition: Definition {
        metric: Borrowed("log_loss"),
        scope: Scope::Whole,
        title: text("Pérdida logarítmica", "Log loss"),
        formula: Borrowed("- sum of w (y ln p + (1 - y) ln(1 - p)) / sum of w"),
        range: Borrowed("[0, infinity); undefined if an event has p = 0 or a non-event p = 1"),
        better: Better::Lower,
        reading: text(
            "Castiga sobre todo las probabilidades seguras y equivocadas.",
            "It punishes above all the probabilities that were sure and wrong.",
        ),
        reference: Borrowed("Good, Rational decisions, Journal of the Royal Statistical Society B 14, 1952"),
    },
    computation: Computation::Sums {
        terms: &[Term::LogLoss],
        ratio: |sums, _| divide(sums.term(Term::LogLoss)?, sums.total()),
    },
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::InfiniteLoss,
    comparison: Comparison { between_labels: false, ..Comparison::RATIO },
};
