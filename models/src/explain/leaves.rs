//! What each leaf adds, tabulated by the pattern of conditions a row meets.

use super::Background;
use crate::scorer::Path;
use crate::{Error, Explain, Explanation, Forest};

/// Most indicators on one path: a table has 2^12 patterns at most.
pub const MAX_CONDITIONS: usize = 12;

/// One indicator of a path with the answers that pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    pub(super) indicator: usize,
    set: u16,
}

impl Condition {
    fn takes(self, code: usize) -> bool {
        self.set >> code & 1 == 1
    }

    /// Weight of the rows that meet it, from the sums by indicator and answer.
    pub(super) fn weight(self, answers: &[Vec<f64>]) -> f64 {
        let sums = answers[self.indicator].iter().enumerate();
        sums.filter(|(code, _)| self.takes(*code)).map(|(_, sum)| sum).sum()
    }
}

/// Which conditions a row meets: bit `k` for the `k`-th.
pub(super) fn pattern(conditions: &[Condition], row: &[u8]) -> usize {
    let meets = |c: &Condition| usize::from(c.takes(usize::from(row[c.indicator])));
    conditions.iter().rev().fold(0, |pattern, condition| pattern << 1 | meets(condition))
}

/// The conditions of a path, in the order of the instrument.
pub(super) fn conditions(path: &Path) -> Result<Vec<Condition>, Error> {
    if path.len() > MAX_CONDITIONS {
        let problem = format!("a path asks {} indicators, expected at most {MAX_CONDITIONS}", path.len());
        return Err(Error::invalid("explanation tables", problem));
    }
    Ok(path.iter().map(|(&indicator, &set)| Condition { indicator, set }).collect())
}

/// A leaf's conditions and, for each pattern, what it adds to each of their indicators.
#[derive(Debug, Clone)]
struct LeafTable {
    conditions: Vec<Condition>,
    /// Pattern-major: `additions[pattern * d + k]`.
    additions: Vec<f64>,
}

/// The tables of all leaves of a forest.
#[derive(Debug, Clone)]
pub(super) struct LeafTables {
    n_indicators: usize,
    base: f64,
    leaves: Vec<LeafTable>,
}

impl LeafTables {
    pub(super) fn new(forest: &Forest, background: &Background) -> Result<Self, Error> {
        let mut tables = Self { n_indicators: forest.n_indicators, base: forest.base, leaves: Vec::new() };
        for (number, (tree, patterns)) in forest.trees.iter().zip(&background.patterns).enumerate() {
            let leaves = tree.leaves();
            if leaves.len() != patterns.len() {
                let (found, expected) = (patterns.len(), leaves.len());
                let problem =
                    format!("tree {number} has pattern sums of {found} leaves, expected {expected}");
                return Err(Error::invalid("background", problem));
            }
            for (at, (leaf, patterns)) in leaves.iter().zip(patterns).enumerate() {
                let conditions = conditions(&leaf.path)?;
                let place = || format!("leaf {at} of tree {number}");
                let shares = background.pattern_shares(&conditions, patterns, place)?;
                tables.base += leaf.value * shares[shares.len() - 1];
                let additions = additions(leaf.value, conditions.len(), &shares);
                tables.leaves.push(LeafTable { conditions, additions });
            }
        }
        Ok(tables)
    }
}

impl Explain for LeafTables {
    fn explain(&self, row: &[u8]) -> Explanation {
        let mut values = vec![0.0; self.n_indicators];
        for LeafTable { conditions, additions } in &self.leaves {
            let pattern = pattern(conditions, row);
            let d = conditions.len();
            for (condition, addition) in conditions.iter().zip(&additions[pattern * d..]) {
                values[condition.indicator] += addition;
            }
        }
        Explanation { base: self.base, values }
    }
}

/// A leaf's Shapley values by pattern of the row, summed over the patterns of the background.
///
/// With `p` the row's pattern and `q` the background's, the leaf is reached by a coalition `S` if and only if
/// `A = p - q` is inside `S` and `B = q - p` outside, and every condition is met by one of the two. Then
///
/// ```text
/// phi_k = + value (|A|-1)! |B|! / (|A|+|B|)!     k in A
///         - value |A|! (|B|-1)! / (|A|+|B|)!     k in B          0 elsewhere
/// ```
fn additions(value: f64, d: usize, shares: &[f64]) -> Vec<f64> {
    let full = (1_usize << d) - 1;
    let weights = shapley_weights(d);
    let mut additions = vec![0.0; (full + 1) * d];
    for p in 0..=full {
        let out = &mut additions[p * d..(p + 1) * d];
        // All q that meet what p does not: the complement of p with any subset of p.
        let mut sub = p;
        loop {
            let q = (full & !p) | sub;
            let share = shares[q];
            if share > 0.0 {
                let (a, b) = (p & !q, q & !p);
                let (n_a, n_b) = (a.count_ones() as usize, b.count_ones() as usize);
                for (k, addition) in out.iter_mut().enumerate() {
                    if a >> k & 1 == 1 {
                        *addition += value * share * weights[n_a][n_b];
                    } else if b >> k & 1 == 1 {
                        *addition -= value * share * weights[n_b][n_a];
                    }
                }
            }
            if sub == 0 {
                break;
            }
            sub = (sub - 1) & p;
        }
    }
    additions
}

/// `w[a][b] = (a-1)! b! / (a+b)!` for `a >= 1`.
fn shapley_weights(d: usize) -> Vec<Vec<f64>> {
    let factorial: Vec<f64> = (0..=2 * d)
        .scan(1.0, |f, n| {
            if n > 0 {
                *f *= n as f64;
            }
            Some(*f)
        })
        .collect();
    let of =
        |a: usize, b: usize| if a == 0 { 0.0 } else { factorial[a - 1] * factorial[b] / factorial[a + b] };
    (0..=d).map(|a| (0..=d).map(|b| of(a, b)).collect()).collect()
}
