//! What the cells of frames add, kept for all rows.

use crate::explain::deal::SUBSAMPLES;
use crate::explain::frame::Dimension;

/// Tables whose cells are fetched at a time.
const FETCHED: usize = 32;

/// What one cell of a frame adds to an indicator, by subsample: whole numbers, so that the order of adding does not matter.
pub(super) type Numbers = [i32; SUBSAMPLES];

/// What each cell adds, in tables of frames that were merged.
#[derive(Debug)]
pub(super) struct Kept {
    pub tables: Vec<Table>,
    /// The different dimensions of all tables.
    pub dimensions: Vec<Dimension>,
    /// By table, cell and dimension.
    pub numbers: Vec<Numbers>,
}

/// Where a table is and what leads to its cells.
#[derive(Debug)]
pub(super) struct Table {
    pub first: usize,
    /// Place and stride of each dimension.
    pub dimensions: Vec<(u16, u16)>,
}

impl Kept {
    /// Adds what each table adds to a row.
    pub fn add_row(&self, row: &[u8], sums: &mut [Numbers]) {
        let class = |d: &Dimension| u16::from(d.class(row[d.indicator]));
        let classes: Vec<u16> = self.dimensions.iter().map(class).collect();
        for tables in self.tables.chunks(FETCHED) {
            let mut places = [0; FETCHED];
            let mut touched = 0_i32;
            for (place, table) in places.iter_mut().zip(tables) {
                let steps = table.dimensions.iter().map(|&(d, stride)| classes[usize::from(d)] * stride);
                let width = table.dimensions.len();
                *place = table.first + usize::from(steps.sum::<u16>()) * width;
                // The memory is asked for all of them before any is waited for.
                let numbers = &self.numbers[*place..][..width];
                touched = numbers.iter().fold(touched, |touched, number| touched ^ number[0]);
            }
            std::hint::black_box(touched);
            for (&place, table) in places.iter().zip(tables) {
                for (&(d, _), added) in table.dimensions.iter().zip(&self.numbers[place..]) {
                    add(&mut sums[self.dimensions[usize::from(d)].indicator], added);
                }
            }
        }
    }
}

pub(super) fn add(sum: &mut Numbers, added: &Numbers) {
    sum.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
}
