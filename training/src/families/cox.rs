//! Cox's proportional hazards on answers.

use std::sync::Arc;

use amparo_datasets::Outcome;
use amparo_models::Scorer;
use serde::{Deserialize, Serialize};

use self::partial::PartialLikelihood;
use super::columns::Columns;
use super::newton::{Search, check_l2};
use super::{Family, Hazards};
use crate::{Error, Fit, Followed, Learn, Noted, TrainingSet, follow_up};

mod partial;

/// Cox's proportional hazards.
pub const FAMILY: Family = Family {
    name: "cox",
    read: |settings| Ok(Arc::new(CoxFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How the hazard ratios are fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `l2` | above 0 | ridge penalty per unit of squared step, against a total weight of one per row |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoxParams {
    /// Ridge penalty.
    pub l2: f64,
}

/// Checked [`CoxParams`] with the indicators whose direction is not enforced.
///
/// Every row is followed to its event, to the horizon, or until it is censored, whatever comes first. Each known answer multiplies the hazard by
/// a step against the answer before it; `unknown` has a ratio of its own. In steps and weights `d`, with the rows at risk `R(t)` on a day, the `m` rows
/// `D(t)` with the event on it, and their mean weight `v`:
///
/// ```text
/// minimise  sum_t ( v sum_{l<m} ln(sum_R w e^lp - l/m sum_D w e^lp) - sum_D w lp ) + l2/2 sum d^2        weights w with mean 1
/// subject to d >= 0 for risk, d <= 0 for protective indicators (unless declared not monotone)
/// H = sum_t v sum_{l<m} 1 / (sum_R w e^lp - l/m sum_D w e^lp)         cumulative hazard by the horizon with the first answer to everything
/// ```
/// Ties are Efron's, in the partial likelihood and in the baseline hazard alike, as in R's `coxph` and its `survfit`. The weights are
/// sampling weights: censored rows are at risk themselves, and nothing has to make up for them.
///
/// [`Hazards`] says how the ratios become a score.
///
/// DIFFERENCE: lifelines and scikit-survival give the baseline hazard by Breslow's formula, which takes no account of ties.
///
/// # Errors
/// [`Error::NotFollowed`]; [`Error::NotConverged`].
///
/// # References
/// - Cox, "Regression models and life-tables", Journal of the Royal Statistical Society B 34, 1972.
/// - Efron, "The efficiency of Cox's likelihood function for censored data", JASA 72, 1977.
/// - Therneau and Grambsch, "Modeling survival data: extending the Cox model", 2000, section 3.3 (ties, with weights).
#[derive(Debug, Clone, PartialEq)]
pub struct CoxFit {
    l2: f64,
    exempt: Vec<String>,
}

impl CoxFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &CoxParams, exempt: &[String]) -> Result<Self, Error> {
        check_l2(params.l2)?;
        Ok(Self { l2: params.l2, exempt: exempt.to_vec() })
    }

    fn hazards(&self, followed: &Followed) -> Result<Hazards, Error> {
        let columns = Columns::of_form(followed.answers.instrument(), &self.exempt);
        // A hazard has no intercept: the baseline takes its place.
        let rows: Vec<Vec<usize>> =
            followed.answers.rows().map(|row| columns.of_row(row).map(|k| k - 1).collect()).collect();
        let bounds = &columns.bounds[1..];
        let likelihood = PartialLikelihood::new(&rows, followed);
        let what = "Cox's regression";
        let search = Search { what, n_rows: rows.len(), bounds, n_unpenalised: 0, l2: self.l2 };
        let steps = search.minimise(&likelihood, vec![0.0; bounds.len()])?;
        let cumulative = likelihood.cumulative_hazard(&steps);
        let tables = columns.tables(&[&[0.0], steps.as_slice()].concat());
        Ok(Hazards::new(tables, libm::log(cumulative), followed))
    }
}

impl Fit for CoxFit {
    type Model = Hazards;

    fn fit(&self, set: &TrainingSet) -> Result<Hazards, Error> {
        self.hazards(&set.followed()?)
    }
}

impl Learn for CoxFit {
    fn check_outcome(&self, outcome: &Outcome) -> Result<(), Error> {
        follow_up::known(outcome).map(drop)
    }

    fn follows(&self) -> bool {
        true
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(self.fit(set)?.scorer(FAMILY.name)?)
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let followed = set.followed()?;
        let hazards = self.hazards(&followed)?;
        Ok((hazards.scorer(FAMILY.name)?, hazards.notes(&followed).into()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
