//! Whether the probabilities of a version mean what they say.

use amparo_evaluation::report::ScoredReport;

use crate::telling::lang::tell;
use crate::telling::view::View;

pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    let lang = view.lang;
    let name = &one.name;
    let (Some(ratio), Some(slope)) =
        (one.overall.get("observed_expected"), one.overall.get("calibration_slope"))
    else {
        return vec![tell!(
            lang,
            "No se evaluó la calibración de {name}.",
            "The calibration of {name} was not evaluated."
        )];
    };
    let overall = match ratio.interval() {
        None => lang.pick(
            "no se puede evaluar si está calibrada en promedio",
            "it cannot be assessed whether it is calibrated on average",
        ),
        Some((low, _)) if low > 1.0 => {
            lang.pick("subestima el riesgo en promedio", "it underestimates the risk on average")
        }
        Some((_, high)) if high < 1.0 => {
            lang.pick("sobrestima el riesgo en promedio", "it overestimates the risk on average")
        }
        Some(_) => lang.pick(
            "no se aprecia que subestime ni sobrestime el riesgo en promedio",
            "it cannot be shown to underestimate or overestimate the risk on average",
        ),
    };
    let spread = match slope.interval() {
        None => lang.pick(
            "no se puede evaluar si sus probabilidades son demasiado extremas",
            "it cannot be assessed whether its probabilities are too extreme",
        ),
        Some((_, high)) if high < 1.0 => {
            lang.pick("sus probabilidades son demasiado extremas", "its probabilities are too extreme")
        }
        Some((low, _)) if low > 1.0 => {
            lang.pick("sus probabilidades son demasiado moderadas", "its probabilities are too moderate")
        }
        Some(_) => lang.pick(
            "no se aprecia que sus probabilidades sean demasiado extremas ni demasiado moderadas",
            "its probabilities cannot be shown to be too extreme or too moderate",
        ),
    };
    let (ratio, slope) = (view.measure("observed_expected", ratio), view.measure("calibration_slope", slope));
    vec![
        tell!(
            lang,
            "Razón entre sucesos observados y esperados de {name}: {ratio}; {overall}.",
            "Ratio of observed to expected events of {name}: {ratio}; {overall}."
        ),
        tell!(
            lang,
            "Pendiente de calibración de {name}: {slope}; {spread}.",
            "Calibration slope of {name}: {slope}; {spread}."
        ),
    ]
}
