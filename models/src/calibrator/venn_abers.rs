//! Venn-Abers prediction, as two step functions of the score.

use serde::{Deserialize, Serialize};

use super::{Calibrated, inside, refuse};
use crate::Error;

/// The two probabilities of inductive Venn-Abers prediction, tabulated over all scores.
///
/// ```text
/// p0(score), p1(score) = isotonic fit of the calibration rows and of the case, added as a non-event and as an event, at its score
/// p = p1 / (1 - p0 + p1)                interval: [p0, p1]
/// ```
/// If calibration rows and case are exchangeable, one of the two is perfectly calibrated: the one of the outcome that comes to be.
/// Nobody knows which before. The interval is narrow where many calibration rows have such a score; it is no confidence interval.
/// Of all ways to make one probability of the two, `p` has the least worst regret in log loss. Below all calibration rows `p0` is 0,
/// above all of them `p1` is 1; `p` itself is always inside (0, 1).
///
/// Both are non-decreasing step functions of the score, so that these tables say all that the rows would. No row stands in them.
///
/// # References
/// Vovk and Petej, "Venn-Abers predictors", UAI 2014; Vovk, Petej and Fedorova, "Large-scale probabilistic predictors with and without
/// guarantees of validity", NIPS 2015, sections 3 and 4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VennAbers {
    /// Scores from which on (inclusive) `p0` has its next value, strictly increasing; below the first it is 0.
    pub low_from: Vec<f64>,
    /// `p0` from each of these on, increasing, inside (0, 1).
    pub low: Vec<f64>,
    /// Scores up to which (inclusive) `p1` has its value, strictly increasing; above the last it is 1.
    pub high_to: Vec<f64>,
    /// `p1` up to each of these, increasing, inside (0, 1).
    pub high: Vec<f64>,
}

impl VennAbers {
    pub(super) fn check(&self) -> Result<(), Error> {
        let tables =
            [("low_from", &self.low_from, "low", &self.low), ("high_to", &self.high_to, "high", &self.high)];
        for (at, scores, name, values) in tables {
            if scores.len() != values.len() {
                return refuse(format!(
                    "`{name}` has {} values, expected one for each of {} scores of `{at}`",
                    values.len(),
                    scores.len()
                ));
            }
            if !scores.iter().all(|s| s.is_finite()) || !scores.is_sorted_by(|a, b| a < b) {
                return refuse(format!(
                    "`{at}` does not strictly increase, or holds what is no finite number"
                ));
            }
            if let Some(p) = values.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
                return refuse(format!("`{name}` holds {p}, expected probabilities inside (0, 1)"));
            }
            if !values.is_sorted_by(|a, b| a < b) {
                return refuse(format!("`{name}` does not increase from step to step"));
            }
        }
        // Steps of either table are where the order of the two can change.
        for &score in self.low_from.iter().chain(&self.high_to) {
            let (low, high) = (self.low_at(score), self.high_at(score));
            if low > high {
                return refuse(format!(
                    "at score {score} the lower probability is {low}, above the upper one, {high}"
                ));
            }
        }
        Ok(())
    }

    pub(super) fn calibrate(&self, score: f64) -> Calibrated {
        let (low, high) = (self.low_at(score), self.high_at(score));
        Calibrated { probability: merged(low, high), low, high }
    }

    /// The one probability of a score.
    #[must_use]
    pub fn probability(&self, score: f64) -> f64 {
        merged(self.low_at(score), self.high_at(score))
    }

    /// The lowest score with a probability of at least `probability`; none if there is no such score. Where all scores have as much,
    /// the first step.
    #[must_use]
    pub fn score_at(&self, probability: f64) -> Option<f64> {
        let ends = self.high_to.iter().map(|score| score.next_up());
        let mut steps: Vec<f64> = self.low_from.iter().copied().chain(ends).collect();
        steps.sort_by(f64::total_cmp);
        let below = steps.partition_point(|&score| self.probability(score) < probability);
        steps.get(below).copied().filter(|score| score.is_finite())
    }

    fn low_at(&self, score: f64) -> f64 {
        let after = self.low_from.partition_point(|from| *from <= score);
        after.checked_sub(1).map_or(0.0, |at| self.low[at])
    }

    fn high_at(&self, score: f64) -> f64 {
        let at = self.high_to.partition_point(|to| *to < score);
        self.high.get(at).copied().unwrap_or(1.0)
    }
}

/// `high / (1 - low + high)`, in a form whose rounding keeps it rising with both; `low` is below 1 and `high` above 0.
fn merged(low: f64, high: f64) -> f64 {
    inside(1.0 / (1.0 + (1.0 - low) / high)).max(low).min(high)
}
