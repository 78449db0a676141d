//! Whether probabilities mean what they say.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

const STEYERBERG: &str = "Van Calster, McLernon, van Smeden, Wynants and Steyerberg, Calibration: the Achilles heel of predictive analytics, BMC Medicine 17, 2019";

pub(super) static BASE_RATE: Definition = Definition {
    metric: Borrowed("base_rate"),
    scope: Scope::Whole,
    title: text("Tasa observada", "Observed rate"),
    formula: Borrowed("sum of w y / sum of w"),
    range: Borrowed("[0, 1]"),
    better: Better::Neither,
    reading: text(
        "Proporción de filas con el suceso dentro del plazo.",
        "Share of rows with the outcome within the horizon.",
    ),
    reference: Borrowed("A weighted mean"),
};

pub(super) static BRIER: Definition = Definition {
    metric: Borrowed("brier"),
    scope: Scope::Whole,
    title: text("Puntuación de Brier", "Brier score"),
    formula: Borrowed("sum of w (p - y)^2 / sum of w"),
    range: Borrowed("[0, 1]; a constant at the base rate r gives r (1 - r)"),
    better: Better::Lower,
    reading: text(
        "Distancia cuadrática media entre la probabilidad y lo que ocurrió: mezcla orden y calibración.",
        "Mean squared distance between the probability and what happened: it mixes ranking and calibration.",
    ),
    reference: Borrowed(
        "Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1950",
    ),
};

pub(super) static LOG_LOSS: Definition = Definition {
    metric: Borrowed("log_loss"),
    scope: Scope::Whole,
    title: text("Pérdida logarítmica", "Log loss"),
    formula: Borrowed("- sum of w (y ln p + (1 - y) ln(1 - p)) / sum of w"),
    range: Borrowed("[0, infinity); undefined if an event has p = 0 or a non-event p = 1"),
    better: Better::Lower,
    reading: text(
        "Castiga sobre todo las probabilidades seguras y equivocadas.",
        "It punishes above all the probabilities that were sure and wrong.",
    ),
    reference: Borrowed("Good, Rational decisions, Journal of the Royal Statistical Society B 14, 1952"),
};

pub(super) static SLOPE: Definition = Definition {
    metric: Borrowed("calibration_slope"),
    scope: Scope::Whole,
    title: text("Pendiente de calibración", "Calibration slope"),
    formula: Borrowed("b of the weighted logistic regression logit P(y = 1) = a + b logit(p)"),
    range: Borrowed("any number; undefined if p separates the outcomes, is constant, or is 0 or 1 somewhere"),
    better: Better::NearOne,
    reading: text(
        "Menor que 1: las probabilidades son demasiado extremas; mayor que 1: demasiado tímidas.",
        "Below 1: the probabilities are too extreme; above 1: too timid.",
    ),
    reference: Borrowed(
        "Cox, Two further applications of a model for binary regression, Biometrika 45, 1958",
    ),
};

pub(super) static INTERCEPT: Definition = Definition {
    metric: Borrowed("calibration_intercept"),
    scope: Scope::Whole,
    title: text("Calibración en conjunto (ordenada)", "Calibration in the large (intercept)"),
    formula: Borrowed(
        "a of the weighted logistic regression logit P(y = 1) = a + logit(p), slope fixed at 1",
    ),
    range: Borrowed("any number, in log-odds"),
    better: Better::NearZero,
    reading: text(
        "Mayor que 0: el riesgo se subestima en conjunto; menor que 0: se sobrestima.",
        "Above 0: risk is underestimated as a whole; below 0: overestimated.",
    ),
    reference: Borrowed(STEYERBERG),
};

pub(super) static OBSERVED_EXPECTED: Definition = Definition {
    metric: Borrowed("observed_expected"),
    scope: Scope::Whole,
    title: text("Observados entre esperados", "Observed over expected"),
    formula: Borrowed("sum of w y / sum of w p"),
    range: Borrowed("[0, infinity)"),
    better: Better::NearOne,
    reading: text(
        "Mayor que 1: ocurrió más de lo previsto; menor que 1: menos.",
        "Above 1: more happened than was foreseen; below 1: fewer.",
    ),
    reference: Borrowed(STEYERBERG),
};

pub(super) static MEAN_PROBABILITY: Definition = Definition {
    metric: Borrowed("mean_probability"),
    scope: Scope::Whole,
    title: text("Probabilidad media", "Mean probability"),
    formula: Borrowed("sum of w p / sum of w"),
    range: Borrowed("[0, 1]"),
    better: Better::Neither,
    reading: text(
        "Lo que el modelo prevé de media; compárese con la tasa observada.",
        "What the model foresees on average; compare with the observed rate.",
    ),
    reference: Borrowed(STEYERBERG),
};

pub(super) static PROBABILITY_ERROR: Definition = Definition {
    metric: Borrowed("probability_error"),
    scope: Scope::Whole,
    title: text("Error frente al riesgo verdadero", "Error against the true risk"),
    formula: Borrowed("sum of w |p - true probability| / sum of w"),
    range: Borrowed("[0, 1]; synthetic cohorts only"),
    better: Better::Lower,
    reading: text(
        "Distancia media entre la probabilidad y aquella de la que se sortearon los resultados sintéticos.",
        "Mean distance between the probability and the one the synthetic outcomes were drawn from.",
    ),
    reference: Borrowed("Mean absolute error against the truth of a synthetic cohort"),
};
