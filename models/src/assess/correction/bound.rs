//! How far a number of changes could move a score at most.

use crate::completion::{Open, Terms, codes};

/// One answer put in another's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swap {
    pub slot: usize,
    pub code: u8,
}

/// An upper bound on what sets of swaps add to a part's value.
///
/// ```text
/// value(S) - value(none) <= sum of gain[s] over s in S
/// gain[s] = table[code] - table[now] + sum over trees of max over leaves that need s of (leaf - leaf now) / number of swaps needed
/// ```
/// A leaf that is reached by S needs only swaps in S, so their shares of its gain add up to at least that gain; leaves that
/// lose are counted as no loss.
#[derive(Debug, Clone)]
pub(super) struct Gains {
    /// The value as it is.
    pub now: f64,
    /// By swap.
    gain: Vec<f64>,
    /// `most[i][r]`: the most that exactly `r` swaps from the `i`-th on add, of one slot one.
    most: Vec<Vec<f64>>,
}

impl Gains {
    /// The gains of all swaps; `now` holds the codes as they are, one a slot.
    pub fn of_each(terms: &Terms, now: &[u8], swaps: &[Swap]) -> Vec<f64> {
        let mut gains: Vec<f64> = swaps
            .iter()
            .map(|s| {
                terms.tables[s.slot][usize::from(s.code)] - terms.tables[s.slot][usize::from(now[s.slot])]
            })
            .collect();
        let masks: Vec<u16> = now.iter().map(|code| 1 << code).collect();
        let mut shares = vec![[0.0_f64; 16]; now.len()];
        for tree in 0..terms.n_trees() {
            let value = terms.tree_highest(tree, &masks);
            let mut touched = Vec::new();
            for leaf in terms.leaves(tree).iter().filter(|leaf| leaf.value > value) {
                let needs = || terms.conditions(leaf).iter().filter(|c| masks[c.slot] & c.set == 0);
                let share = (leaf.value - value) / needs().count() as f64;
                for condition in needs() {
                    touched.push(condition.slot);
                    for code in codes(condition.set & terms.open[condition.slot].allowed) {
                        let most = &mut shares[condition.slot][usize::from(code)];
                        *most = most.max(share);
                    }
                }
            }
            for (gain, swap) in gains.iter_mut().zip(swaps) {
                if touched.contains(&swap.slot) {
                    *gain += shares[swap.slot][usize::from(swap.code)];
                }
            }
            touched.into_iter().for_each(|slot| shares[slot] = [0.0; 16]);
        }
        gains
    }

    /// With the swaps in the order in which they are searched.
    pub fn new(terms: &Terms, now: &[u8], swaps: &[Swap]) -> Self {
        let gain = Self::of_each(terms, now, swaps);
        let mut best = vec![f64::NEG_INFINITY; now.len()];
        let mut most = vec![vec![0.0]; swaps.len() + 1];
        for i in (0..swaps.len()).rev() {
            best[swaps[i].slot] = best[swaps[i].slot].max(gain[i]);
            let mut sorted: Vec<f64> = best.iter().copied().filter(|gain| gain.is_finite()).collect();
            sorted.sort_by(|a, b| b.total_cmp(a));
            most[i].extend(sorted.iter().scan(0.0, |sum, gain| {
                *sum += gain;
                Some(*sum)
            }));
        }
        Self { now: terms.value(now), gain, most }
    }

    pub fn gain(&self, swap: usize) -> f64 {
        self.gain[swap]
    }

    /// The most that exactly `r` swaps from the `i`-th on add; `None` if there are not as many.
    pub fn most(&self, i: usize, r: usize) -> Option<f64> {
        self.most[i].get(r).copied()
    }
}

/// The codes of a row at the open places.
pub(super) fn codes_at(row: &[u8], open: &[Open]) -> Vec<u8> {
    open.iter().map(|open| row[open.indicator]).collect()
}
