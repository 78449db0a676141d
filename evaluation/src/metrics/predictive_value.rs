//! Predictive values of "level or above".

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";

pub(super) static PPV: Info = Info {
    definition: Definition {
        metric: Borrowed("ppv"),
        scope: Scope::Threshold,
        title: text(
            "Valor predictivo positivo (este nivel o más)",
            "Positive predictive value (this level or above)",
        ),
        formula: Borrowed("sum of w y 1[level >= l] / sum of w 1[level >= l]"),
        range: Borrowed("[0, 1]"),
        better: Better::Higher,
        reading: text(
            "De quienes recibieron este nivel o uno superior, la parte que tuvo el suceso.",
            "Of those given this level or a higher one, the share with the outcome.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.at_or_above(level)[1], sums.at_or_above(level).iter().sum()),
    },
    needs: Needs::Nothing,
    basis: Basis::AtOrAbove,
    cells: |sums, level| sums.at_or_above(level),
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static NPV: Info = Info {
    definition: Definition {
        metric: Borrowed("npv"),
        scope: Scope::Threshold,
        title: text(
            "Valor predictivo negativo (bajo este nivel)",
            "Negative predictive value (below this level)",
        ),
        formula: Borrowed("sum of w (1 - y) 1[level < l] / sum of w 1[level < l]"),
        range: Borrowed("[0, 1]"),
        better: Better::Higher,
        reading: text(
            "De quienes quedaron por debajo de este nivel, la parte que no tuvo el suceso.",
            "Of those below this level, the share without the outcome.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.below(level)[0], sums.below(level).iter().sum()),
    },
    needs: Needs::Nothing,
    basis: Basis::Below,
    cells: |sums, level| sums.below(level),
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};
