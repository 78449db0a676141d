//! What each metric means: the one table that names, explains and orders them.

mod acting;
mod calibration;
mod discrimination;
mod fairness;
mod levels;
mod protection;
mod ranking;
mod smooth;
mod traits;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A sentence in both languages of the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Spanish.
    pub es: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A name that is the same in every language.
    pub fn same(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        Self { es: name.clone(), en: name }
    }
}

/// Which values of a metric are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The higher the better.
    Higher,
    /// The lower the better.
    Lower,
    /// The nearer to 0 the better.
    NearZero,
    /// The nearer to 1 the better.
    NearOne,
    /// It describes; neither direction is better.
    Neither,
}

/// What a metric belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All rows: key `metric`.
    Whole,
    /// Each threshold "level or above", the lowest level left out: key `metric@level`.
    Threshold,
    /// Each level exactly: key `metric@level`.
    Level,
}

/// What a metric means, for the report's glossary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name, the first part of a key.
    pub metric: Cow<'static, str>,
    /// What it belongs to.
    pub scope: Scope,
    /// Short title.
    pub title: Text,
    /// Formula; `w` weight, `y` outcome (0 or 1), `p` probability, `s` score, `l` level.
    pub formula: Cow<'static, str>,
    /// Range of values.
    pub range: Cow<'static, str>,
    /// Which values are good.
    pub better: Better,
    /// How to read a value, for someone who is no statistician.
    pub reading: Text,
    /// Author, title, year.
    pub reference: Cow<'static, str>,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $definition:path,)+) => {
        /// A metric; each has a [`Definition`], or this does not compile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $($(#[$doc])* $variant,)+
        }

        impl Metric {
            /// Every metric, in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// What it means.
            #[must_use]
            pub fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$variant => &$definition,)+
                }
            }
        }
    };
}

metrics! {
    /// Share of rows with the event.
    BaseRate = calibration::BASE_RATE,
    /// Area under the ROC curve.
    Auc = discrimination::AUC,
    /// Area under the ROC curve of the true probability.
    OracleAuc = discrimination::ORACLE_AUC,
    /// Average precision.
    AveragePrecision = ranking::AVERAGE_PRECISION,
    /// Concordance with the time to the event.
    CIndex = ranking::C_INDEX,
    /// Mean score.
    MeanScore = discrimination::MEAN_SCORE,
    /// Brier score.
    Brier = calibration::BRIER,
    /// Logarithmic loss.
    LogLoss = calibration::LOG_LOSS,
    /// Slope of logistic recalibration.
    CalibrationSlope = calibration::SLOPE,
    /// Calibration in the large.
    CalibrationIntercept = calibration::INTERCEPT,
    /// Observed over expected events.
    ObservedExpected = calibration::OBSERVED_EXPECTED,
    /// Expected calibration error.
    Ece = smooth::ECE,
    /// Smooth calibration error.
    SmoothEce = smooth::SMOOTH_ECE,
    /// Mean distance of the smooth calibration curve.
    Ici = smooth::ICI,
    /// Median distance of the smooth calibration curve.
    E50 = smooth::E50,
    /// Distance of the smooth calibration curve that nine in ten rows stay under.
    E90 = smooth::E90,
    /// Largest distance of the smooth calibration curve.
    Emax = smooth::EMAX,
    /// What miscalibration adds to the Brier score.
    BrierReliability = smooth::BRIER_RELIABILITY,
    /// What telling cases apart takes from the Brier score.
    BrierResolution = smooth::BRIER_RESOLUTION,
    /// The Brier score of the base rate.
    BrierUncertainty = smooth::BRIER_UNCERTAINTY,
    /// Mean probability.
    MeanProbability = calibration::MEAN_PROBABILITY,
    /// Mean absolute error against the true probability.
    ProbabilityError = calibration::PROBABILITY_ERROR,
    /// True-positive rate of "level or above".
    Recall = levels::RECALL,
    /// Share of the events below a level.
    FalseNegativeRate = acting::FALSE_NEGATIVE_RATE,
    /// False-positive rate of "level or above".
    FalsePositiveRate = levels::FALSE_POSITIVE_RATE,
    /// True-negative rate of "level or above".
    Specificity = levels::SPECIFICITY,
    /// Positive predictive value of "level or above".
    Ppv = levels::PPV,
    /// Negative predictive value of "level or above".
    Npv = levels::NPV,
    /// Share of rows at a level or above.
    SelectionRate = acting::SELECTION_RATE,
    /// What acting from a level on is worth.
    NetBenefit = acting::NET_BENEFIT,
    /// Share of rows at a level.
    LevelShare = levels::LEVEL_SHARE,
    /// Observed rate at a level.
    LevelRate = levels::LEVEL_RATE,
    /// Share of the events that sit in the lowest level.
    EventsInLowest = levels::EVENTS_IN_LOWEST,
    /// Share of the severe outcomes that sit in the lowest level.
    SevereInLowest = acting::SEVERE_IN_LOWEST,
    /// Effective police protection.
    Protection = protection::PROTECTION,
    /// Overload of police resources.
    Overload = protection::OVERLOAD,
    /// The larger of the spreads of recall and false-positive rate; only between labels.
    EqualisedOdds = fairness::EQUALISED_ODDS,
    /// Accuracy penalised for unequal false-positive rates; only between labels.
    FairnessPenalised = fairness::FAIRNESS_PENALISED,
}

impl Metric {
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

/// A constant [`Text`].
const fn text(es: &'static str, en: &'static str) -> Text {
    Text { es: Cow::Borrowed(es), en: Cow::Borrowed(en) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_text_is_filled() {
        let names: BTreeSet<_> = Metric::ALL.iter().map(|m| m.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
        for definition in definitions() {
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
            assert!(!definition.metric.contains('@'));
        }
    }

    #[test]
    fn definitions_survive_json() {
        let json = serde_json::to_string(&definitions()).unwrap_or_default();
        let back: Vec<Definition> = serde_json::from_str(&json).unwrap_or_default();
        assert_eq!(back, definitions());
    }
}
