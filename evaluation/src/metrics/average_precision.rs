//! Average precision: the area under the precision-recall curve as a sum of steps.

use std::borrow::Cow::Borrowed;

use super::Order;
use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// Weighted average precision; a block of equal scores is one step.
///
/// ```text
/// sum over distinct scores t, from the highest, of (R_t - R_before) P_t
/// R_t = weight of events at t or above / W1      P_t = the same / weight of all rows at t or above
/// ```
/// All slices have one entry a row; scores are finite, weights >= 0. In [0, 1], and the base rate for a score that ranks nothing;
/// `None` without weight of events. Steps, not trapezoids: straight lines between points of this curve would flatter. O(n log n).
///
/// # References
/// Davis and Goadrich, The relationship between precision-recall and ROC curves, ICML 2006, section 4.
///
/// ```
/// let ap = amparo_evaluation::metrics::average_precision(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true], &[1.0; 4]);
/// assert!(ap.is_some_and(|ap| (ap - 5.0 / 6.0).abs() <= 1e-12));
/// ```
#[must_use]
pub fn average_precision(score: &[f64], y: &[bool], weight: &[f64]) -> Option<f64> {
    let mut out = [None];
    Order::new(score).average_precision_by(y, weight, &vec![0; score.len()], &mut out);
    out[0]
}

impl Order {
    /// The average precision within each label: `codes` has the label of each row, `out` one place a label. One pass.
    pub fn average_precision_by(&self, y: &[bool], weight: &[f64], codes: &[u16], out: &mut [Option<f64>]) {
        let mut tallies = vec![PrecisionTally::default(); out.len()];
        let mut rows = self.rows().rev().peekable();
        let mut tied = false;
        while let Some((row, _)) = rows.next() {
            let last = rows.peek().is_none_or(|(_, ends_below)| *ends_below);
            let (w, tally) = (weight[row], &mut tallies[usize::from(codes[row])]);
            if y[row] {
                tally.step += w
            } else {
                tally.others += w
            }
            if !last {
                tied = true;
            } else if tied {
                tallies.iter_mut().for_each(PrecisionTally::flush);
                tied = false;
            } else {
                // A block of one row needs no flush of the other labels.
                tally.flush();
            }
        }
        for (out, tally) in out.iter_mut().zip(&tallies) {
            *out = (tally.events > 0.0).then(|| (tally.sum / tally.events).clamp(0.0, 1.0));
        }
    }
}

#[derive(Clone, Default)]
struct PrecisionTally {
    /// Weight of events above the current block.
    events: f64,
    /// Weight of non-events above the current block and in it.
    others: f64,
    /// Weight of events in the current block.
    step: f64,
    /// Sum of weight of a step x precision there.
    sum: f64,
}

impl PrecisionTally {
    fn flush(&mut self) {
        if self.step > 0.0 {
            self.events += self.step;
            self.sum += self.step * self.events / (self.events + self.others);
            self.step = 0.0;
        }
    }
}

pub(super) static AVERAGE_PRECISION: Info = Info {
    definition: Definition {
        metric: Borrowed("average_precision"),
        scope: Scope::Whole,
        title: text("Precisión media", "Average precision"),
        formula: Borrowed(
            "sum over distinct scores t, from the highest, of (R_t - R_before) P_t; R_t, P_t: recall and precision of s >= t",
        ),
        range: Borrowed("[0, 1]; the base rate is chance"),
        better: Better::Higher,
        reading: text(
            "Al recorrer los casos desde la puntuación más alta, la parte media de aciertos cada vez que se encuentra un suceso. \
             Depende de lo frecuente que sea: compárela solo entre modelos sobre las mismas filas.",
            "Going through the cases from the highest score, the mean share of hits each time an outcome is found. It depends on \
             how frequent the outcome is: compare it only between models on the same rows.",
        ),
        reference: Borrowed(
            "Davis and Goadrich, The relationship between precision-recall and ROC curves, ICML 2006",
        ),
    },
    computation: Computation::AveragePrecision,
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

#[cfg(test)]
mod tests {
    use super::*;

    const SCORE: [f64; 12] = [0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.5, 0.6, 0.6, 0.7, 0.9, 0.9];
    const Y: [u8; 12] = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0];
    const W: [f64; 12] = [1.0, 2.0, 1.0, 0.5, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0];

    fn y() -> Vec<bool> {
        Y.iter().map(|y| *y == 1).collect()
    }

    #[test]
    fn equals_scikit_learn_with_ties_and_weights() {
        // sklearn 1.9.1: average_precision_score(y, score, sample_weight=w); average_precision_score(y, score)
        let (weighted, plain) = (0.507_919_814_271_901_4, 0.533_131_313_131_313);
        let found = average_precision(&SCORE, &y(), &W);
        assert!(found.is_some_and(|ap| (ap - weighted).abs() <= 1e-12), "{found:?}");
        let found = average_precision(&SCORE, &y(), &[1.0; 12]);
        assert!(found.is_some_and(|ap| (ap - plain).abs() <= 1e-12), "{found:?}");
        // A wrong answer would fail: without the weights, or with ties broken by their place.
        assert!((weighted - plain).abs() > 1e-3);
        let broken: Vec<f64> = SCORE.iter().enumerate().map(|(i, s)| s + i as f64 * 1e-6).collect();
        assert!(average_precision(&broken, &y(), &[1.0; 12]).is_some_and(|ap| (ap - plain).abs() > 1e-3));
    }

    #[test]
    fn labels_are_split_in_one_pass() {
        let codes: Vec<u16> = (0..12).map(|row| [0, 1, 0, 2][row % 4]).collect();
        let mut split = [None; 4];
        Order::new(&SCORE).average_precision_by(&y(), &W, &codes, &mut split);
        for label in 0..3u16 {
            let only: Vec<f64> =
                W.iter().zip(&codes).map(|(w, c)| if *c == label { *w } else { 0.0 }).collect();
            let alone = average_precision(&SCORE, &y(), &only);
            let both = split[usize::from(label)].zip(alone);
            assert!(both.is_some_and(|(a, b)| (a - b).abs() <= 1e-12), "label {label}: {both:?}");
        }
        assert_eq!(split[3], None, "no rows, no value");
        assert!(split[0].zip(split[1]).is_some_and(|(a, b)| (a - b).abs() > 1e-3), "labels differ");
    }

    #[test]
    fn a_score_that_ranks_nothing_has_the_base_rate() {
        let found = average_precision(&[1.0; 12], &y(), &[1.0; 12]);
        assert!(found.is_some_and(|ap| (ap - 5.0 / 12.0).abs() <= 1e-12), "{found:?}");
    }
}
