//! Concordance of a score with the time to the event, under censoring.

use std::borrow::Cow::Borrowed;

use super::ByCase;
use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// Follow-up of rows: days, whether the event happened then, and weights.
#[derive(Debug, Clone, Copy)]
pub struct FollowUp<'a> {
    /// Days to the event or to the end of follow-up, finite and >= 0.
    pub days: &'a [f64],
    /// Whether the event happened at `days`.
    pub happened: &'a [bool],
    /// Weight of each row, > 0 and finite.
    pub weight: &'a [f64],
}

/// A concordance with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concordance {
    /// Share of comparable pairs in which the sooner event has the higher score, in [0, 1]; 0.5 is chance.
    pub value: f64,
    /// Standard error by case.
    pub standard_error: f64,
    /// Rows of the label.
    pub n: u64,
    /// Of those, rows with the event.
    pub events: u64,
}

/// Harrell's C of a score, within each label.
///
/// ```text
/// C = sum over comparable (i, j) of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / sum over comparable (i, j) of w_i w_j
/// (i, j) is comparable when i had the event and j was still without it: day_i < day_j, or the same day and j censored
/// standard error^2 = sum over cases c of ((N_c - C D_c) / D)^2
/// ```
/// where `N_c` and `D_c` are the parts of numerator and denominator of pairs that hold a row of case `c`, a pair within the case twice
/// (the infinitesimal jackknife of the ratio). `score` is higher for riskier rows, finite; `codes` has the label of each row.
/// `None` for a label without a comparable pair. O(n log n).
///
/// Pairs are weighted as they are seen: with heavy censoring C leans towards early events.
///
/// # References
/// Harrell, Califf, Pryor, Lee and Rosati, Evaluating the yield of medical tests, JAMA 247, 1982; Therneau and Atkinson, Concordance,
/// vignette of the R package survival, 2024, for the standard error.
#[must_use]
pub fn concordance(
    score: &[f64],
    follow_up: FollowUp<'_>,
    codes: &[u16],
    n_labels: usize,
    cases: &ByCase,
) -> Vec<Option<Concordance>> {
    let FollowUp { days, happened, .. } = follow_up;
    let parts = parts(score, follow_up, codes, n_labels);
    // Each pair is in the parts of both of its rows.
    let mut sums = vec![Sums::default(); n_labels];
    for row in 0..days.len() {
        let sum = &mut sums[usize::from(codes[row])];
        sum.won += parts[row].won / 2.0;
        sum.pairs += parts[row].pairs / 2.0;
        sum.n += 1;
        sum.events += u64::from(happened[row]);
    }
    let value = |sum: &Sums| sum.won / sum.pairs;
    let mut squares = vec![0.0; n_labels];
    let mut of_case: Vec<(usize, f64)> = Vec::new();
    for (_, rows) in cases.iter() {
        of_case.clear();
        for &row in rows {
            let (part, label) = (&parts[row as usize], usize::from(codes[row as usize]));
            let sum = &sums[label];
            if sum.pairs > 0.0 {
                of_case.push((label, (part.won - value(sum) * part.pairs) / sum.pairs));
            }
        }
        of_case.sort_by_key(|(label, _)| *label);
        for same in of_case.chunk_by(|a, b| a.0 == b.0) {
            let deviation: f64 = same.iter().map(|(_, part)| part).sum();
            squares[same[0].0] += deviation * deviation;
        }
    }
    let whole = |(sum, square): (&Sums, &f64)| {
        (sum.pairs > 0.0).then(|| Concordance {
            value: value(sum).clamp(0.0, 1.0),
            standard_error: square.sqrt(),
            n: sum.n,
            events: sum.events,
        })
    };
    sums.iter().zip(&squares).map(whole).collect()
}

impl Concordance {
    /// The 95 % interval `C +- 1.96 standard errors`, within [0, 1]; why not, where there is none.
    ///
    /// # Errors
    /// A reason: no variation at all (perfect concordance, a constant score).
    pub fn interval(&self) -> Result<(f64, f64), Reason> {
        if self.standard_error < 1e-12 {
            return Err(Reason::NoDeviation);
        }
        let half = super::Z95 * self.standard_error;
        Ok(((self.value - half).max(0.0), (self.value + half).min(1.0)))
    }
}

#[derive(Clone, Default)]
struct Sums {
    won: f64,
    pairs: f64,
    n: u64,
    events: u64,
}

/// Weight of the pairs that hold a row, and of those won (by the sooner event, whichever of the two the row is).
#[derive(Clone, Copy, Default)]
struct Part {
    won: f64,
    pairs: f64,
}

fn parts(score: &[f64], follow_up: FollowUp<'_>, codes: &[u16], n_labels: usize) -> Vec<Part> {
    let mut of_label = vec![Vec::new(); n_labels];
    for (row, code) in codes.iter().enumerate() {
        of_label[usize::from(*code)].push(row);
    }
    let mut out = vec![Part::default(); codes.len()];
    let mut rank = vec![0; codes.len()];
    for mut rows in of_label {
        rows.sort_by(|a, b| score[*a].total_cmp(&score[*b]));
        let mut n_ranks = 0;
        for block in rows.chunk_by(|a, b| score[*b] <= score[*a]) {
            block.iter().for_each(|row| rank[*row] = n_ranks);
            n_ranks += 1;
        }
        label_parts(&mut rows, follow_up, &rank, n_ranks, &mut out);
    }
    out
}

/// Two sweeps over the days: from the first, events seen so far; from the last, rows still in sight.
fn label_parts(
    rows: &mut [usize],
    follow_up: FollowUp<'_>,
    rank: &[usize],
    n_ranks: usize,
    out: &mut [Part],
) {
    let FollowUp { days, happened, weight } = follow_up;
    // On the same day an event comes before a loss of sight; events of one day are no pairs.
    rows.sort_by(|a, b| days[*a].total_cmp(&days[*b]).then(happened[*b].cmp(&happened[*a])));
    let blocks: Vec<&[usize]> =
        rows.chunk_by(|a, b| happened[*a] == happened[*b] && days[*b] <= days[*a]).collect();
    let mut sooner = Fenwick::new(n_ranks);
    for block in &blocks {
        for &row in *block {
            let (lower, same) = sooner.around(rank[row]);
            let higher = sooner.total - lower - same;
            out[row].won += weight[row] * (higher + 0.5 * same);
            out[row].pairs += weight[row] * sooner.total;
        }
        for &row in block.iter().filter(|row| happened[**row]) {
            sooner.add(rank[row], weight[row]);
        }
    }
    let mut later = Fenwick::new(n_ranks);
    for block in blocks.iter().rev() {
        for &row in block.iter().filter(|row| happened[**row]) {
            let (lower, same) = later.around(rank[row]);
            out[row].won += weight[row] * (lower + 0.5 * same);
            out[row].pairs += weight[row] * later.total;
        }
        for &row in *block {
            later.add(rank[row], weight[row]);
        }
    }
}

/// Sums of weight by rank, updated and read in O(log n).
struct Fenwick {
    sums: Vec<f64>,
    at: Vec<f64>,
    total: f64,
}

impl Fenwick {
    fn new(n_ranks: usize) -> Self {
        Self { sums: vec![0.0; n_ranks + 1], at: vec![0.0; n_ranks], total: 0.0 }
    }

    fn add(&mut self, rank: usize, weight: f64) {
        self.at[rank] += weight;
        self.total += weight;
        let mut node = rank + 1;
        while node < self.sums.len() {
            self.sums[node] += weight;
            node += node & node.wrapping_neg();
        }
    }

    /// Weight of lower ranks, and of this rank.
    fn around(&self, rank: usize) -> (f64, f64) {
        let (mut node, mut lower) = (rank, 0.0);
        while node > 0 {
            lower += self.sums[node];
            node &= node - 1;
        }
        (lower, self.at[rank])
    }
}

pub(super) static C_INDEX: Info = Info {
    definition: Definition {
        metric: Borrowed("c_index"),
        scope: Scope::Whole,
        title: text("Índice C (tiempo hasta el suceso)", "C-index (time to the outcome)"),
        formula: Borrowed(
            "sum of w_i w_j (1[s_i > s_j] + 1/2 1[s_i = s_j]) / sum of w_i w_j, over pairs where i has the event while j is still without it",
        ),
        range: Borrowed("[0, 1]; 0.5 is chance"),
        better: Better::Higher,
        reading: text(
            "De dos casos, la frecuencia con que el que sufre antes el suceso recibe la puntuación más alta. Cuentan también los casos \
             censurados, hasta el día en que se censuran.",
            "Of two cases, how often the one whose outcome comes sooner has the higher score. Censored cases count as well, until the \
             day on which they are censored.",
        ),
        reference: Borrowed(
            "Harrell, Califf, Pryor, Lee and Rosati, Evaluating the yield of medical tests, JAMA 247, 1982",
        ),
    },
    computation: Computation::FollowUp,
    needs: Needs::Nothing,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::NoComparablePair,
    comparison: Comparison { between_labels: false, ..Comparison::NUMBER },
};

#[cfg(test)]
mod tests;
