//! The metrics by name, each with what its own file says of it.

use std::borrow::Cow;

use super::info::Info;
use super::{
    auc, average_precision, base_rate, brier, concordance, decision, ece, equalised_odds, fairness_penalised,
    false_positive_rate, in_lowest, level, log_loss, mean_probability, mean_score, observed_expected,
    predictive_value, probability_error, protection, recalibration, recall, selection_rate, smooth_curve,
    smooth_ece,
};
use crate::definitions::{Definition, Scope};

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $info:path,)+) => {
        /// A metric; each has a [`Definition`], or this does not compile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $($(#[$doc])* $variant,)+
        }

        impl Metric {
            /// Every metric, in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Everything about it.
            pub(crate) fn info(self) -> &'static Info {
                match self {
                    $(Self::$variant => &$info,)+
                }
            }
        }
    };
}

metrics! {
    /// Share of rows with the event.
    BaseRate = base_rate::BASE_RATE,
    /// Area under the ROC curve.
    Auc = auc::AUC,
    /// Area under the ROC curve of the true probability.
    OracleAuc = auc::ORACLE_AUC,
    /// Average precision.
    AveragePrecision = average_precision::AVERAGE_PRECISION,
    /// Concordance with the time to the event.
    CIndex = concordance::C_INDEX,
    /// Mean score.
    MeanScore = mean_score::MEAN_SCORE,
    /// Brier score.
    Brier = brier::BRIER,
    /// Logarithmic loss.
    LogLoss = log_loss::LOG_LOSS,
    /// Slope of logistic recalibration.
    CalibrationSlope = recalibration::SLOPE,
    /// Calibration in the large.
    CalibrationIntercept = recalibration::INTERCEPT,
    /// Observed over expected events.
    ObservedExpected = observed_expected::OBSERVED_EXPECTED,
    /// Expected calibration error.
    Ece = ece::ECE,
    /// Smooth calibration error.
    SmoothEce = smooth_ece::SMOOTH_ECE,
    /// Mean distance of the smooth calibration curve.
    Ici = smooth_curve::ICI,
    /// Median distance of the smooth calibration curve.
    E50 = smooth_curve::E50,
    /// Distance of the smooth calibration curve that nine in ten rows stay under.
    E90 = smooth_curve::E90,
    /// Largest distance of the smooth calibration curve.
    Emax = smooth_curve::EMAX,
    /// What miscalibration adds to the Brier score.
    BrierReliability = ece::BRIER_RELIABILITY,
    /// What telling cases apart takes from the Brier score.
    BrierResolution = ece::BRIER_RESOLUTION,
    /// The Brier score of the base rate.
    BrierUncertainty = ece::BRIER_UNCERTAINTY,
    /// Mean probability.
    MeanProbability = mean_probability::MEAN_PROBABILITY,
    /// Mean absolute error against the true probability.
    ProbabilityError = probability_error::PROBABILITY_ERROR,
    /// True-positive rate of "level or above".
    Recall = recall::RECALL,
    /// Share of the events below a level.
    FalseNegativeRate = recall::FALSE_NEGATIVE_RATE,
    /// False-positive rate of "level or above".
    FalsePositiveRate = false_positive_rate::FALSE_POSITIVE_RATE,
    /// True-negative rate of "level or above".
    Specificity = false_positive_rate::SPECIFICITY,
    /// Positive predictive value of "level or above".
    Ppv = predictive_value::PPV,
    /// Negative predictive value of "level or above".
    Npv = predictive_value::NPV,
    /// Share of rows at a level or above.
    SelectionRate = selection_rate::SELECTION_RATE,
    /// What acting from a level on is worth.
    NetBenefit = decision::NET_BENEFIT,
    /// Share of rows at a level.
    LevelShare = level::LEVEL_SHARE,
    /// Observed rate at a level.
    LevelRate = level::LEVEL_RATE,
    /// Share of the events that sit in the lowest level.
    EventsInLowest = in_lowest::EVENTS_IN_LOWEST,
    /// Share of the severe outcomes that sit in the lowest level.
    SevereInLowest = in_lowest::SEVERE_IN_LOWEST,
    /// Effective police protection.
    Protection = protection::PROTECTION,
    /// Overload of police resources.
    Overload = protection::OVERLOAD,
    /// The larger of the max-min differences of recall and false-positive rate; only between labels.
    EqualisedOdds = equalised_odds::EQUALISED_ODDS,
    /// Accuracy penalised for unequal false-positive rates; only between labels.
    FairnessPenalised = fairness_penalised::FAIRNESS_PENALISED,
}

impl Metric {
    /// What it means.
    #[must_use]
    pub fn definition(self) -> &'static Definition {
        &self.info().definition
    }

    /// Its name, the first part of a key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.definition().metric {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => "",
        }
    }

    /// What it belongs to.
    #[must_use]
    pub fn scope(self) -> Scope {
        self.definition().scope
    }
}

/// Every definition, in display order.
#[must_use]
pub fn definitions() -> Vec<Definition> {
    Metric::ALL.iter().map(|metric| metric.definition().clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::definitions::Better;
    use crate::metrics::info::Computation;
    use crate::metrics::{NAMES, Noise};

    #[test]
    fn every_metric_has_one_definition_with_direction_range_and_both_languages() {
        let definitions = definitions();
        assert_eq!(definitions.len(), Metric::ALL.len());
        let names: BTreeSet<_> = Metric::ALL.iter().map(|m| m.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
        for definition in &definitions {
            let texts = [
                &definition.metric,
                &definition.title.es,
                &definition.title.en,
                &definition.formula,
                &definition.range,
                &definition.reading.es,
                &definition.reading.en,
                &definition.reference,
            ];
            assert!(texts.iter().all(|t| !t.is_empty()), "{}", definition.metric);
            assert!(definition.title.es != definition.title.en, "{}", definition.metric);
            assert!(definition.reading.es != definition.reading.en, "{}", definition.metric);
            assert!(!definition.metric.contains('@'));
        }
        let better = |metric: Metric| metric.definition().better;
        assert_eq!((better(Metric::Auc), better(Metric::Brier)), (Better::Higher, Better::Lower));
        assert_eq!(better(Metric::CalibrationSlope), Better::NearOne);
    }

    #[test]
    fn definitions_survive_json() {
        let json = serde_json::to_string(&definitions()).unwrap_or_default();
        let back: Vec<Definition> = serde_json::from_str(&json).unwrap_or_default();
        assert_eq!(back, definitions());
    }

    #[test]
    fn a_profile_holds_the_metrics_it_names() {
        let profiled = |metric: &Metric| match metric.info().computation {
            Computation::Profile(at) => Some((metric.name(), NAMES[at])),
            _ => None,
        };
        let found: Vec<_> = Metric::ALL.iter().filter_map(profiled).collect();
        assert_eq!(found.len(), NAMES.len());
        assert!(found.iter().all(|(metric, name)| metric == name), "{found:?}");
        let noise = |metric: Metric| metric.info().noise();
        assert_eq!((noise(Metric::Ece), noise(Metric::Recall)), (Noise::Magnitude, Noise::Signed));
    }
}
