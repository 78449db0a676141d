//! What acting at a level means: whom it reaches, whom it misses, what that is worth.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

pub(super) static FALSE_NEGATIVE_RATE: Definition = Definition {
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
};

pub(super) static SELECTION_RATE: Definition = Definition {
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
};

pub(super) static NET_BENEFIT: Definition = Definition {
    metric: Borrowed("net_benefit"),
    scope: Scope::Threshold,
    title: text("Beneficio neto (actuar desde este nivel)", "Net benefit (acting from this level)"),
    formula: Borrowed(
        "sum of w (y - (1 - y) t / (1 - t)) 1[level >= l] / sum of w, with t the probability at which the level begins",
    ),
    range: Borrowed("(-infinity, base rate]; 0 is acting on nobody"),
    better: Better::Higher,
    reading: text(
        "Aciertos por fila, descontadas las actuaciones de más a la tasa de cambio que fija el propio umbral del nivel. Mayor que 0 y que actuar sobre todos: el nivel vale lo que cuesta.",
        "Hits a row, less the needless acts at the exchange rate that the level's own threshold sets. Above 0 and above acting on everybody: the level is worth its price.",
    ),
    reference: Borrowed(
        "Vickers and Elkin, Decision curve analysis: a novel method for evaluating prediction models, Medical Decision Making 26, 2006",
    ),
};

pub(super) static SEVERE_IN_LOWEST: Definition = Definition {
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
};
