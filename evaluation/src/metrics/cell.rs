//! Sums over the rows of one slice (all rows, or one label of a group), and the metrics that are ratios of them.

use crate::definitions::Metric;

/// Per-row terms whose weighted means are metrics: score, probability, squared error, log loss, error against the truth.
pub(crate) const TERMS: usize = 5;

/// How the sums of a slice lie in memory: weight by outcome, terms, then weight by level and outcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) n_levels: usize,
}

/// The sums of one slice under one weighting.
pub(crate) struct Cell<'a> {
    pub(crate) sums: &'a [f64],
    pub(crate) intensities: &'a [f64],
}

impl Layout {
    pub(crate) fn stride(self) -> usize {
        2 + TERMS + 2 * self.n_levels
    }

    /// Adds the listed rows, weighted, to the cell of their label; `cells` holds one stride a label.
    pub(crate) fn accumulate(
        self,
        rows: &[(u32, f64)],
        y: &[bool],
        codes: &[u16],
        terms: &[[f64; TERMS]],
        levels: Option<&[u8]>,
        cells: &mut [f64],
    ) {
        let stride = self.stride();
        for &(row, w) in rows {
            let row = row as usize;
            let event = usize::from(y[row]);
            let cell = &mut cells[usize::from(codes[row]) * stride..][..stride];
            cell[event] += w;
            for (sum, term) in cell[2..2 + TERMS].iter_mut().zip(&terms[row]) {
                *sum += w * term;
            }
            if let Some(levels) = levels {
                cell[2 + TERMS + 2 * usize::from(levels[row]) + event] += w;
            }
        }
    }
}

impl Cell<'_> {
    /// Weight without and with the event.
    pub(crate) fn outcomes(&self) -> [f64; 2] {
        [self.sums[0], self.sums[1]]
    }

    pub(crate) fn total(&self) -> f64 {
        self.sums[0] + self.sums[1]
    }

    /// Weight at a level without and with the event.
    pub(crate) fn level(&self, level: usize) -> [f64; 2] {
        let at = 2 + TERMS + 2 * level;
        [self.sums[at], self.sums[at + 1]]
    }

    /// Weight at a level or above, without and with the event.
    pub(crate) fn at_or_above(&self, level: usize) -> [f64; 2] {
        (level..self.intensities.len())
            .map(|l| self.level(l))
            .fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    }

    /// A metric that is a ratio of sums; `None` when its denominator is 0, a sum is infinite, or the metric is of another kind.
    pub(crate) fn ratio(&self, metric: Metric, level: usize) -> Option<f64> {
        let [others, events] = self.outcomes();
        let mean = |term: usize| divide(self.sums[2 + term], self.total());
        match metric {
            Metric::BaseRate => divide(events, self.total()),
            Metric::MeanScore => mean(0),
            Metric::MeanProbability => mean(1),
            Metric::Brier => mean(2),
            Metric::LogLoss => mean(3),
            Metric::ProbabilityError => mean(4),
            Metric::ObservedExpected => divide(events, self.sums[3]),
            Metric::Recall => divide(self.at_or_above(level)[1], events),
            Metric::FalsePositiveRate => divide(self.at_or_above(level)[0], others),
            // From the rows below, not 1 - x, so that no rounding makes it differ from its definition.
            Metric::Specificity => divide((0..level).map(|l| self.level(l)[0]).sum(), others),
            Metric::Ppv => {
                let [wrong, right] = self.at_or_above(level);
                divide(right, wrong + right)
            }
            Metric::Npv => {
                let below =
                    (0..level).map(|l| self.level(l)).fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
                divide(below[0], below[0] + below[1])
            }
            Metric::LevelShare => divide(self.level(level).iter().sum(), self.total()),
            Metric::LevelRate => divide(self.level(level)[1], self.level(level).iter().sum()),
            Metric::EventsInLowest if self.intensities.is_empty() => None,
            Metric::EventsInLowest => divide(self.level(0)[1], events),
            Metric::Protection => divide(self.intensity(1), events),
            Metric::Overload => divide(self.intensity(0), others),
            Metric::Auc | Metric::OracleAuc | Metric::CalibrationSlope | Metric::CalibrationIntercept => None,
        }
    }

    /// Sum of weight x intensity among rows without (0) or with (1) the event.
    fn intensity(&self, event: usize) -> f64 {
        self.intensities.iter().enumerate().map(|(l, q)| q * self.level(l)[event]).sum()
    }
}

fn divide(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b).filter(|ratio| ratio.is_finite())
}
