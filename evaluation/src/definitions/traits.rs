//! How a metric behaves: what noise does to it, and which comparisons of it make sense.

use super::{Better, Metric};
use crate::metrics::{NOISE, Noise};

impl Metric {
    /// Whether it is computed on every resample. The others exist only between labels, or have an interval of their own.
    pub(crate) fn is_resampled(self) -> bool {
        !matches!(self, Self::EqualisedOdds | Self::FairnessPenalised | Self::CIndex)
    }

    /// Its place in a calibration profile, if it is there.
    pub(crate) fn profiled(self) -> Option<usize> {
        match self {
            Self::Ece => Some(0),
            Self::SmoothEce => Some(1),
            Self::Ici => Some(2),
            Self::E50 => Some(3),
            Self::E90 => Some(4),
            Self::Emax => Some(5),
            Self::BrierReliability => Some(6),
            Self::BrierResolution => Some(7),
            Self::BrierUncertainty => Some(8),
            _ => None,
        }
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

    /// Whether labels are compared by it. Left out is what only mirrors another metric, what is the truth's and not the version's, and what
    /// differs between labels by their base rates alone.
    pub(crate) fn is_compared(self) -> bool {
        let mirrors = matches!(self, Self::Specificity | Self::LogLoss | Self::E50 | Self::E90 | Self::Emax);
        let by_base_rate =
            matches!(self, Self::AveragePrecision | Self::BrierResolution | Self::BrierUncertainty);
        self.is_resampled() && !mirrors && !by_base_rate && self != Self::OracleAuc
    }

    /// What noise does to it.
    pub(crate) fn noise(self) -> Noise {
        self.profiled().map_or(Noise::Signed, |at| NOISE[at])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::NAMES;

    #[test]
    fn a_profile_holds_the_metrics_it_names() {
        let found: Vec<_> =
            Metric::ALL.iter().filter_map(|m| m.profiled().map(|at| (m.name(), NAMES[at]))).collect();
        assert_eq!(found.len(), NAMES.len());
        assert!(found.iter().all(|(metric, name)| metric == name), "{found:?}");
        assert_eq!((Metric::Ece.noise(), Metric::Recall.noise()), (Noise::Magnitude, Noise::Signed));
    }

    #[test]
    fn the_worst_is_by_what_is_better() {
        let values = [0.2, 0.9, 1.3];
        let worst = |metric: Metric| metric.worst(values.iter().copied());
        assert_eq!(worst(Metric::Recall), Some(0));
        assert_eq!(worst(Metric::FalsePositiveRate), Some(2));
        assert_eq!(worst(Metric::ObservedExpected), Some(0), "0.2 is farther from 1 than 1.3");
        assert_eq!(worst(Metric::BaseRate), None);
    }
}
