//! The dial from baseline to candidate: what each position gives and costs.

use serde::{Deserialize, Serialize};

use crate::input::Kind;
use crate::measure::Measure;
use crate::metrics::Metric;
use crate::reason::Reason;
use crate::report::Report;

/// One version with a dial, as a point of the plot "dial against protection and overload".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialPoint {
    /// The version's name.
    pub name: String,
    /// Its dial in [0, 1]: 0 is the baseline, 1 the candidate.
    pub dial: f64,
    /// Effective police protection.
    pub protection: Measure,
    /// Overload of police resources.
    pub overload: Measure,
    /// Area under the ROC curve.
    pub auc: Measure,
    /// Brier score.
    pub brier: Measure,
}

/// The versions with a dial, by rising dial; nothing is computed anew.
#[must_use]
pub fn dial_series(report: &Report) -> Vec<DialPoint> {
    let mut points: Vec<DialPoint> = report
        .scored
        .iter()
        .filter_map(|scored| {
            let Kind::Version { dial: Some(dial), .. } = scored.kind else { return None };
            let measure = |metric: Metric| {
                scored
                    .overall
                    .get(metric.name())
                    .cloned()
                    .unwrap_or_else(|| Measure::undefined(Reason::NotInReport))
            };
            Some(DialPoint {
                name: scored.name.clone(),
                dial,
                protection: measure(Metric::Protection),
                overload: measure(Metric::Overload),
                auc: measure(Metric::Auc),
                brier: measure(Metric::Brier),
            })
        })
        .collect();
    points.sort_by(|a, b| a.dial.total_cmp(&b.dial));
    points
}
