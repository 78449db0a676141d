//! What a version keeps of its population beside the sums that values come from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::distribution::{DistributionBuilder, FEWEST_ROWS, Percentile};
use super::stability::Stability;
use super::{Background, Distribution, OrReason, Spread, Subsamples};
use crate::{Error, Explanation, Reason, Scorer};

/// What is kept of the population to say how far values could move and where they stand; sums and tables only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// The division into subsamples.
    pub subsamples: OrReason<Subsamples>,
    /// How scores and values are spread.
    pub distributions: OrReason<Distributions>,
}

/// How the numbers of an explanation are spread over the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distributions {
    /// Of the scores.
    pub log_odds: Distribution,
    /// Of the values, one an indicator.
    pub values: Vec<Distribution>,
}

impl Population {
    /// Nothing was kept.
    pub fn none() -> Self {
        Self {
            subsamples: OrReason::undefined(Reason::PopulationNotKept),
            distributions: OrReason::undefined(Reason::PopulationNotKept),
        }
    }

    /// Puts together what is kept of the explanations of a population.
    ///
    /// `explained` gives the score and the values of each row, and `weights` one number a row, as in [`Background::of`]. Rows
    /// go through one after the other, so this takes no more room for more of them. Fewer than [`FEWEST_ROWS`] rows have no
    /// distributions.
    ///
    /// # Errors
    /// The first of `explained`.
    pub(crate) fn of(
        explained: impl Iterator<Item = Result<(f64, Vec<f64>), Error>>,
        weights: &[f64],
        n_indicators: usize,
        subsamples: OrReason<Subsamples>,
    ) -> Result<Self, Error> {
        let mut scores = DistributionBuilder::default();
        let mut values: Vec<DistributionBuilder> =
            (0..n_indicators).map(|_| DistributionBuilder::default()).collect();
        for (explained, &weight) in explained.zip(weights) {
            let (score, of_row) = explained?;
            scores.add(score, weight);
            values.iter_mut().zip(of_row).for_each(|(tally, value)| tally.add(value, weight));
        }
        let of_values: Option<Vec<_>> = values.iter().map(DistributionBuilder::distribution).collect();
        let distributions = match scores.distribution().zip(of_values) {
            Some((log_odds, values)) => OrReason::Value(Distributions { log_odds, values }),
            None => {
                let rows = weights.len();
                OrReason::undefined(Reason::TooFewRows { rows, needed: FEWEST_ROWS as usize })
            }
        };
        Ok(Self { subsamples, distributions })
    }

    /// Fewest rows behind any number here that is not 0, if there is any number.
    pub fn smallest_cell(&self) -> Option<u64> {
        let distributions = self.distributions.value().into_iter();
        let of_each = distributions.flat_map(|d| d.values.iter().chain([&d.log_odds]));
        let cells = of_each.map(|distribution| distribution.smallest_cell);
        cells.chain(self.subsamples.value().map(|subsamples| subsamples.smallest_cell)).min()
    }
}

/// A population, checked against its part and compiled.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    population: Arc<Population>,
    spread: OrReason<Spread>,
}

impl Context {
    /// # Errors
    /// [`Error::Invalid`] if the subsamples do not add up to the background, or a distribution is none.
    pub(crate) fn new(
        scorer: &Scorer,
        background: &Background,
        population: Population,
    ) -> Result<Self, Error> {
        let spread = match &population.subsamples {
            OrReason::Value(subsamples) => OrReason::Value(Spread::new(scorer, background, subsamples)?),
            OrReason::Undefined(reason) => OrReason::Undefined(reason.clone()),
        };
        if let Some(Distributions { log_odds, values }) = population.distributions.value() {
            let (n_rows, expected) = (background.n_rows as u64, background.answers.len());
            if values.len() != expected {
                let problem = format!("{} of values, expected {expected}", values.len());
                return Err(Error::invalid("distributions", problem));
            }
            log_odds.check(n_rows, || "scores".to_owned())?;
            for (j, values) in values.iter().enumerate() {
                values.check(n_rows, || format!("values of indicator {j}"))?;
            }
        }
        Ok(Self { population: Arc::new(population), spread })
    }

    pub(crate) fn none() -> Self {
        Self {
            population: Arc::new(Population::none()),
            spread: OrReason::undefined(Reason::PopulationNotKept),
        }
    }

    pub(crate) fn population(&self) -> &Population {
        &self.population
    }

    pub(crate) fn stability(&self, row: &[u8], explanation: &Explanation) -> OrReason<Stability> {
        self.spread.as_ref().map(|spread| Stability::of(spread, row, explanation))
    }

    pub(crate) fn log_odds(&self, score: f64) -> OrReason<Percentile> {
        self.population.distributions.as_ref().map(|all| all.log_odds.percentile(score))
    }

    pub(crate) fn values(&self, explanation: &Explanation) -> OrReason<Vec<Percentile>> {
        let of = |all: &Distributions| {
            let values = all.values.iter().zip(&explanation.values);
            values.map(|(distribution, &value)| distribution.percentile(value)).collect()
        };
        self.population.distributions.as_ref().map(of)
    }
}
