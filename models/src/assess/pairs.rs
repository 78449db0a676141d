//! What pairs of answers add together, in an assessment that is asked for it.

use std::collections::BTreeMap;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::{Assessment, ScoreExplanation, check_row};
use crate::model::ADDITIVITY;
use crate::{Error, OutcomeModel};

/// What two answers add to the score together, beyond what each adds alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pair {
    /// The question that comes first on the form.
    pub a: String,
    /// The other question.
    pub b: String,
    /// In log-odds; pairs of exactly 0 are left out.
    pub value: f64,
}

impl Assessment {
    /// The assessment with what pairs of answers add to the score of the recidivism model, refused unless it adds up.
    ///
    /// ```text
    /// log_odds = base + sum of alone + sum of interactions
    /// value    = alone + half of each interaction that the indicator is in
    /// ```
    /// `recidivism` and `row` are those that were assessed. Worked out when asked, not looked up: up to some
    /// milliseconds for a few hundred deep trees.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the row does not fit the form or the assessment; [`Error::Additivity`].
    pub fn with_pairs(
        mut self,
        instrument: &Instrument,
        recidivism: &OutcomeModel,
        row: &[u8],
    ) -> Result<Self, Error> {
        check_row(instrument, recidivism, row)?;
        let found = recidivism.interactions(row)?;
        let indicators = instrument.indicators();
        let mut pairs = Vec::new();
        for (i, a) in indicators.iter().enumerate() {
            for (j, b) in indicators.iter().enumerate().skip(i + 1) {
                // Both halves of the matrix.
                if let Some(value) = found.pair(i, j).filter(|value| value.abs() > 0.0) {
                    pairs.push(Pair { a: a.id.clone(), b: b.id.clone(), value });
                }
            }
        }
        let alone = (0..indicators.len()).map(|j| found.values[j * indicators.len() + j]);
        for (value, alone) in self.explanation.values.iter_mut().zip(alone) {
            value.alone = Some(alone);
        }
        self.explanation.interactions = Some(pairs);
        self.explanation.check_pairs(self.recidivism.log_odds)?;
        Ok(self)
    }
}

impl ScoreExplanation {
    /// Refuses pairs that do not add up to `log_odds`, or with what is left alone to each value; without pairs there is
    /// nothing to refuse.
    ///
    /// # Errors
    /// [`Error::Additivity`] if a sum differs by more than 1e-9 or is not a number; [`Error::Invalid`] if a pair names an
    /// indicator that has no value, or one has no `alone`.
    pub fn check_pairs(&self, log_odds: f64) -> Result<(), Error> {
        let Some(pairs) = &self.interactions else { return Ok(()) };
        let near = |sum: f64, score: f64| {
            let difference = (sum - score).abs();
            if difference <= ADDITIVITY { Ok(()) } else { Err(Error::Additivity { sum, score, difference }) }
        };
        let unfit = |problem: String| Error::invalid("interactions", problem);
        let (mut whole, mut sums) = (self.base, BTreeMap::new());
        for value in &self.values {
            let name = value.indicator.as_str();
            let alone = value.alone.ok_or_else(|| unfit(format!("indicator `{name}` has no `alone`")))?;
            whole += alone;
            sums.insert(name, alone);
        }
        for pair in pairs {
            whole += pair.value;
            for name in [&pair.a, &pair.b] {
                let sum = sums.get_mut(name.as_str());
                *sum.ok_or_else(|| unfit(format!("indicator `{name}` has no value")))? += pair.value / 2.0;
            }
        }
        near(whole, log_odds)?;
        self.values.iter().try_for_each(|v| near(sums[v.indicator.as_str()], v.value))
    }
}

#[cfg(test)]
mod tests;
