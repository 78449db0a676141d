//! Expected and actual shares of a resample, from sums over cells of period and score.

use amparo_models::probability::sigmoid;
use libm::log;

use super::{Risk, Stream};
use crate::logistic;
use crate::reason::Reason;

/// Bins of the score: rows in one bin of one period have one risk.
const BINS: usize = 256;

/// Rows put into cells of period and score, once for all resamples.
pub(super) struct Cells<'a> {
    stream: &'a Stream,
    /// Bin of each row.
    bin: Vec<u16>,
    n_bins: usize,
    /// Score of each bin, centred and scaled; empty where the risk is stated.
    x: Vec<f64>,
    /// Whether each period has an intercept of its own.
    pub(super) by_period: bool,
}

/// What a resample says at one threshold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Threshold {
    /// Share of rows in each period.
    share: Vec<f64>,
    /// Expected share less its mean, by period.
    centred: Vec<f64>,
    /// `sum pi (expected - mean)^2`.
    pub(super) variance: f64,
    /// `sum pi (expected - mean) (actual - mean)`.
    pub(super) covariance: f64,
}

/// One entry a level but the lowest; and the mean risk of each period.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments(pub(super) Vec<Threshold>, pub(super) Vec<f64>);

impl Threshold {
    /// `sum pi (a - b)^2` of the centred expected shares, `pi` of `other`.
    pub(super) fn squared_distance(&self, other: &Self) -> f64 {
        let pairs = self.centred.iter().zip(&other.centred);
        pairs.zip(&other.share).map(|((a, b), pi)| pi * (a - b) * (a - b)).sum()
    }
}

impl<'a> Cells<'a> {
    pub(super) fn new(stream: &'a Stream) -> Self {
        let score = match &stream.risk {
            Risk::Stated(risk) => risk,
            Risk::Outcomes { score, .. } => score,
        };
        let mut order: Vec<usize> = (0..score.len()).collect();
        order.sort_by(|a, b| score[*a].total_cmp(&score[*b]));
        let mut bin = vec![0; score.len()];
        let (mut n_bins, mut before, mut last) = (0, 0, None);
        for block in order.chunk_by(|a, b| score[*a].total_cmp(&score[*b]).is_eq()) {
            let at = (before + block.len() / 2) * BINS / score.len();
            if last != Some(at) {
                (last, n_bins) = (Some(at), n_bins + 1);
            }
            block.iter().for_each(|row| bin[*row] = (n_bins - 1) as u16);
            before += block.len();
        }
        let x = match &stream.risk {
            Risk::Stated(_) => Vec::new(),
            Risk::Outcomes { score, .. } => scaled(score, &bin, n_bins),
        };
        let mut cells = Self { stream, bin, n_bins, x, by_period: false };
        if let Risk::Outcomes { .. } = stream.risk {
            cells.by_period = differ(&cells.x, &cells.sums(&stream.weight), stream);
        }
        cells
    }

    /// Weight, and weight x risk or event, by period and bin.
    fn sums(&self, weight: &[f64]) -> Vec<[f64; 2]> {
        let mut cells = vec![[0.0; 2]; self.stream.periods.len() * self.n_bins];
        for (row, &w) in weight.iter().enumerate() {
            let cell =
                &mut cells[usize::from(self.stream.period[row]) * self.n_bins + usize::from(self.bin[row])];
            cell[0] += w;
            cell[1] += w * match &self.stream.risk {
                Risk::Stated(risk) => risk[row],
                Risk::Outcomes { y, .. } => f64::from(u8::from(y[row])),
            };
        }
        cells
    }

    /// `weight` has one entry a row; some may be 0.
    ///
    /// # Errors
    /// [`Reason::RiskUndetermined`] if the outcomes do not determine the risk of every period; [`Reason::NoConvergence`].
    pub(super) fn moments(&self, weight: &[f64]) -> Result<Moments, Reason> {
        let (n_periods, n_levels) = (self.stream.periods.len(), self.stream.levels.len());
        let cells = self.sums(weight);
        let mut at_level = vec![0.0; n_periods * n_levels];
        for (row, &w) in weight.iter().enumerate() {
            let (period, level) = (usize::from(self.stream.period[row]), usize::from(self.stream.level[row]));
            at_level[period * n_levels + level] += w;
        }
        let risk = match &self.stream.risk {
            Risk::Stated(_) => {
                cells.iter().map(|[w, r]| if *w > 0.0 { r / w } else { 0.0 }).collect::<Vec<_>>()
            }
            Risk::Outcomes { .. } => recalibrated(&self.x, &cells, self.by_period)?,
        };
        let totals: Vec<f64> =
            cells.chunks(self.n_bins).map(|c| c.iter().map(|cell| cell[0]).sum()).collect();
        let mean_risk = (0..n_periods).map(|t| {
            let of = t * self.n_bins..(t + 1) * self.n_bins;
            cells[of.clone()].iter().zip(&risk[of]).map(|(cell, r)| cell[0] * r).sum::<f64>() / totals[t]
        });
        let mean_risk: Vec<f64> = mean_risk.collect();
        if mean_risk.iter().any(|risk| !risk.is_finite()) {
            return Err(Reason::RiskUndetermined);
        }
        let mut riskiest: Vec<usize> = (0..cells.len()).filter(|cell| cells[*cell][0] > 0.0).collect();
        riskiest.sort_by(|a, b| risk[*b].total_cmp(&risk[*a]));
        let thresholds = (1..n_levels).map(|level| {
            let above: Vec<f64> =
                at_level.chunks(n_levels).map(|levels| levels[level..].iter().sum()).collect();
            let expected = self.taken(&cells, &riskiest, &risk, above.iter().sum());
            compared(&expected, &above, &totals)
        });
        Ok(Moments(thresholds.collect(), mean_risk))
    }

    /// Weight of each period among the riskiest `size`; of cells of equal risk at the boundary, the same part of each.
    fn taken(&self, cells: &[[f64; 2]], riskiest: &[usize], risk: &[f64], size: f64) -> Vec<f64> {
        let mut taken = vec![0.0; self.stream.periods.len()];
        let mut left = size;
        for block in riskiest.chunk_by(|a, b| risk[*a].total_cmp(&risk[*b]).is_eq()) {
            let weight: f64 = block.iter().map(|cell| cells[*cell][0]).sum();
            let part = (left / weight).clamp(0.0, 1.0);
            block.iter().for_each(|cell| taken[cell / self.n_bins] += part * cells[*cell][0]);
            left -= part * weight;
            if left <= 0.0 {
                break;
            }
        }
        taken
    }
}

/// Expected and actual weights at the level or above, compared as shares of each period.
fn compared(expected: &[f64], actual: &[f64], totals: &[f64]) -> Threshold {
    let total: f64 = totals.iter().sum();
    let share: Vec<f64> = totals.iter().map(|n| n / total).collect();
    let centred = |weights: &[f64]| {
        let mean = weights.iter().sum::<f64>() / total;
        weights.iter().zip(totals).map(|(w, n)| w / n - mean).collect::<Vec<_>>()
    };
    let (expected, actual) = (centred(expected), centred(actual));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(&share).map(|((a, b), pi)| pi * a * b).sum();
    Threshold {
        variance: product(&expected, &expected),
        covariance: product(&expected, &actual),
        centred: expected,
        share,
    }
}

/// Mean score of each bin, centred and scaled to unit variance over the bins.
fn scaled(score: &[f64], bin: &[u16], n_bins: usize) -> Vec<f64> {
    let mut sums = vec![[0.0; 2]; n_bins];
    for (score, bin) in score.iter().zip(bin) {
        let sum = &mut sums[usize::from(*bin)];
        sum[0] += 1.0;
        sum[1] += score;
    }
    let means: Vec<f64> = sums.iter().map(|[n, sum]| sum / n).collect();
    let centre = means.iter().sum::<f64>() / n_bins as f64;
    let spread = (means.iter().map(|m| (m - centre) * (m - centre)).sum::<f64>() / n_bins as f64).sqrt();
    means.iter().map(|m| if spread > 0.0 { (m - centre) / spread } else { 0.0 }).collect()
}

/// Whether the periods' intercepts differ: a likelihood-ratio test at 5 %, decided once on the rows as they are.
///
/// Where they do not, the score explains how the risk moves, and intercepts of their own would only add noise to the order of the rows.
/// Weights are scaled to the effective number of rows; the 95 % quantile of chi-squared is Wilson and Hilferty's (1931).
fn differ(x: &[f64], cells: &[[f64; 2]], stream: &Stream) -> bool {
    let (Ok(own), Ok(common)) = (recalibrated(x, cells, true), recalibrated(x, cells, false)) else {
        // Without a solution there is no risk to compare; the caller finds that out.
        return true;
    };
    let log_likelihood = |risk: &[f64]| -> f64 {
        let term = |n: f64, p: f64| if n > 0.0 { n * log(p) } else { 0.0 };
        cells.iter().zip(risk).map(|([w, e], p)| term(*e, *p) + term(w - e, 1.0 - p)).sum()
    };
    let scale = stream.weight.iter().sum::<f64>() / stream.weight.iter().map(|w| w * w).sum::<f64>();
    let statistic = 2.0 * scale * (log_likelihood(&own) - log_likelihood(&common));
    let k = (stream.periods.len() - 1) as f64;
    let root = 1.0 - 2.0 / (9.0 * k) + 1.644_853_626_951_472_7 * (2.0 / (9.0 * k)).sqrt();
    statistic > k * root * root * root
}

/// Risk of each cell by logistic regression on the score: one slope, and one intercept a period or one for all.
///
/// # Errors
/// [`Reason::RiskUndetermined`] where no fit is best; [`Reason::NoConvergence`].
fn recalibrated(x: &[f64], cells: &[[f64; 2]], by_period: bool) -> Result<Vec<f64>, Reason> {
    let n_bins = x.len();
    let outcomes = |[w, e]: &[f64; 2]| [(w - e).max(0.0), *e];
    let outcomes: Vec<logistic::OutcomeWeights> = if by_period {
        cells.iter().map(outcomes).collect()
    } else {
        let mut pooled = vec![[0.0; 2]; n_bins];
        for (cell, [w, e]) in cells.iter().enumerate() {
            pooled[cell % n_bins][0] += w;
            pooled[cell % n_bins][1] += e;
        }
        pooled.iter().map(outcomes).collect()
    };
    let fit = logistic::fit(x, &outcomes).map_err(|reason| match reason {
        Reason::NoConvergence => reason,
        _ => Reason::RiskUndetermined,
    })?;
    let slope = fit.slope.unwrap_or(0.0);
    let risk = |cell: usize| {
        let run = if by_period { cell / n_bins } else { 0 };
        sigmoid(fit.intercepts[run] + slope * x[cell % n_bins])
    };
    Ok((0..cells.len()).map(risk).collect())
}
