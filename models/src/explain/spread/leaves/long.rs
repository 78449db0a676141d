//! Leaves with long paths, worked out for each row.

use super::{Leaves, Numbers, Sum, add};
use crate::explain::MAX_CONDITIONS;
use crate::explain::long::{LongFrame, LongSums};
use crate::explain::subsamples::Subsamples;

impl Leaves {
    /// A frame of long paths with its leaves.
    pub(super) fn add_long(&mut self, frame: &LongFrame, sums: &LongSums, subsamples: &Subsamples) {
        let mut opened = self.open(&frame.frame, &sums.weights);
        for leaf in &frame.leaves {
            let Some(cell) = leaf.cell else { continue };
            if let Ok(place) = sums.cells.binary_search(&cell) {
                self.add_base(leaf.value, opened.first + place, subsamples);
            }
            opened.leaves.push((cell as usize, leaf.value as f32));
        }
        self.long.push((opened, sums.cells.clone()));
    }

    /// Adds what the leaves with long paths add to a row.
    pub(super) fn add_row_long(&self, row: &[u8], sums: &mut [Numbers]) {
        for (frame, cells) in &self.long {
            let (cell, all) = (frame.cell(row), (1 << frame.dimensions.len()) - 1);
            let mut of_frame = [Sum::ZERO; MAX_CONDITIONS];
            for &(leaf, value) in &frame.leaves {
                let p = all & !(cell ^ leaf);
                let occurring = cells.iter().zip(frame.first..).filter_map(|(cell, at)| {
                    let a = *cell as usize ^ leaf;
                    (a & !p == 0).then_some((a, at))
                });
                self.add_leaf(value, (all, p), occurring, &mut of_frame);
            }
            for (dimension, sum) in frame.dimensions.iter().zip(&of_frame) {
                add(&mut sums[dimension.indicator], &self.rounded(sum));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use crate::explain::spread::Spread;
    use crate::explain::spread::tests::{by_definition, cases, flat, spread};
    use crate::explain::tests::long::chain;
    use crate::explain::{Background, Deal, OrReason, SUBSAMPLES, Subsamples};
    use crate::testing::{Draw, forest, form, instrument, population, tree_candidate, worst};
    use crate::{Forest, Scorer};

    #[test]
    fn long_paths_against_each_subsample_alone() {
        let mut draw = Draw::new(21);
        let instrument = instrument(16);
        let (answers, weights) = population(&mut draw, &instrument, 1100);
        let deal = Deal::of(&cases(1100));
        let mut trees: Vec<_> = (0..6).map(|at| chain(&mut draw, &instrument, at / 3, 14 + at % 3)).collect();
        trees.extend(forest(&mut draw, &instrument, &[0, 3, 4]).trees);
        let scorer = Scorer::from(tree_candidate(Forest { n_indicators: 16, base: 0.5, trees }));
        let found = spread(&scorer, &answers, &weights, &deal);
        let whole = found.table_bytes();
        for row in [form(&mut draw, &instrument), answers.row(9).to_vec(), answers.row(99).to_vec()] {
            let found = flat(found.deviations(&row));
            let expected = by_definition(&scorer, &deal, (&answers, &weights), &row);
            let error = worst(&found, &expected);
            // Units round by up to 1 of 32,768.
            assert!(error <= 2e-4, "{error:e}");
            let other = by_definition(&scorer, &Deal::of(&cases(1101)[1..]), (&answers, &weights), &row);
            assert!(worst(&found, &other) > 1e-3);
            let by_subsample = (0..SUBSAMPLES).map(|k| found.iter().skip(k).step_by(SUBSAMPLES).sum());
            let sums: Vec<f64> = by_subsample.collect();
            assert!(worst(&sums, &[0.0; SUBSAMPLES]) <= 5e-5, "{sums:?}");
        }

        // The cells of long paths stand last in the table, and are checked as all others are.
        let background = Background::of(&scorer, &answers, &weights).unwrap();
        let OrReason::Value(good) = Subsamples::of(&scorer, &answers, &weights, &deal).unwrap() else {
            panic!("enough cases")
        };
        let of_long: usize = background.long.iter().map(|sums| sums.cells.len()).sum();
        assert!(of_long > 1000 && whole >= of_long * 36);
        let mut table = good.table().to_vec();
        let last = table.last_mut().unwrap();
        let from = last.iter().position(|&units| units > 0).unwrap();
        last[from] -= 1;
        let refused =
            |table| Spread::new(&scorer, &background, &good.with_table(table)).unwrap_err().to_string();
        let told = refused(table);
        assert!(
            told.starts_with("subsamples: cell ") && told.contains(" of the cells of long path "),
            "{told}"
        );
        let mut table = good.table().to_vec();
        let first = table.len() - background.long.last().unwrap().cells.len();
        table[first..].rotate_left(1);
        let told = refused(table);
        assert!(told.contains("long path"), "{told}");
    }
}
