//! What the levels do, whatever the score behind them.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

const ALTMAN: &str = "Altman and Bland, Diagnostic tests 1 and 2, BMJ 308 and 309, 1994";
const CHOULDECHOVA: &str = "Chouldechova, Fair prediction with disparate impact, Big Data 5, 2017";

pub(super) static RECALL: Definition = Definition {
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
};

pub(super) static FALSE_POSITIVE_RATE: Definition = Definition {
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
};

pub(super) static SPECIFICITY: Definition = Definition {
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
};

pub(super) static PPV: Definition = Definition {
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
};

pub(super) static NPV: Definition = Definition {
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
};

pub(super) static LEVEL_SHARE: Definition = Definition {
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
};

pub(super) static LEVEL_RATE: Definition = Definition {
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
};

pub(super) static EVENTS_IN_LOWEST: Definition = Definition {
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
};
