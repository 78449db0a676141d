//! The runs of an evaluation and of a gate: one about the version, and one nested in it for each other one that was judged beside it.

use amparo_evaluation::gates::{Answer, Verdict};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{Report, ScoredReport};
use amparo_lab::display_name;
use amparo_models::artefact::Version;
use amparo_tracking::{Aliases, Dataset, Run};

use super::{Tracking, add_version};
use crate::failure::Failure;

/// Name and bytes of each file that was written for people.
type Files = Vec<(String, String)>;

/// The runs of `amparo evaluate`; further reports by the name that goes before their numbers.
pub fn of_evaluation(
    tracking: &Tracking,
    version: &Version,
    (report, further): (&Report, &[(&str, &Report)]),
    files: Files,
    (aliases, at): (&Aliases, &str),
) -> Result<Vec<Run>, Failure> {
    let mut runs = judged(tracking, version, ("evaluate", report), files, (aliases, at))?;
    for (before, report) in further {
        for scored in &report.scored {
            for (key, measure) in &scored.overall {
                add(&mut runs[0], &format!("{before}/{}/{key}", segment(&scored.name)), measure, true);
            }
        }
    }
    Ok(runs)
}

/// The runs of `amparo gate`: what was judged, and the verdict as tags of the run and of the version.
pub fn of_gate(
    tracking: &Tracking,
    version: &Version,
    (report, verdict, number): (&Report, &Verdict, u32),
    files: Files,
    (aliases, at): (&Aliases, &str),
) -> Result<Vec<Run>, Failure> {
    let mut runs = judged(tracking, version, ("gate", report), files, (aliases, at))?;
    let passed = if verdict.passed { "passed" } else { "not passed" };
    let mut tags = vec![
        ("amparo.gate.verdict".to_owned(), passed.to_owned()),
        ("amparo.gate.gates".to_owned(), verdict.gates.id.clone()),
        ("amparo.gate.digest".to_owned(), verdict.gates.digest.clone()),
        ("amparo.gate.number".to_owned(), number.to_string()),
        ("amparo.gate.at".to_owned(), verdict.at.clone()),
    ];
    if let Some(against) = &verdict.against {
        tags.push(("amparo.gate.against".to_owned(), against.name.clone()));
    }
    tags.extend(verdict.results.iter().map(|result| {
        let answer = match (result.answer, result.waived) {
            (Answer::Pass, _) => "pass",
            (Answer::CannotTell, true) => "cannot tell, waived",
            (Answer::CannotTell, false) => "cannot tell",
            (Answer::Block, _) => "block",
        };
        (amparo_tracking::mlflow_name(&format!("amparo.gate.result.{}", result.name)), answer.to_owned())
    }));
    runs[0].tags.extend(tags.iter().cloned());
    if let Some(model) = &mut runs[0].head.model {
        model.tags.extend(tags);
    }
    Ok(runs)
}

fn judged(
    tracking: &Tracking,
    version: &Version,
    (verb, report): (&str, &Report),
    files: Files,
    (aliases, at): (&Aliases, &str),
) -> Result<Vec<Run>, Failure> {
    let (experiment, name) = (&version.manifest().name, display_name(version));
    let context = &report.context;
    let dataset = Dataset {
        name: context.cohort.clone(),
        fingerprint: context.fingerprint.clone(),
        context: "evaluation".to_owned(),
    };
    let mut head = tracking.head(experiment, format!("{verb} {name}"), None);
    head.dataset = Some(dataset.clone());
    let mut run = Run { head, ..Run::default() };
    add_version(&mut run, version, aliases, at)?;
    let facts = [
        ("outcome", context.outcome.clone()),
        ("seed", context.seed.to_string()),
        ("replicates", context.replicates.to_string()),
        ("smallest_cell", context.smallest_cell.to_string()),
        ("reference", context.reference.clone()),
        ("rows", report.rows.n.to_string()),
        ("cases", report.rows.cases.to_string()),
        ("events", report.rows.events.to_string()),
    ];
    run.params.extend(facts.map(|(key, value)| (format!("evaluation.{key}"), value)));
    run.tags.insert("amparo.command".to_owned(), verb.to_owned());
    let mut note = vec![context.held_out.text().en.into_owned()];
    note.extend(context.synthetic.clone());
    run.tags.insert("mlflow.note.content".to_owned(), note.join("\n\n"));
    run.artefacts.extend(files.into_iter().map(|(file, text)| (file, text.into_bytes())));
    let mut runs = vec![run];
    for scored in &report.scored {
        if scored.name == name {
            add_numbers(&mut runs[0], report, scored);
            continue;
        }
        let mut head = tracking.head(experiment, scored.name.clone(), Some(runs.len()));
        head.dataset = Some(dataset.clone());
        let mut beside = Run { head, ..Run::default() };
        beside.tags.insert("amparo.command".to_owned(), verb.to_owned());
        add_numbers(&mut beside, report, scored);
        runs.push(beside);
    }
    Ok(runs)
}

/// Overall with intervals, by group, and against the reference.
fn add_numbers(run: &mut Run, report: &Report, scored: &ScoredReport) {
    for (key, measure) in &scored.overall {
        add(run, key, measure, true);
    }
    for table in &scored.groups {
        for row in &table.rows {
            for (key, measure) in &row.measures {
                let key = format!("group/{}/{}/{key}", segment(&table.group), segment(&row.label));
                add(run, &key, measure, false);
            }
        }
    }
    for difference in report.differences.iter().filter(|difference| difference.name == scored.name) {
        let key = format!("difference/{}/{}", segment(&difference.against), difference.metric);
        add(run, &key, &difference.measure, true);
    }
}

/// A number, with its interval beside it where that is asked for.
fn add(run: &mut Run, key: &str, measure: &Measure, with_interval: bool) {
    // Reasons are codes and numbers.
    let reason = || serde_json::to_string(&measure.reason()).unwrap_or_default();
    run.metric(key, measure.value(), reason);
    if let Some((low, high)) = measure.interval().filter(|_| with_interval) {
        run.metric(format!("{key}.low"), Some(low), reason);
        run.metric(format!("{key}.high"), Some(high), reason);
    }
}

/// A name that stands between two slashes: its own slashes are written as division slashes.
fn segment(name: &str) -> String {
    name.replace('/', "\u{2215}")
}
