//! Works out the calibrated constants from the others, over a large population of one seed.

use super::draw::{Draw, Purpose, logistic};
use super::generator::Generator;
use super::hazard::{Baseline, Effects, Risk};
use super::params::Params;

pub(super) const N: usize = 60_000;
const SEED: u64 = 2022;

/// The parameters with the constants that make the published totals hold.
///
/// Means of probabilities over the population, not of simulated events, so their noise is small: the standard error of the
/// prevalence is that of the mean of the true probabilities.
pub(super) fn calibrated(params: Params) -> Params {
    let mut g = Generator::new(params).unwrap();
    let cases: Vec<_> = (0..N)
        .map(|row| {
            let truth = g.truth(&mut Draw::new(SEED, Purpose::Truth, row));
            let recorded = g.recorded(&truth, &mut Draw::new(SEED, Purpose::Events, row));
            (truth, recorded)
        })
        .collect();
    g.params.protection.cuts.value = cuts(&g, cases.iter().map(|(_, r)| g.crude_sum(r)).collect());
    let effects: Vec<Effects> = cases
        .iter()
        .enumerate()
        .map(|(row, (truth, recorded))| {
            let level = g.level(recorded, &mut Draw::new(SEED, Purpose::CaseEvents, row));
            g.effects(truth, level)
        })
        .collect();
    let mean = |f: &dyn Fn(&Effects) -> f64| effects.iter().map(f).sum::<f64>() / N as f64;
    let ceiling = g.params.lethal.ceiling.value;
    let intercept =
        root(-40.0, 10.0, |x| mean(&|e| ceiling * logistic(x + e.lethal)) - g.params.lethal.prevalence.value);
    let base = Baseline::new(&g.params);
    let by = |e: &Effects, log_hazard: f64, day: f64, base: &Baseline| {
        let lethal = ceiling * logistic(intercept + e.lethal);
        Risk { hazard: libm::exp(log_hazard + e.assault), reporting: e.reporting, lethal }
            .reported_by(day, base)
    };
    // Killings hardly move with the early hazard, so one pass over each constant settles both.
    let target = g.params.assault.prevalence.value;
    let log_hazard = root(-15.0, 5.0, |x| mean(&|e| by(e, x, base.horizon, &base)) - target);
    let early_days = f64::from(g.params.assault.early_days.value);
    let early = root(0.01, 0.99, |x| {
        let mut params = g.params.clone();
        params.assault.early_hazard.value = x;
        let base = Baseline::new(&params);
        mean(&|e| by(e, log_hazard, early_days, &base)) - target * g.params.assault.early_share.value
    });
    g.params.lethal.intercept.value = intercept;
    g.params.assault.log_hazard.value = log_hazard;
    g.params.assault.early_hazard.value = early;
    g.params
}

/// The cuts whose shares of final levels (some raised) come nearest to the published ones.
fn cuts(g: &Generator, mut sums: Vec<u32>) -> [u32; 4] {
    sums.sort_unstable();
    let share = |cut: u32| 1.0 - sums.partition_point(|s| *s < cut) as f64 / sums.len() as f64;
    let (mut cuts, mut final_share, mut from_below) = ([0; 4], 1.0, 1.0);
    for (at, cut) in cuts.iter_mut().enumerate() {
        final_share -= g.params.protection.shares.value[at];
        let raise = if at < 2 { g.raise() } else { 0.0 };
        // final share at or above = computed one + raise x (share one level below)
        let computed = (final_share - raise * from_below) / (1.0 - raise);
        let off = |cut: &u32| (share(*cut) - computed).abs();
        *cut = (0..=60).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap();
        from_below = share(*cut);
    }
    cuts
}

/// Where a rising function crosses zero, by bisection.
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
