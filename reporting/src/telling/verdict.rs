//! What a verdict says in words.

use amparo_evaluation::definitions::Text;
use amparo_evaluation::gates::{
    Answer, Ask, Finding, GateResult, KeptVerdict, PassedOver, Verdict, VerdictInWords, WaiverOutcome,
};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Band, split_key};

use super::block::Block;
use super::directions;
use super::lang::{Lang, tell};
use super::reasons::reason;

/// Numbers that a sentence names one by one.
const SHOWN: usize = 4;

/// A verdict with every gate: what was judged on what, an item a gate with its waiver and its reason, and the outcome.
#[must_use]
pub fn verdict(verdict: &Verdict, lang: Lang) -> Vec<Block> {
    let context = &verdict.context;
    let held_out = context.held_out.text();
    let against = verdict.against.as_ref().map(|against| against.name.as_str());
    let mut blocks = head(
        (context.synthetic.as_deref(), &context.cohort, &context.outcome, lang.of(&held_out)),
        (&verdict.version.name, against, &verdict.gates.id),
        lang,
    );
    // What the source notes, such as that nobody has confirmed it, is about every number below.
    blocks.extend(context.notes.iter().map(|note| Block::Item {
        lead: lang.pick("nota", "note").to_owned(),
        paragraphs: vec![note.clone()],
    }));
    for gate in &verdict.results {
        let waived = verdict.waivers.iter().find(|record| record.waiver.gate == gate.name);
        let waiver = waived.map(|record| {
            format!("{} ({}): {}", waiver(record.outcome, lang), record.waiver.by, record.waiver.reason)
        });
        let head = (gate.answer, gate.waived);
        blocks.push(item(
            head,
            format!("{}: {}", gate.name, answered(gate, lang)),
            waiver,
            &gate.reason,
            &gate.owner,
            lang,
        ));
    }
    blocks.push(Block::line(outcome(verdict, lang)));
    blocks
}

/// A verdict as a registry keeps it; one of an older format in the words that it was written with.
#[must_use]
pub fn kept_verdict(kept: &KeptVerdict, lang: Lang) -> Vec<Block> {
    match kept {
        KeptVerdict::Current(current) => verdict(current, lang),
        KeptVerdict::InWords(old) => in_words(old, lang),
    }
}

/// The verdict in one sentence.
#[must_use]
pub fn outcome(verdict: &Verdict, lang: Lang) -> String {
    let count = |which: Answer, waived: bool| {
        verdict.results.iter().filter(|gate| (gate.answer, gate.waived) == (which, waived)).count()
    };
    let [passing, blocking] = [Answer::Pass, Answer::Block].map(|which| count(which, false));
    let [open, waived] = [false, true].map(|waived| count(Answer::CannotTell, waived));
    let (version, n) = (&verdict.version.name, verdict.results.len());
    let passes =
        if verdict.passed { lang.pick("pasa", "passes") } else { lang.pick("no pasa", "does not pass") };
    tell!(
        lang,
        "{version} {passes}: de {n} condiciones, {passing} se cumplen, {blocking} bloquean, en {open} no se puede saber y {waived} se dispensan",
        "{version} {passes}: of {n} gates, {passing} pass, {blocking} block, {open} cannot tell and {waived} are waived"
    )
}

/// The answer of a gate in one sentence, with what decides it.
#[must_use]
pub fn answered(gate: &GateResult, lang: Lang) -> String {
    let (name, level) = split_key(&gate.metric);
    let metric = Metric::ALL.iter().find(|metric| metric.name() == name);
    let title = metric.map_or(name, |metric| lang.of(&metric.definition().title));
    let level = level.map(|level| format!(" ({level})")).unwrap_or_default();
    let answer = match gate.answer {
        Answer::Pass => lang.pick("pasa", "passes"),
        Answer::Block => lang.pick("bloquea", "blocks"),
        Answer::CannotTell => lang.pick("no se puede saber", "cannot tell"),
    };
    if let Ask::Directions { .. } = gate.ask {
        return answered_directions(gate, answer, lang);
    }
    let decisive: Vec<&Finding> =
        gate.findings.iter().filter(|finding| finding.answer == gate.answer).collect();
    let all = gate.findings.len();
    let about = if decisive.len() == all {
        String::new()
    } else {
        tell!(lang, " ({} de {all})", " ({} of {all})"; decisive.len())
    };
    let (shown, left) = decisive.split_at(decisive.len().min(SHOWN));
    let shown: Vec<String> = shown.iter().map(|one| finding(one, gate.ask, lang)).collect();
    let left = match left.len() {
        0 => String::new(),
        n => tell!(lang, "; y {n} más", "; and {n} more"),
    };
    let (asked, shown) = (asked(gate.ask, lang), shown.join("; "));
    let passed_over = passed_over(gate, lang);
    tell!(
        lang,
        "{title}{level}, se pide {asked}: {answer}{about}: {shown}{left}{passed_over}",
        "{title}{level}, asked for {asked}: {answer}{about}: {shown}{left}{passed_over}"
    )
}

/// One number with its place: `race: Asian minus Caucasian: 0.0300 [-0.1000, 0.1600], 520 rows, 210 events`.
///
/// Where a gate asks for growth, the judged interval is not that of the number but of how much it grew.
#[must_use]
pub fn finding(finding: &Finding, ask: Ask, lang: Lang) -> String {
    let place = match (&finding.group, &finding.label, &finding.against) {
        (Some(group), Some(label), Some(against)) => {
            tell!(lang, "{group}: {label} menos {against}", "{group}: {label} minus {against}")
        }
        (Some(group), Some(label), None) => format!("{group}: {label}"),
        (Some(group), None, _) => group.clone(),
        _ => lang.pick("todas las filas", "all rows").to_owned(),
    };
    let value = match (finding.measure.value(), finding.judged) {
        (Some(value), Some(band)) if matches!(ask, Ask::Change { .. }) => {
            let (value, band) = (number(lang, value), interval(lang, band));
            tell!(lang, "{value}, crecimiento {band}", "{value}, growth {band}")
        }
        (Some(value), Some(band)) => format!("{} {}", number(lang, value), interval(lang, band)),
        (Some(value), None) => number(lang, value),
        (None, _) => lang.pick("sin número", "no number").to_owned(),
    };
    let counts = match &finding.measure {
        Measure::Value { n, events, .. } | Measure::Point { n, events, .. } => {
            tell!(lang, ", {n} filas, {events} sucesos", ", {n} rows, {events} events")
        }
        Measure::Undefined { .. } => String::new(),
    };
    let missing = finding.reason.map(|why| format!(" ({})", reason(&why, lang))).unwrap_or_default();
    format!("{place}: {value}{counts}{missing}")
}

/// The answer of a gate on directions, with the indicators that the rows contradict.
fn answered_directions(gate: &GateResult, answer: &str, lang: Lang) -> String {
    let asked = asked(gate.ask, lang);
    let found = match &gate.directions {
        None => reason(&Reason::NotInReport, lang),
        Some(found) => {
            let list: Vec<String> =
                found.contradicted.iter().map(|one| directions::contradiction(one, lang)).collect();
            let n = list.len();
            let count = tell!(
                lang,
                "{n} de {} indicadores examinados",
                "{n} of {} indicators examined";
                found.examined
            );
            std::iter::once(count).chain(list).collect::<Vec<_>>().join("; ")
        }
    };
    tell!(
        lang,
        "Direcciones declaradas que las filas del ajuste contradicen, se pide {asked}: {answer}: {found}",
        "Declared directions that the rows of the fit contradict, asked for {asked}: {answer}: {found}"
    )
}

/// The labels that a gate passes over, each with the reason.
fn passed_over(gate: &GateResult, lang: Lang) -> String {
    let one = |left: &PassedOver| format!("{}: {} ({})", left.group, left.label, reason(&left.reason, lang));
    let labels = gate.passed_over.iter().map(one).collect::<Vec<_>>().join("; ");
    match labels.is_empty() {
        true => labels,
        false => tell!(lang, ". Quedan fuera {labels}", ". Left out are {labels}"),
    }
}

/// What a gate asks for, such as `at least 0.65`.
fn asked(ask: Ask, lang: Lang) -> String {
    let bound = |value| threshold(lang, value);
    match ask {
        Ask::Value { at_least, at_most } => {
            let least = at_least.map(|v| format!("{} {}", lang.pick("al menos", "at least"), bound(v)));
            let most = at_most.map(|v| format!("{} {}", lang.pick("como máximo", "at most"), bound(v)));
            let parts: Vec<String> = least.into_iter().chain(most).collect();
            parts.join(lang.pick(" y ", " and "))
        }
        Ask::Difference { margin } => tell!(
            lang,
            "no ser peor que la versión vigente por más de {}",
            "no worse than the version in force by more than {}";
            bound(margin)
        ),
        Ask::Gap { margin } => {
            tell!(lang, "ninguna diferencia entre grupos mayor de {}", "no gap beyond {}"; bound(margin))
        }
        Ask::Directions { most } => tell!(
            lang,
            "como máximo {most} direcciones contradichas",
            "at most {most} contradicted directions"
        ),
        Ask::Change { margin } => tell!(
            lang,
            "que ninguna diferencia entre grupos crezca más de {} respecto a la versión vigente",
            "no gap grown by more than {} against the version in force";
            bound(margin)
        ),
    }
}

/// What became of a waiver.
fn waiver(outcome: WaiverOutcome, lang: Lang) -> &'static str {
    match outcome {
        WaiverOutcome::Lifts => {
            lang.pick("dispensada: con estos datos no se puede saber", "waived: these rows cannot tell")
        }
        WaiverOutcome::NotNeeded => {
            lang.pick("no hizo falta: la condición se cumple", "not needed: the gate passes")
        }
        WaiverOutcome::Refused => lang.pick(
            "rechazada: una condición que bloquea no se puede dispensar",
            "refused: what blocks cannot be waived",
        ),
    }
}

/// What was judged, on what, against what.
fn head(
    (synthetic, cohort, outcome, held_out): (Option<&str>, &str, &str, &str),
    (version, against, gates): (&str, Option<&str>, &str),
    lang: Lang,
) -> Vec<Block> {
    let against = against.unwrap_or(lang.pick("ninguna versión vigente", "no version in force"));
    let mut blocks: Vec<Block> = synthetic.map(Block::line).into_iter().collect();
    blocks.push(Block::Line(tell!(
        lang,
        "{cohort}: resultado `{outcome}`, {held_out}",
        "{cohort}: outcome `{outcome}`, {held_out}"
    )));
    blocks.push(Block::Line(tell!(
        lang,
        "{version} frente a {against}, con las condiciones `{gates}`",
        "{version} against {against}, by the gates `{gates}`"
    )));
    blocks
}

/// A gate with its waiver, and with its reason where it stands in the way.
fn item(
    (answer, waived): (Answer, bool),
    said: String,
    waiver: Option<String>,
    why: &Text,
    owner: &str,
    lang: Lang,
) -> Block {
    let lead = match (answer, waived) {
        (Answer::Pass, _) => lang.pick("PASA", "PASS"),
        (Answer::Block, _) => lang.pick("BLOQUEA", "BLOCK"),
        (Answer::CannotTell, true) => lang.pick("DISPENSADA", "WAIVED"),
        (Answer::CannotTell, false) => lang.pick("NO SE SABE", "CANNOT TELL"),
    };
    let why = (answer != Answer::Pass && !waived)
        .then(|| tell!(lang, "motivo: {} ({owner})", "why: {} ({owner})"; lang.of(why)));
    Block::Item {
        lead: lead.to_owned(),
        paragraphs: std::iter::once(said).chain(waiver).chain(why).collect(),
    }
}

fn in_words(old: &VerdictInWords, lang: Lang) -> Vec<Block> {
    let context = &old.context;
    let against = old.against.as_ref().map(|against| against.name.as_str());
    let mut blocks = head(
        (context.synthetic.as_deref(), &context.cohort, &context.outcome, &context.held_out),
        (&old.version.name, against, &old.gates.id),
        lang,
    );
    for gate in &old.results {
        let waived = old.waivers.iter().find(|record| record.waiver.gate == gate.name);
        let waiver = waived.map(|record| {
            format!("{} ({}): {}", lang.of(&record.text), record.waiver.by, record.waiver.reason)
        });
        let said = format!("{}: {}", gate.name, lang.of(&gate.text));
        blocks.push(item((gate.answer, gate.waived), said, waiver, &gate.reason, &gate.owner, lang));
    }
    blocks.push(Block::line(lang.of(&old.text)));
    blocks
}

/// Four decimals, with the comma of Spanish; never `-0.0000`.
fn number(lang: Lang, value: f64) -> String {
    let digits = format!("{value:.4}");
    let digits = if digits.bytes().all(|b| b"-0.".contains(&b)) { "0.0000".to_owned() } else { digits };
    decimal_mark(lang, digits)
}

/// A threshold as it was written.
fn threshold(lang: Lang, value: f64) -> String {
    decimal_mark(lang, value.to_string())
}

fn decimal_mark(lang: Lang, digits: String) -> String {
    match lang {
        Lang::Es => digits.replace('.', ","),
        Lang::En => digits,
    }
}

fn interval(lang: Lang, band: Band) -> String {
    format!("[{}{}{}]", number(lang, band.low), lang.pick("; ", ", "), number(lang, band.high))
}
