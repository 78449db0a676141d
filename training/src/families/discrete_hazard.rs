//! Hazards in discrete time on answers.

use std::sync::Arc;

use amparo_datasets::Outcome;
use amparo_models::Scorer;

pub use self::intervals::Intervals;
use self::intervals::Timeline;
use self::loss::PersonPeriods;
use super::bound::Bound;
use super::columns::Columns;
use super::newton::{Search, check_l2};
use super::{Family, Hazards};
use crate::{Error, Fit, Followed, Learn, Noted, TrainingSet, follow_up};
use serde::{Deserialize, Serialize};

mod intervals;
mod loss;

/// Hazards in discrete time.
pub const FAMILY: Family = Family {
    name: "discrete_hazard",
    read: |settings| Ok(Arc::new(DiscreteHazardFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How hazards in discrete time are fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `l2` | above 0 | ridge penalty per unit of squared step, against a total weight of one per row |
/// | `intervals` | see [`Intervals`] | the intervals, each with a baseline of its own |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscreteHazardParams {
    /// Ridge penalty.
    pub l2: f64,
    /// The intervals.
    pub intervals: Intervals,
}

/// Checked [`DiscreteHazardParams`] with the indicators whose direction is not enforced.
///
/// A row gives one observation for each interval that it lives through, and one for that of its event: its *person-periods*. Their regression has the
/// complementary log-log link, with a baseline `a` an interval, and answers as in [`CoxFit`](super::cox::CoxFit):
///
/// ```text
/// P(event in interval k | none before) = 1 - exp(-exp(a[k] + lp))
/// minimise  sum over person-periods of w (y ? -ln(1 - exp(-exp(a[k] + lp))) : exp(a[k] + lp)) + l2/2 sum d^2        weights w with mean 1 a row
/// subject to d >= 0 for risk, d <= 0 for protective indicators (unless declared not monotone)
/// H = sum_k exp(a[k])         cumulative hazard by the horizon with the first answer to everything
/// ```
/// This is the proportional-hazards model of which only the interval of each event is known, so that the ratios do not hang on the choice of
/// intervals, and it is the one link under which the risk by the horizon is again a sum over answers, see [`Hazards`]. Baselines are not penalised.
/// A row that is censored inside an interval has lived through it if it was followed for at least half of it (Gensheimer and Narasimhan).
///
/// DIFFERENCE: person-period regressions often have the logit link. Its hazard odds are proportional instead, and the risk by the horizon
/// is a sum over answers on no scale.
///
/// # Errors
/// [`Error::NotFollowed`]; [`Error::Config`] if an interval has no event; [`Error::NotConverged`].
///
/// # References
/// - Prentice and Gloeckler, "Regression analysis of grouped survival data with application to breast cancer data", Biometrics 34, 1978.
/// - Singer and Willett, "It's about time: using discrete-time survival analysis", Journal of Educational Statistics 18, 1993.
/// - Gensheimer and Narasimhan, "A scalable discrete-time survival model for neural networks", PeerJ 7, 2019 (half an interval).
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteHazardFit {
    params: DiscreteHazardParams,
    exempt: Vec<String>,
}

/// Hazards in discrete time: [`Hazards`], and when its intervals end.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteHazards {
    /// Ratios and risk.
    pub hazards: Hazards,
    /// Last day of each interval, ascending; that of the last one is the horizon.
    pub ends: Vec<f64>,
    /// Baseline of each interval.
    pub baselines: Vec<f64>,
}

impl DiscreteHazardFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &DiscreteHazardParams, exempt: &[String]) -> Result<Self, Error> {
        check_l2(params.l2)?;
        params.intervals.check()?;
        Ok(Self { params: params.clone(), exempt: exempt.to_vec() })
    }

    fn hazards(&self, followed: &Followed) -> Result<DiscreteHazards, Error> {
        let timeline = Timeline::new(self.params.intervals.ends(followed)?, followed)?;
        let n_intervals = timeline.ends.len();
        let columns = Columns::of_form(followed.answers.instrument(), &self.exempt);
        // The baselines stand where a regression has its intercept.
        let of_row = |row| columns.of_row(row).map(|k| n_intervals + k - 1).collect();
        let rows: Vec<Vec<usize>> = followed.answers.rows().map(of_row).collect();
        let bounds = [vec![Bound::Free; n_intervals], columns.bounds[1..].to_vec()].concat();
        let mut start = timeline.baselines.clone();
        start.resize(bounds.len(), 0.0);
        let search = Search {
            what: "regression on person-periods",
            n_rows: rows.len(),
            bounds: &bounds,
            n_unpenalised: n_intervals,
            l2: self.params.l2,
        };
        let loss = PersonPeriods { rows: &rows, weights: &followed.weights, timeline: &timeline };
        let fitted = search.minimise(&loss, start)?;
        let (baselines, steps) = fitted.split_at(n_intervals);
        let cumulative = baselines.iter().map(|a| libm::exp(*a)).sum::<f64>();
        let tables = columns.tables(&[&[0.0], steps].concat());
        Ok(DiscreteHazards {
            hazards: Hazards::new(tables, libm::log(cumulative), followed),
            ends: timeline.ends,
            baselines: baselines.to_vec(),
        })
    }
}

impl Fit for DiscreteHazardFit {
    type Model = DiscreteHazards;

    fn fit(&self, set: &TrainingSet) -> Result<DiscreteHazards, Error> {
        self.hazards(&set.followed()?)
    }
}

impl Learn for DiscreteHazardFit {
    fn check_outcome(&self, outcome: &Outcome) -> Result<(), Error> {
        let (_, horizon) = follow_up::known(outcome)?;
        self.params.intervals.check_horizon(horizon)
    }

    fn follows(&self) -> bool {
        true
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(self.fit(set)?.hazards.scorer(FAMILY.name)?)
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let followed = set.followed()?;
        let DiscreteHazards { hazards, ends, baselines } = self.hazards(&followed)?;
        let each = ends.iter().zip(baselines).map(|(end, a)| format!("{:.6} by day {end}", libm::exp(a)));
        let each = each.collect::<Vec<_>>().join(", ");
        let of_intervals =
            format!("The hazard where every answer is the first one, in each interval: {each}");
        let notes: Vec<String> = hazards.notes(&followed).into_iter().chain([of_intervals]).collect();
        Ok((hazards.scorer(FAMILY.name)?, notes.into()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
