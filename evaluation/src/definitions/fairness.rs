//! What exists only between the labels of a group column.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

pub(super) static EQUALISED_ODDS: Definition = Definition {
    metric: Borrowed("equalised_odds"),
    scope: Scope::Threshold,
    title: text("Igualdad de oportunidades y de falsas alarmas", "Equalised odds"),
    formula: Borrowed(
        "max(highest - lowest recall, highest - lowest false_positive_rate) over the labels of a group column",
    ),
    range: Borrowed("[0, 1]; 0 is equality"),
    better: Better::Lower,
    reading: text(
        "La mayor distancia entre grupos en sensibilidad o en falsos positivos: 0 solo si ambas son iguales en todos.",
        "The larger distance between groups in recall or in false positives: 0 only if both are equal in all.",
    ),
    reference: Borrowed(
        "Hardt, Price and Srebro, Equality of opportunity in supervised learning, Advances in Neural Information Processing Systems 29, 2016",
    ),
};

pub(super) static FAIRNESS_PENALISED: Definition = Definition {
    metric: Borrowed("fairness_penalised"),
    scope: Scope::Threshold,
    title: text("Exactitud penalizada por desigualdad", "Fairness-penalised accuracy"),
    formula: Borrowed(
        "(1 - brier) (1 - (highest - lowest false_positive_rate)) over the labels of a group column",
    ),
    range: Borrowed("[0, 1]; with two labels and a level from 0.5, the score of the challenge"),
    better: Better::Higher,
    reading: text(
        "Exactitud, descontada la diferencia de falsas alarmas entre grupos. No dar a nadie este nivel la hace máxima: léase con la sensibilidad.",
        "Accuracy, less what the difference in false alarms between groups takes away. Giving nobody this level maximises it: read it with the recall.",
    ),
    reference: Borrowed(
        "Mohler and Porter, A note on the multiplicative fairness score in the NIJ recidivism forecasting challenge, Crime Science 10, 2021",
    ),
};
