//! How far the values could move, and where they stand in the population, as a table.

use amparo_datasets::Text;
use amparo_models::Version;
use amparo_models::assess::{Assessment, ExplanationStability, PlacedValue, StableValue};
use amparo_models::explain::OrReason;
use amparo_models::wording::{LEAST, same};

use super::Say;

/// The table, heaviest first, and what stands behind it; the reason where something is not known.
pub fn print(version: &Version, assessment: &Assessment, say: Say) {
    let labels = say.labels();
    let explanation = &assessment.explanation;
    let stability = explanation.stability.as_ref();
    let known = stability.and_then(OrReason::value);
    let percentiles = explanation.percentiles.as_ref().and_then(OrReason::value);
    let of = |j: usize| (known.map(|s| &s.values[j]), percentiles.map(|p| &p[j]));
    let mut shown: Vec<usize> =
        (0..explanation.values.len()).filter(|&j| say.all || weight(assessment, j).abs() >= LEAST).collect();
    shown.sort_by(|&a, &b| weight(assessment, b).abs().total_cmp(&weight(assessment, a).abs()));
    let rows = shown.into_iter().map(|j| {
        let indicator = &version.instrument().indicators()[j];
        let (stable, placed) = of(j);
        [
            format!("{} {}", indicator.id, say.text(&indicator.label)),
            format!("{:+.4}", weight(assessment, j)),
            stable.map_or("-".to_owned(), |s| format!("[{:+.4}, {:+.4}]", s.low, s.high)),
            stable.map_or("-".to_owned(), rank),
            placed.map_or("-".to_owned(), percentile),
        ]
    });
    if known.is_some() || percentiles.is_some() {
        let header = [
            labels.question(),
            labels.weight(),
            labels.with_other_cases(),
            labels.place(),
            labels.percentile(),
        ];
        say!("\n{}", say.table(header, rows));
    }
    match stability {
        Some(OrReason::Value(of)) => say.line(&behind(of, say)),
        Some(OrReason::Undefined(of)) => {
            say.line(&labels.no_stability(&say.glossary.reason(&of.undefined)));
        }
        None => {}
    }
    say.line(&labels.number_percentile(&match &assessment.recidivism.percentile {
        OrReason::Value(at) => same(format!("{:.1}", 100.0 * at.percentile)),
        OrReason::Undefined(of) => say.glossary.reason(&of.undefined),
    }));
}

fn weight(assessment: &Assessment, j: usize) -> f64 {
    assessment.explanation.values[j].value
}

/// `2`, or `2 (1-3)` where it could be another one.
fn rank(of: &StableValue) -> String {
    let StableValue { rank, rank_from, rank_to, .. } = of;
    if rank_from == rank_to { rank.to_string() } else { format!("{rank} ({rank_from}-{rank_to})") }
}

/// `93.1`.
fn percentile(of: &PlacedValue) -> String {
    format!("{:.1}", 100.0 * of.percentile)
}

fn behind(of: &ExplanationStability, say: Say) -> Text {
    let ExplanationStability { subsamples, degrees_of_freedom, resamples, base_sd, .. } = of;
    let [subsamples, degrees, resamples] =
        [subsamples, degrees_of_freedom, resamples].map(|n| same(n.to_string()));
    say.labels().stability(&subsamples, &degrees, &resamples, &same(format!("{base_sd:.4}")))
}
