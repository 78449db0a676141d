//! A scored version made ready for many weightings: everything that does not depend on weights is done once.

use std::sync::Arc;

use libm::log;

use crate::definitions::Scope;
use crate::input::{Input, Scored};
use crate::metrics::info::{Computation, Needs};
use crate::metrics::{
    Blocks, Frame, LabelSums, Layout, Metric, NAMES, NOISE, Noise, OneStep, PrecisionSweep, Profile,
    Resampled, Scale, Summands, Sweep, Term,
};
use crate::reason::Reason;
use crate::report::key;

/// A metric of a scored version, with its level if it belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) metric: Metric,
    pub(crate) level: usize,
}

/// One weighting of the rows.
pub(crate) struct Weighting {
    /// One entry a row, >= 0.
    pub(crate) weight: Vec<f64>,
    /// The rows of positive weight, with it.
    pub(crate) rows: Vec<(u32, f64)>,
    /// Whether it is a resample, of which magnitudes give how far noise moves them instead of their value.
    pub(crate) is_resample: bool,
}

/// What a version is under one weighting; NaN where undefined, which never leaves this crate.
pub(crate) struct Values {
    /// Every target, a label after the other.
    pub(crate) targets: Vec<f64>,
    /// The smooth calibration curve at the probabilities of [`Prepared::curve`]; empty where there is none.
    pub(crate) curve: Vec<f64>,
}

/// See the module.
pub(crate) struct Prepared<'a> {
    pub(crate) scored: &'a Scored,
    pub(crate) targets: Vec<Target>,
    layout: Layout,
    scale: Scale,
    y: &'a [bool],
    terms: Vec<f64>,
    severe: Vec<u32>,
    sweep: Option<Sweep>,
    precision: Option<PrecisionSweep>,
    /// Calibration within everyone and within the labels of each group column; empty without probabilities or when it is not asked for.
    profiles: Vec<Profile>,
    /// How recalibration moves within everyone and within the labels of each group column; empty when it is not asked for.
    steps: Vec<OneStep>,
}

impl Weighting {
    pub(crate) fn new(weight: Vec<f64>, is_resample: bool) -> Self {
        let rows =
            weight.iter().enumerate().filter(|(_, w)| **w > 0.0).map(|(row, w)| (row as u32, *w)).collect();
        Self { weight, rows, is_resample }
    }
}

impl<'a> Prepared<'a> {
    /// `only` lists the metrics that are asked for; `splits` the codes and labels of everyone and of each group column.
    pub(crate) fn new(
        input: &'a Input,
        scored: &'a Scored,
        only: &[Metric],
        frame: &Frame,
        (splits, bins): (&[(&[u16], usize)], u32),
    ) -> Self {
        let columns = input.columns();
        let n_levels = scored.levels.as_ref().map_or(0, |levels| levels.ids.len());
        let targets = targets(only, n_levels);
        let asked =
            |is: fn(&Computation) -> bool| targets.iter().any(|target| is(&target.metric.info().computation));
        let layout = Layout { n_levels, terms: asked_terms(&targets) };
        let terms = (0..input.n_rows())
            .flat_map(|row| layout.terms.iter().map(move |term| (row, *term)))
            .map(|(row, term)| row_term(input, scored, row, term))
            .collect();
        let severe = columns.severe.iter().flat_map(|severe| severe.happened.iter().enumerate());
        let (labels, width) = frame.with_everyone();
        let profiled = asked(|how| matches!(how, Computation::Profile(_)));
        let blocks = scored.probability.as_deref().map(|p| Arc::new(Blocks::new(p)));
        let recalibrated = asked(|how| matches!(how, Computation::Slope | Computation::Intercept));
        let whole = Weighting::new(columns.weight.clone(), false);
        Self {
            layout,
            scale: scale(scored),
            y: &columns.y,
            terms,
            severe: severe
                .filter(|(_, happened)| **happened == Some(true))
                .map(|(row, _)| row as u32)
                .collect(),
            sweep: asked(|how| matches!(how, Computation::Area))
                .then(|| Sweep::new(&scored.score, &columns.y, (&labels, width, frame.n_labels))),
            precision: asked(|how| matches!(how, Computation::AveragePrecision))
                .then(|| PrecisionSweep::new(&scored.score, &columns.y, (&labels, width, frame.n_labels))),
            profiles: scored.probability.iter().filter(|_| profiled).fold(Vec::new(), |_, p| {
                let profile =
                    |&(codes, n): &(&[u16], usize)| Profile::new(p, &columns.y, &whole.rows, codes, n, bins);
                splits.iter().map(profile).collect()
            }),
            steps: blocks.filter(|_| recalibrated).map_or_else(Vec::new, |blocks| {
                let step =
                    |&(codes, n): &(&[u16], usize)| OneStep::new(&blocks, &columns.y, &whole.rows, codes, n);
                splits.iter().map(step).collect()
            }),
            targets,
            scored,
        }
    }

    /// The key of a target in the report.
    pub(crate) fn key(&self, target: Target) -> String {
        let level = match (target.metric.scope(), &self.scored.levels) {
            (Scope::Threshold | Scope::Level, Some(levels)) => Some(levels.ids[target.level].as_str()),
            _ => None,
        };
        key(target.metric.name(), level)
    }

    /// The position of a target.
    pub(crate) fn position(&self, metric: Metric, level: usize) -> Option<usize> {
        self.targets.iter().position(|target| *target == Target { metric, level })
    }

    /// Why a target cannot exist for this version whatever the rows.
    pub(crate) fn missing(&self, target: Target, input: &Input) -> Option<Reason> {
        let probability = || self.scored.probability.is_none().then_some(Reason::NotAProbability);
        let columns = input.columns();
        let unless = |is_there: bool, reason: Reason| (!is_there).then_some(reason);
        let truth = || unless(columns.oracle.is_some(), Reason::NoTrueProbability);
        let levels = || unless(self.scored.levels.is_some(), Reason::NoLevels);
        match target.metric.info().needs {
            Needs::Nothing => None,
            Needs::Probability => probability(),
            Needs::Truth => truth(),
            Needs::ProbabilityAndTruth => probability().or_else(truth),
            Needs::Threshold => {
                probability().or_else(|| unless(self.scale.odds[target.level].is_some(), Reason::NoThreshold))
            }
            Needs::Levels => levels(),
            Needs::SevereOutcome => {
                levels().or_else(|| unless(columns.severe.is_some(), Reason::NoSevereOutcome))
            }
        }
    }

    /// Why a target has no value within a label, although its rows are there.
    pub(crate) fn undefined(&self, target: Target, label: usize) -> Reason {
        let info = target.metric.info();
        let fit = || self.steps.iter().flat_map(OneStep::whole).nth(label);
        let found = match info.computation {
            Computation::Slope => fit().and_then(|fit| fit.line.err()),
            Computation::Intercept => fit().and_then(|fit| fit.intercept.err()),
            _ => None,
        };
        found.unwrap_or(info.undefined)
    }

    /// Everything under one weighting; `oracle_auc` is computed once a weighting, for all versions, by the caller.
    pub(crate) fn values(
        &self,
        (frame, splits): (&Frame, &[(&[u16], usize)]),
        weighting: &Weighting,
        oracle_auc: &[Option<f64>],
    ) -> Values {
        let sums = self.sums(frame, weighting);
        let areas = self.sweep.as_ref().map_or_else(Vec::new, |sweep| sweep.areas(&weighting.weight));
        let precisions =
            self.precision.as_ref().map_or_else(Vec::new, |sweep| sweep.precisions(&weighting.weight));
        let fits: Vec<_> = self
            .steps
            .iter()
            .zip(splits)
            .flat_map(|(step, (codes, _))| step.fits(&weighting.rows, codes))
            .collect();
        let (profile, curve) = self.calibration(splits, weighting);
        let mut out = Vec::with_capacity(frame.n_labels * self.targets.len());
        for label in 0..frame.n_labels {
            let here = self.label_sums(&sums, label);
            let at = |values: &[Option<f64>]| values.get(label).copied().flatten();
            out.extend(self.targets.iter().map(|target| {
                match target.metric.info().computation {
                    Computation::Sums { ratio, .. } => ratio(&here, target.level),
                    Computation::Profile(measure) => {
                        profile.get(label).and_then(|measures| measures[measure])
                    }
                    Computation::Area => at(&areas),
                    Computation::AveragePrecision => at(&precisions),
                    Computation::AreaOfTruth => at(oracle_auc),
                    Computation::Slope => {
                        fits.get(label).and_then(|fit| fit.line.ok()).map(|line| line.slope)
                    }
                    Computation::Intercept => fits.get(label).and_then(|fit| fit.intercept.ok()),
                    // No targets: they are not resampled.
                    Computation::FollowUp | Computation::BetweenLabels => None,
                }
                .unwrap_or(f64::NAN)
            }));
        }
        Values { targets: out, curve }
    }

    /// Probabilities and smooth rates of the calibration curve over all rows.
    pub(crate) fn curve(&self) -> &[(f64, f64)] {
        self.profiles.first().map_or(&[], |profile| profile.curve(0))
    }

    /// The measures of each label's profile, and the curve over all rows.
    fn calibration(
        &self,
        splits: &[(&[u16], usize)],
        weighting: &Weighting,
    ) -> (Vec<[Option<f64>; NAMES.len()]>, Vec<f64>) {
        if !weighting.is_resample {
            let points = |(profile, (_, n)): (&Profile, &(&[u16], usize))| -> Vec<_> {
                (0..*n).map(|label| profile.point(label)).collect()
            };
            let curve = self.curve().iter().map(|(_, rate)| *rate).collect();
            return (self.profiles.iter().zip(splits).flat_map(points).collect(), curve);
        }
        let mut drawn = Vec::new();
        let mut curve = Vec::new();
        for (at, profile) in self.profiles.iter().enumerate() {
            let resample = profile.resample(&weighting.rows);
            resample.measures(&mut drawn);
            if at == 0 {
                curve = resample.curve(0);
            }
        }
        let kept = |measures: &Resampled| {
            let mut out = [None; NAMES.len()];
            for ((out, [value, noise]), kind) in out.iter_mut().zip(measures).zip(NOISE) {
                let kept = if kind == Noise::Signed { value } else { noise };
                *out = kept.is_finite().then_some(*kept);
            }
            out
        };
        (drawn.iter().map(kept).collect(), curve)
    }

    /// The sums of each label; see [`Self::label_sums`].
    pub(crate) fn sums(&self, frame: &Frame, weighting: &Weighting) -> Vec<f64> {
        let rows = Summands {
            y: self.y,
            terms: &self.terms,
            levels: self.scored.levels.as_ref().map(|levels| levels.codes.as_slice()),
            severe: &self.severe,
        };
        self.layout.sums(&rows, frame, &weighting.rows, &weighting.weight)
    }

    /// One label's sums.
    pub(crate) fn label_sums<'s>(&'s self, sums: &'s [f64], label: usize) -> LabelSums<'s> {
        let stride = self.layout.stride();
        LabelSums { sums: &sums[label * stride..][..stride], layout: &self.layout, scale: &self.scale }
    }
}

fn targets(only: &[Metric], n_levels: usize) -> Vec<Target> {
    let one = |&metric: &Metric| {
        let levels = match metric.scope() {
            Scope::Whole => 0..1,
            Scope::Threshold => 1..n_levels.max(1),
            Scope::Level => 0..n_levels,
        };
        levels.map(move |level| Target { metric, level })
    };
    only.iter().filter(|metric| metric.info().is_resampled()).flat_map(one).collect()
}

/// The terms that the targets need; at least one, so that rows have a width.
fn asked_terms(targets: &[Target]) -> Vec<Term> {
    let is_asked = |term: &Term| targets.iter().any(|target| target.metric.info().terms().contains(term));
    let terms: Vec<Term> = Term::ALL.into_iter().filter(is_asked).collect();
    if terms.is_empty() { vec![Term::Score] } else { terms }
}

fn scale(scored: &Scored) -> Scale {
    let Some(levels) = &scored.levels else { return Scale::default() };
    let odds = |cut: &f64| (*cut > 0.0 && *cut < 1.0).then(|| cut / (1.0 - cut));
    Scale {
        intensities: levels.intensities(),
        odds: std::iter::once(None).chain(levels.cuts.iter().map(odds)).collect(),
    }
}

/// A row's term; 0 where there is no probability or truth.
fn row_term(input: &Input, scored: &Scored, row: usize, term: Term) -> f64 {
    let columns = input.columns();
    let y = columns.y[row];
    let Some(p) = scored.probability.as_ref().map(|p| p[row]).filter(|_| term != Term::Score) else {
        return if term == Term::Score { scored.score[row] } else { 0.0 };
    };
    let happened = if y { 1.0 } else { 0.0 };
    match term {
        Term::Score | Term::Probability => p,
        Term::SquaredError => (p - happened) * (p - happened),
        Term::LogLoss => -log(if y { p } else { 1.0 - p }),
        Term::Error => columns.oracle.as_ref().map_or(0.0, |truth| (p - truth[row]).abs()),
    }
}
