//! The summary in words, computed from the numbers: what a reader should take away, and what could not be shown.

use serde::Serialize;

use super::number::Unit;
use super::view::{View, excludes_zero};
use crate::input::Kind;
use crate::measure::Measure;
use crate::report::{Gap, GroupTable, ScoredReport, split_key};

/// A topic and its sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fact {
    pub(super) term: &'static str,
    pub(super) sentences: Vec<String>,
}

/// The topics of the summary, in reading order.
pub(super) fn summary(view: &View<'_>) -> Vec<Fact> {
    let topics = [
        (view.lang.pick("Discriminación", "Discrimination"), discrimination(view)),
        (view.lang.pick("Calibración", "Calibration"), each_told(view, calibration)),
        (view.lang.pick("Igualdad entre grupos", "Equality between groups"), each_told(view, gaps)),
        (view.lang.pick("Protección y sobrecarga", "Protection and overload"), protection(view)),
    ];
    topics.into_iter().map(|(term, sentences)| Fact { term, sentences }).collect()
}

/// The version with the highest AUC, the first among equals; foreign columns are not versions.
fn best<'a>(view: &View<'a>) -> Option<(&'a ScoredReport, &'a Measure, f64)> {
    let versions = view.report.scored.iter().filter(|one| matches!(one.kind, Kind::Version { .. }));
    versions.filter_map(|one| one.overall.get("auc").and_then(|m| Some((one, m, m.value()?)))).reduce(
        |best, next| {
            if next.2 > best.2 { next } else { best }
        },
    )
}

/// The best version and the reference: the two that are told in words; all others are in plots and tables.
fn told<'a>(view: &View<'a>) -> Vec<&'a ScoredReport> {
    let reference = view.report.scored(&view.report.context.reference);
    let best = best(view).map(|(one, ..)| one).filter(|one| !view.is_reference(one));
    best.into_iter().chain(reference).collect()
}

fn each_told(view: &View<'_>, sentence: fn(&View<'_>, &ScoredReport) -> String) -> Vec<String> {
    told(view).into_iter().map(|one| sentence(view, one)).collect()
}

fn discrimination(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let Some((one, auc, value)) = best(view) else {
        return vec![say!(
            lang,
            "De ninguna versión se conoce el área ROC.",
            "No version's ROC area is known."
        )];
    };
    let rows = &view.report.rows;
    let mut out = vec![say!(
        lang,
        "La versión que mejor ordena los casos es {}: área ROC {} (n\u{a0}=\u{a0}{}, con el suceso {}). De cada 100 pares formados por un caso con el suceso y otro sin él, puntúa más alto al primero en unos {}.",
        "{} ranks cases best: ROC area {} (n\u{a0}=\u{a0}{}, with the outcome {}). Of 100 pairs of a case with the outcome and one without, it scores the first higher in about {}.";
        one.name,
        view.measure("auc", auc),
        view.numbers.count(rows.n),
        view.numbers.count(rows.events),
        view.numbers.fixed(100.0 * value, 0)
    )];
    let reference = &view.report.context.reference;
    if view.is_reference(one) {
        out.push(say!(lang, "Es la propia referencia.", "It is the reference itself."));
    } else if let Some(difference) = view.report.difference(&one.name, "auc") {
        let words = view.difference("auc", difference);
        out.push(match excludes_zero(difference) {
            Some(_) => say!(
                lang,
                "Su diferencia con la referencia {reference} se distingue de cero: {words}.",
                "Its difference from the reference {reference} can be told from zero: {words}."
            ),
            None => say!(
                lang,
                "Su diferencia con la referencia {reference} no se distingue de cero: {words}. No se ha demostrado que ordene mejor.",
                "Its difference from the reference {reference} cannot be told from zero: {words}. It has not been shown to rank better."
            ),
        });
    }
    let compared = view.report.scored.iter().filter(|one| matches!(one.kind, Kind::Version { .. })).count();
    if compared > 2 {
        out.push(say!(
            lang,
            "Elegir la mejor de {compared} versiones con las mismas filas la favorece algo.",
            "Picking the best of {compared} versions on the same rows flatters it a little."
        ));
    }
    if let Some(ceiling) = one.overall.get("oracle_auc").filter(|measure| measure.value().is_some()) {
        let ceiling = view.measure("oracle_auc", ceiling);
        out.push(say!(
            lang,
            "Quien conociera el riesgo verdadero alcanzaría {ceiling}.",
            "Knowing the true risk would reach {ceiling}."
        ));
    }
    out
}

fn calibration(view: &View<'_>, one: &ScoredReport) -> String {
    let lang = view.lang;
    let name = &one.name;
    let (Some(ratio), Some(slope)) =
        (one.overall.get("observed_expected"), one.overall.get("calibration_slope"))
    else {
        return say!(lang, "{name}: no se evaluó.", "{name}: not evaluated.");
    };
    let ratio_words = view.measure("observed_expected", ratio);
    let slope_words = view.measure("calibration_slope", slope);
    let large = match ratio.interval() {
        None => say!(lang, "el nivel general no pudo juzgarse", "the overall level could not be judged"),
        Some((low, _)) if low > 1.0 => {
            say!(lang, "subestima el riesgo en conjunto", "it underestimates risk as a whole")
        }
        Some((_, high)) if high < 1.0 => {
            say!(lang, "sobrestima el riesgo en conjunto", "it overestimates risk as a whole")
        }
        Some(_) => say!(lang, "no se aprecia sesgo en conjunto", "no bias as a whole could be shown"),
    };
    let spread = match slope.interval() {
        None => say!(lang, "la pendiente no pudo juzgarse", "the slope could not be judged"),
        Some((_, high)) if high < 1.0 => {
            say!(lang, "las probabilidades son demasiado extremas", "its probabilities are too extreme")
        }
        Some((low, _)) if low > 1.0 => {
            say!(lang, "las probabilidades son demasiado tímidas", "its probabilities are too timid")
        }
        Some(_) => {
            say!(
                lang,
                "no se aprecia que sean demasiado extremas ni tímidas",
                "it could not be shown to be too extreme or too timid"
            )
        }
    };
    say!(
        lang,
        "{name}: {large} (observados entre esperados {ratio_words}) y {spread} (pendiente {slope_words}).",
        "{name}: {large} (observed over expected {ratio_words}), and {spread} (slope {slope_words})."
    )
}

/// Gaps that the summary counts: ranking and rates at every threshold, in one unit, shares or probabilities of a pair.
pub(super) fn is_counted(gap: &Gap) -> bool {
    matches!(split_key(&gap.metric).0, "auc" | "recall" | "false_positive_rate" | "ppv")
}

/// Counted gaps of a table, with an interval, and those whose interval excludes zero.
pub(super) fn tally<'a>(
    tables: impl IntoIterator<Item = &'a GroupTable>,
) -> (usize, Vec<(&'a GroupTable, &'a Gap)>) {
    let with_interval: Vec<_> = tables
        .into_iter()
        .flat_map(|table| table.gaps.iter().map(move |gap| (table, gap)))
        .filter(|(_, gap)| is_counted(gap) && gap.measure.interval().is_some())
        .collect();
    let compared = with_interval.len();
    (compared, with_interval.into_iter().filter(|(_, gap)| excludes_zero(&gap.measure).is_some()).collect())
}

fn gaps(view: &View<'_>, one: &ScoredReport) -> String {
    let lang = view.lang;
    let name = &one.name;
    if one.groups.is_empty() {
        return say!(lang, "{name}: no se dieron grupos.", "{name}: no groups were given.");
    }
    let (compared, apart) = tally(&one.groups);
    let size = |gap: &Gap| gap.measure.value().map_or(0.0, f64::abs);
    let Some((table, gap)) = apart.iter().copied().reduce(|a, b| if size(b.1) > size(a.1) { b } else { a })
    else {
        return say!(
            lang,
            "{name}: ninguna de las {compared} diferencias con intervalo se distingue de cero. No demostrada no es lo mismo que ausente.",
            "{name}: none of the {compared} gaps with an interval can be told from zero. Not shown is not the same as absent."
        );
    };
    let (shown, label, against, group) = (apart.len(), &gap.label, &gap.against, &table.group);
    let metric = view.title(&gap.metric);
    let words = view.difference(&gap.metric, &gap.measure);
    let by_chance = view.numbers.fixed(0.05 * compared as f64, 0);
    let n = match &gap.measure {
        Measure::Value { n, events, .. } => {
            format!(
                "n\u{a0}=\u{a0}{}, {} {}",
                view.numbers.count(*n),
                view.words.events,
                view.numbers.count(*events)
            )
        }
        _ => String::new(),
    };
    say!(
        lang,
        "{name}: la mayor diferencia que se distingue de cero está en {group}, «{label}» menos «{against}»: {metric} {words} ({n}). De {compared} diferencias con intervalo, {shown} excluyen el cero; por puro azar se esperarían unas {by_chance}.",
        "{name}: the largest gap that can be told from zero is in {group}, \u{201c}{label}\u{201d} less \u{201c}{against}\u{201d}: {metric} {words} ({n}). Of {compared} gaps with an interval, {shown} exclude zero; about {by_chance} would by chance alone."
    )
}

fn protection(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let mut out: Vec<String> = told(view)
        .into_iter()
        .filter_map(|one| {
            let words = |metric: &str| one.overall.get(metric).map(|m| view.numbers.measure(Unit::Share, m, false));
            let (name, given, spent, lowest) =
                (&one.name, words("protection")?, words("overload")?, words("events_in_lowest")?);
            Some(say!(
                lang,
                "{name}: los casos con el suceso tenían de media {given} de la protección más intensa; los demás, {spent}. De los casos con el suceso, estaba en el nivel más bajo {lowest}.",
                "{name}: cases with the outcome had on average {given} of the strongest protection; those without, {spent}. Of the cases with the outcome, {lowest} sat in the lowest level."
            ))
        })
        .collect();
    if let Some(one) = told(view).into_iter().find(|one| !view.is_reference(one))
        && let (Some(given), Some(spent)) =
            (view.report.difference(&one.name, "protection"), view.report.difference(&one.name, "overload"))
    {
        let verdict = match (excludes_zero(given), excludes_zero(spent)) {
            (Some(true), Some(false)) => {
                say!(lang, "más protección y menos sobrecarga", "more protection and less overload")
            }
            (Some(true), None) => {
                say!(
                    lang,
                    "más protección sin que se aprecie más sobrecarga",
                    "more protection, and no more overload could be shown"
                )
            }
            (Some(true), Some(true)) => {
                say!(
                    lang,
                    "más protección a cambio de más sobrecarga",
                    "more protection at the price of more overload"
                )
            }
            (Some(false), Some(false)) => {
                say!(
                    lang,
                    "menos sobrecarga a cambio de menos protección",
                    "less overload at the price of less protection"
                )
            }
            (Some(false), Some(true)) => {
                say!(lang, "menos protección y más sobrecarga", "less protection and more overload")
            }
            (Some(false), None) => {
                say!(
                    lang,
                    "menos protección sin que se aprecie menos sobrecarga",
                    "less protection, and no less overload could be shown"
                )
            }
            (None, Some(false)) => {
                say!(
                    lang,
                    "menos sobrecarga sin que se aprecie menos protección",
                    "less overload, and no less protection could be shown"
                )
            }
            (None, Some(true)) => {
                say!(
                    lang,
                    "más sobrecarga sin que se aprecie más protección",
                    "more overload, and no more protection could be shown"
                )
            }
            (None, None) if given.interval().is_some() && spent.interval().is_some() => {
                say!(
                    lang,
                    "ninguna diferencia se distingue de cero",
                    "neither difference can be told from zero"
                )
            }
            (None, None) => say!(lang, "no pudo juzgarse", "it could not be judged"),
        };
        let (name, reference) = (&one.name, &view.report.context.reference);
        let (given, spent) = (view.difference("protection", given), view.difference("overload", spent));
        out.push(say!(
            lang,
            "{name} frente a {reference}: protección {given}, sobrecarga {spent}: {verdict}.",
            "{name} against {reference}: protection {given}, overload {spent}: {verdict}."
        ));
    }
    if out.is_empty() {
        out.push(view.words.no_levels.to_owned());
    }
    out
}
