//! The share of rows at a level or above.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

pub(super) static SELECTION_RATE: Info = Info {
    definition: Definition {
        metric: Borrowed("selection_rate"),
        scope: Scope::Threshold,
        title: text("Proporción en este nivel o más", "Selection rate (this level or above)"),
        formula: Borrowed("sum of w 1[level >= l] / sum of w"),
        range: Borrowed("[0, 1]"),
        better: Better::Neither,
        reading: text(
            "La parte de las filas que recibió este nivel o uno superior; igual entre grupos solo si también lo es su riesgo.",
            "The share of rows given this level or a higher one; equal between groups only where their risk is.",
        ),
        reference: Borrowed("Barocas, Hardt and Narayanan, Fairness and Machine Learning, 2023, chapter 3"),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.at_or_above(level).iter().sum(), sums.total()),
    },
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: |sums, level| [sums.at_or_above(level).iter().sum(), sums.below(level).iter().sum()],
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};
