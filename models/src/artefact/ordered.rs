use serde::{Deserialize, Serialize};

/// The thresholds of a cumulative model: with them, its score says how probable each class of an ordered outcome is.
///
/// ```text
/// P(class k or above) = c(score + t[from] - t[k])        c: calibrated probability of the outcome at a score; t: thresholds
/// P(class k)          = P(class k or above) - P(class k + 1 or above)
/// ```
/// The outcome of the version is the class `from` or above, of which this is the probability that the version gives. Since thresholds ascend and
/// a calibrator never falls, no probability of a class is below 0: classes never cross.
///
/// This is a cumulative link model whose link is the calibrator (before calibration, the logistic function).
///
/// # References
/// McCullagh, "Regression models for ordinal data", Journal of the Royal Statistical Society B 42, 1980.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedRecord {
    /// The classes, from the lowest to the highest.
    pub classes: Vec<String>,
    /// The lowest class that is the outcome.
    pub from: String,
    /// One a class but the lowest, ascending: the sum over the answers at which this class or a higher one is as likely as not.
    pub thresholds: Vec<f64>,
    /// Rows that were fitted on, whose class is known.
    pub n_rows: u64,
    /// Rows that were left out of the fit because their class is not known.
    pub n_without_class: u64,
}

impl OrderedRecord {
    /// The probability of each class, from the lowest, at a score; they sum to 1. `probability` is that of the outcome at a score, and never falls.
    pub fn probabilities(&self, score: f64, probability: impl Fn(f64) -> f64) -> Vec<f64> {
        let own = self.own_threshold();
        let at_least = self.thresholds.iter().map(|threshold| probability(score + own - threshold));
        let mut below = 1.0;
        let mut of_classes = Vec::with_capacity(self.classes.len());
        for at_least in at_least {
            of_classes.push((below - at_least).max(0.0));
            below = at_least;
        }
        of_classes.push(below);
        of_classes
    }

    /// The threshold of the class that the outcome begins with; not a number, as all probabilities are then, in a record that [`Self::problems`]
    /// refuses.
    fn own_threshold(&self) -> f64 {
        let at = self.classes.iter().position(|class| *class == self.from).and_then(|at| at.checked_sub(1));
        at.and_then(|at| self.thresholds.get(at)).copied().unwrap_or(f64::NAN)
    }

    /// What cannot stand in a manifest.
    pub(super) fn problems(&self) -> Vec<String> {
        let Self { classes, from, thresholds, .. } = self;
        let mut problems = Vec::new();
        if classes.len() < 2 || thresholds.len() + 1 != classes.len() {
            problems.push(format!(
                "training.ordered has {} thresholds of {} classes, expected two classes or more, and one threshold a class but the lowest",
                thresholds.len(),
                classes.len()
            ));
        }
        if !classes.iter().skip(1).any(|class| class == from) {
            problems.push(format!(
                "training.ordered.from is `{from}`, expected a class above the lowest of {}",
                classes.join(", ")
            ));
        }
        let ascend = thresholds.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascend || !thresholds.iter().all(|threshold| threshold.is_finite()) {
            problems.push(format!(
                "training.ordered.thresholds are {thresholds:?}, expected finite numbers that ascend"
            ));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probability::sigmoid;

    fn record() -> OrderedRecord {
        OrderedRecord {
            classes: ["none", "injury", "grave"].map(str::to_owned).into(),
            from: "grave".to_owned(),
            thresholds: vec![-0.5, 1.5],
            n_rows: 10,
            n_without_class: 0,
        }
    }

    #[test]
    fn the_outcome_is_as_probable_as_the_version_says_and_classes_sum_to_one() {
        for score in [-30.0, -2.0, 0.3, 4.0, 30.0] {
            let found = record().probabilities(score, sigmoid);
            // By hand: the sum over the answers is the score plus the threshold of `grave`.
            let reached = |threshold: f64| 1.0 / (1.0 + (-(score + 1.5 - threshold)).exp());
            let expected = [1.0 - reached(-0.5), reached(-0.5) - reached(1.5), reached(1.5)];
            let error = found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max);
            assert!(error <= 1e-12, "{found:?} {expected:?}");
            assert!((found[2] - sigmoid(score)).abs() <= 0.0, "to the bit");
            assert!((found.iter().sum::<f64>() - 1.0).abs() <= 1e-12);
        }
        let other = OrderedRecord { from: "injury".to_owned(), ..record() }.probabilities(0.3, sigmoid);
        assert!((other[2] - sigmoid(0.3)).abs() > 0.1, "the score is about another class then");
    }

    #[test]
    fn no_class_is_less_probable_than_never_whatever_the_calibrator() {
        let steps = |score: f64| if score < 0.0 { 0.2 } else { 0.7 };
        for score in [-3.0, -1.9, 0.0, 1.0, 3.0] {
            let found = record().probabilities(score, steps);
            assert!(found.iter().all(|p| *p >= 0.0) && (found.iter().sum::<f64>() - 1.0).abs() <= 1e-12);
        }
    }

    #[test]
    fn what_is_no_scale_is_refused() {
        assert!(record().problems().is_empty());
        let lowest = OrderedRecord { from: "none".to_owned(), ..record() };
        let crossed = OrderedRecord { thresholds: vec![1.5, 1.5], ..record() };
        let short = OrderedRecord { thresholds: vec![1.5], ..record() };
        for (wrong, expected) in
            [(lowest, "from is `none`"), (crossed, "[1.5, 1.5]"), (short, "1 thresholds of 3 classes")]
        {
            let found = wrong.problems();
            assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
        }
    }
}
