//! Tables of one width, and the way of a single row through them; that of a block of rows is in [`block`].

mod block;

use super::frame::{Dimension, Frame};
use block::Columns;
pub(super) use block::no_sums;

/// Tables whose cells a single row fetches at a time, so that the memory answers for all of them at once.
const FETCHED: usize = 64;

/// Most indicators that the trees of one forest may ask; the last sum is a spare one.
pub(super) const MAX_ASKED: usize = 255;

/// What the rows of one cell get, one number a dimension of the table's frame.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct LeafCell<const D: usize>([i64; D]);

/// A dimension, by its place among all of the forest, with its stride in a table.
pub(super) type StridedDimension = (u16, u16);

/// Where a table is and what indexes it; unused places have the first term, of stride 0, and lead to the spare sum.
#[derive(Debug, Clone)]
struct LeafTable<const D: usize> {
    /// First cell.
    first: u32,
    /// Place of each dimension's term among all terms of the forest.
    terms: [u16; D],
    /// Which sum each number of a cell goes to: the indicator's place among those asked.
    sums: [u8; D],
}

/// Tables of up to `D` dimensions and `W` cells (a power of two), one after the other.
#[derive(Debug, Clone)]
pub(super) struct Tables<const D: usize, const W: usize> {
    tables: Vec<LeafTable<D>>,
    cells: Vec<LeafCell<D>>,
    /// By group of tables, which of their numbers go to one sum.
    columns: Vec<Columns>,
}

impl<const D: usize, const W: usize> Tables<D, W> {
    pub(super) fn new() -> Self {
        Self { tables: Vec::new(), cells: Vec::new(), columns: Vec::new() }
    }

    /// Whether a table over this frame belongs here.
    pub(super) fn hold(frame: &Frame) -> bool {
        frame.dimensions.len() <= D && frame.n_cells() <= W
    }

    /// Bytes of one cell.
    pub(super) const CELL_BYTES: usize = size_of::<LeafCell<D>>();

    /// Bytes of all tables.
    pub(super) fn bytes(&self) -> usize {
        self.cells.len() * Self::CELL_BYTES + self.tables.len() * size_of::<LeafTable<D>>()
    }

    /// Makes room for this many cells.
    pub(super) fn reserve(&mut self, n_cells: usize) {
        self.cells.reserve_exact(n_cells);
    }

    /// Appends a table of zeros over a frame, and answers with what adds to a number by cell and dimension.
    ///
    /// `places` tells the places of a dimension's term and of its sum.
    pub(super) fn push(
        &mut self,
        frame: &Frame,
        places: impl Fn(&Dimension, usize) -> (u16, u8),
    ) -> impl FnMut(usize, usize, i64) {
        let first = self.cells.len();
        let mut table = LeafTable { first: first as u32, terms: [0; D], sums: [MAX_ASKED as u8; D] };
        for (k, (dimension, stride)) in frame.dimensions.iter().zip(frame.strides()).enumerate() {
            (table.terms[k], table.sums[k]) = places(dimension, stride);
        }
        self.tables.push(table);
        self.cells.resize(first + frame.n_cells(), LeafCell([0; D]));
        let cells = &mut self.cells[first..];
        move |cell, k, units| cells[cell].0[k] += units
    }

    /// Notes which numbers go to one sum; no table may follow.
    pub(super) fn close(&mut self) {
        self.columns = self.tables.chunks(block::GROUP).map(Columns::of).collect();
    }

    /// Adds what one row gets to `sums`; `terms` holds class times stride, the first of them 0.
    pub(super) fn add_row(&self, terms: &[u16], sums: &mut [i64; MAX_ASKED + 1]) {
        for tables in self.tables.chunks(FETCHED) {
            let mut places = [0; FETCHED];
            for (place, table) in places.iter_mut().zip(tables) {
                let index: u16 = table.terms.iter().map(|&term| terms[usize::from(term)]).sum();
                *place = table.first as usize + usize::from(index);
            }
            let mut fetched = [LeafCell([0; D]); FETCHED];
            for (cell, &place) in fetched.iter_mut().zip(&places[..tables.len()]) {
                *cell = self.cells[place];
            }
            for (LeafCell(cell), table) in fetched.iter().zip(tables) {
                for (&sum, units) in table.sums.iter().zip(cell) {
                    sums[usize::from(sum)] += units;
                }
            }
        }
    }
}
