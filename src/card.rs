//! The model card of a version, from what is known when it is published.

use amparo_models::artefact::TrainingRecord;
use amparo_models::{Part, Protocol};

/// Markdown: what the version is, what it was trained on, how it did on rows it did not see, what it must not be used for.
pub fn card(name: &str, protocol: &Protocol, record: &TrainingRecord, part: &Part) -> String {
    let mut lines = vec![
        format!("# {name}: {}", record.candidate),
        String::new(),
        format!(
            "A {} model with dial {} and a {} calibrator, for outcome `{}`{}.",
            part.scorer().family(),
            part.scorer().dial(),
            part.calibrator().family(),
            record.outcome,
            record.horizon_days.map(|days| format!(" within {days} days")).unwrap_or_default()
        ),
    ];
    if let Some(statement) = record.synthetic_statement() {
        lines.extend([String::new(), format!("**{statement}**")]);
    }
    lines.extend([
        String::new(),
        "## Use".to_owned(),
        String::new(),
        "It answers with a proposal: a probability, a level and what each indicator adds. A person confirms the level, may \
         raise it with a reason, and decides. No decision may rest on it alone."
            .to_owned(),
        String::new(),
        "## Training".to_owned(),
        String::new(),
        format!("- cohort: {} (fingerprint `{}`)", record.cohort_title, record.cohort_fingerprint),
    ]);
    lines.extend(record.n_rows.iter().map(|(part, n)| format!("- rows of the {part} part: {n}")));
    if let Some(second) = &record.lethality {
        lines.push(format!(
            "- cohort of the second reading: {}, {} rows (fingerprint `{}`)",
            second.title, second.n_rows, second.fingerprint
        ));
    }
    let background = part.background();
    lines.push(format!(
        "- explanations compare with {} rows; the smallest sum kept stands for {} of them",
        background.n_rows, background.smallest_cell
    ));
    lines.extend([String::new(), "## Declared metrics".to_owned(), String::new()]);
    if record.metrics.is_empty() {
        lines.push("None: rows were held back by cross-fitting, which `amparo evaluate` repeats.".to_owned());
    }
    if !record.metrics.is_empty() {
        lines.push(
            "Values on rows not learned from, without intervals: for those, `amparo evaluate`.".to_owned(),
        );
        lines.push(String::new());
    }
    for (part, metrics) in &record.metrics {
        lines.extend(metrics.iter().map(|(metric, value)| format!("- {part}: {metric} {value:.4}")));
    }
    lines.extend([String::new(), "## Limits".to_owned(), String::new()]);
    lines.extend(record.notes.iter().map(|note| format!("- {note}")));
    lines.push(format!("- {}", protocol.cut_points().en));
    lines.push("- a probability speaks of cases like those of the cohort, assessed the same way".to_owned());
    lines.push(String::new());
    lines.join("\n")
}
