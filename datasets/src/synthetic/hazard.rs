//! What the truth means for the future, in closed form: the oracle, and what events are drawn from.

use super::draw::{Draw, log_odds, logistic};
use super::generator::Generator;
use super::params::Params;
use super::truth::{SEVERITY, Truth, VULNERABILITY};

/// The future of one assessment, but for chance.
///
/// Assaults are a Poisson process of cumulative hazard `hazard x B(t)`, each reported with probability `reporting`;
/// a killing happens with probability `lethal` by the lethal horizon, at a time spread like `B`, and counts as a reported assault.
/// `B` is the [`Baseline`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Risk {
    /// Expected number of assaults within the horizon.
    pub hazard: f64,
    /// Probability that an assault is reported.
    pub reporting: f64,
    /// Probability of being killed within the lethal horizon.
    pub lethal: f64,
}

/// Effects of a case before the constants that are calibrated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effects {
    pub assault: f64,
    pub lethal: f64,
    pub reporting: f64,
}

impl Generator {
    /// Log hazard ratio, log-odds and reporting of a case under the protection of a level.
    pub(super) fn effects(&self, truth: &Truth, level: usize) -> Effects {
        let protection = self.params.protection.effect.value[level];
        let (mut assault, mut lethal) = (protection, protection);
        for (question, &answer) in self.indicators.iter().zip(&truth.answers) {
            assault += question.assault * f64::from(answer);
            lethal += question.lethal * f64::from(answer);
        }
        for (at, value) in truth.traits.iter().enumerate() {
            assault += self.trait_assault[at] * value;
            lethal += self.trait_lethal[at] * value;
        }
        for &(a, b, extra) in &self.pairs {
            if truth.answers[a] > 0 && truth.answers[b] > 0 {
                assault += extra;
            }
        }
        let r = &self.params.reporting;
        let foreign = f64::from(u8::from(truth.answers[self.foreign] > 0));
        let reporting = log_odds(r.share.value)
            + r.vulnerability.value * truth.traits[VULNERABILITY]
            + r.severity.value * truth.traits[SEVERITY]
            + r.foreign.value * foreign
            + r.rural.value * f64::from(u8::from(truth.rural));
        Effects { assault, lethal, reporting: logistic(reporting) }
    }

    /// The future of a case under the protection of a level.
    pub(super) fn risk(&self, truth: &Truth, level: usize) -> Risk {
        let Effects { assault, lethal, reporting } = self.effects(truth, level);
        let p = &self.params;
        Risk {
            hazard: libm::exp(p.assault.log_hazard.value + assault),
            reporting,
            lethal: p.lethal.ceiling.value * logistic(p.lethal.intercept.value + lethal),
        }
    }
}

impl Risk {
    /// Probability of a reported new assault by a day.
    ///
    /// ```text
    /// P(T <= t) = 1 - exp(-reporting hazard B(t)) (1 - lethal B(t) / B(lethal horizon))
    /// ```
    pub(super) fn reported_by(&self, day: f64, baseline: &Baseline) -> f64 {
        self.assault_by(self.reporting * self.hazard, day, baseline)
    }

    /// Probability of a new assault by a day, reported or not.
    pub(super) fn any_by(&self, day: f64, baseline: &Baseline) -> f64 {
        self.assault_by(self.hazard, day, baseline)
    }

    fn assault_by(&self, hazard: f64, day: f64, baseline: &Baseline) -> f64 {
        let killed = self.lethal * baseline.passed(day) / baseline.passed(baseline.lethal_horizon);
        1.0 - libm::exp(-hazard * baseline.passed(day)) * (1.0 - killed)
    }

    /// Draws the days of the first events, in whole days from 1; infinite when not to come.
    pub(super) fn draw(&self, draw: &mut Draw, baseline: &Baseline) -> Days {
        let mut first = |hazard: f64| baseline.day(draw.exponential() / hazard);
        let reported = first(self.reporting * self.hazard);
        let unreported = first((1.0 - self.reporting) * self.hazard);
        // Rounding must not carry a killing past its horizon.
        let by = draw.uniform() * baseline.passed(baseline.lethal_horizon);
        let killed_at = baseline.day(by).min(baseline.lethal_horizon);
        let lethal = if draw.happens(self.lethal) { killed_at } else { f64::INFINITY };
        Days { lethal, reported: reported.min(lethal), any: reported.min(unreported).min(lethal) }
    }
}

/// Days of the first events of a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub lethal: f64,
    pub reported: f64,
    pub any: f64,
}

/// `B(t)`: the share of the cumulative hazard by the horizon that has passed on a day; two straight pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Baseline {
    early_days: f64,
    early: f64,
    /// Days within which a new assault counts; `B` is 1 there and goes on rising.
    pub horizon: f64,
    /// Days within which a killing counts.
    pub lethal_horizon: f64,
}

impl Baseline {
    pub(super) fn new(params: &Params) -> Self {
        Self {
            early_days: f64::from(params.assault.early_days.value),
            early: params.assault.early_hazard.value,
            horizon: f64::from(params.assault.horizon_days.value),
            lethal_horizon: f64::from(params.lethal.horizon_days.value),
        }
    }

    /// `B` at a day.
    pub(super) fn passed(&self, day: f64) -> f64 {
        let late = (1.0 - self.early) / (self.horizon - self.early_days);
        if day <= self.early_days {
            self.early * day / self.early_days
        } else {
            self.early + late * (day - self.early_days)
        }
    }

    /// The whole day, from 1, by the end of which `B` has reached a value.
    fn day(&self, passed: f64) -> f64 {
        let late = (1.0 - self.early) / (self.horizon - self.early_days);
        let day = if passed <= self.early {
            passed / self.early * self.early_days
        } else {
            self.early_days + (passed - self.early) / late
        };
        day.ceil().max(1.0)
    }
}
