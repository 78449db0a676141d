//! How a version compares with the reference, on the same rows and the same resamples.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::ScoredReport;

use crate::telling::lang::tell;
use crate::telling::number::Unit;
use crate::telling::view::{View, excludes_zero};

pub(super) fn heading(view: &View<'_>) -> String {
    let reference = &view.report.context.reference;
    tell!(view.lang, "Comparación con {reference}", "Comparison with {reference}")
}

/// Differences in discrimination and protection, and reclassification; none for the reference itself.
pub(super) fn sentences(view: &View<'_>, one: &ScoredReport) -> Vec<String> {
    if view.is_reference(one) {
        return Vec::new();
    }
    [auc(view, one), protection(view, one), reclassification(view, one)].into_iter().flatten().collect()
}

fn auc(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let difference = view.report.difference(&one.name, "auc")?;
    let (name, reference) = (&one.name, &view.report.context.reference);
    let words = view.difference("auc", difference);
    let verdict = match excludes_zero(difference) {
        Some(true) => tell!(view.lang, "{name} ordena mejor los casos", "{name} ranks cases better"),
        Some(false) => {
            tell!(view.lang, "{reference} ordena mejor los casos", "{reference} ranks cases better")
        }
        None => tell!(
            view.lang,
            "no se ha demostrado que una de las dos ordene mejor los casos",
            "neither has been shown to rank cases better"
        ),
    };
    Some(tell!(
        view.lang,
        "Área bajo la curva ROC de {name} menos la de {reference}: {words}; {verdict}.",
        "Area under the ROC curve of {name} minus that of {reference}: {words}; {verdict}."
    ))
}

fn protection(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let given = view.report.difference(&one.name, "protection")?;
    let spent = view.report.difference(&one.name, "overload")?;
    let verdict = weighed(view, given, spent);
    let (given, spent) = (view.difference("protection", given), view.difference("overload", spent));
    let (name, reference) = (&one.name, &view.report.context.reference);
    Some(tell!(
        view.lang,
        "{name} menos {reference}: protección {given}, sobrecarga {spent}; {verdict}.",
        "{name} minus {reference}: protection {given}, overload {spent}; {verdict}."
    ))
}

/// What a change in protection and one in overload come to together.
fn weighed(view: &View<'_>, given: &Measure, spent: &Measure) -> &'static str {
    let (es, en) = match (excludes_zero(given), excludes_zero(spent)) {
        (Some(true), Some(false)) => {
            ("más protección y menos sobrecarga", "more protection and less overload")
        }
        (Some(true), None) => (
            "más protección, sin que se aprecie más sobrecarga",
            "more protection, and no increase in overload could be shown",
        ),
        (Some(true), Some(true)) => {
            ("más protección a cambio de más sobrecarga", "more protection at the price of more overload")
        }
        (Some(false), Some(false)) => {
            ("menos sobrecarga a cambio de menos protección", "less overload at the price of less protection")
        }
        (Some(false), Some(true)) => {
            ("menos protección y más sobrecarga", "less protection and more overload")
        }
        (Some(false), None) => (
            "menos protección, sin que se aprecie menos sobrecarga",
            "less protection, and no decrease in overload could be shown",
        ),
        (None, Some(false)) => (
            "menos sobrecarga, sin que se aprecie menos protección",
            "less overload, and no decrease in protection could be shown",
        ),
        (None, Some(true)) => (
            "más sobrecarga, sin que se aprecie más protección",
            "more overload, and no increase in protection could be shown",
        ),
        (None, None) if given.interval().is_some() && spent.interval().is_some() => (
            "ninguna de las dos diferencias se distingue de cero",
            "neither difference can be told from zero",
        ),
        (None, None) => ("no se pudo evaluar", "it could not be assessed"),
    };
    view.lang.pick(es, en)
}

fn reclassification(view: &View<'_>, one: &ScoredReport) -> Option<String> {
    let share = |measure: &Measure| view.numbers.measure(Unit::Share, measure, false);
    let reclassification =
        view.report.reclassification.iter().find(|reclassification| reclassification.name == one.name)?;
    let mut out = tell!(
        view.lang,
        "Reclasificación respecto a {}: pasan a un nivel más alto {} de los casos y a uno más bajo {}.",
        "Moves against {}: {} of the cases move to a higher level and {} to a lower one.";
        reclassification.against,
        share(&reclassification.up),
        share(&reclassification.down)
    );
    if let Some(who) =
        reclassification.by_group.iter().find(|who| who.group == "outcome" && who.label == "event")
    {
        out += &tell!(
            view.lang,
            " De los casos con el suceso, suben {} y bajan {}.",
            " Of the cases with the outcome, {} move up and {} move down.";
            share(&who.up),
            share(&who.down)
        );
    }
    Some(out)
}
