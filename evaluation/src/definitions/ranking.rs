//! How well the score ranks where events are rare, and when they come.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

pub(super) static AVERAGE_PRECISION: Definition = Definition {
    metric: Borrowed("average_precision"),
    scope: Scope::Whole,
    title: text("Precisión media", "Average precision"),
    formula: Borrowed(
        "sum over distinct scores t, from the highest, of (R_t - R_before) P_t; R_t, P_t: recall and precision of s >= t",
    ),
    range: Borrowed("[0, 1]; the base rate is chance"),
    better: Better::Higher,
    reading: text(
        "Al recorrer los casos desde la puntuación más alta, la parte media de aciertos cada vez que se encuentra un suceso. \
         Depende de lo frecuente que sea: compárela solo entre modelos sobre las mismas filas.",
        "Going through the cases from the highest score, the mean share of hits each time an outcome is found. It depends on \
         how frequent the outcome is: compare it only between models on the same rows.",
    ),
    reference: Borrowed(
        "Davis and Goadrich, The relationship between precision-recall and ROC curves, ICML 2006",
    ),
};

pub(super) static C_INDEX: Definition = Definition {
    metric: Borrowed("c_index"),
    scope: Scope::Whole,
    title: text("Índice C (tiempo hasta el suceso)", "C-index (time to the outcome)"),
    formula: Borrowed(
        "sum of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / sum of w_i w_j, over pairs where i has the event while j is still without it",
    ),
    range: Borrowed("[0, 1]; 0.5 is chance"),
    better: Better::Higher,
    reading: text(
        "De dos casos, la frecuencia con que el que sufre antes el suceso recibe la puntuación más alta. Cuentan también los casos \
         perdidos de vista, hasta que se pierden.",
        "Of two cases, how often the one whose outcome comes sooner has the higher score. Cases lost from sight count as well, \
         until they are lost.",
    ),
    reference: Borrowed(
        "Harrell, Califf, Pryor, Lee and Rosati, Evaluating the yield of medical tests, JAMA 247, 1982",
    ),
};
