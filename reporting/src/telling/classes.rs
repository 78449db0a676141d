//! What is said of how well the classes of an ordered outcome are told.

use amparo_evaluation::measure::Count;
use amparo_evaluation::report::{Classes, ClassesJudged, ToldBy};

use super::lang::tell;
use super::number::Unit;
use super::view::View;

/// What the classes are, and what was not judged.
pub(crate) fn introduction(view: &View<'_>, classes: &Classes) -> Vec<String> {
    let mut sentences = vec![tell!(
        view.lang,
        "El resultado es ordenado, de menor a mayor: {}. El suceso es {} o una clase más alta.",
        "The outcome is ordered, from the lowest to the highest: {}. The event is {} or a higher class.";
        classes.ids.join(", "),
        classes.from
    )];
    if classes.unknown != Count::Exact(0) {
        sentences.push(tell!(
            view.lang,
            "De {} valoraciones no se conoce la clase: no cuentan en esta parte.",
            "The class of {} assessments is not known: they do not count in this part.";
            view.numbers.rows(classes.unknown)
        ));
    }
    for name in &classes.not_judged {
        sentences.push(tell!(
            view.lang,
            "{name} tiene umbrales, pero se ajustaron o se calibraron con estas mismas filas: no se juzgan las probabilidades de sus clases.",
            "{name} has thresholds, but they were fitted or calibrated on these very rows: the probabilities of its classes are not judged."
        ));
    }
    if classes.judged.is_empty() {
        sentences.push(
            view.lang
                .pick(
                    "Ninguna versión da probabilidades de las clases ni tiene tantos niveles como clases hay.",
                    "No version gives probabilities of the classes or has as many levels as there are classes.",
                )
                .to_owned(),
        );
    }
    sentences
}

/// What the class was told by, in words.
pub(crate) fn by(view: &View<'_>, judged: &ClassesJudged) -> &'static str {
    match judged.by {
        ToldBy::Probabilities => view.lang.pick("por la clase más probable", "by the most probable class"),
        ToldBy::Levels => view.lang.pick("por su nivel", "by its level"),
    }
}

/// How well one version tells the classes, and what it puts too low.
pub(crate) fn sentence(view: &View<'_>, judged: &ClassesJudged) -> String {
    let number = |measure| view.numbers.measure(Unit::Decimal, measure, false);
    let lowest = judged.by_class.first();
    let too_low = lowest.and_then(|class| Some((class, class.higher.value()?)));
    let first = tell!(
        view.lang,
        "{} ({}): kappa cuadrático {}, puntuación de probabilidad ordenada {}, F1 macro {}.",
        "{} ({}): quadratic kappa {}, ranked probability score {}, macro F1 {}.";
        judged.name,
        by(view, judged),
        number(&judged.kappa_quadratic),
        number(&judged.ranked_probability_score),
        number(&judged.macro_f1)
    );
    match too_low {
        None => first,
        Some((class, _)) => tell!(
            view.lang,
            "{first} De las filas que sitúa en {}, es de una clase más alta {}.",
            "{first} Of the rows that it puts at {}, {} are of a higher class.";
            class.class,
            view.numbers.measure(Unit::Share, &class.higher, false)
        ),
    }
}
