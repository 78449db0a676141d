//! One case by one version.

use amparo_datasets::Text;
use amparo_models::assess::{Assessment, Correction, NextLevel, Undetermined};
use amparo_models::wording::{LEAST, same};
use amparo_models::{Protocol, Version};

use super::{Say, answer, context, pairs, probability, signed};

pub fn print(version: &Version, assessment: &Assessment, text: &Text, say: Say) {
    say.paragraphs(text);
    values(version, assessment, say);
    context::print(version, assessment, say);
    pairs::print(version, assessment, say);
    if let Some(next) = &assessment.next_level {
        next_level(version, next, say);
    }
    unknown(version, assessment, say);
    undetermined(assessment, say);
}

/// The table of values, heaviest first.
fn values(version: &Version, assessment: &Assessment, say: Say) {
    let labels = say.labels();
    let explanation = &assessment.explanation;
    let mut values: Vec<_> = version.instrument().indicators().iter().zip(&explanation.values).collect();
    values.sort_by(|(_, a), (_, b)| b.value.abs().total_cmp(&a.value.abs()));
    let shown = |value: f64| say.all || value.abs() >= LEAST;
    let rows = values.iter().filter(|(_, v)| shown(v.value)).map(|(indicator, v)| {
        let answer = answer(indicator, &v.answer, v.number, say);
        [
            format!("{} {}", v.indicator, say.text(&indicator.label)),
            v.same_effect.map_or(answer.clone(), |of| format!("{answer} [{}/{}]", of.answers, of.of)),
            format!("{:+.4}", v.value),
            format!("{:+.4}", v.baseline_part),
            format!("{:+.4}", v.model_part),
        ]
    });
    let header = [
        labels.question(),
        labels.answer(),
        labels.weight_log_odds(),
        labels.from_baseline(),
        labels.from_model(),
    ];
    say!("{}", say.table(header, rows));
    if values.iter().any(|(_, v)| shown(v.value) && v.same_effect.is_some()) {
        say.line(&labels.answers_alike());
    }
    let hidden: Vec<f64> = values.iter().map(|(_, v)| v.value).filter(|v| !shown(*v)).collect();
    say.left_out(&hidden);
    let reading = &assessment.recidivism;
    let (base, log_odds) = (signed(explanation.base), signed(reading.log_odds));
    say.line(&labels.sum(&base, &log_odds, &same(probability(reading))));
    if let Some(lethality) = &assessment.lethality {
        let (low, high) = (lethality.interval.low, lethality.interval.high);
        let probability = format!("{:.6} [{low:.6}, {high:.6}]", lethality.probability);
        say.line(&labels.lethality(&signed(lethality.log_odds), &same(probability)));
    }
}

/// How far the levels above and below are.
fn next_level(version: &Version, next: &NextLevel, say: Say) {
    let labels = say.labels();
    let label = |id: &str| level(version.protocol(), id);
    say!("\n{}", say.text(&labels.neighbouring_levels()));
    for (step, up) in [(&next.up, true), (&next.down, false)] {
        let Some(step) = step else { continue };
        let level = label(&step.level);
        let cut = same(format!("{:.3}", step.probability));
        let difference = same(format!("{:+.3}", step.probability_difference));
        say.item(&if up {
            labels.up(&level, &cut, &difference)
        } else {
            labels.down(&level, &cut, &difference)
        });
    }
    if !next.held_by.is_empty() {
        say.item(&labels.held_by(&same(next.held_by.join(", "))));
    }
    for (correction, up) in [(&next.corrections.up, true), (&next.corrections.down, false)] {
        say.item(&corrected(correction, up, version, say));
    }
}

/// The answers that would take the case to another level, or why there are none.
fn corrected(correction: &Correction, up: bool, version: &Version, say: Say) -> Text {
    let labels = say.labels();
    let reason = match correction {
        Correction::Smallest(set) => {
            let changes = set.changes.iter().map(|c| format!("{} ({} -> {})", c.indicator, c.from, c.to));
            let changes = same(changes.collect::<Vec<_>>().join(" + "));
            let (to, p) = (level(version.protocol(), &set.level), same(format!("{:.3}", set.probability)));
            return if up { labels.rises(&changes, &to, &p) } else { labels.falls(&changes, &to, &p) };
        }
        Correction::Impossible(of) => say.glossary.reason(&of.none),
        Correction::CutOff(of) => say.glossary.reason(&of.limit),
    };
    if up { labels.does_not_rise(&reason) } else { labels.does_not_fall(&reason) }
}

/// Each unanswered question on its own.
fn unknown(version: &Version, assessment: &Assessment, say: Say) {
    let Some(questions) = assessment.if_answered.as_deref().filter(|questions| !questions.is_empty()) else {
        return;
    };
    let labels = say.labels();
    let label = |id: &str| say.text(&level(version.protocol(), id)).to_owned();
    let rows = questions.iter().map(|open| {
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
    let header = [labels.unanswered(), labels.weight_now(), labels.probability_if_known(), labels.level()];
    say!("\n{}", say.table(header, rows));
}

/// What is not decided, and what hangs on it.
fn undetermined(assessment: &Assessment, say: Say) {
    let open = [&assessment.undetermined_raises, &assessment.undetermined_flags];
    if open.iter().all(|list| list.is_empty()) {
        return;
    }
    say!("\n{}", say.text(&say.labels().not_determined()));
    for Undetermined { id, reason, .. } in open.into_iter().flatten() {
        say!("  {id}: {}", say.text(&say.glossary.reason(reason)));
    }
}

/// The label of a level; one that the protocol does not have, by its id.
fn level(protocol: &Protocol, id: &str) -> Text {
    let found = protocol.levels().iter().find(|level| level.id == id);
    found.map_or_else(|| same(id), |level| level.label.clone())
}
