//! The way of a block of rows through tables: one indicator after the other, column by column.
//!
//! A single row goes from table to table: for each number of a cell it loads and stores a sum. The rows of a block have
//! their sums in one array an indicator. The tables of a group are turned into columns, one an indicator, and the columns
//! of one indicator lie side by side: a sum takes a number from each of up to [`AT_ONCE`] of them before it is stored.

use super::super::planes::{BLOCK, Planes};
use super::{LeafCell, LeafTable, MAX_ASKED, StridedDimension, Tables};

/// Rows whose places in a group of tables stay in the first cache.
const ROWS: usize = 256;

/// Tables whose columns stay in the second cache.
pub(super) const GROUP: usize = 64;

/// Columns added up before a sum is stored: with more of them, their addresses would not stay in registers.
const AT_ONCE: usize = 8;

/// Numbers from the first of a column on that a byte can lead to, so that no row is checked; there may be other columns
/// among them, which no row leads to.
const WINDOW: usize = 1 << u8::BITS;

/// One sum of each row of a block. A few are spare, so that the sums of one row do not all compete for one place in the
/// cache.
type Sums = [i64; BLOCK + 8];

/// The sums of as many indicators, before anything is added.
pub(in super::super) fn no_sums(n_asked: usize) -> Vec<Sums> {
    vec![[0; BLOCK + 8]; n_asked]
}

/// The columns of a group of tables.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    by_sum: Vec<Column>,
    /// Places in `by_sum`, table by table.
    by_table: Vec<u16>,
}

/// What the cells of one table hold for one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    sum: u8,
    /// Place of the table in its group.
    table: u8,
    /// Place of the number in a cell.
    number: u8,
}

impl Columns {
    pub(super) fn of<const D: usize>(group: &[LeafTable<D>]) -> Self {
        let mut by_sum = Vec::with_capacity(group.len() * D);
        for (table, LeafTable { sums, .. }) in group.iter().enumerate() {
            let used = sums.iter().enumerate().filter(|&(_, &sum)| usize::from(sum) < MAX_ASKED);
            by_sum.extend(used.map(|(number, &sum)| Column {
                sum,
                table: table as u8,
                number: number as u8,
            }));
        }
        by_sum.sort_unstable();
        let mut by_table: Vec<u16> = (0..by_sum.len() as u16).collect();
        by_table.sort_by_key(|&at| by_sum[usize::from(at)].table);
        Self { by_sum, by_table }
    }
}

impl<const D: usize, const W: usize> Tables<D, W> {
    /// Adds what the rows of a block get to `sums`, one array for each indicator asked.
    pub(in super::super) fn add_block(
        &self,
        terms: &[StridedDimension],
        planes: &Planes,
        n_rows: usize,
        sums: &mut [Sums],
    ) {
        const { assert!(W <= WINDOW, "the place of a row in a table is a byte") };
        let most = self.columns.iter().map(|columns| columns.by_sum.len()).max();
        let mut turned = vec![0; most.unwrap_or(0) * W + WINDOW];
        let mut places = [[0; ROWS]; GROUP];
        for ((number, group), columns) in self.tables.chunks(GROUP).enumerate().zip(&self.columns) {
            // Table by table, so that each comes from memory once and from front to back.
            for &at in &columns.by_table {
                let Column { table, number: k, .. } = columns.by_sum[usize::from(at)];
                let cells = self.cells_of(number * GROUP + usize::from(table));
                for (units, LeafCell(cell)) in turned[usize::from(at) * W..].iter_mut().zip(cells) {
                    *units = cell[usize::from(k) % D];
                }
            }
            for from in (0..n_rows).step_by(ROWS) {
                for (table, places) in group.iter().zip(&mut places) {
                    table.place(terms, planes, from, places);
                }
                add_columns::<W>(&columns.by_sum, &turned, &places, from, sums);
            }
        }
    }

    /// The same cell by cell, for tables with too many cells to be turned for a block of rows.
    pub(in super::super) fn add_block_by_cell(
        &self,
        terms: &[StridedDimension],
        planes: &Planes,
        n_rows: usize,
        sums: &mut [Sums],
    ) {
        let mut places = [0_u16; ROWS];
        for (number, table) in self.tables.iter().enumerate() {
            let cells = self.cells_of(number);
            for from in (0..n_rows).step_by(ROWS) {
                table.place(terms, planes, from, &mut places);
                for (row, &place) in (from..n_rows).zip(&places) {
                    let LeafCell(cell) = &cells[usize::from(place)];
                    for (&sum, units) in table.sums.iter().zip(cell) {
                        if usize::from(sum) < MAX_ASKED {
                            sums[usize::from(sum)][row] += units;
                        }
                    }
                }
            }
        }
    }

    fn cells_of(&self, table: usize) -> &[LeafCell<D>] {
        let first = |table: &LeafTable<D>| table.first as usize;
        let end = self.tables.get(table + 1).map_or(self.cells.len(), first);
        &self.cells[first(&self.tables[table])..end]
    }
}

impl<const D: usize> LeafTable<D> {
    /// In which cell each row is.
    fn place<P: Place>(
        &self,
        terms: &[StridedDimension],
        planes: &Planes,
        from: usize,
        places: &mut [P; ROWS],
    ) {
        *places = [P::default(); ROWS];
        for &term in &self.terms {
            let (dimension, stride) = terms[usize::from(term)];
            if stride == 0 {
                continue;
            }
            for plane in planes.of(dimension) {
                for (place, &mask) in places.iter_mut().zip(&plane[from..from + ROWS]) {
                    place.step(mask, stride);
                }
            }
        }
    }
}

/// The place of a row in a table.
trait Place: Copy + Default {
    /// Goes on by `stride` if the mask is all ones, and stays if it is 0.
    fn step(&mut self, mask: u8, stride: u16);
}

impl Place for u8 {
    fn step(&mut self, mask: u8, stride: u16) {
        *self += mask & stride as u8;
    }
}

impl Place for u16 {
    fn step(&mut self, mask: u8, stride: u16) {
        *self += u16::from_ne_bytes([mask, mask]) & stride;
    }
}

/// Adds the columns of a group, which are ordered by their sum, for the rows from one on.
fn add_columns<const W: usize>(
    columns: &[Column],
    mut turned: &[i64],
    places: &[[u8; ROWS]; GROUP],
    from: usize,
    sums: &mut [Sums],
) {
    for of_one_sum in columns.chunk_by(|a, b| a.sum == b.sum) {
        let Some(sums) = sums[usize::from(of_one_sum[0].sum)][from..].first_chunk_mut() else {
            unreachable!("a block is a whole number of times {ROWS} rows")
        };
        for some in of_one_sum.chunks(AT_ONCE) {
            let add = match some.len() {
                1 => add::<1, W>,
                2 => add::<2, W>,
                3 => add::<3, W>,
                4 => add::<4, W>,
                5 => add::<5, W>,
                6 => add::<6, W>,
                7 => add::<7, W>,
                _ => add::<AT_ONCE, W>,
            };
            add(some, turned, places, sums);
            turned = &turned[some.len() * W..];
        }
    }
}

/// Adds the first `N` columns.
fn add<const N: usize, const W: usize>(
    columns: &[Column],
    turned: &[i64],
    places: &[[u8; ROWS]; GROUP],
    sums: &mut [i64; ROWS],
) {
    let Some(columns) = columns.first_chunk::<N>() else { unreachable!("{N} columns") };
    let places = columns.map(|column| &places[usize::from(column.table) % GROUP]);
    let windows: [&[i64; WINDOW]; N] = std::array::from_fn(|at| match turned[at * W..].first_chunk() {
        Some(window) => window,
        None => unreachable!("a window follows the last column"),
    });
    for (row, sum) in sums.iter_mut().enumerate() {
        for (window, places) in windows.iter().zip(places) {
            *sum += window[usize::from(places[row])];
        }
    }
}
