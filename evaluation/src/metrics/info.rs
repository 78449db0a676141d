//! What has to be said of a metric, so that no part of the crate has to ask which metric it is.
//!
//! Every field is filled in the metric's own file; a metric that leaves one out does not compile.

use super::label_sums::{LabelSums, Term};
use super::profile::{NOISE, Noise};
use crate::definitions::Definition;
use crate::reason::{Reason, SmallCell};

/// Everything about a metric.
pub(crate) struct Info {
    /// What it means: name, direction, range, words in both languages.
    pub(crate) definition: Definition,
    /// How it is computed.
    pub(crate) computation: Computation,
    /// What it needs besides outcomes and weights.
    pub(crate) needs: Needs,
    /// The rows that it is a mean or a share of.
    pub(crate) basis: Basis,
    /// Unweighted counts that stand behind it at a level: it is hidden when one of them is above 0 and below the smallest cell.
    pub(crate) cells: fn(&LabelSums<'_>, usize) -> [f64; 2],
    /// Why it has no value where the rows are there.
    pub(crate) undefined: Reason,
    /// Which comparisons of it make sense.
    pub(crate) comparison: Comparison,
}

/// How a metric is computed.
pub(crate) enum Computation {
    /// From sums over the rows, at a level.
    Sums {
        /// The terms that it needs.
        terms: &'static [Term],
        /// The metric; `None` when its denominator is 0, or a sum is infinite or not there.
        ratio: fn(&LabelSums<'_>, usize) -> Option<f64>,
    },
    /// By the ranks of the score.
    Area,
    /// By the ranks of the true probability.
    AreaOfTruth,
    /// By the ranks of the score, from the highest.
    AveragePrecision,
    /// The slope of recalibration.
    Slope,
    /// The intercept of recalibration with slope 1.
    Intercept,
    /// A place in the calibration profile.
    Profile(usize),
    /// From follow-up, on rows and with an interval of its own.
    FollowUp,
    /// From the values of the labels of a group column; it does not exist within a label.
    BetweenLabels,
}

/// What a metric needs besides outcomes and weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing; a metric of levels is computed where there are levels.
    Nothing,
    /// Probabilities.
    Probability,
    /// The true probability of a synthetic cohort.
    Truth,
    /// Probabilities, and the true ones.
    ProbabilityAndTruth,
    /// Probabilities, and a level that begins strictly within (0, 1).
    Threshold,
    /// Levels.
    Levels,
    /// Levels, and a graver outcome.
    SevereOutcome,
}

/// The rows that a metric is a mean or a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// All rows.
    Everyone,
    /// All rows, of which there must be enough with and without the event.
    BothOutcomes,
    /// Rows with the event.
    Events,
    /// Rows without the event.
    Others,
    /// Rows with a severe outcome.
    Severe,
    /// Rows at the level or above.
    AtOrAbove,
    /// Rows below the level.
    Below,
    /// Rows exactly at the level.
    AtLevel,
}

/// Which comparisons of a metric make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Whether it is a share of something, so that a margin in percentage points means the same everywhere.
    pub(crate) is_share: bool,
    /// Whether a ratio of two of its values means something: it has a zero, is never negative, and noise does not only add to it.
    pub(crate) has_ratio: bool,
    /// Whether labels are compared by it. Left out is what only mirrors another metric, what is the truth's and not the version's, and
    /// what differs between labels by their base rates alone.
    pub(crate) between_labels: bool,
    /// Which versions are compared by it.
    pub(crate) between_versions: Versions,
}

/// Which versions are compared by a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// All.
    All,
    /// Those whose scores are on the same scale: a raw value and log-odds have no difference.
    SameKind,
    /// None: it does not depend on the version.
    Never,
}

impl Comparison {
    /// A share of something.
    pub(crate) const SHARE: Self =
        Self { is_share: true, has_ratio: true, between_labels: true, between_versions: Versions::All };
    /// No share, but a number whose ratios mean something.
    pub(crate) const RATIO: Self = Self { is_share: false, ..Self::SHARE };
    /// A number whose ratios mean nothing.
    pub(crate) const NUMBER: Self = Self { has_ratio: false, ..Self::RATIO };
}

impl Info {
    /// Whether it is computed on every resample. The others exist only between labels, or have an interval of their own.
    pub(crate) fn is_resampled(&self) -> bool {
        match self.computation {
            Computation::BetweenLabels | Computation::FollowUp => false,
            Computation::Sums { .. }
            | Computation::Area
            | Computation::AreaOfTruth
            | Computation::AveragePrecision
            | Computation::Slope
            | Computation::Intercept
            | Computation::Profile(_) => true,
        }
    }

    /// What noise does to it.
    pub(crate) fn noise(&self) -> Noise {
        match self.computation {
            Computation::Profile(at) => NOISE[at],
            Computation::Sums { .. }
            | Computation::Area
            | Computation::AreaOfTruth
            | Computation::AveragePrecision
            | Computation::Slope
            | Computation::Intercept
            | Computation::FollowUp
            | Computation::BetweenLabels => Noise::Signed,
        }
    }

    /// The terms that it needs summed.
    pub(crate) fn terms(&self) -> &'static [Term] {
        if let Computation::Sums { terms, .. } = self.computation { terms } else { &[] }
    }
}

impl Basis {
    /// The rows, without and with the event (the severe outcome, where it is about that).
    pub(crate) fn rows(self, sums: &LabelSums<'_>, level: usize) -> [f64; 2] {
        let [others, events] = sums.outcomes();
        match self {
            Self::Everyone | Self::BothOutcomes => [others, events],
            Self::Events => [0.0, events],
            Self::Others => [others, 0.0],
            Self::Severe => [0.0, sums.severe()],
            Self::AtOrAbove => sums.at_or_above(level),
            Self::Below => sums.below(level),
            Self::AtLevel => sums.level(level),
        }
    }

    /// What must not be few besides all rows and all events, with its count.
    pub(crate) fn denominator(self, sums: &LabelSums<'_>, level: usize) -> Option<(f64, SmallCell)> {
        let [without, with] = self.rows(sums, level);
        match self {
            Self::Everyone | Self::Events => None,
            Self::BothOutcomes | Self::Others => Some((without, SmallCell::RowsWithoutEvent)),
            Self::Severe => Some((with, SmallCell::SevereOutcomes)),
            Self::AtOrAbove => Some((without + with, SmallCell::RowsAtLevelOrAbove)),
            Self::Below => Some((without + with, SmallCell::RowsBelowLevel)),
            Self::AtLevel => Some((without + with, SmallCell::RowsAtLevel)),
        }
    }
}

/// Nothing stands behind a metric but its basis.
pub(crate) fn no_cells(_sums: &LabelSums<'_>, _level: usize) -> [f64; 2] {
    [0.0; 2]
}
