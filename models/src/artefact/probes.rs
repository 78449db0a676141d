//! Forms with known answers, by which a version proves on every load that it still computes what it was published with.

use std::path::Path;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::{Outcomes, files};
use crate::calibrator::Calibrated;
use crate::explain::{OrReason, ValueStability};
use crate::{Error, OutcomeModel};

/// Forms drawn besides the three fixed ones.
const DRAWN: usize = 29;

/// A form and what the version says of it, to the last bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    /// One answer code an indicator.
    form: Vec<u8>,
    pub(super) expected: Outcomes<Expected>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) log_odds: f64,
    pub(super) probability: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) base: f64,
    pub(super) values: Vec<f64>,
    /// Log-odds and probability of the baseline alone, where a clause speaks of it; empty elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) baseline: Vec<f64>,
    /// How far base and values could move: sds, then the ranges of ranks; empty where that is not known.
    pub(super) stability: Vec<f64>,
    /// Of the score, then of the values; empty where they are not known.
    pub(super) percentiles: Vec<f64>,
}

impl Probe {
    /// Forms of an instrument: every first answer, every last known one, all unknown, and drawn ones; always the same.
    pub(super) fn forms(instrument: &Instrument) -> impl Iterator<Item = Vec<u8>> {
        let indicators = instrument.indicators();
        let fixed = [
            indicators.iter().map(|_| 0).collect(),
            indicators.iter().map(|i| i.unknown() - 1).collect(),
            indicators.iter().map(|i| i.unknown()).collect(),
        ];
        let mut draws = Draws(0x414d_5041_524f);
        let drawn = (0..DRAWN).map(move |_| indicators.iter().map(|i| draws.below(i.n_answers())).collect());
        fixed.into_iter().chain(drawn)
    }

    /// Scores and explains a form.
    pub(super) fn of(form: Vec<u8>, parts: Outcomes<&OutcomeModel>) -> Result<Self, Error> {
        let expected = parts.try_map(|part| Expected::of(part, &form))?;
        Ok(Self { form, expected })
    }

    /// Computes all probes anew; refuses any other form and any other bit.
    pub(super) fn check(
        probes: &[Self],
        instrument: &Instrument,
        parts: Outcomes<&OutcomeModel>,
        dir: &Path,
    ) -> Result<(), Error> {
        let refuse = |message: String| {
            Err(files::format(&dir.join(files::PROBES), "what this program computes", message))
        };
        let forms: Vec<_> = Self::forms(instrument).collect();
        if !forms.iter().eq(probes.iter().map(|probe| &probe.form)) {
            return refuse(format!("its {} forms are not the {} of this form", probes.len(), forms.len()));
        }
        for (number, (probe, form)) in probes.iter().zip(forms).enumerate() {
            let computed = Self::of(form, parts)?;
            let Some(pairs) = computed.expected.zip(probe.expected.clone()) else {
                return refuse(format!("probe {number} has other outcomes than the model"));
            };
            for (part, (found, expected)) in pairs.iter() {
                if let Some(difference) = expected.difference(found) {
                    return refuse(format!("probe {number}, {part}: {difference}"));
                }
            }
        }
        Ok(())
    }
}

impl Expected {
    fn of(part: &OutcomeModel, form: &[u8]) -> Result<Self, Error> {
        let log_odds = part.score(form);
        let Calibrated { probability, low, high } = part.calibrate(log_odds);
        let explanation = part.explain(form)?.total;
        if ![probability, low, high].iter().all(|p| (0.0..=1.0).contains(p)) {
            let problem = format!("log-odds {log_odds} give probability {probability} ({low} to {high})");
            return Err(Error::invalid("calibrator", problem));
        }
        let stability = part.stability(form, &explanation).map(|stability| {
            let of_value = |v: &ValueStability| [v.sd, v.rank_from as f64, v.rank_to as f64];
            let values = stability.values.iter().flat_map(of_value);
            std::iter::once(stability.base_sd).chain(values).collect()
        });
        let mut percentiles = Vec::new();
        if let (OrReason::Value(score), OrReason::Value(values)) =
            (part.percentile(log_odds), part.percentiles(&explanation))
        {
            percentiles.push(score.percentile);
            percentiles.extend(values.iter().map(|value| value.percentile));
        }
        let alone = part.baseline_alone().map(|alone| {
            let score = alone.score(form);
            vec![score, alone.probability(score)]
        });
        Ok(Self {
            baseline: alone.unwrap_or_default(),
            log_odds,
            probability,
            low,
            high,
            base: explanation.base,
            values: explanation.values,
            stability: stability.value().cloned().unwrap_or_default(),
            percentiles,
        })
    }

    /// The first number that is not the same to the last bit.
    fn difference(&self, found: &Self) -> Option<String> {
        let numbers = |e: &Self| -> Vec<(String, f64)> {
            let named = [
                ("log-odds", e.log_odds),
                ("probability", e.probability),
                ("low", e.low),
                ("high", e.high),
                ("base", e.base),
            ];
            let lists = [
                ("value", &e.values),
                ("baseline", &e.baseline),
                ("stability", &e.stability),
                ("percentile", &e.percentiles),
            ];
            let listed = lists.into_iter().flat_map(|(name, list)| {
                list.iter().enumerate().map(move |(j, &v)| (format!("{name} {j}"), v))
            });
            named.into_iter().map(|(name, v)| (name.to_owned(), v)).chain(listed).collect()
        };
        let (expected, found) = (numbers(self), numbers(found));
        if expected.len() != found.len() {
            return Some(format!("{} numbers found, expected {}", found.len(), expected.len()));
        }
        let mut pairs = expected.into_iter().zip(found);
        pairs
            .find(|((_, e), (_, f))| e.to_bits() != f.to_bits())
            .map(|((name, expected), (_, found))| format!("{name} is {found:?}, expected {expected:?}"))
    }
}

/// A linear congruential generator with a fixed seed: not random, only scattered, and the same on every machine.
///
/// # References
/// Knuth, The Art of Computer Programming, volume 2, 3rd edition, section 3.3.4, table 1, line 26 (MMIX).
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The high half: low bits of such a generator have short periods.
        ((self.0 >> 32) % n as u64) as u8
    }
}
