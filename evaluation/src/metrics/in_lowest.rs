//! The share of events, and of severe outcomes, that sit in the lowest level.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";

pub(super) static EVENTS_IN_LOWEST: Info = Info {
    definition: Definition {
        metric: Borrowed("events_in_lowest"),
        scope: Scope::Whole,
        title: text("Sucesos en el nivel más bajo", "Events in the lowest level"),
        formula: Borrowed("sum of w y 1[level = lowest] / sum of w y"),
        range: Borrowed("[0, 1]; 1 - recall of the second level"),
        better: Better::Lower,
        reading: text(
            "De quienes tuvieron el suceso, la parte que estaba en el nivel más bajo: el error más costoso.",
            "Of those with the outcome, the share that sat in the lowest level: the costliest error.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, _| divide(sums.lowest()?[1], sums.outcomes()[1]),
    },
    needs: Needs::Levels,
    basis: Basis::Events,
    cells: |sums, _| {
        let [_, events] = sums.outcomes();
        let [_, lowest] = sums.level(0);
        [lowest, events - lowest]
    },
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static SEVERE_IN_LOWEST: Info = Info {
    definition: Definition {
        metric: Borrowed("severe_in_lowest"),
        scope: Scope::Whole,
        title: text("Sucesos graves en el nivel más bajo", "Severe outcomes in the lowest level"),
        formula: Borrowed(
            "sum of w z 1[level = lowest] / sum of w z, with z the graver outcome, over the rows where it is known",
        ),
        range: Borrowed("[0, 1]"),
        better: Better::Lower,
        reading: text(
            "De quienes sufrieron el suceso más grave, la parte que estaba en el nivel más bajo.",
            "Of those with the graver outcome, the share that sat in the lowest level.",
        ),
        reference: Borrowed("Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994"),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, _| divide(sums.severe_in_lowest()?, sums.severe()),
    },
    needs: Needs::SevereOutcome,
    basis: Basis::Severe,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};
