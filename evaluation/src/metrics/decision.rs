//! Decision curves: what acting above a threshold is worth.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs};
use super::label_sums::LabelSums;
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// Thresholds of a decision curve, with the place of every row among them.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionGrid {
    thresholds: Vec<f64>,
    /// How many thresholds a row's probability reaches.
    reached: Vec<u32>,
}

/// Net benefit at one threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetBenefit {
    /// Of acting on every row whose probability reaches the threshold.
    pub model: f64,
    /// Of acting on every row.
    pub treat_all: f64,
}

/// Whole per cents from 1 % up to the first that is more than a quarter above the highest cut, each cut included; up to 50 % without cuts,
/// never above 99 %.
///
/// ```
/// let grid = amparo_evaluation::metrics::thresholds(&[0.03, 0.035]);
/// assert_eq!(grid, [0.01, 0.02, 0.03, 0.035, 0.04, 0.05]);
/// ```
#[must_use]
pub fn thresholds(cuts: &[f64]) -> Vec<f64> {
    let cuts: Vec<f64> = cuts.iter().copied().filter(|cut| *cut > 0.0 && *cut < 1.0).collect();
    let highest =
        cuts.iter().copied().fold(None, |top: Option<f64>, cut| Some(top.map_or(cut, |top| top.max(cut))));
    let last = highest.map_or(50.0, |cut| (cut * 125.0 - 1e-9).floor() + 1.0).clamp(1.0, 99.0);
    let mut out: Vec<f64> = (1..=last as u32).map(|percent| f64::from(percent) / 100.0).chain(cuts).collect();
    out.sort_by(f64::total_cmp);
    out.dedup_by(|a, b| (*a - *b).abs() < 1e-12);
    out
}

impl DecisionGrid {
    /// Places each probability, in [0, 1], among thresholds in (0, 1), rising.
    #[must_use]
    pub fn new(thresholds: Vec<f64>, probability: &[f64]) -> Self {
        let place = |p: &f64| thresholds.partition_point(|t| t <= p) as u32;
        Self { reached: probability.iter().map(place).collect(), thresholds }
    }

    /// The thresholds.
    #[must_use]
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// How many cells [`DecisionGrid::cell`] tells apart.
    #[must_use]
    pub fn n_cells(&self) -> usize {
        2 * (self.thresholds.len() + 1)
    }

    /// The cell of a row: its place among the thresholds and its outcome.
    #[must_use]
    pub fn cell(&self, row: usize, y: bool) -> usize {
        2 * self.reached[row] as usize + usize::from(y)
    }

    /// Net benefit at each threshold, from the weight in each cell; `None` without weight.
    ///
    /// ```text
    /// net benefit(t)  = W1(p >= t) / W - W0(p >= t) / W x t / (1 - t)
    /// treat all(t)    = W1 / W - W0 / W x t / (1 - t)
    /// ```
    /// `W1(..)` is the weight of the events of which it holds, `W0(..)` of the non-events. In units of events found for every row: 0 is
    /// acting on nobody.
    ///
    /// # References
    /// Vickers and Elkin, Decision curve analysis, Medical Decision Making 26, 2006.
    #[must_use]
    pub fn net_benefit(&self, cells: &[f64]) -> Option<Vec<NetBenefit>> {
        let all = cells.chunks_exact(2).fold([0.0; 2], |sum, cell| [sum[0] + cell[0], sum[1] + cell[1]]);
        let total = all[0] + all[1];
        if !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let mut above = [0.0; 2];
        let mut out: Vec<NetBenefit> = self
            .thresholds
            .iter()
            .zip(cells.chunks_exact(2).skip(1))
            .rev()
            .map(|(t, cell)| {
                above = [above[0] + cell[0], above[1] + cell[1]];
                let worth = |[others, events]: [f64; 2]| (events - others * t / (1.0 - t)) / total;
                NetBenefit { model: worth(above), treat_all: worth(all) }
            })
            .collect();
        out.reverse();
        Some(out)
    }
}

/// Weighted net benefit of acting on every row whose probability reaches a threshold in (0, 1); see [`DecisionGrid::net_benefit`].
///
/// All slices have one entry a row. `None` without weight.
#[must_use]
pub fn net_benefit(probability: &[f64], y: &[bool], weight: &[f64], threshold: f64) -> Option<NetBenefit> {
    let grid = DecisionGrid::new(vec![threshold], probability);
    let mut cells = vec![0.0; grid.n_cells()];
    for (row, w) in weight.iter().enumerate() {
        cells[grid.cell(row, y[row])] += w;
    }
    grid.net_benefit(&cells).map(|benefit| benefit[0])
}

pub(super) static NET_BENEFIT: Info = Info {
    definition: Definition {
        metric: Borrowed("net_benefit"),
        scope: Scope::Threshold,
        title: text("Beneficio neto (actuar desde este nivel)", "Net benefit (acting from this level)"),
        formula: Borrowed(
            "sum of w (y - (1 - y) t / (1 - t)) 1[level >= l] / sum of w, with t the probability at which the level begins",
        ),
        range: Borrowed("(-infinity, base rate]; 0 is acting on nobody"),
        better: Better::Higher,
        reading: text(
            "Aciertos por fila, descontadas las actuaciones de más a la tasa de cambio que fija el propio umbral del nivel. Mayor que 0 y que actuar sobre todos: el nivel vale lo que cuesta.",
            "Hits a row, less the needless acts at the exchange rate that the level's own threshold sets. Above 0 and above acting on everybody: the level is worth its price.",
        ),
        reference: Borrowed(
            "Vickers and Elkin, Decision curve analysis: a novel method for evaluating prediction models, Medical Decision Making 26, 2006",
        ),
    },
    computation: Computation::Sums { terms: &[], ratio: net_benefit_at_level },
    needs: Needs::Threshold,
    basis: Basis::Everyone,
    cells: |sums, level| sums.at_or_above(level),
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

/// The net benefit of acting from a level on, whose cut-point is the threshold probability.
fn net_benefit_at_level(sums: &LabelSums<'_>, level: usize) -> Option<f64> {
    let [wrong, right] = sums.at_or_above(level);
    let (odds, total) = (sums.threshold_odds(level)?, sums.total());
    (total > 0.0).then(|| (right - wrong * odds) / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 12] = [0.02, 0.05, 0.1, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.8];
    const Y: [u8; 12] = [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1];

    fn y() -> Vec<bool> {
        Y.iter().map(|y| *y == 1).collect()
    }

    #[test]
    fn equals_dcurves() {
        // dcurves 1.1.7: dca(pandas.DataFrame({"y": y, "p": p}), "y", ["p"], thresholds=[0.05, 0.1, 0.2, 0.35, 0.6])
        // -> net_benefit where model == "p", then where model == "all"
        const MODEL: [f64; 5] = [
            0.390_350_877_192_982_5,
            0.370_370_370_370_370_4,
            0.270_833_333_333_333_37,
            0.205_128_205_128_205_15,
            0.083_333_333_333_333_34,
        ];
        const ALL: [f64; 5] = [
            0.385_964_912_280_701_2,
            0.351_851_851_851_851_86,
            0.270_833_333_333_333_37,
            0.102_564_102_564_102_64,
            -0.458_333_333_333_333_1,
        ];
        let grid = DecisionGrid::new(vec![0.05, 0.1, 0.2, 0.35, 0.6], &P);
        let mut cells = vec![0.0; grid.n_cells()];
        (0..12).for_each(|row| cells[grid.cell(row, y()[row])] += 1.0);
        let found = grid.net_benefit(&cells).unwrap_or_default();
        let error = |expected: &[f64; 5], of: fn(&NetBenefit) -> f64| {
            found.iter().zip(expected).map(|(a, b)| (of(a) - b).abs()).fold(0.0, f64::max)
        };
        assert_eq!(found.len(), 5);
        assert!(error(&MODEL, |b| b.model) <= 1e-12, "{found:?}");
        assert!(error(&ALL, |b| b.treat_all) <= 1e-12, "{found:?}");
        // A wrong answer would fail: the one for the other.
        assert!(error(&ALL, |b| b.model) > 1e-3);
        // A row exactly at a threshold is acted on.
        let at = net_benefit(&P, &y(), &[1.0; 12], 0.1).map(|b| b.model);
        let above = net_benefit(&P, &y(), &[1.0; 12], 0.1 + 1e-9).map(|b| b.model);
        assert!(
            at.zip(above)
                .is_some_and(|(at, above)| (at - MODEL[1]).abs() <= 1e-12 && (at - above).abs() > 1e-3)
        );
    }

    #[test]
    fn weights_count_as_copies() {
        let weight: Vec<f64> = (0..12).map(|row| f64::from(row % 3)).collect();
        let copies = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(&weight).flat_map(|(v, w)| vec![*v; *w as usize]).collect()
        };
        let events: Vec<bool> = copies(&Y.map(f64::from)).iter().map(|y| *y > 0.5).collect();
        let copied = net_benefit(&copies(&P), &events, &vec![1.0; events.len()], 0.2);
        let weighted = net_benefit(&P, &y(), &weight, 0.2);
        let both = weighted.zip(copied);
        assert!(both.is_some_and(|(a, b)| (a.model - b.model).abs() <= 1e-12), "{both:?}");
        let plain = net_benefit(&P, &y(), &[1.0; 12], 0.2);
        assert!(plain.zip(weighted).is_some_and(|(a, b)| (a.model - b.model).abs() > 1e-3));
        assert_eq!(net_benefit(&P, &y(), &[0.0; 12], 0.2), None);
    }

    #[test]
    fn the_grid_holds_every_cut_and_ends_above_the_highest() {
        let grid = thresholds(&[0.07, 0.16, 0.355, 0.6]);
        assert!([0.01, 0.07, 0.16, 0.355, 0.6].iter().all(|cut| grid.contains(cut)));
        assert_eq!(grid.last(), Some(&0.75));
        assert_eq!(thresholds(&[]).last(), Some(&0.5));
        assert_eq!(thresholds(&[0.95]).last(), Some(&0.99));
    }
}
