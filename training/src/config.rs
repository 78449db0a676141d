//! An experiment as a file: what is fitted, on what, and how it is held back.

mod calibration;
pub(crate) mod check;
mod former;
mod optimism;
mod tuning;

use std::collections::BTreeMap;
use std::path::PathBuf;

use amparo_datasets::Text;
use amparo_datasets::split::{Method as SplitMethod, SharedCases, Temporal};
use amparo_models::artefact::FoldsBy;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::families::points::PointsParams;
pub use optimism::OptimismParams;
pub use tuning::{Criterion, Rule, Search, TuningParams};

pub use calibration::Calibration;

/// How rows are held back from fitting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Holdout {
    /// Three parts: fit, calibrate, test. For large cohorts.
    Split {
        /// At random within outcomes, by date, or by the table's own split.
        method: SplitMethod,
        /// Share of cases to fit on.
        fit: f64,
        /// Share of cases to calibrate on; the rest is the test part.
        calibrate: f64,
        /// First day of the test part and the gap before it, for `temporal`.
        #[serde(default, skip_serializing_if = "Temporal::is_default")]
        temporal: Temporal,
        /// What becomes of cases on both sides of the table's own split, for `column`.
        #[serde(default, skip_serializing_if = "SharedCases::is_default")]
        shared_cases: SharedCases,
    },
    /// Every row is scored by models that did not see its case, several times over. For small cohorts.
    ///
    /// The published version is fitted on all rows and calibrated on cross-fitted scores.
    CrossFit {
        /// Parts the cases are divided in, at least 2.
        folds: usize,
        /// Times the whole is repeated with another division, at least 1.
        repeats: usize,
        /// Whether cases are dealt to the folds, or the table's own folds are taken, once.
        #[serde(default, skip_serializing_if = "FoldsBy::is_default")]
        by: FoldsBy,
        /// What becomes of cases in more than one of the table's own folds, for `column`.
        #[serde(default, skip_serializing_if = "SharedCases::is_default")]
        shared_cases: SharedCases,
    },
}

/// One model to fit and publish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateParams {
    /// Name under which it is published, and by which a hybrid refers to it.
    pub name: String,
    /// Its family: the name of one of [`crate::families::FAMILIES`], or of [`crate::contenders`] for one that is only compared.
    pub family: String,
    /// Whether `amparo tune` compares it with the others and nothing more: it is never published, and no hybrid holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compare_only: bool,
    /// Indicators whose declared direction this candidate need not keep, nor a version that contains it, beside those of the experiment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_monotone: Vec<String>,
    /// The values of parameters that `amparo tune` tries, by parameter. A fit takes the value that stands among the parameters.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub search: toml::Table,
    /// All other fields: the parameters, which the family reads.
    #[serde(flatten)]
    pub parameters: toml::Table,
}

/// Blends of two candidates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HybridParams {
    /// Name of the candidate at dial 0; it must be of family `points` or `optimal_points`, because a version stores a baseline as points.
    pub baseline: String,
    /// Name of the candidate at dial 1, of any family but these.
    pub candidate: String,
    /// Dials to publish, each in (0, 1); may be left out with `stacked = true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dials: Option<Vec<f64>>,
    /// Whether the dial of least cross-fitted log loss is published, after the others. That is stacking with weights that are not negative.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stacked: bool,
    /// Why the level of these blends is never below the one that the baseline alone gives; left out, it may be. It is said in both
    /// languages wherever it raises a level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_below_baseline: Option<Text>,
}

/// Where the config puts a blend on its dial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Position {
    /// At this dial.
    At(f64),
    /// Where the cross-fitted log loss is least.
    Stacked,
}

impl HybridParams {
    /// The positions that are published, in their order.
    pub(crate) fn positions(&self) -> impl Iterator<Item = Position> {
        let dials = self.dials.iter().flatten().map(|&dial| Position::At(dial));
        dials.chain(self.stacked.then_some(Position::Stacked))
    }
}

/// The lethality model: the risk of a lethal assault, fitted as points on a case-control sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LethalityParams {
    /// Outcome of the lethality cohort.
    pub outcome: String,
    /// How its points are made.
    pub points: PointsParams,
}

/// The file as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Model name under which versions are published.
    pub name: String,
    /// Instrument: built-in id, or a path that starts at the folder of the config.
    pub instrument: String,
    /// Protocol: built-in id, or a path that starts at the folder of the config.
    pub protocol: String,
    /// Outcome to learn.
    pub outcome: String,
    /// Seed of every random choice.
    pub seed: u64,
    /// Indicators whose declared direction no candidate need keep, with the reason in the file's comments; see also
    /// [`CandidateParams::not_monotone`].
    #[serde(default)]
    pub not_monotone: Vec<String>,
    /// Indicators of the form that nothing is fitted on: no answer to them adds anything.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// Indicators that may tell the outcome, each with the reason why it is fitted on all the same; see [`crate::leak`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accept_leak: BTreeMap<String, String>,
    /// Rows of a fit that must have an answer for it to count as learned, at least 1; with fewer it gets the average effect of
    /// the learned answers to the same question. Rows of unequal weights count as fewer. See [`amparo_models::learned`].
    pub least_rows: u64,
    /// How rows are held back.
    pub holdout: Holdout,
    /// Folds of the inner cross-fitting that compares dials (and calibrates, without a calibrate part).
    pub inner_folds: usize,
    /// Which calibrator, or which of several.
    pub calibration: Calibration,
    /// The models to fit, in the order in which they are published.
    #[serde(default)]
    pub candidate: Vec<CandidateParams>,
    /// Those of the list that say `compare_only`, in their order; they are no longer in [`Self::candidate`].
    #[serde(skip)]
    pub compared_only: Vec<CandidateParams>,
    /// The file that it was read from, where relative paths start; nothing for a text.
    #[serde(skip)]
    pub(crate) file: Option<PathBuf>,
    /// Blends of them, published after them.
    #[serde(default)]
    pub hybrid: Vec<HybridParams>,
    /// The lethality model, if wanted.
    pub lethality: Option<LethalityParams>,
    /// How often the experiment is fitted to resamples, to say by how much its numbers are overstated; left out, it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimism: Option<OptimismParams>,
    /// How `amparo tune` compares the candidates and chooses their parameters, if it may. No fit depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning: Option<TuningParams>,
}

impl Config {
    /// Reads a config; whether it holds together is not checked yet.
    ///
    /// # Errors
    /// [`Error::FormerConfig`] if its candidates are not a list; [`Error::Config`] with the first key that is unknown,
    /// missing or of another type.
    pub(crate) fn from_toml(text: &str) -> Result<Self, Error> {
        let refused = |e: toml::de::Error| Error::config("config", e.to_string().trim_end());
        if let Some(sections) = former::sections(&text.parse().map_err(refused)?) {
            return Err(Error::FormerConfig { sections });
        }
        let mut config: Self = toml::from_str(text).map_err(refused)?;
        (config.compared_only, config.candidate) = config.candidate.into_iter().partition(|c| c.compare_only);
        Ok(config)
    }

    /// Names of all that is published: the candidates, then the blends.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let blends = self.hybrid.iter().flat_map(|h| h.positions().map(|at| hybrid_name(&h.candidate, at)));
        self.candidate.iter().map(|c| c.name.clone()).chain(blends)
    }
}

/// `hybrid-boosted-0.25`, or `hybrid-boosted-stacked`.
pub(crate) fn hybrid_name(candidate: &str, position: Position) -> String {
    match position {
        Position::At(dial) => format!("hybrid-{candidate}-{dial}"),
        Position::Stacked => format!("hybrid-{candidate}-stacked"),
    }
}
