//! How far the values could move, and where they stand in the population, as a table.

use amparo_models::Version;
use amparo_models::assess::{Assessment, ExplanationStability, PlacedValue, StableValue};
use amparo_models::explain::OrReason;
use amparo_models::wording::LEAST;

use super::Say;
use crate::show;

/// The table, heaviest first, and what stands behind it; the reason where something is not known.
pub fn print(version: &Version, assessment: &Assessment, say: Say) {
    let explanation = &assessment.explanation;
    let (stability, percentiles) = (&explanation.stability, &explanation.percentiles);
    let of = |j: usize| (stability.value().map(|s| &s.values[j]), percentiles.value().map(|p| &p[j]));
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
    if stability.value().is_some() || percentiles.value().is_some() {
        let header = [
            say.either("pregunta", "question"),
            say.either("peso", "weight"),
            say.either("con otros casos (95 %)", "with other cases (95 %)"),
            say.either("puesto", "place"),
            say.either("percentil", "percentile"),
        ];
        say!("\n{}", show::table(header, rows));
    }
    match stability {
        OrReason::Value(of) => say!("{}", behind(of, say)),
        OrReason::Undefined { undefined } => {
            say!("{}: {undefined}", say.either("sin margen de los pesos", "no margin of the weights"));
        }
    }
    let name = say.either(
        "percentil de la cifra entre los casos de comparación",
        "percentile of the number among the cases of comparison",
    );
    match &assessment.recidivism.percentile {
        OrReason::Value(at) => say!("{name}: {:.1}", 100.0 * at.percentile),
        OrReason::Undefined { undefined } => say!("{name}: {undefined}"),
    }
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

fn behind(of: &ExplanationStability, say: Say) -> String {
    let ExplanationStability { subsamples, degrees_of_freedom, resamples, base_sd, .. } = of;
    match say.lang {
        crate::cli::Lang::Es => format!(
            "con otros casos: {subsamples} submuestras de los casos de comparación, {degrees_of_freedom} grados de libertad; \
             puestos de {resamples} remuestras; desviación típica del caso medio {base_sd:.4}"
        ),
        crate::cli::Lang::En => format!(
            "with other cases: {subsamples} subsamples of the cases of comparison, {degrees_of_freedom} degrees of freedom; \
             places from {resamples} resamples; standard deviation of the average case {base_sd:.4}"
        ),
    }
}
