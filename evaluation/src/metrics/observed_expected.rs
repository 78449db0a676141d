//! Observed over expected events.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const STEYERBERG: &str = "Van Calster, McLernon, van Smeden, Wynants and Steyerberg, Calibration: the Achilles heel of predictive analytics, BMC Medicine 17, 2019";

pub(super) static OBSERVED_EXPECTED: Info = Info {
    definition: Definition {
        metric: Borrowed("observed_expected"),
        scope: Scope::Whole,
        title: text("Observados entre esperados", "Observed over expected"),
        formula: Borrowed("sum of w y / sum of w p"),
        range: Borrowed("[0, infinity)"),
        better: Better::NearOne,
        reading: text(
            "Mayor que 1: ocurrió más de lo previsto; menor que 1: menos.",
            "Above 1: more happened than was foreseen; below 1: fewer.",
        ),
        reference: Borrowed(STEYERBERG),
    },
    computation: Computation::Sums {
        terms: &[Term::Probability],
        ratio: |sums, _| divide(sums.outcomes()[1], sums.term(Term::Probability)?),
    },
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::RATIO,
};
