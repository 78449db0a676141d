//! What a cumulative model of an ordered outcome says, and its loss.

mod loss;

use amparo_models::artefact::OrderedRecord;
use amparo_models::probability::logit;

pub(super) use self::loss::CumulativeLoss;
use super::bound::Bound;
use super::newton::Search;
use crate::{Classed, Error, Noted};

/// The thresholds of a cumulative model: one score for each row, and where on it each class begins.
///
/// ```text
/// P(class k or above) = sigmoid(f - t[k])        f: what the answers add up to; t: thresholds, which ascend
/// score               = f - t[from]              log-odds of the outcome, the class `from` or above
/// ```
/// All classes share `f`, so the score is explained, proved, calibrated and blended like any other, and since thresholds ascend no class has a
/// probability below 0. The model says that an answer multiplies the odds of every class or above by the same number.
///
/// # References
/// McCullagh, "Regression models for ordinal data", Journal of the Royal Statistical Society B 42, 1980.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// One a class but the lowest, ascending.
    pub of_classes: Vec<f64>,
    /// Place of the lowest class that is the outcome among all classes, at least 1.
    pub from: usize,
}

impl Thresholds {
    /// Those of the weighted shares of the classes, for rows that all have `f` = 0.
    pub(super) fn of_shares(classed: &Classed) -> Self {
        let total: f64 = classed.weights.iter().sum();
        let share = |class: usize| {
            let rows = classed.codes.iter().zip(&classed.weights);
            rows.filter(|(code, _)| usize::from(**code) >= class).map(|(_, w)| w).sum::<f64>() / total
        };
        let of_classes = (1..classed.classes.len()).map(|class| -logit(share(class))).collect();
        Self { of_classes, from: classed.from }
    }

    /// The thresholds of least loss where `f` of each row is given; these are where the search begins.
    pub(super) fn refitted(&self, classed: &Classed, f: &[f64]) -> Result<Self, Error> {
        let loss = CumulativeLoss::given(classed, f);
        let n = self.of_classes.len();
        let search = Search {
            what: "thresholds of an ordered outcome",
            n_rows: f.len(),
            bounds: &vec![Bound::Free; n],
            n_unpenalised: n,
            l2: 0.0,
        };
        let found = search.minimise(&loss, self.of_classes.iter().map(|t| -t).collect())?;
        Ok(Self { of_classes: found.iter().map(|a| -a).collect(), from: self.from })
    }

    /// That of the class from which on it is the outcome.
    pub fn of_outcome(&self) -> f64 {
        self.of_classes[self.from - 1]
    }

    /// What a version says of them.
    pub(super) fn noted(&self, classed: &Classed) -> Noted {
        let Classed { codes, classes, from, n_unknown, .. } = classed;
        let each = classes[1..].iter().zip(&self.of_classes);
        let each = each.map(|(class, t)| format!("`{class}` {t:.6}")).collect::<Vec<_>>().join(", ");
        let note = format!(
            "The model was fitted on the {} rows whose class is known ({n_unknown} others were left out of the fit, and are judged and calibrated on \
             like all). Thresholds of the classes: {each}; the score is the sum over the answers less the threshold of `{}`",
            codes.len(),
            classes[*from]
        );
        Noted {
            notes: vec![note],
            ordered: Some(OrderedRecord {
                classes: classes.clone(),
                from: classes[*from].clone(),
                thresholds: self.of_classes.clone(),
                n_rows: codes.len() as u64,
                n_without_class: *n_unknown as u64,
            }),
            imported: None,
        }
    }
}
