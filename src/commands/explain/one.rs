//! One case by one version.

use amparo_datasets::Text;
use amparo_models::assess::{Assessment, Correction, NextLevel};
use amparo_models::wording::LEAST;
use amparo_models::{Protocol, Version};

use super::{Say, context, pairs, probability};
use crate::show;

pub fn print(version: &Version, assessment: &Assessment, text: &Text, say: Say) {
    say.paragraphs(text);
    values(version, assessment, say);
    context::print(version, assessment, say);
    pairs::print(version, assessment, say);
    next_level(version, &assessment.next_level, say);
    unknown(version, assessment, say);
    undetermined(assessment, say);
}

/// The table of values, heaviest first.
fn values(version: &Version, assessment: &Assessment, say: Say) {
    let explanation = &assessment.explanation;
    let mut values: Vec<_> = version.instrument().indicators().iter().zip(&explanation.values).collect();
    values.sort_by(|(_, a), (_, b)| b.value.abs().total_cmp(&a.value.abs()));
    let shown = |value: f64| say.all || value.abs() >= LEAST;
    let rows = values.iter().filter(|(_, v)| shown(v.value)).map(|(indicator, v)| {
        let answer = indicator.answers().iter().find(|a| a.id == v.answer);
        [
            format!("{} {}", v.indicator, say.text(&indicator.label)),
            answer.map_or(v.answer.as_str(), |a| say.text(&a.label)).to_owned(),
            format!("{:+.4}", v.value),
            format!("{:+.4}", v.baseline_part),
            format!("{:+.4}", v.model_part),
        ]
    });
    let header = [
        say.either("pregunta", "question"),
        say.either("respuesta", "answer"),
        say.either("peso (log-odds)", "weight (log-odds)"),
        say.either("de la base", "from the baseline"),
        say.either("del modelo", "from the model"),
    ];
    say!("{}", show::table(header, rows));
    let hidden: Vec<f64> = values.iter().map(|(_, v)| v.value).filter(|v| !shown(*v)).collect();
    say.left_out(&hidden);
    let reading = &assessment.recidivism;
    say!(
        "{} {:+.4} + {} = {:+.4}: {} {}",
        say.either("caso medio", "average case"),
        explanation.base,
        say.either("pesos", "weights"),
        reading.log_odds,
        say.either("probabilidad", "probability"),
        probability(reading)
    );
    if let Some(lethality) = &assessment.lethality {
        let name = say.either("segundo cálculo", "second calculation");
        let (low, high) = (lethality.interval.low, lethality.interval.high);
        let p = lethality.probability;
        let of = say.either("probabilidad", "probability");
        say!("{name}: log-odds {:+.4}, {of} {p:.6} [{low:.6}, {high:.6}]", lethality.log_odds);
    }
}

/// How far the levels above and below are.
fn next_level(version: &Version, next: &NextLevel, say: Say) {
    let protocol = version.protocol();
    let label = |id: &str| level(protocol, id, say);
    say!("\n{}", say.either("Niveles vecinos", "Neighbouring levels"));
    for (step, from) in [
        (&next.up, say.either("desde una probabilidad de", "from a probability of")),
        (&next.down, say.either("por debajo de una probabilidad de", "below a probability of")),
    ] {
        if let Some(step) = step {
            let (cut, difference) = (step.probability, step.probability_difference);
            say!("  {}: {from} {cut:.3} ({difference:+.3})", label(&step.level));
        }
    }
    if !next.held_by.is_empty() {
        let held = say.either("no baja por las reglas", "rules keep it from going down");
        say!("  {held}: {}", next.held_by.join(", "));
    }
    for (correction, towards) in [
        (
            &next.corrections.up,
            say.either("subiría con otra respuesta a", "would rise with another answer to"),
        ),
        (
            &next.corrections.down,
            say.either("bajaría con otra respuesta a", "would fall with another answer to"),
        ),
    ] {
        let Correction::Smallest(set) = correction else { continue };
        let changes = set.changes.iter().map(|c| format!("{} ({} -> {})", c.indicator, c.from, c.to));
        let changes = changes.collect::<Vec<_>>().join(" + ");
        say!("  {towards} {changes}: {} {:.3}", label(&set.level), set.probability);
    }
}

/// Each unanswered question on its own.
fn unknown(version: &Version, assessment: &Assessment, say: Say) {
    if assessment.if_answered.is_empty() {
        return;
    }
    let label = |id: &str| level(version.protocol(), id, say);
    let rows = assessment.if_answered.iter().map(|open| {
        let place = version.instrument().position(&open.indicator);
        let question = place.map_or("", |j| say.text(&version.instrument().indicators()[j].label));
        let levels = if open.lowest_level == open.highest_level {
            label(&open.lowest_level)
        } else {
            format!("{} - {}", label(&open.lowest_level), label(&open.highest_level))
        };
        [
            format!("{} {question}", open.indicator),
            format!("{:+.4}", open.value),
            format!("{:.3} - {:.3}", open.probability.low, open.probability.high),
            levels,
        ]
    });
    let header = [
        say.either("sin respuesta", "without an answer"),
        say.either("peso ahora", "weight now"),
        say.either("probabilidad si se supiera", "probability if it were known"),
        say.either("nivel", "level"),
    ];
    say!("\n{}", show::table(header, rows));
}

/// What is not decided, and what hangs on it.
fn undetermined(assessment: &Assessment, say: Say) {
    let open = [&assessment.undetermined_raises, &assessment.undetermined_flags];
    if open.iter().all(|list| list.is_empty()) {
        return;
    }
    say!("\n{}", say.either("Sin determinar", "Not determined"));
    for item in open.into_iter().flatten() {
        say!("  {}: {}", item.id, say.text(&item.reason));
    }
}

fn level(protocol: &Protocol, id: &str, say: Say) -> String {
    let found = protocol.levels().iter().find(|level| level.id == id);
    found.map_or(id, |level| say.text(&level.label)).to_owned()
}
