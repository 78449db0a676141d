//! The sampling error of the area under the ROC curve, without resampling.

use super::{ByCase, Order};
use crate::reason::Reason;

/// The structural components of an area, summed by case: everything that its variance needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Components {
    /// The area.
    pub auc: f64,
    /// By case with rows of the label: weighted deviations of its events and of its non-events, in shares of all weight of theirs.
    cases: Vec<Case>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Case {
    case: u32,
    /// Deviation of the case's events, `None` if it has none.
    events: Option<f64>,
    /// The same of its non-events.
    others: Option<f64>,
}

/// Structural components of the area of each label; `codes` has the label of each row, `n_labels` labels.
///
/// ```text
/// V_i = weighted share of non-events of the label with a lower score than event i, half of the ties
/// V_j = weighted share of events of the label with a higher score than non-event j, half of the ties
/// A_c = sum over events i of case c of w_i (V_i - AUC) / W1      B_c = the same over its non-events / W0
/// ```
/// `None` for a label without weight of both outcomes. O(n) after sorting, whatever the number of labels.
///
/// # References
/// DeLong, DeLong and Clarke-Pearson, Comparing the areas under two or more correlated receiver operating characteristic curves,
/// Biometrics 44, 1988; Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53, 1997.
#[must_use]
pub fn components(
    order: &Order,
    y: &[bool],
    weight: &[f64],
    codes: &[u16],
    n_labels: usize,
    cases: &ByCase,
) -> Vec<Option<Components>> {
    let totals = totals(y, weight, codes, n_labels);
    let placements = placements(order, y, weight, codes, &totals);
    let mut auc = vec![0.0; n_labels];
    for (row, placement) in placements.iter().enumerate().filter(|(row, _)| y[*row]) {
        let label = usize::from(codes[row]);
        auc[label] += weight[row] * placement / totals[label][1];
    }
    let mut out: Vec<Option<Components>> = totals
        .iter()
        .zip(&auc)
        .map(|(total, auc)| {
            let defined = total[0] > 0.0 && total[1] > 0.0;
            defined.then(|| Components { auc: auc.clamp(0.0, 1.0), cases: Vec::new() })
        })
        .collect();
    for (case, rows) in cases.iter() {
        for &row in rows {
            let (row, event) = (row as usize, y[row as usize]);
            let label = usize::from(codes[row]);
            let Some(label_out) = out[label].as_mut().filter(|_| weight[row] > 0.0) else { continue };
            let part = weight[row] * (placements[row] - auc[label]) / totals[label][usize::from(event)];
            if label_out.cases.last().is_none_or(|last| last.case != case) {
                label_out.cases.push(Case { case, events: None, others: None });
            }
            let Some(last) = label_out.cases.last_mut() else { continue };
            let side = if event { &mut last.events } else { &mut last.others };
            *side = Some(side.unwrap_or(0.0) + part);
        }
    }
    out
}

impl Components {
    /// Standard error of the area; `None` when either outcome rests on one case only.
    ///
    /// ```text
    /// variance = n1 / (n1 - 1) sum of A_c^2 + n0 / (n0 - 1) sum of B_c^2 + 2 n / (n - 1) sum of A_c B_c
    /// ```
    /// where `n1`, `n0` and `n` count the cases with events, with non-events and with either. With unit weights and one row a case
    /// this is the classical variance, for then the last sum is 0.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.covariance(self).map(|variance| variance.max(0.0).sqrt())
    }

    /// Covariance with the area of another score on the same rows, weights and label; `None` when undefined or the cases differ.
    #[must_use]
    pub fn covariance(&self, other: &Self) -> Option<f64> {
        let same = |(a, b): (&Case, &Case)| {
            a.case == b.case
                && a.events.is_some() == b.events.is_some()
                && a.others.is_some() == b.others.is_some()
        };
        if self.cases.len() != other.cases.len() || !self.cases.iter().zip(&other.cases).all(same) {
            return None;
        }
        let corrected = |has: fn(&Case) -> bool| {
            let n = self.cases.iter().filter(|case| has(case)).count() as f64;
            (n > 1.0).then(|| n / (n - 1.0))
        };
        let sum = |term: fn(&Case, &Case) -> f64| {
            self.cases.iter().zip(&other.cases).map(|(a, b)| term(a, b)).sum::<f64>()
        };
        let events = sum(|a, b| a.events.unwrap_or(0.0) * b.events.unwrap_or(0.0));
        let others = sum(|a, b| a.others.unwrap_or(0.0) * b.others.unwrap_or(0.0));
        let across = sum(|a, b| {
            a.events.unwrap_or(0.0) * b.others.unwrap_or(0.0)
                + a.others.unwrap_or(0.0) * b.events.unwrap_or(0.0)
        });
        Some(
            corrected(|case| case.events.is_some())? * events
                + corrected(|case| case.others.is_some())? * others
                + corrected(|_| true)? * across,
        )
    }

    /// The 95 % interval `area +- 1.96 standard errors`, within [0, 1]; why not, where there is none.
    ///
    /// # Errors
    /// A reason: an outcome with one case only, or no variation at all (an area of 1, a constant score).
    pub fn interval(&self) -> Result<(f64, f64), Reason> {
        match self.standard_error() {
            None => Err(Reason::OneCase),
            Some(error) if error < 1e-12 => Err(Reason::NoDeviation),
            Some(error) => {
                let half = super::Z95 * error;
                Ok(((self.auc - half).max(0.0), (self.auc + half).min(1.0)))
            }
        }
    }
}

/// Weight of each label without and with the event.
fn totals(y: &[bool], weight: &[f64], codes: &[u16], n_labels: usize) -> Vec<[f64; 2]> {
    let mut out = vec![[0.0; 2]; n_labels];
    for row in 0..y.len() {
        out[usize::from(codes[row])][usize::from(y[row])] += weight[row];
    }
    out
}

/// `V` of each row; 0 where the other outcome has no weight.
fn placements(order: &Order, y: &[bool], weight: &[f64], codes: &[u16], totals: &[[f64; 2]]) -> Vec<f64> {
    let mut out = vec![0.0; y.len()];
    let mut below = vec![[0.0; 2]; totals.len()];
    let mut block_weight = vec![[0.0; 2]; totals.len()];
    let mut block = Vec::new();
    for (row, end) in order.rows() {
        block.push(row);
        block_weight[usize::from(codes[row])][usize::from(y[row])] += weight[row];
        if !end {
            continue;
        }
        for &row in &block {
            let label = usize::from(codes[row]);
            let other = usize::from(!y[row]);
            let lower = below[label][other] + 0.5 * block_weight[label][other];
            let total = totals[label][other];
            if total > 0.0 {
                out[row] = if y[row] { lower / total } else { (total - lower) / total };
            }
        }
        for &row in &block {
            let label = usize::from(codes[row]);
            let [others, events] = std::mem::take(&mut block_weight[label]);
            below[label][0] += others;
            below[label][1] += events;
        }
        block.clear();
    }
    out
}

#[cfg(test)]
mod tests;
