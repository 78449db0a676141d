//! What stands at a level: its share of the rows, and the rate there.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::divide;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

const CHOULDECHOVA: &str = "Chouldechova, Fair prediction with disparate impact, Big Data 5, 2017";
const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";

pub(super) static LEVEL_SHARE: Info = Info {
    definition: Definition {
        metric: Borrowed("level_share"),
        scope: Scope::Level,
        title: text("Proporción en el nivel", "Share at the level"),
        formula: Borrowed("sum of w 1[level = l] / sum of w"),
        range: Borrowed("[0, 1]; the levels add up to 1"),
        better: Better::Neither,
        reading: text(
            "La parte de las filas en este nivel. Si no cambia cuando cambia el riesgo, el nivel es una cuota.",
            "The share of rows at this level. If it stays while the risk moves, the level is a quota.",
        ),
        reference: Borrowed(CHOULDECHOVA),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.level(level).iter().sum(), sums.total()),
    },
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: |sums, level| [sums.level(level).iter().sum(), 0.0],
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};

pub(super) static LEVEL_RATE: Info = Info {
    definition: Definition {
        metric: Borrowed("level_rate"),
        scope: Scope::Level,
        title: text("Tasa observada en el nivel", "Observed rate at the level"),
        formula: Borrowed("sum of w y 1[level = l] / sum of w 1[level = l]"),
        range: Borrowed("[0, 1]; should rise from level to level"),
        better: Better::Neither,
        reading: text(
            "De las filas en este nivel, la parte con el suceso.",
            "Of the rows at this level, the share with the outcome.",
        ),
        reference: Borrowed(ALTMAN),
    },
    computation: Computation::Sums {
        terms: &[],
        ratio: |sums, level| divide(sums.level(level)[1], sums.level(level).iter().sum()),
    },
    needs: Needs::Nothing,
    basis: Basis::AtLevel,
    cells: |sums, level| sums.level(level),
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::SHARE,
};
