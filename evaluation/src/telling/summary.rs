//! The summary in words, computed from the numbers: what a reader should take away, and what could not be shown.

use super::lang::tell;
use serde::Serialize;

use super::number::Unit;
use super::gap_counts::GapCounts;
use super::view::{View, excludes_zero, key_level};
use crate::input::Kind;
use crate::measure::Measure;
use crate::report::{DecisionPoint, ScoredReport};

/// A topic and its sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    pub(crate) term: &'static str,
    pub(crate) sentences: Vec<String>,
}

/// The topics of the summary, in reading order.
pub(crate) fn summary(view: &View<'_>) -> Vec<Fact> {
    let topics = [
        (view.lang.pick("Discriminación", "Discrimination"), discrimination(view)),
        (view.lang.pick("Calibración", "Calibration"), each_told(view, calibration)),
        (view.lang.pick("Igualdad entre grupos", "Equality between groups"), equality(view)),
        (view.lang.pick("Protección y sobrecarga", "Protection and overload"), protection(view)),
        (view.lang.pick("Utilidad", "Usefulness"), usefulness(view)),
        (view.lang.pick("Cambios de nivel", "Moves between levels"), moves(view)),
    ];
    topics
        .into_iter()
        .filter(|(_, sentences)| !sentences.is_empty())
        .map(|(term, sentences)| Fact { term, sentences })
        .collect()
}

fn each_told(view: &View<'_>, sentence: fn(&View<'_>, &ScoredReport) -> String) -> Vec<String> {
    view.told().into_iter().map(|one| sentence(view, one)).collect()
}

fn discrimination(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let Some((one, auc, value)) = view.best() else {
        return vec![tell!(
            lang,
            "De ninguna versión se conoce el área ROC.",
            "No version's ROC area is known."
        )];
    };
    let rows = &view.report.rows;
    let mut out = vec![tell!(
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
        out.push(tell!(lang, "Es la propia referencia.", "It is the reference itself."));
    } else if let Some(difference) = view.report.difference(&one.name, "auc") {
        let words = view.difference("auc", difference);
        out.push(match excludes_zero(difference) {
            Some(_) => tell!(
                lang,
                "Su diferencia con la referencia {reference} se distingue de cero: {words}.",
                "Its difference from the reference {reference} can be told from zero: {words}."
            ),
            None => tell!(
                lang,
                "Su diferencia con la referencia {reference} no se distingue de cero: {words}. No se ha demostrado que ordene mejor.",
                "Its difference from the reference {reference} cannot be told from zero: {words}. It has not been shown to rank better."
            ),
        });
    }
    let compared = view.report.scored.iter().filter(|one| matches!(one.kind, Kind::Version { .. })).count();
    if compared > 2 {
        out.push(tell!(
            lang,
            "Elegir la mejor de {compared} versiones con las mismas filas la favorece algo.",
            "Picking the best of {compared} versions on the same rows flatters it a little."
        ));
    }
    if let Some(ceiling) = one.overall.get("oracle_auc").filter(|measure| measure.value().is_some()) {
        let ceiling = view.measure("oracle_auc", ceiling);
        out.push(tell!(
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
        return tell!(lang, "{name}: no se evaluó.", "{name}: not evaluated.");
    };
    let ratio_words = view.measure("observed_expected", ratio);
    let slope_words = view.measure("calibration_slope", slope);
    let large = match ratio.interval() {
        None => tell!(lang, "el nivel general no pudo juzgarse", "the overall level could not be judged"),
        Some((low, _)) if low > 1.0 => {
            tell!(lang, "subestima el riesgo en conjunto", "it underestimates risk as a whole")
        }
        Some((_, high)) if high < 1.0 => {
            tell!(lang, "sobrestima el riesgo en conjunto", "it overestimates risk as a whole")
        }
        Some(_) => tell!(lang, "no se aprecia sesgo en conjunto", "no bias as a whole could be shown"),
    };
    let spread = match slope.interval() {
        None => tell!(lang, "la pendiente no pudo juzgarse", "the slope could not be judged"),
        Some((_, high)) if high < 1.0 => {
            tell!(lang, "las probabilidades son demasiado extremas", "its probabilities are too extreme")
        }
        Some((low, _)) if low > 1.0 => {
            tell!(lang, "las probabilidades son demasiado tímidas", "its probabilities are too timid")
        }
        Some(_) => {
            tell!(
                lang,
                "no se aprecia que sean demasiado extremas ni tímidas",
                "it could not be shown to be too extreme or too timid"
            )
        }
    };
    tell!(
        lang,
        "{name}: {large} (observados entre esperados {ratio_words}) y {spread} (pendiente {slope_words}).",
        "{name}: {large} (observed over expected {ratio_words}), and {spread} (slope {slope_words})."
    )
}

fn equality(view: &View<'_>) -> Vec<String> {
    let mut out = each_told(view, gaps);
    if view.told().iter().any(|one| !one.groups.is_empty()) {
        out.push(tell!(
            view.lang,
            "Se cuentan sensibilidad, falsos positivos y valor predictivo en todos los niveles. Los intervalos se ensanchan para que valgan a la vez en todas las etiquetas de todos los grupos; cada medida y nivel es una familia aparte.",
            "Counted are recall, false positives and predictive value at every level. Intervals are widened so that they hold at once for all labels of all group columns; each measure and level is a family of its own."
        ));
    }
    out
}

fn gaps(view: &View<'_>, one: &ScoredReport) -> String {
    let lang = view.lang;
    let name = &one.name;
    if one.groups.is_empty() {
        return tell!(lang, "{name}: no se dieron grupos.", "{name}: no groups were given.");
    }
    let tally = GapCounts::new(one.groups.iter());
    let mut out = format!("{name}: {}.", tally.in_words(view));
    if tally.judged == 0 {
        out = tell!(lang, "{name}: ninguna diferencia pudo juzgarse.", "{name}: no gap could be judged.");
    } else if let Some((table, gap)) = tally.largest() {
        let (label, against, group) = (&gap.label, &gap.against, &table.group);
        let metric = view.title(&gap.metric);
        let words = view.difference(&gap.metric, &gap.measure);
        let together = view.simultaneous(gap);
        let together = together.map(|band| tell!(lang, "; simultáneo {band}", "; simultaneous {band}"));
        let together = together.unwrap_or_default();
        let n = match &gap.measure {
            Measure::Value { n, events, .. } => {
                let (n, events) = (view.numbers.count(*n), view.numbers.count(*events));
                format!("; n\u{a0}=\u{a0}{n}, {} {events}", view.words.events)
            }
            _ => String::new(),
        };
        out += &tell!(
            lang,
            " La mayor que se distingue de cero está en {group}, «{label}» menos «{against}»: {metric} {words}{together}{n}.",
            " The largest that can be told from zero is in {group}, \u{201c}{label}\u{201d} less \u{201c}{against}\u{201d}: {metric} {words}{together}{n}."
        );
    } else {
        out += &tell!(
            lang,
            " Ninguna se distingue de cero; no demostrada no es lo mismo que ausente.",
            " None can be told from zero; not shown is not the same as absent."
        );
    }
    if let Some(typical) = tally.typical(view).filter(|_| tally.untold > 0) {
        out += &tell!(
            lang,
            " Con estas filas, la mitad de las diferencias solo se habría visto a partir de {typical}.",
            " With these rows, half of the gaps could have been seen only from {typical} on."
        );
    }
    if tally.unknown > 0 {
        let unknown = tally.unknown;
        out += &tell!(
            lang,
            " Otras {unknown} carecen de intervalo, casi siempre por tener pocas filas.",
            " Another {unknown} have no interval, mostly for lack of rows."
        );
    }
    out
}

/// What the proposals are worth at the threshold that stands for all.
fn usefulness(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let sentence = |one: &ScoredReport| {
        let level = key_level(one)?;
        let cut = one.levels.iter().find(|row| row.level == level)?.cut?;
        let distance = |point: &&DecisionPoint| (point.threshold - cut).abs();
        let point = one.decision.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let words = |measure: &Measure| view.numbers.measure(Unit::PerThousand, measure, false);
        let worth = match excludes_zero(&point.net_benefit) {
            Some(true) => tell!(lang, "más que no actuar", "more than acting on nobody"),
            Some(false) => tell!(lang, "menos que no actuar", "less than acting on nobody"),
            None => tell!(lang, "no se distingue de no actuar", "not told from acting on nobody"),
        };
        Some(tell!(
            lang,
            "{}: actuar a partir del umbral {} (el más cercano al corte de {level}) vale {} casos netos de cada 1.000, {worth}; actuar con todos, {}.",
            "{}: acting from threshold {} on (the nearest to the cut of {level}) is worth {} net cases of every 1,000, {worth}; acting on everybody, {}.";
            one.name,
            view.numbers.value(Unit::Share, point.threshold),
            words(&point.net_benefit),
            words(&point.treat_all)
        ))
    };
    view.told().into_iter().filter_map(sentence).collect()
}

/// Who moves up and down, for the versions told.
fn moves(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let share = |measure: &Measure| view.numbers.measure(Unit::Share, measure, false);
    let told =
        view.told().into_iter().filter_map(|one| view.report.moves.iter().find(|m| m.name == one.name));
    told.map(|moves| {
        let (name, against) = (&moves.name, &moves.against);
        let mut out = tell!(
            lang,
            "{name} pone en un nivel más alto que {against} a {} de los casos, y en uno más bajo a {}.",
            "{name} puts {} of the cases at a higher level than {against}, and {} at a lower one.";
            share(&moves.up),
            share(&moves.down)
        );
        let with = moves.who.iter().find(|who| who.group == "outcome" && who.label == "event");
        if let Some(who) = with {
            out += &tell!(
                lang,
                " De los que tuvieron el suceso, suben {} y bajan {}.",
                " Of those with the outcome, {} move up and {} down.";
                share(&who.up),
                share(&who.down)
            );
        }
        out
    })
    .collect()
}

fn protection(view: &View<'_>) -> Vec<String> {
    let lang = view.lang;
    let mut out: Vec<String> = view.told()
        .into_iter()
        .filter_map(|one| {
            let words = |metric: &str| one.overall.get(metric).map(|m| view.numbers.measure(Unit::Share, m, false));
            let (name, given, spent, lowest) =
                (&one.name, words("protection")?, words("overload")?, words("events_in_lowest")?);
            Some(tell!(
                lang,
                "{name}: los casos con el suceso tenían de media {given} de la protección más intensa; los demás, {spent}. De los casos con el suceso, estaba en el nivel más bajo {lowest}.",
                "{name}: cases with the outcome had on average {given} of the strongest protection; those without, {spent}. Of the cases with the outcome, {lowest} sat in the lowest level."
            ))
        })
        .collect();
    if let Some(one) = view.told().into_iter().find(|one| !view.is_reference(one))
        && let (Some(given), Some(spent)) =
            (view.report.difference(&one.name, "protection"), view.report.difference(&one.name, "overload"))
    {
        let verdict = match (excludes_zero(given), excludes_zero(spent)) {
            (Some(true), Some(false)) => {
                tell!(lang, "más protección y menos sobrecarga", "more protection and less overload")
            }
            (Some(true), None) => {
                tell!(
                    lang,
                    "más protección sin que se aprecie más sobrecarga",
                    "more protection, and no more overload could be shown"
                )
            }
            (Some(true), Some(true)) => {
                tell!(
                    lang,
                    "más protección a cambio de más sobrecarga",
                    "more protection at the price of more overload"
                )
            }
            (Some(false), Some(false)) => {
                tell!(
                    lang,
                    "menos sobrecarga a cambio de menos protección",
                    "less overload at the price of less protection"
                )
            }
            (Some(false), Some(true)) => {
                tell!(lang, "menos protección y más sobrecarga", "less protection and more overload")
            }
            (Some(false), None) => {
                tell!(
                    lang,
                    "menos protección sin que se aprecie menos sobrecarga",
                    "less protection, and no less overload could be shown"
                )
            }
            (None, Some(false)) => {
                tell!(
                    lang,
                    "menos sobrecarga sin que se aprecie menos protección",
                    "less overload, and no less protection could be shown"
                )
            }
            (None, Some(true)) => {
                tell!(
                    lang,
                    "más sobrecarga sin que se aprecie más protección",
                    "more overload, and no more protection could be shown"
                )
            }
            (None, None) if given.interval().is_some() && spent.interval().is_some() => {
                tell!(
                    lang,
                    "ninguna diferencia se distingue de cero",
                    "neither difference can be told from zero"
                )
            }
            (None, None) => tell!(lang, "no pudo juzgarse", "it could not be judged"),
        };
        let (name, reference) = (&one.name, &view.report.context.reference);
        let (given, spent) = (view.difference("protection", given), view.difference("overload", spent));
        out.push(tell!(
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
