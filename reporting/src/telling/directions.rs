//! What is said of declared directions: which the rows of the fit contradict, and which indicators end without an effect.

use amparo_datasets::Polarity;
use amparo_evaluation::report::{ContradictedDirection, VersionDirections};

use super::lang::{Lang, tell};
use super::number::Numbers;

/// Whether the rows of the fit contradict any declared direction, and what that means.
pub(crate) fn introduction(directions: &VersionDirections, lang: Lang) -> String {
    if directions.examined == 0 {
        return lang
            .pick(
                "Con ningún indicador se impuso en el ajuste una dirección declarada, de modo que ninguna se comparó con sus filas.",
                "The fit enforced a declared direction for no indicator, so none was compared with its rows.",
            )
            .to_owned();
    }
    if directions.contradicted.is_empty() {
        return tell!(
            lang,
            "Las filas del ajuste no contradicen, con un intervalo del 95 %, la dirección declarada de ninguno de los {} indicadores examinados, cada uno por separado.",
            "The rows of the fit contradict, by an interval of 95 %, the declared direction of none of the {} indicators examined, each by itself.";
            directions.examined
        );
    }
    lang.pick(
        "Las filas del ajuste contradicen la dirección declarada de los indicadores siguientes, cada uno por separado: el intervalo del 95 % del cambio de la proporción de sucesos entre una respuesta conocida y la siguiente queda entero en el lado contrario. El ajuste respeta la dirección declarada, y el indicador pierde su efecto o parte de él.",
        "The rows of the fit contradict the declared direction of the following indicators, each by itself: the 95 % interval of the change of the share of events from one known answer to the next lies wholly on the other side. The fit keeps to the declared direction, and the indicator loses its effect or part of it.",
    )
    .to_owned()
}

/// One contradicted direction with its interval.
pub(crate) fn contradiction(direction: &ContradictedDirection, lang: Lang) -> String {
    let numbers = Numbers { lang };
    let [per_step, low, high] =
        [direction.per_step, direction.low, direction.high].map(|number| numbers.fixed(number, 4));
    let declared = match direction.declared {
        Polarity::Protective => lang.pick("protección", "protective"),
        Polarity::Risk | Polarity::Neutral => lang.pick("riesgo", "risk"),
    };
    tell!(
        lang,
        "{}: declarado como {declared}, {per_step} por respuesta [{low}, {high}]",
        "{}: declared as {declared}, {per_step} per answer [{low}, {high}]";
        direction.indicator
    )
}

/// The indicators that end without an effect, if there are any.
pub(crate) fn without_effect(directions: &VersionDirections, lang: Lang) -> Option<String> {
    let indicators = directions.without_effect.join(", ");
    (!indicators.is_empty()).then(|| {
        tell!(
            lang,
            "Indicadores cuyas respuestas conocidas no cambian la puntuación: {indicators}.",
            "Indicators whose known answers do not change the score: {indicators}."
        )
    })
}

/// The indicators that the version was fitted without, if there are any.
pub(crate) fn left_out(directions: &VersionDirections, lang: Lang) -> Option<String> {
    let indicators = directions.left_out.join(", ");
    (!indicators.is_empty()).then(|| {
        tell!(
            lang,
            "Indicadores dejados fuera por la configuración, cuyas respuestas no cuentan: {indicators}.",
            "Indicators left out by the config, whose answers do not count: {indicators}."
        )
    })
}
