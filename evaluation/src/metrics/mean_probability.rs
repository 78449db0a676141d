//! The mean probability.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::{Term, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const STEYERBERG: &str = "Van Calster, McLernon, van Smeden, Wynants and Steyerberg, Calibration: the Achilles heel of predictive analytics, BMC Medicine 17, 2019";

pub(super) static MEAN_PROBABILITY: Info = Info {
    definition: Definition {
        metric: Borrowed("mean_probability"),
        scope: Scope::Whole,
        title: text("Probabilidad media", "Mean probability"),
        formula: Borrowed("sum of w p / sum of w"),
        range: Borrowed("[0, 1]"),
        better: Better::Neither,
        reading: text(
            "Lo que el modelo prevé de media; compárese con la tasa observada.",
            "What the model foresees on average; compare with the observed rate.",
        ),
        reference: Borrowed(STEYERBERG),
    },
    computation: Computation::Sums {
        terms: &[Term::Probability],
        ratio: |sums, _| divide(sums.term(Term::Probability)?, sums.total()),
    },
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};
