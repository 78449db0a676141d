//! Proportional odds of the classes of an ordered outcome.

use std::sync::Arc;

use amparo_datasets::Outcome;
use amparo_models::{Additive, Candidate, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::bound::Bound;
use super::columns::Columns;
use super::cumulative::{CumulativeLoss, Thresholds};
use super::newton::{Search, check_l2};
use crate::{Classed, Error, Fit, Learn, Noted, TrainingSet, classed};

/// Proportional odds.
pub const FAMILY: Family = Family {
    name: "proportional_odds",
    read: |settings| Ok(Arc::new(ProportionalOddsFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How proportional odds are fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `l2` | above 0 | ridge penalty per unit of squared step, against a total weight of one per row |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProportionalOddsParams {
    /// Ridge penalty.
    pub l2: f64,
}

/// Checked [`ProportionalOddsParams`] with the indicators whose direction is not enforced.
///
/// ```text
/// P(class k or above) = sigmoid(f - t[k])
/// f        = sum over indicators of w[j][answer], in steps as those of `logistic`
/// minimise  - sum_i w_i ln P(class of i) + l2/2 * (sum of squared steps)       weights w_i with mean 1; rows whose class is known
/// subject to steps >= 0 for risk, <= 0 for protective indicators (unless declared not monotone); t ascends
/// ```
/// Thresholds are not penalised. With two classes this is the `logistic` family.
///
/// # Errors
/// [`Error::NotOrdered`]; [`Error::NoRowOfClass`]; [`Error::NotConverged`].
///
/// # References
/// McCullagh, "Regression models for ordinal data", Journal of the Royal Statistical Society B 42, 1980.
#[derive(Debug, Clone, PartialEq)]
pub struct ProportionalOddsFit {
    l2: f64,
    exempt: Vec<String>,
}

/// What each answer adds to the sum that all classes share, and where on it each class begins.
#[derive(Debug, Clone, PartialEq)]
pub struct ProportionalOdds {
    /// By indicator and answer; the first answer adds 0.
    pub weights: Vec<Vec<f64>>,
    /// Where each class begins.
    pub thresholds: Thresholds,
}

impl ProportionalOdds {
    /// The log-odds of the outcome, as a sum of one number an answer.
    pub fn additive(&self) -> Additive {
        Additive { intercept: -self.thresholds.of_outcome(), weights: self.weights.clone() }
    }

    fn scorer(&self) -> Result<Scorer, Error> {
        Ok(Candidate::additive(FAMILY.name, self.additive())?.into())
    }
}

impl ProportionalOddsFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &ProportionalOddsParams, exempt: &[String]) -> Result<Self, Error> {
        check_l2(params.l2)?;
        Ok(Self { l2: params.l2, exempt: exempt.to_vec() })
    }

    fn odds(&self, classed: &Classed) -> Result<ProportionalOdds, Error> {
        let (answers, n) = (classed.set.answers(), classed.classes.len() - 1);
        let columns = Columns::of_form(answers.instrument(), &self.exempt);
        // The thresholds stand where a regression has its intercept.
        let rows = answers.rows().map(|row| columns.of_row(row).map(|k| n + k - 1).collect()).collect();
        let bounds = [vec![Bound::Free; n], columns.bounds[1..].to_vec()].concat();
        let start = Thresholds::of_shares(classed);
        let mut at: Vec<f64> = start.of_classes.iter().map(|t| -t).collect();
        at.resize(bounds.len(), 0.0);
        let search = Search {
            what: "proportional odds",
            n_rows: classed.codes.len(),
            bounds: &bounds,
            n_unpenalised: n,
            l2: self.l2,
        };
        let fitted = search.minimise(&CumulativeLoss::of_columns(classed, rows), at)?;
        let (thresholds, steps) = fitted.split_at(n);
        Ok(ProportionalOdds {
            weights: columns.tables(&[&[0.0], steps].concat()),
            thresholds: Thresholds { of_classes: thresholds.iter().map(|a| -a).collect(), ..start },
        })
    }
}

impl Fit for ProportionalOddsFit {
    type Model = ProportionalOdds;

    fn fit(&self, set: &TrainingSet) -> Result<ProportionalOdds, Error> {
        self.odds(&set.classed()?)
    }
}

impl Learn for ProportionalOddsFit {
    fn check_outcome(&self, outcome: &Outcome) -> Result<(), Error> {
        classed::known(outcome).map(drop)
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        self.fit(set)?.scorer()
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let classed = set.classed()?;
        let odds = self.odds(&classed)?;
        Ok((odds.scorer()?, odds.thresholds.noted(&classed)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
