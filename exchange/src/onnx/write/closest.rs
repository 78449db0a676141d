//! How close forms come to a cut-point.

use amparo_models::{Calibrator, Version};

use super::level::scores_from;

/// How close the probe forms of a version come to a cut-point: with arithmetic of fewer bits, a form that comes closer than it errs may get
/// another level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closest {
    /// Number of probe forms.
    pub forms: usize,
    /// Smallest distance between a probability and a cut-point that applies to it.
    pub probability: f64,
    /// Smallest distance between log-odds and those at which a cut-point is reached; infinite if no score reaches one.
    pub log_odds: f64,
}

impl Closest {
    /// Of the probe forms.
    pub fn of(version: &Version) -> Self {
        let protocol = version.protocol();
        let levels: Vec<f64> = protocol.levels()[1..].iter().map(|level| level.from_probability).collect();
        let recidivism = version.recidivism();
        let mut closest = Self { forms: 0, probability: f64::INFINITY, log_odds: f64::INFINITY };
        let own = Cuts::of(recidivism.calibrator(), levels.clone());
        let baseline = recidivism.never_below_baseline().map(|clause| Cuts::of(&clause.calibrator, levels));
        let rules =
            protocol.lethality().map(|of| of.rules.iter().map(|rule| rule.from_probability).collect());
        let lethality = version.lethality().zip(rules);
        let lethality = lethality.map(|(part, rules)| (part, Cuts::of(part.calibrator(), rules)));
        for row in version.probe_forms() {
            closest.forms += 1;
            closest.narrow(&own, recidivism.score(&row));
            if let (Some(cuts), Some(score)) =
                (&baseline, recidivism.baseline_alone().map(|alone| alone.score(&row)))
            {
                closest.narrow(cuts, score);
            }
            if let Some((part, cuts)) = &lethality {
                closest.narrow(cuts, part.score(&row));
            }
        }
        closest
    }

    fn narrow(&mut self, cuts: &Cuts<'_>, score: f64) {
        let probability = cuts.calibrator.calibrate(score).probability;
        let least = |to: &[f64], of: f64| to.iter().map(|at| (of - at).abs()).fold(f64::INFINITY, f64::min);
        self.probability = self.probability.min(least(&cuts.probabilities, probability));
        self.log_odds = self.log_odds.min(least(&cuts.log_odds, score));
    }
}

/// The cut-points of a model's probability.
struct Cuts<'a> {
    calibrator: &'a Calibrator,
    probabilities: Vec<f64>,
    log_odds: Vec<f64>,
}

impl<'a> Cuts<'a> {
    fn of(calibrator: &'a Calibrator, probabilities: Vec<f64>) -> Self {
        let log_odds = scores_from(calibrator, &probabilities);
        Self { calibrator, probabilities, log_odds }
    }
}
