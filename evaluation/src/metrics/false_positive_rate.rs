//! False-positive rate of "level or above", and its complement.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::{LabelSums, divide};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const CHOULDECHOVA: &str = "Chouldechova, Fair prediction with disparate impact, Big Data 5, 2017";
const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";

pub(super) static FALSE_POSITIVE_RATE: Info = Info {
    definition: Definition {
        metric: Borrowed("false_positive_rate"),
        scope: Scope::Threshold,
        title: text("Falsos positivos (este nivel o más)", "False-positive rate (this level or above)"),
        formula: Borrowed("sum of w (1 - y) 1[level >= l] / sum of w (1 - y)"),
        range: Borrowed("[0, 1]"),
        better: Better::Lower,
        reading: text(
            "De quienes no tuvieron el suceso, la parte que recibió este nivel o uno superior.",
            "Of those without the outcome, the share given this level or a higher one.",
        ),
        reference: Borrowed(CHOULDECHOVA),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.at_or_above(level)[0], sums.outcomes()[0]),
    },
    needs: Needs::Nothing,
    basis: Basis::Others,
    cells: others_on_either_side,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static SPECIFICITY: Info = Info {
    definition: Definition {
        metric: Borrowed("specificity"),
        scope: Scope::Threshold,
        title: text("Especificidad (este nivel o más)", "Specificity (this level or above)"),
        formula: Borrowed("1 - false_positive_rate"),
        range: Borrowed("[0, 1]"),
        better: Better::Higher,
        reading: text(
            "De quienes no tuvieron el suceso, la parte que quedó por debajo de este nivel.",
            "Of those without the outcome, the share that stayed below this level.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.below(level)[0], sums.outcomes()[0]),
    },
    needs: Needs::Nothing,
    basis: Basis::Others,
    cells: others_on_either_side,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::SHARE },
};

/// Rows without the event at the level or above, and below it.
fn others_on_either_side(sums: &LabelSums<'_>, level: usize) -> [f64; 2] {
    let [flagged, _] = sums.at_or_above(level);
    [flagged, sums.outcomes()[0] - flagged]
}
