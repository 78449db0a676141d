//! A scored version made ready for many weightings: everything that does not depend on weights is done once.

use libm::log;

use crate::definitions::{Metric, Scope};
use crate::input::{Input, Kind, Scored};
use crate::metrics::{Blocks, Cell, Layout, OneStep, Order, Recalibration, TERMS};
use crate::report::key;

/// A metric of a scored version, with its level if it belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) metric: Metric,
    pub(crate) level: usize,
}

/// A column of labels to split by; all rows are the column with one label.
pub(crate) struct Split<'a> {
    pub(crate) codes: &'a [u16],
    pub(crate) n_labels: usize,
    /// How each version's recalibration moves within the labels; `None`: it is refitted on every weighting.
    pub(crate) steps: Vec<Option<OneStep>>,
}

/// See the module.
pub(crate) struct Prepared<'a> {
    pub(crate) scored: &'a Scored,
    pub(crate) targets: Vec<Target>,
    pub(crate) layout: Layout,
    pub(crate) intensities: Vec<f64>,
    y: &'a [bool],
    terms: Vec<[f64; TERMS]>,
    order: Order,
    blocks: Option<Blocks>,
    /// The fit on all rows, from which refits start.
    fit: Option<Recalibration>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(input: &'a Input, scored: &'a Scored) -> Self {
        let columns = input.columns();
        let n_levels = scored.levels.as_ref().map_or(0, |levels| levels.ids.len());
        let targets = Metric::ALL
            .iter()
            .flat_map(|&metric| {
                let levels = match metric.scope() {
                    Scope::Whole => 0..1,
                    Scope::Threshold => 1..n_levels.max(1),
                    Scope::Level => 0..n_levels,
                };
                levels.map(move |level| Target { metric, level })
            })
            .collect();
        let terms = (0..input.n_rows()).map(|row| row_terms(input, scored, row)).collect();
        let blocks = scored.probability.as_deref().and_then(Blocks::new);
        let rows: Vec<_> = columns.weight.iter().enumerate().map(|(row, w)| (row as u32, *w)).collect();
        Self {
            targets,
            layout: Layout { n_levels },
            intensities: scored.levels.as_ref().map(|levels| levels.intensities()).unwrap_or_default(),
            y: &columns.y,
            terms,
            order: Order::new(&scored.score),
            fit: blocks.as_ref().map(|blocks| blocks.fit(&columns.y, &rows, None)),
            blocks,
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

    /// Why a metric cannot exist for this version whatever the rows.
    pub(crate) fn missing(&self, metric: Metric, has_oracle: bool) -> Option<&'static str> {
        let no_probability = match self.scored.kind {
            Kind::Foreign => Some("a foreign column holds a raw value, not a probability"),
            Kind::Version { .. } => None,
        };
        let no_oracle =
            (!has_oracle).then_some("the true probability is unknown: the cohort is not synthetic");
        match metric {
            Metric::Brier | Metric::LogLoss | Metric::MeanProbability | Metric::ObservedExpected => {
                no_probability
            }
            Metric::CalibrationSlope | Metric::CalibrationIntercept => no_probability.or_else(|| {
                self.blocks
                    .is_none()
                    .then_some("a probability is exactly 0 or 1, so its log-odds are infinite")
            }),
            Metric::ProbabilityError => no_probability.or(no_oracle),
            Metric::OracleAuc => no_oracle,
            Metric::EventsInLowest | Metric::Protection | Metric::Overload => {
                self.scored.levels.is_none().then_some("no levels were assigned")
            }
            Metric::BaseRate
            | Metric::Auc
            | Metric::MeanScore
            | Metric::Recall
            | Metric::FalsePositiveRate
            | Metric::Specificity
            | Metric::Ppv
            | Metric::Npv
            | Metric::LevelShare
            | Metric::LevelRate => None,
        }
    }

    /// Every target under one weighting, a label after the other; NaN where undefined.
    ///
    /// `rows` lists the rows of positive weight; `weight` has one entry a row. `oracle_auc` is computed once a
    /// weighting, for all versions, by the caller.
    pub(crate) fn values(
        &self,
        (split, step): (&Split<'_>, Option<&OneStep>),
        rows: &[(u32, f64)],
        weight: &[f64],
        oracle_auc: &[Option<f64>],
        out: &mut Vec<f64>,
    ) {
        let cells = self.cells(split, rows);
        let mut auc = vec![None; split.n_labels];
        self.order.auc_by(self.y, weight, split.codes, &mut auc);
        let fits = match (step, &self.blocks) {
            (Some(step), _) => step.fits(rows, split.codes),
            (None, Some(blocks)) => vec![blocks.fit(self.y, rows, self.fit.as_ref())],
            (None, None) => Vec::new(),
        };
        for (label, sums) in cells.chunks_exact(self.layout.stride()).enumerate() {
            let cell = Cell { sums, intensities: &self.intensities };
            out.extend(self.targets.iter().map(|target| {
                match target.metric {
                    Metric::Auc => auc[label],
                    Metric::OracleAuc => oracle_auc.get(label).copied().flatten(),
                    Metric::CalibrationSlope => fits.get(label).and_then(|fit| fit.slope),
                    Metric::CalibrationIntercept => fits.get(label).and_then(|fit| fit.intercept),
                    metric => cell.ratio(metric, target.level),
                }
                .unwrap_or(f64::NAN)
            }));
        }
    }

    /// The sums of each label, one stride each.
    pub(crate) fn cells(&self, split: &Split<'_>, rows: &[(u32, f64)]) -> Vec<f64> {
        let mut cells = vec![0.0; split.n_labels * self.layout.stride()];
        let levels = self.scored.levels.as_ref().map(|levels| levels.codes.as_slice());
        self.layout.accumulate(rows, self.y, split.codes, &self.terms, levels, &mut cells);
        cells
    }

    /// How recalibration moves within the labels of a group column; `None` if a probability is 0 or 1.
    pub(crate) fn one_step(&self, rows: &[(u32, f64)], codes: &[u16], n_labels: usize) -> Option<OneStep> {
        self.blocks.as_ref().map(|blocks| OneStep::new(blocks, self.y, rows, codes, n_labels))
    }
}

/// Score, probability, squared error, log loss and error against the truth of a row; 0 where there is no probability or truth.
fn row_terms(input: &Input, scored: &Scored, row: usize) -> [f64; TERMS] {
    let columns = input.columns();
    let Some(p) = scored.probability.as_ref().map(|p| p[row]) else {
        return [scored.score[row], 0.0, 0.0, 0.0, 0.0];
    };
    let happened = if columns.y[row] { 1.0 } else { 0.0 };
    let log_loss = -log(if columns.y[row] { p } else { 1.0 - p });
    let error = columns.oracle.as_ref().map_or(0.0, |truth| (p - truth[row]).abs());
    [scored.score[row], p, (p - happened) * (p - happened), log_loss, error]
}
