//! What a verdict says in words, in both languages.

use std::borrow::Cow;

use super::file::{Ask, Gate};
use super::verdict::{Answer, Finding};
use crate::definitions::{Metric, Text};
use crate::html;
use crate::measure::Measure;
use crate::reason::Reason;
use crate::report::{Band, split_key};
use crate::telling;

/// A text from its two languages.
pub(super) fn text(es: impl Into<String>, en: impl Into<String>) -> Text {
    Text { es: Cow::Owned(es.into()), en: Cow::Owned(en.into()) }
}

/// Why a number is missing.
pub(super) fn reason(reason: Reason) -> Text {
    text(telling::reason(&reason, html::Lang::Es), telling::reason(&reason, html::Lang::En))
}

/// Languages, as the numbers differ by them.
#[derive(Clone, Copy, PartialEq)]
enum Lang {
    Es,
    En,
}

/// Four decimals, with the comma of Spanish; never `-0.0000`.
fn number(lang: Lang, value: f64) -> String {
    let digits = format!("{value:.4}");
    let digits = if digits.bytes().all(|b| b"-0.".contains(&b)) { "0.0000".to_owned() } else { digits };
    if lang == Lang::Es { digits.replace('.', ",") } else { digits }
}

/// A threshold as it was written.
fn threshold(lang: Lang, value: f64) -> String {
    let digits = value.to_string();
    if lang == Lang::Es { digits.replace('.', ",") } else { digits }
}

fn interval(lang: Lang, band: Band) -> String {
    let part = if lang == Lang::Es { "; " } else { ", " };
    format!("[{}{part}{}]", number(lang, band.low), number(lang, band.high))
}

/// What a gate asks for, such as `at least 0.65`.
pub(super) fn asked(ask: Ask) -> Text {
    let of = |lang: Lang| {
        let es = lang == Lang::Es;
        let say = |value| threshold(lang, value);
        match ask {
            Ask::Value { at_least, at_most } => {
                let least =
                    at_least.map(|v| format!("{} {}", if es { "al menos" } else { "at least" }, say(v)));
                let most =
                    at_most.map(|v| format!("{} {}", if es { "como máximo" } else { "at most" }, say(v)));
                let and = if es { " y " } else { " and " };
                least.into_iter().chain(most).collect::<Vec<_>>().join(and)
            }
            Ask::Difference { margin } if es => {
                format!("no ser peor que la versión vigente por más de {}", say(margin))
            }
            Ask::Difference { margin } => {
                format!("no worse than the version in force by more than {}", say(margin))
            }
            Ask::Gap { margin } if es => format!("ninguna brecha mayor de {}", say(margin)),
            Ask::Gap { margin } => format!("no gap beyond {}", say(margin)),
            Ask::Change { margin } if es => {
                format!("que ninguna brecha crezca más de {} frente a la versión vigente", say(margin))
            }
            Ask::Change { margin } => {
                format!("no gap grown by more than {} against the version in force", say(margin))
            }
        }
    };
    text(of(Lang::Es), of(Lang::En))
}

/// One number with its place: `race: Asian less Caucasian: 0.0300 [-0.1000, 0.1600], 520 rows, 210 events`.
///
/// With `growth`, the judged interval is not that of the number but of how much it grew.
pub(super) fn evidence(
    (group, label, against): (Option<&str>, Option<&str>, Option<&str>),
    measure: &Measure,
    judged: Option<Band>,
    missing: Option<Reason>,
    growth: bool,
) -> Text {
    let of = |lang: Lang| {
        let es = lang == Lang::Es;
        let place = match (group, label, against) {
            (Some(group), Some(label), Some(against)) => {
                format!("{group}: {label} {} {against}", if es { "menos" } else { "less" })
            }
            (Some(group), Some(label), None) => format!("{group}: {label}"),
            (Some(group), None, _) => group.to_owned(),
            _ => (if es { "todas las filas" } else { "all rows" }).to_owned(),
        };
        let value = match (measure.value(), judged) {
            (Some(value), Some(band)) if growth => {
                let grown = if es { "crecimiento" } else { "growth" };
                format!("{}, {grown} {}", number(lang, value), interval(lang, band))
            }
            (Some(value), Some(band)) => format!("{} {}", number(lang, value), interval(lang, band)),
            (Some(value), None) => number(lang, value),
            (None, _) => (if es { "sin número" } else { "no number" }).to_owned(),
        };
        let counts = match measure {
            Measure::Value { n, events, .. } | Measure::Point { n, events, .. } => {
                let (rows, with) = if es { ("filas", "sucesos") } else { ("rows", "events") };
                format!(", {n} {rows}, {events} {with}")
            }
            Measure::Undefined { .. } => String::new(),
        };
        let missing = missing.map(reason);
        let missing = missing.map(|text| if es { text.es } else { text.en });
        let missing = missing.map(|words| format!(" ({words})")).unwrap_or_default();
        format!("{place}: {value}{counts}{missing}")
    };
    text(of(Lang::Es), of(Lang::En))
}

/// The answer of a gate in one sentence, with what decides it.
pub(super) fn answered(gate: &Gate, answer: Answer, findings: &[Finding]) -> Text {
    let asked = asked(gate.ask);
    let (name, level) = split_key(&gate.metric);
    let title = Metric::ALL.iter().find(|m| m.name() == name).map(|m| m.definition().title.clone());
    let decisive: Vec<&Finding> = findings.iter().filter(|finding| finding.answer == answer).collect();
    let of = |lang: Lang| {
        let es = lang == Lang::Es;
        let pick = |text: &Text| (if es { &text.es } else { &text.en }).to_string();
        let title = title.as_ref().map_or_else(|| name.to_owned(), pick);
        let level = level.map(|level| format!(" ({level})")).unwrap_or_default();
        let outcome = match (answer, es) {
            (Answer::Pass, true) => "pasa",
            (Answer::Pass, false) => "passes",
            (Answer::Block, true) => "bloquea",
            (Answer::Block, false) => "blocks",
            (Answer::CannotTell, true) => "no se puede saber",
            (Answer::CannotTell, false) => "cannot tell",
        };
        let about = if decisive.len() == findings.len() {
            String::new()
        } else {
            format!(" ({} {} {})", decisive.len(), if es { "de" } else { "of" }, findings.len())
        };
        let (shown, left) = decisive.split_at(decisive.len().min(SHOWN));
        let shown: Vec<String> = shown.iter().map(|finding| pick(&finding.text)).collect();
        let left = match left.len() {
            0 => String::new(),
            n if es => format!("; y {n} más"),
            n => format!("; and {n} more"),
        };
        let ask = if es { "se pide" } else { "asked for" };
        format!("{title}{level}, {ask} {}: {outcome}{about}: {}{left}", pick(&asked), shown.join("; "))
    };
    text(of(Lang::Es), of(Lang::En))
}

/// Numbers that a sentence names one by one.
const SHOWN: usize = 4;

/// The verdict in one sentence.
pub(super) fn summed_up(version: &str, answers: &[(Answer, bool)]) -> Text {
    let count = |which: Answer, waived: bool| answers.iter().filter(|a| **a == (which, waived)).count();
    let [passing, blocking] = [Answer::Pass, Answer::Block].map(|which| count(which, false));
    let [open, waived] = [false, true].map(|waived| count(Answer::CannotTell, waived));
    let passed = blocking + open == 0;
    let n = answers.len();
    text(
        format!(
            "{version} {}: de {n} condiciones, {passing} se cumplen, {blocking} bloquean, en {open} no se puede saber y {waived} se \
             dispensan",
            if passed { "pasa" } else { "no pasa" }
        ),
        format!(
            "{version} {}: of {n} gates, {passing} pass, {blocking} block, {open} cannot tell and {waived} are waived",
            if passed { "passes" } else { "does not pass" }
        ),
    )
}
