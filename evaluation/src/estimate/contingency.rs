//! Numbers that follow from weight by cell (a pair of levels, a bin and an outcome), on the rows as they are and on resamples of cases.

use rayon::prelude::*;

use super::interval::{self, measured};
use super::quantile_sketch::Sketches;
use super::resample::Draw;
use crate::input::{Input, Repeats};
use crate::measure::Measure;
use crate::reason::Reason;

/// Replicates between two reports of progress.
const BATCH: u32 = 32;

/// Most distinct patterns of a family for each eight rows: more would cost as much as the rows themselves.
const ROWS_PER_PATTERN: usize = 8;

/// Largest table by which the patterns of a family are joined with the cells of a table.
const LARGEST_JOIN: usize = 1 << 22;

/// A cell for each row, and numbers from the weight in each cell.
pub(crate) trait Contingency: Sync {
    /// How many cells there are.
    fn n_cells(&self) -> usize;
    /// The cell of a row.
    fn cell(&self, row: usize) -> usize;
    /// The numbers, always as many; NaN where undefined, which never leaves this crate.
    fn values(&self, cells: &[f64]) -> Vec<f64>;
}

/// What a table says, counted and resampled.
#[derive(Debug)]
pub(crate) struct Counted {
    /// Rows in each cell, unweighted.
    rows: Vec<f64>,
    repeats: Repeats,
    /// The numbers on the rows as they are.
    pub(crate) point: Vec<f64>,
    /// What the resamples say of each number.
    pub(crate) drawn: Sketches,
}

impl Counted {
    /// Unweighted assessments in some cells together. They are rounded once: with an odd number of repeats half an assessment may stand in each of two cells.
    pub(crate) fn assessments(&self, cells: impl IntoIterator<Item = usize>) -> u64 {
        self.repeats.assessments(cells.into_iter().map(|cell| self.rows[cell]).sum())
    }

    /// Number of cells.
    pub(crate) fn n_cells(&self) -> usize {
        self.rows.len()
    }

    /// The measure of one of the numbers, which rests on `rests_on` rows and events; `hidden` says why it may not be shown, `undefined` why it
    /// has no value where it may.
    pub(crate) fn estimate(
        &self,
        number: usize,
        rests_on: (u64, u64),
        hidden: Option<Reason>,
        undefined: Reason,
    ) -> Measure {
        let value = Some(self.point[number]).filter(|value| value.is_finite());
        let value = hidden.map_or_else(|| value.ok_or(undefined), Err);
        measured(value, rests_on, |_| interval::percentile(self.drawn.at(number)))
    }
}

/// Runs all tables over the same resamples; `step` hears how many replicates were just done.
///
/// Rows that fall into the same cells of several tables are summed once: a resample costs one pass over the rows for all tables
/// with few cells together.
pub(crate) fn count(
    input: &Input,
    tables: &[&dyn Contingency],
    (seed, replicates): (u64, u32),
    step: &mut dyn FnMut(u64),
) -> Vec<Counted> {
    let (columns, draw) = (input.columns(), Draw::new(input));
    let families = families(tables, input.n_rows());
    let values = |weight: &[f64]| -> Vec<Vec<f64>> {
        let cells = cells(&families, tables, weight);
        tables.iter().zip(&cells).map(|(table, cells)| table.values(cells)).collect()
    };
    let counts = cells(&families, tables, &vec![1.0; input.n_rows()]);
    let point = values(&columns.weight);
    let mut out: Vec<Counted> = counts
        .into_iter()
        .zip(point)
        .map(|(rows, point)| Counted {
            rows,
            repeats: columns.repeats,
            drawn: Sketches::new(point.len()),
            point,
        })
        .collect();
    let replicate = |replicate: u32| {
        let times = draw.times(seed, u64::from(replicate));
        let rows = input.cases().iter().zip(&columns.weight);
        let weight: Vec<f64> = rows.map(|(case, w)| w * f64::from(times[*case as usize])).collect();
        values(&weight)
    };
    let mut done = 0;
    while done < replicates && !tables.is_empty() {
        let batch = done..replicates.min(done + BATCH);
        done = batch.end;
        let size = batch.len() as u64;
        let drawn: Vec<_> = batch.into_par_iter().map(replicate).collect();
        for (at, out) in out.iter_mut().enumerate() {
            out.drawn.add(drawn.len(), |number, replicate| drawn[replicate][at][number]);
        }
        step(size);
    }
    out
}

/// Tallies whose rows are told apart by one pattern number.
struct Family {
    /// Pattern of each row.
    pattern: Vec<u32>,
    n_patterns: usize,
    /// Tallies by place, with the cell of each pattern.
    members: Vec<(usize, Vec<u32>)>,
}

fn families(tables: &[&dyn Contingency], n_rows: usize) -> Vec<Family> {
    let mut out: Vec<Family> = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        if !out.iter_mut().any(|family| family.join(place, *table)) {
            let mut family = Family { pattern: vec![0; n_rows], n_patterns: 1, members: Vec::new() };
            if !family.join(place, *table) {
                // Too many cells to be told apart by fewer patterns: each cell is a pattern.
                family.pattern = (0..n_rows).map(|row| table.cell(row) as u32).collect();
                family.n_patterns = table.n_cells();
                family.members.push((place, (0..table.n_cells() as u32).collect()));
            }
            out.push(family);
        }
    }
    out
}

impl Family {
    /// Adds a table, unless that takes too many patterns.
    fn join(&mut self, place: usize, table: &dyn Contingency) -> bool {
        let n_cells = table.n_cells();
        let most = self.pattern.len() / ROWS_PER_PATTERN + 64;
        if self.n_patterns.saturating_mul(n_cells) > LARGEST_JOIN {
            return false;
        }
        let mut number = vec![u32::MAX; self.n_patterns * n_cells];
        let mut pairs = Vec::new();
        let mut pattern = Vec::with_capacity(self.pattern.len());
        for (row, old) in self.pattern.iter().enumerate() {
            let pair = *old as usize * n_cells + table.cell(row);
            if number[pair] == u32::MAX {
                if pairs.len() == most {
                    return false;
                }
                number[pair] = pairs.len() as u32;
                pairs.push(pair);
            }
            pattern.push(number[pair]);
        }
        for (_, cells) in &mut self.members {
            *cells = pairs.iter().map(|pair| cells[pair / n_cells]).collect();
        }
        self.members.push((place, pairs.iter().map(|pair| (pair % n_cells) as u32).collect()));
        (self.pattern, self.n_patterns) = (pattern, pairs.len());
        true
    }
}

/// The weight in each cell of each table.
fn cells(families: &[Family], tables: &[&dyn Contingency], weight: &[f64]) -> Vec<Vec<f64>> {
    let mut out: Vec<Vec<f64>> = tables.iter().map(|table| vec![0.0; table.n_cells()]).collect();
    for family in families {
        let mut sums = vec![0.0; family.n_patterns];
        family.pattern.iter().zip(weight).for_each(|(pattern, w)| sums[*pattern as usize] += w);
        for (place, cell) in &family.members {
            cell.iter().zip(&sums).for_each(|(cell, sum)| out[*place][*cell as usize] += sum);
        }
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::input::Columns;

    #[test]
    fn assessments_of_several_cells_are_rounded_once() {
        let repeats = Repeats::new(std::num::NonZeroU32::new(2).unwrap());
        let counted = Counted { rows: vec![1.0, 3.0, 6.0], repeats, point: vec![], drawn: Sketches::new(0) };
        assert_eq!(counted.assessments(0..counted.n_cells()), 5);
        let each: u64 = (0..3).map(|cell| counted.assessments([cell])).sum();
        assert_eq!(each, 6, "each for itself they come to one too many");
    }

    struct Shares(Vec<usize>, usize);

    impl Contingency for Shares {
        fn n_cells(&self) -> usize {
            self.1
        }
        fn cell(&self, row: usize) -> usize {
            self.0[row]
        }
        fn values(&self, cells: &[f64]) -> Vec<f64> {
            let total: f64 = cells.iter().sum();
            cells.iter().map(|cell| cell / total).collect()
        }
    }

    #[test]
    fn joined_or_apart_the_sums_are_those_of_the_rows() {
        let n = 2000;
        let columns = Columns {
            y: (0..n).map(|row| row % 3 == 0).collect(),
            weight: (0..n).map(|row| 0.5 + (row % 7) as f64).collect(),
            cluster: (0..n).map(|row| (row / 2) as u32).collect(),
            ..Columns::default()
        };
        let input = Input::new(columns).unwrap_or_else(|error| panic!("{error}"));
        // The third has a cell for every row, so it cannot join the others.
        let tables = [
            Shares((0..n).map(|row| row % 5).collect(), 5),
            Shares((0..n).map(|row| (row / 3) % 4).collect(), 4),
            Shares((0..n).collect(), n),
        ];
        let as_dyn: Vec<&dyn Contingency> = tables.iter().map(|table| table as &dyn Contingency).collect();
        assert_eq!(
            families(&as_dyn, n).iter().map(|family| family.members.len()).collect::<Vec<_>>(),
            [2, 1]
        );
        let mut steps = 0;
        let found = count(&input, &as_dyn, (5, 40), &mut |done| steps += done);
        assert_eq!(steps, 40);
        let draw = Draw::new(&input);
        for (table, found) in tables.iter().zip(&found) {
            let values: Vec<Vec<f64>> = (0..40)
                .map(|replicate| {
                    let times = draw.times(5, replicate);
                    let mut cells = vec![0.0; table.1];
                    for row in 0..n {
                        cells[table.0[row]] += input.columns().weight[row] * f64::from(times[row / 2]);
                    }
                    table.values(&cells)
                })
                .collect();
            let mut expected = Sketches::new(found.point.len());
            expected.add(40, |number, replicate| values[replicate][number]);
            for number in 0..found.point.len() {
                for q in [0.025, 0.5, 0.975] {
                    let error = expected.at(number).quantile(q) - found.drawn.at(number).quantile(q);
                    assert!(error.abs() <= 1e-12, "{number} {q}");
                }
            }
            assert_eq!(found.assessments(0..found.n_cells()), n as u64);
            // A wrong answer would fail: without the multiplicities all resamples agree.
            assert!((found.point[0] - found.drawn.at(0).quantile(0.975)).abs() > 1e-6);
        }
    }
}
