//! How a metric behaves: what noise does to it, and which comparisons of it make sense.

use super::{Better, Metric};

/// What noise does to an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noise {
    /// It moves either way: percentile intervals.
    Signed,
    /// It only adds, for the metric is a seminorm of signed deviations: intervals by the seminorm of the noise.
    Magnitude,
    /// It only adds, for the metric is the square of such a seminorm.
    Square,
}

impl Metric {
    /// Whether it exists only between the labels of a group column.
    pub(crate) fn is_between_labels(self) -> bool {
        matches!(self, Self::EqualisedOdds | Self::FairnessPenalised)
    }

    /// Whether it is a share of something, so that a margin in points of percentage means the same everywhere.
    pub(crate) fn is_share(self) -> bool {
        matches!(
            self,
            Self::BaseRate
                | Self::MeanProbability
                | Self::Recall
                | Self::FalseNegativeRate
                | Self::FalsePositiveRate
                | Self::Specificity
                | Self::Ppv
                | Self::Npv
                | Self::SelectionRate
                | Self::LevelShare
                | Self::LevelRate
                | Self::EventsInLowest
                | Self::SevereInLowest
                | Self::Protection
                | Self::Overload
        )
    }

    /// Whether a ratio of two of its values means something: it has a zero, is never negative, and noise does not only add to it.
    pub(crate) fn has_ratio(self) -> bool {
        self.is_share() || matches!(self, Self::Auc | Self::Brier | Self::LogLoss | Self::ObservedExpected)
    }

    /// Whether labels are compared by it. What only mirrors another metric is left out, and what is the truth's, not the version's.
    pub(crate) fn is_compared(self) -> bool {
        !self.is_between_labels() && !matches!(self, Self::OracleAuc | Self::Specificity | Self::LogLoss)
    }

    /// What noise does to it.
    pub(crate) fn noise(self) -> Noise {
        Noise::Signed
    }

    /// The position of the worst of some values; `None` without values, or when neither direction is better.
    pub(crate) fn worst(self, values: impl Iterator<Item = f64>) -> Option<usize> {
        let badness = |value: f64| match self.definition().better {
            Better::Higher => Some(-value),
            Better::Lower => Some(value),
            Better::NearZero => Some(value.abs()),
            Better::NearOne => Some((value - 1.0).abs()),
            Better::Neither => None,
        };
        let values: Option<Vec<f64>> = values.map(badness).collect();
        values?.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at)
    }
}
