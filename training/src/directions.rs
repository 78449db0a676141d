//! Which way the outcome goes with each indicator, by the rows alone, before anything is fitted.

use amparo_datasets::{Instrument, Polarity};
use amparo_models::artefact::DirectionRecord;

use crate::LabelledRows;

/// The trend of the outcome over the known answers of each indicator whose direction is enforced.
///
/// ```text
/// b       = sum w (x - mean x)(y - mean y) / sum w (x - mean x)^2          x: code of the answer, y: 1 for an event
/// u_case  = sum over its rows of w (x - mean x)(y - mean y - b (x - mean x)) / sum w (x - mean x)^2
/// var b   = n / (n - 1) sum over the n cases of u_case^2                    interval: b +- 1.96 sqrt(var b)
/// ```
/// The change of the share of events a step, each indicator by itself: weighted least squares with the sandwich variance,
/// clustered by case. It exists wherever two known answers occur, also where an answer separates events from the rest, and it
/// is not bound to any direction. An indicator of which only one known answer occurs has no trend and is left out.
///
/// # References
/// Liang and Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73, 1986 (the variance).
pub(crate) fn directions(
    rows: &LabelledRows<'_>,
    instrument: &Instrument,
    not_monotone: &[String],
) -> Vec<DirectionRecord> {
    let is_enforced = |id: &String| !not_monotone.contains(id);
    let indicators = instrument.indicators().iter().enumerate();
    indicators
        .filter(|(_, i)| i.polarity != Polarity::Neutral && is_enforced(&i.id))
        .filter_map(|(j, indicator)| {
            let (slope, sd) = trend(rows, j, indicator.unknown())?;
            Some(DirectionRecord {
                indicator: indicator.id.clone(),
                declared: indicator.polarity,
                per_step: slope,
                low: slope - Z * sd,
                high: slope + Z * sd,
            })
        })
        .collect()
}

/// The 97.5th percentile of a normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Slope and its standard deviation.
fn trend(rows: &LabelledRows<'_>, j: usize, unknown: u8) -> Option<(f64, f64)> {
    struct LabelledRow<'a> {
        case: &'a str,
        weight: f64,
        x: f64,
        y: f64,
    }
    let all = rows.answers().zip(rows.cases()).zip(rows.events().iter().zip(rows.weights()));
    let known = all.filter(|((answers, _), _)| answers[j] != unknown);
    let mut known: Vec<LabelledRow<'_>> = known
        .map(|((answers, case), (&event, &weight))| LabelledRow {
            case,
            weight,
            x: f64::from(answers[j]),
            y: f64::from(u8::from(event)),
        })
        .collect();
    let total: f64 = known.iter().map(|row| row.weight).sum();
    let mean = |of: &dyn Fn(&LabelledRow<'_>) -> f64| {
        known.iter().map(|row| row.weight * of(row)).sum::<f64>() / total
    };
    let (mean_x, mean_y) = (mean(&|row| row.x), mean(&|row| row.y));
    let spread: f64 = known.iter().map(|row| row.weight * (row.x - mean_x).powi(2)).sum();
    // Sums of squares of finite numbers: never NaN.
    if spread <= 0.0 {
        return None;
    }
    let joint = known.iter().map(|row| row.weight * (row.x - mean_x) * (row.y - mean_y));
    let slope = joint.sum::<f64>() / spread;
    // Stable: the sum over a case does not depend on where its rows stand among others.
    known.sort_by(|a, b| a.case.cmp(b.case));
    let of_row = |row: &LabelledRow<'_>| {
        row.weight * (row.x - mean_x) * (row.y - mean_y - slope * (row.x - mean_x)) / spread
    };
    let (mut n, mut squares) = (0.0, 0.0);
    for case in known.chunk_by(|a, b| a.case == b.case) {
        n += 1.0;
        squares += case.iter().map(of_row).sum::<f64>().powi(2);
    }
    // Two answers of a single case tell nothing of others.
    (n > 1.0).then(|| (slope, (n / (n - 1.0) * squares).sqrt()))
}

#[cfg(test)]
mod tests;
