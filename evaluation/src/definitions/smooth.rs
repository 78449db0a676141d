//! Whether probabilities mean what they say, over all of them at once.

use std::borrow::Cow::Borrowed;

use super::{Better, Definition, Scope, text};

const NAEINI: &str = "Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015";
const BLASIOK: &str =
    "Błasiok and Nakkiran, Smooth ECE: principled reliability diagrams via kernel smoothing, ICLR 2024";
const AUSTIN: &str = "Austin and Steyerberg, The Integrated Calibration Index (ICI) and related metrics, Statistics in Medicine 38, 2019; curve: Cleveland's lowess, span 2/3, no robustness";
const MURPHY: &str = "Murphy, A new vector partition of the probability score, Journal of Applied Meteorology 12, 1973; within bins: Stephenson, Coelho and Jolliffe, Weather and Forecasting 23, 2008";
const GROWS: &str = "[0, 1]; never negative, so noise alone makes it grow";
const CURVE: &str = "[0, 1] unless the curve leaves it; never negative, so noise alone makes it grow";

pub(super) static ECE: Definition = Definition {
    metric: Borrowed("ece"),
    scope: Scope::Whole,
    title: text("Error de calibración por tramos (ECE)", "Calibration error in bins (ECE)"),
    formula: Borrowed(
        "sum over bins of |sum of w (y - p)| / sum of w; bins of equal weight by p, as many as the reliability table asks for, ties together, small bins not joined",
    ),
    range: Borrowed(GROWS),
    better: Better::Lower,
    reading: text(
        "Distancia media entre la probabilidad y lo observado en filas de probabilidad parecida: 0,02 son dos puntos porcentuales. Depende de cuántos tramos se toman.",
        "Mean distance between probability and observed rate among rows of similar probability: 0.02 is two percentage points. It depends on how many bins are taken.",
    ),
    reference: Borrowed(NAEINI),
};

pub(super) static SMOOTH_ECE: Definition = Definition {
    metric: Borrowed("smooth_ece"),
    scope: Scope::Whole,
    title: text("Error de calibración suavizado (smECE)", "Smooth calibration error (smECE)"),
    formula: Borrowed(
        "mean over t in [0, 1] of |sum of w (p - y) K(t, p)| / sum of w K(t, p), each averaged over t on its own; K a Gaussian reflected at 0 and 1, as wide as the error itself",
    ),
    range: Borrowed(GROWS),
    better: Better::Lower,
    reading: text(
        "Como el ECE, pero sin tramos: no salta cuando una probabilidad cruza un borde.",
        "Like the ECE, without bins: it does not jump when a probability crosses an edge.",
    ),
    reference: Borrowed(BLASIOK),
};

pub(super) static ICI: Definition = Definition {
    metric: Borrowed("ici"),
    scope: Scope::Whole,
    title: text("Índice de calibración integrado (ICI)", "Integrated calibration index (ICI)"),
    formula: Borrowed("sum of w |c(p) - p| / sum of w, c the smooth calibration curve"),
    range: Borrowed(CURVE),
    better: Better::Lower,
    reading: text(
        "Distancia media entre la curva de calibración y la diagonal, sobre las filas.",
        "Mean distance of the calibration curve from the diagonal, over the rows.",
    ),
    reference: Borrowed(AUSTIN),
};

pub(super) static E50: Definition = Definition {
    metric: Borrowed("e50"),
    scope: Scope::Whole,
    title: text("Mediana del error de calibración (E50)", "Median calibration error (E50)"),
    formula: Borrowed("weighted median of |c(p) - p|, c the smooth calibration curve"),
    range: Borrowed(CURVE),
    better: Better::Lower,
    reading: text(
        "La mitad de las filas está a no más que esto de la curva de calibración.",
        "Half of the rows are no further than this from the calibration curve.",
    ),
    reference: Borrowed(AUSTIN),
};

pub(super) static E90: Definition = Definition {
    metric: Borrowed("e90"),
    scope: Scope::Whole,
    title: text(
        "Percentil 90 del error de calibración (E90)",
        "90th percentile of the calibration error (E90)",
    ),
    formula: Borrowed("weighted 90 % quantile of |c(p) - p|, c the smooth calibration curve"),
    range: Borrowed(CURVE),
    better: Better::Lower,
    reading: text(
        "Nueve de cada diez filas están a no más que esto de la curva de calibración.",
        "Nine rows in ten are no further than this from the calibration curve.",
    ),
    reference: Borrowed(AUSTIN),
};

pub(super) static EMAX: Definition = Definition {
    metric: Borrowed("emax"),
    scope: Scope::Whole,
    title: text("Error de calibración máximo (Emax)", "Largest calibration error (Emax)"),
    formula: Borrowed("largest |c(p) - p| over the rows, c the smooth calibration curve"),
    range: Borrowed(CURVE),
    better: Better::Lower,
    reading: text(
        "El peor punto de la curva de calibración; suele estar en un extremo, donde hay pocas filas, y es muy incierto.",
        "The worst point of the calibration curve; often at an end, where rows are few, and then very uncertain.",
    ),
    reference: Borrowed(AUSTIN),
};

pub(super) static BRIER_RELIABILITY: Definition = Definition {
    metric: Borrowed("brier_reliability"),
    scope: Scope::Whole,
    title: text("Brier: fiabilidad", "Brier: reliability"),
    formula: Borrowed(
        "sum over bins of W_b (p_b - y_b)^2 / W, the bins of ece; brier = reliability - resolution + uncertainty + what differs within bins",
    ),
    range: Borrowed(GROWS),
    better: Better::Lower,
    reading: text(
        "Parte de la puntuación de Brier que es mala calibración: distancia cuadrática entre probabilidad y tasa de cada tramo.",
        "The part of the Brier score that is miscalibration: squared distance of probability and rate in each bin.",
    ),
    reference: Borrowed(MURPHY),
};

pub(super) static BRIER_RESOLUTION: Definition = Definition {
    metric: Borrowed("brier_resolution"),
    scope: Scope::Whole,
    title: text("Brier: resolución", "Brier: resolution"),
    formula: Borrowed("sum over bins of W_b (y_b - y)^2 / W, y the rate of all; the bins of ece"),
    range: Borrowed("[0, uncertainty]; never negative, so noise alone makes it grow"),
    better: Better::Higher,
    reading: text(
        "Cuánto se apartan las tasas de los tramos de la tasa general: 0 si las probabilidades no distinguen nada.",
        "How far the rates of the bins are from the rate of all: 0 if the probabilities tell nothing apart.",
    ),
    reference: Borrowed(MURPHY),
};

pub(super) static BRIER_UNCERTAINTY: Definition = Definition {
    metric: Borrowed("brier_uncertainty"),
    scope: Scope::Whole,
    title: text("Brier: incertidumbre", "Brier: uncertainty"),
    formula: Borrowed("y (1 - y), y the observed rate"),
    range: Borrowed("[0, 1/4]"),
    better: Better::Neither,
    reading: text(
        "La puntuación de Brier de quien da a todos la tasa observada: lo que la población pone, no el modelo.",
        "The Brier score of giving everybody the observed rate: what the population brings, not the model.",
    ),
    reference: Borrowed(MURPHY),
};
