//! Histograms: sums of derivatives by answer.

use super::gradient::{Derivatives, Sums};
use super::joint::{CELLS, Joint};

/// A drawn row: its packed answers and its derivatives.
#[derive(Debug, Clone, Copy)]
pub(super) struct DrawnRow<const W: usize> {
    pub(super) packed: [u8; W],
    pub(super) derivatives: Derivatives,
}

/// Sums by answer, of all indicators of the form one after the other. Those of one indicator add up to the node's.
pub(super) type Marginals = Vec<Sums>;

/// Rows below which their answers are counted one by one: going through all combinations would take longer.
const FEW: usize = 400;

/// Counts rows by combination of answers; kept between nodes for its memory.
#[derive(Debug)]
pub(super) struct Counter(Vec<[Sums; CELLS]>);

impl Counter {
    pub(super) fn new(joint: &Joint) -> Self {
        Self(vec![[Sums::default(); CELLS]; joint.n_bytes()])
    }

    /// Adds the rows to the sums by answer.
    pub(super) fn count<const W: usize>(&mut self, rows: &[DrawnRow<W>], joint: &Joint, into: &mut [Sums]) {
        if rows.len() < FEW {
            for row in rows {
                for (block, &byte) in joint.blocks().iter().zip(&row.packed) {
                    for member in &block.members {
                        into[usize::from(member.answers[usize::from(byte)])] += row.derivatives.into();
                    }
                }
            }
            return;
        }
        self.0.iter_mut().for_each(|cells| cells.fill(Sums::default()));
        for row in rows {
            for (cells, &byte) in self.0.iter_mut().zip(&row.packed) {
                cells[usize::from(byte)] += row.derivatives.into();
            }
        }
        for (block, cells) in joint.blocks().iter().zip(&self.0) {
            for member in &block.members {
                for (sums, &at) in cells.iter().zip(&member.answers).take(block.n_cells) {
                    into[usize::from(at)] += *sums;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_and_many_are_counted_alike() {
        let n_answers = [3, 2, 16, 5, 4, 3, 9];
        let joint = Joint::new(&n_answers);
        for n in [0, 1, FEW - 1, FEW, 3 * FEW] {
            let codes = |i: usize| -> Vec<u8> {
                n_answers.iter().enumerate().map(|(j, n)| ((i * i + j * i + i / 7) % n) as u8).collect()
            };
            let derivatives = |i: usize| Derivatives { g: i as i32 * 3 - 500, h: i as i32 + 1 };
            let rows: Vec<DrawnRow<4>> = (0..n)
                .map(|i| DrawnRow { packed: joint.pack(&codes(i)), derivatives: derivatives(i) })
                .collect();
            let mut found = vec![Sums { g: 7, h: 1 }; joint.n_answers()];
            let mut expected = found.clone();
            Counter::new(&joint).count(&rows, &joint, &mut found);
            for i in 0..n {
                for (j, code) in codes(i).into_iter().enumerate() {
                    expected[joint.answers(j).start + usize::from(code)] += derivatives(i).into();
                }
            }
            assert_eq!(found, expected, "{n} rows");
        }
    }
}
