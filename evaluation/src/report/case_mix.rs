//! How the rows of a report differ from those that a version's model was fitted on.

use serde::{Deserialize, Serialize};

use crate::definitions::Text;
use crate::measure::Count;

/// The case mix of a cohort beside that of the cohort that a version's model was fitted on; of versions that are judged on other cases only.
///
/// The rows of the fit are not there any more: what is known of them are the sums that the version keeps. Shares are weighted, as in the fit and
/// in the rest of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseMix {
    /// The version's name.
    pub name: String,
    /// The rows that the model was fitted on.
    pub fitted: MixRows,
    /// The rows of this report.
    pub here: MixRows,
    /// The area under the ROC curve.
    pub auc: MixAuc,
    /// Where the scores of these rows lie among those of the fit; nothing where the version keeps no distribution.
    pub scores: Option<MixScores>,
    /// Rows here with an answer that the model has not learned, in an indicator that it was fitted on.
    pub with_unlearned: Count,
    /// The indicators, from the most different to the least by [`IndicatorMix::psi`].
    pub indicators: Vec<IndicatorMix>,
}

/// A set of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MixRows {
    /// Name of the cohort.
    pub cohort: String,
    /// Rows, unweighted.
    pub n: u64,
    /// Rows of them with the event; nothing where the version does not say.
    pub events: Option<u64>,
    /// First and last day of their assessments; nothing where no row has a day, or the version does not say.
    pub period: Option<[String; 2]>,
}

/// How well a version can be expected to rank these rows, beside what was declared of it and what is observed (`auc` of the version).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MixAuc {
    /// Declared when the version was trained, of rows of its own cohort that it had not seen; nothing where it declared none.
    pub declared: Option<f64>,
    /// The model-based concordance: what is expected of these rows if the version's probabilities are those of the event. Nothing where all
    /// probabilities are equal, or 0 or 1.
    pub expected: Option<f64>,
}

/// Where the scores of these rows lie among those of the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MixScores {
    /// The mean share of the fit's rows with a lower score than a row here, and half of those with the same: 0.5 if scores are spread alike.
    pub mean_percentile: f64,
    /// It is exact within this.
    pub resolution: f64,
    /// Share of these rows whose score is above that of 90 % of the fit's rows: 0.1 if scores are spread alike.
    pub above_ninth_decile: f64,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndicatorMix {
    /// Its id.
    pub indicator: String,
    /// What people read for it.
    pub label: Text,
    /// Whether the model was fitted without it, so that its answers add nothing.
    pub left_out: bool,
    /// Total variation: half of the sum of `|here - fitted|` over the answers, in [0, 1]; the share of the rows that would have to answer otherwise.
    pub total_variation: f64,
    /// Population stability index, at least 0.
    pub psi: f64,
    /// What the index of any indicator exceeds with a probability of 5 % if both sets of rows are drawn from one population; nothing where
    /// only one answer occurs.
    pub psi_by_chance: Option<f64>,
    /// Its answers, in the form's order; the pools of answers of an indicator whose answers were pooled.
    pub answers: Vec<AnswerMix>,
}

impl CaseMix {
    /// The same without what rests on 1 to `smallest_cell - 1` rows here: their number, and the share that they are.
    #[must_use]
    pub fn without_small_cells(mut self, smallest_cell: u64) -> Self {
        let told = |count: Count| match count {
            Count::Exact(count) => Count::new(count, smallest_cell),
            few @ Count::Few { .. } => few,
        };
        self.with_unlearned = told(self.with_unlearned);
        for answer in self.indicators.iter_mut().flat_map(|indicator| &mut indicator.answers) {
            answer.n = told(answer.n);
            if matches!(answer.n, Count::Few { .. }) {
                answer.here = None;
            }
        }
        self
    }
}

impl IndicatorMix {
    /// Whether the answers differ by more than chance explains.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.psi_by_chance.is_some_and(|limit| self.psi > limit)
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerMix {
    /// Its id; of a pool `pool-1` and so on, as the version has it.
    pub answer: String,
    /// What people read for it.
    pub label: Text,
    /// Whether the model has learned it.
    pub learned: bool,
    /// Weighted share of the fit's rows; nothing where too few rows stand behind it to be told.
    pub fitted: Option<f64>,
    /// Weighted share of the rows here; nothing where too few rows stand behind it to be told.
    pub here: Option<f64>,
    /// Rows here, unweighted.
    pub n: Count,
}
