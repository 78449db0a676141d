//! Recall of "level or above", and its complement.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::{LabelSums, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";

pub(super) static RECALL: Info = Info {
    definition: Definition {
        metric: Borrowed("recall"),
        scope: Scope::Threshold,
        title: text("Sensibilidad (este nivel o más)", "Recall (this level or above)"),
        formula: Borrowed("sum of w y 1[level >= l] / sum of w y"),
        range: Borrowed("[0, 1]"),
        better: Better::Higher,
        reading: text(
            "De quienes tuvieron el suceso, la parte a la que se había dado este nivel o uno superior.",
            "Of those with the outcome, the share that had been given this level or a higher one.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.at_or_above(level)[1], sums.outcomes()[1]),
    },
    needs: Needs::Nothing,
    basis: Basis::Events,
    cells: events_on_either_side,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static FALSE_NEGATIVE_RATE: Info = Info {
    definition: Definition {
        metric: Borrowed("false_negative_rate"),
        scope: Scope::Threshold,
        title: text("Falsos negativos (bajo este nivel)", "False-negative rate (below this level)"),
        formula: Borrowed("sum of w y 1[level < l] / sum of w y"),
        range: Borrowed("[0, 1]; 1 - recall"),
        better: Better::Lower,
        reading: text(
            "De quienes tuvieron el suceso, la parte que había quedado por debajo de este nivel.",
            "Of those with the outcome, the share that had stayed below this level.",
        ),
        reference: Borrowed("Chouldechova, Fair prediction with disparate impact, Big Data 5, 2017"),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.below(level)[1], sums.outcomes()[1]),
    },
    needs: Needs::Nothing,
    basis: Basis::Events,
    cells: events_on_either_side,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

/// Events at the level or above, and below it.
fn events_on_either_side(sums: &LabelSums<'_>, level: usize) -> [f64; 2] {
    let [_, flagged] = sums.at_or_above(level);
    [flagged, sums.outcomes()[1] - flagged]
}
