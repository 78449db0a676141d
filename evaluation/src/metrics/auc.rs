//! Area under the ROC curve by ranks.

use std::borrow::Cow::Borrowed;

use super::info::{Basis, Comparison, Computation, Info, Needs, Versions, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// The rows of a score from lowest to highest, sorted once and reused for every weighting.
#[derive(Debug, Clone)]
pub struct Order {
    rows: Vec<u32>,
    /// Whether the next row has a higher score, so that a block of ties ends here.
    ends: Vec<bool>,
}

/// Weighted area under the ROC curve; ties count half.
///
/// ```text
/// sum over i:y=1, j:y=0 of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / (W1 W0)
/// ```
/// All slices have one entry a row; scores are finite, weights >= 0. In [0, 1]; `None` unless both outcomes have weight.
/// O(n log n).
///
/// # References
/// Hanley and McNeil, The meaning and use of the area under a receiver operating characteristic (ROC) curve, Radiology 143, 1982.
///
/// ```
/// let auc = amparo_evaluation::metrics::auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true], &[1.0; 4]);
/// assert_eq!(auc, Some(0.75));
/// ```
#[must_use]
pub fn auc(score: &[f64], y: &[bool], weight: &[f64]) -> Option<f64> {
    let mut out = [None];
    Order::new(score).auc_by(y, weight, &vec![0; score.len()], &mut out);
    out[0]
}

impl Order {
    /// Sorts the rows by a finite score.
    #[must_use]
    pub fn new(score: &[f64]) -> Self {
        let mut rows: Vec<u32> = (0..score.len() as u32).collect();
        rows.sort_by(|a, b| score[*a as usize].total_cmp(&score[*b as usize]));
        let ends = (0..rows.len())
            .map(|i| rows.get(i + 1).is_none_or(|next| score[*next as usize] > score[rows[i] as usize]))
            .collect();
        Self { rows, ends }
    }

    /// The rows from the lowest to the highest score, each with whether a block of ties ends with it.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = (usize, bool)> + ExactSizeIterator {
        self.rows.iter().zip(&self.ends).map(|(row, end)| (*row as usize, *end))
    }

    /// The area within each label: `codes` has the label of each row, `out` one place a label. One pass.
    pub fn auc_by(&self, y: &[bool], weight: &[f64], codes: &[u16], out: &mut [Option<f64>]) {
        let mut tallies = vec![PairTally::default(); out.len()];
        let mut tied = false;
        for (&row, &end) in self.rows.iter().zip(&self.ends) {
            let row = row as usize;
            let (w, tally) = (weight[row], &mut tallies[usize::from(codes[row])]);
            if end && !tied {
                // A block of one row needs no flush of the others.
                if y[row] {
                    tally.win(w)
                } else {
                    tally.below += w
                }
                continue;
            }
            if y[row] {
                tally.tied_events += w
            } else {
                tally.tied_others += w
            }
            tied = !end;
            if end {
                tallies.iter_mut().for_each(PairTally::flush);
            }
        }
        for (out, tally) in out.iter_mut().zip(&tallies) {
            let pairs = tally.events * tally.below;
            *out = (pairs > 0.0).then(|| (tally.won / pairs).clamp(0.0, 1.0));
        }
    }
}

#[derive(Clone, Default)]
struct PairTally {
    /// Weight of non-events with a lower score than the current block.
    below: f64,
    events: f64,
    won: f64,
    tied_events: f64,
    tied_others: f64,
}

impl PairTally {
    fn win(&mut self, w: f64) {
        self.events += w;
        self.won += w * self.below;
    }

    fn flush(&mut self) {
        self.won += self.tied_events * (self.below + 0.5 * self.tied_others);
        self.events += self.tied_events;
        self.below += self.tied_others;
        (self.tied_events, self.tied_others) = (0.0, 0.0);
    }
}

pub(super) static AUC: Info = Info {
    definition: Definition {
        metric: Borrowed("auc"),
        scope: Scope::Whole,
        title: text("Área bajo la curva ROC", "Area under the ROC curve"),
        formula: Borrowed("sum over i:y=1, j:y=0 of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / (W1 W0)"),
        range: Borrowed("[0, 1]; 0.5 is chance"),
        better: Better::Higher,
        reading: text(
            "De dos casos, uno con el suceso y otro sin él, la frecuencia con que el primero recibe la puntuación más alta.",
            "Of two cases, one with the outcome and one without, how often the first has the higher score.",
        ),
        reference: Borrowed(
            "Hanley and McNeil, The meaning and use of the area under a receiver operating characteristic (ROC) curve, Radiology 143, 1982",
        ),
    },
    computation: Computation::Area,
    needs: Needs::Nothing,
    basis: Basis::BothOutcomes,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::RATIO,
};

pub(super) static ORACLE_AUC: Info = Info {
    definition: Definition {
        metric: Borrowed("oracle_auc"),
        scope: Scope::Whole,
        title: text("Área ROC del riesgo verdadero", "ROC area of the true risk"),
        formula: Borrowed("auc with s = the probability the synthetic outcomes were drawn from"),
        range: Borrowed("[0, 1]"),
        better: Better::Neither,
        reading: text(
            "Lo que alcanzaría quien conociera el riesgo verdadero: en una cohorte sintética, el techo de cualquier modelo, salvo azar.",
            "What knowing the true risk would reach: on a synthetic cohort, the ceiling for any model, up to chance.",
        ),
        reference: Borrowed(
            "Hanley and McNeil, The meaning and use of the area under a receiver operating characteristic (ROC) curve, Radiology 143, 1982",
        ),
    },
    computation: Computation::AreaOfTruth,
    needs: Needs::Truth,
    basis: Basis::BothOutcomes,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison { between_labels: false, between_versions: Versions::Never, ..Comparison::NUMBER },
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brute(score: &[f64], y: &[bool], weight: &[f64]) -> Option<f64> {
        let (mut won, mut pairs) = (0.0, 0.0);
        for i in 0..score.len() {
            for j in 0..score.len() {
                if y[i] && !y[j] {
                    let w = weight[i] * weight[j];
                    pairs += w;
                    won += w * if score[i] > score[j] {
                        1.0
                    } else if score[i] < score[j] {
                        0.0
                    } else {
                        0.5
                    };
                }
            }
        }
        (pairs > 0.0).then(|| won / pairs)
    }

    proptest! {
        #[test]
        fn agrees_with_all_pairs(rows in prop::collection::vec((0u8..6, any::<bool>(), 0u8..4, 0u16..3), 1..60)) {
            let score: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
            let y: Vec<bool> = rows.iter().map(|r| r.1).collect();
            let weight: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
            let codes: Vec<u16> = rows.iter().map(|r| r.3).collect();
            let mut split = [None; 3];
            Order::new(&score).auc_by(&y, &weight, &codes, &mut split);
            for label in 0..3u16 {
                let only: Vec<f64> = weight.iter().zip(&codes).map(|(w, c)| if *c == label { *w } else { 0.0 }).collect();
                let expected = brute(&score, &y, &only);
                match (split[usize::from(label)], expected) {
                    (Some(found), Some(expected)) => prop_assert!((found - expected).abs() <= 1e-12),
                    (found, expected) => prop_assert!(found.is_none() && expected.is_none()),
                }
            }
            // A wrong answer would fail: without the half for ties the area of a constant score is not 0.5.
            if let Some(constant) = auc(&vec![1.0; score.len()], &y, &weight) {
                prop_assert!((constant - 0.5).abs() <= 1e-12);
            }
        }
    }
}
