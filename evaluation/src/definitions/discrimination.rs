//! How well the score ranks.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

pub(super) static AUC: Definition = Definition {
    metric: Borrowed("auc"),
    scope: Scope::Whole,
    title: text("Área bajo la curva ROC", "Area under the ROC curve"),
    formula: Borrowed("sum over i:y=1, j:y=0 of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / (W1 W0)"),
    range: Borrowed("[0, 1]; 0.5 is chance"),
    better: Better::Higher,
    reading: text(
        "De dos casos, uno con el suceso y otro sin él, la frecuencia con que el primero recibe la puntuación más alta.",
        "Of two cases, one with the outcome and one without, how often the first has the higher score.",
    ),
    reference: Borrowed(
        "Hanley and McNeil, The meaning and use of the area under a receiver operating characteristic (ROC) curve, Radiology 143, 1982",
    ),
};

pub(super) static ORACLE_AUC: Definition = Definition {
    metric: Borrowed("oracle_auc"),
    scope: Scope::Whole,
    title: text("Área ROC del riesgo verdadero", "ROC area of the true risk"),
    formula: Borrowed("auc with s = the probability the synthetic outcomes were drawn from"),
    range: Borrowed("[0, 1]"),
    better: Better::Neither,
    reading: text(
        "Lo que alcanzaría quien conociera el riesgo verdadero: en una cohorte sintética, el techo de cualquier modelo, salvo azar.",
        "What knowing the true risk would reach: on a synthetic cohort, the ceiling for any model, up to chance.",
    ),
    reference: Borrowed(
        "Hanley and McNeil, The meaning and use of the area under a receiver operating characteristic (ROC) curve, Radiology 143, 1982",
    ),
};

pub(super) static MEAN_SCORE: Definition = Definition {
    metric: Borrowed("mean_score"),
    scope: Scope::Whole,
    title: text("Puntuación media", "Mean score"),
    formula: Borrowed("sum of w s / sum of w"),
    range: Borrowed("any number: log-odds of a version, raw value of a foreign column"),
    better: Better::Neither,
    reading: text(
        "La puntuación media de las filas; comparada entre grupos, dice a quién puntúa más alto el modelo.",
        "The mean score of the rows; compared between groups, it says whom the model scores higher.",
    ),
    reference: Borrowed("Barocas, Hardt and Narayanan, Fairness and Machine Learning, 2023, chapter 3"),
};
