//! How the population behind an explanation divides into subsamples: what says how far the values could move.

use std::sync::Arc;

use amparo_datasets::Answers;
use serde::{Deserialize, Serialize};

use super::deal::{Deal, SUBSAMPLES};
use super::sums::{Framed, WeightedRows, frame_sums};
use super::{Background, OrReason, long};
use crate::{Error, Reason, Scorer};

/// Fewest cases of a population that is divided: 50 a subsample.
pub const FEWEST_CASES: usize = 50 * SUBSAMPLES;

/// A cell's weight is divided into this many units; a whole multiple of [`SUBSAMPLES`], so that equal shares are exact.
pub(super) const UNITS: u16 = 1 << 15;

/// Most cells that are kept: 32 bytes each, so 64 MiB.
const MOST_CELLS: usize = 1 << 21;

/// Frames whose cells are summed at a time: what they take while they are summed is small beside the result.
const FRAMES: usize = 256;

/// One number a subsample.
pub(super) type Units = [u16; SUBSAMPLES];

/// The weight of each cell of a background by subsample.
///
/// A cell is an answer, or a way of answering the questions of a leaf. Sums only, as in [`Background`], and only as shares
/// of the sums that stand there:
///
/// ```text
/// units(cell, k) = 32768 * weight(cell, subsample k) / weight(cell)          rounded by largest remainders
/// sum_k units(cell, k) = 32768, or 0 where weight(cell) = 0                  |rounding| < 1
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subsamples {
    /// Cases dealt.
    pub n_cases: u64,
    /// Fewest rows behind any number of the table that is not 0.
    pub smallest_cell: u64,
    /// Share of the population's weight, by subsample.
    pub shares: Vec<f64>,
    /// Cells of the table.
    pub n_cells: usize,
    /// First the answers, by indicator and code; then the cells of the frames, in the order of the leaves; then those of long
    /// paths. Has a file of its own.
    #[serde(skip)]
    table: Arc<Vec<Units>>,
}

impl Subsamples {
    /// Divides a population for a scorer.
    ///
    /// `deal` holds one subsample a row. What cannot be divided is undefined, with the reason: fewer than
    /// [`FEWEST_CASES`], or trees so deep that the table would take more than 64 MiB.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other numbers of rows, or a tree whose leaves ask too many indicators.
    pub fn of(
        scorer: &Scorer,
        answers: &Answers,
        weights: &[f64],
        deal: &Deal,
    ) -> Result<OrReason<Self>, Error> {
        let n_rows = answers.n_rows();
        if weights.len() != n_rows || deal.of_rows().len() != n_rows {
            let problem = format!("{} weights and {} dealt rows", weights.len(), deal.of_rows().len());
            return Err(Error::invalid("subsamples", format!("{problem}, expected {n_rows} of each")));
        }
        if deal.n_cases() < FEWEST_CASES {
            let reason = Reason::TooFewCases { cases: deal.n_cases(), needed: FEWEST_CASES };
            return Ok(OrReason::undefined(reason));
        }
        let indicators = answers.instrument().indicators();
        let framed = match scorer.trees() {
            Some(forest) => Framed::new(forest, |j| indicators[j].n_answers())?,
            None => Framed::default(),
        };
        let of_answers: usize = indicators.iter().map(|i| i.n_answers()).sum();
        let n_cells = of_answers
            + framed.frames.iter().map(|frame| frame.n_cells()).sum::<usize>()
            + framed.long.iter().map(|frame| long::n_cells(frame, answers)).sum::<usize>();
        if n_cells > MOST_CELLS {
            return Ok(OrReason::undefined(Reason::TreesTooDeep { cells: n_cells, most: MOST_CELLS }));
        }
        let mut shares = [0.0; SUBSAMPLES];
        let mut cells: Vec<Vec<WeightedRows>> =
            indicators.iter().map(|i| vec![WeightedRows::default(); i.n_answers() * SUBSAMPLES]).collect();
        for ((row, &weight), &k) in answers.rows().zip(weights).zip(deal.of_rows()) {
            shares[usize::from(k)] += weight;
            for (cells, &code) in cells.iter_mut().zip(row) {
                cells[usize::from(code) * SUBSAMPLES + usize::from(k)].add(weight);
            }
        }
        let total: f64 = shares.iter().sum();
        let mut table = GrowingTable { units: Vec::with_capacity(n_cells), smallest_cell: u64::MAX };
        table.extend(&cells);
        for frames in framed.frames.chunks(FRAMES) {
            table.extend(&frame_sums(frames, answers, weights, Some(deal)));
        }
        for frame in &framed.long {
            table.extend(&[long::by_subsample(frame, answers, weights, deal)]);
        }
        Ok(OrReason::Value(Self {
            n_cases: deal.n_cases() as u64,
            smallest_cell: table.smallest_cell,
            shares: shares.iter().map(|share| share / total).collect(),
            n_cells,
            table: Arc::new(table.units),
        }))
    }

    /// Divides a population for many scorers, each forest once, however many hybrids it is the candidate of.
    ///
    /// # Errors
    /// As [`Self::of`], the first that fails.
    pub fn of_each(
        scorers: &[&Scorer],
        answers: &Answers,
        weights: &[f64],
        deal: &Deal,
    ) -> Result<Vec<OrReason<Self>>, Error> {
        let mut all: Vec<OrReason<Self>> = Vec::with_capacity(scorers.len());
        for (at, scorer) in scorers.iter().enumerate() {
            let before = scorers[..at].iter().position(|other| other.trees() == scorer.trees());
            let of = match before {
                Some(before) => all[before].clone(),
                None => Self::of(scorer, answers, weights, deal)?,
            };
            all.push(of);
        }
        Ok(all)
    }

    /// The same with another table.
    #[cfg(test)]
    pub(super) fn with_table(&self, table: Vec<Units>) -> Self {
        Self { table: Arc::new(table), ..self.clone() }
    }

    pub(super) fn table(&self) -> &Arc<Vec<Units>> {
        &self.table
    }

    /// Appends the table, two bytes a number, the lower one first.
    pub(crate) fn write_table(&self, to: &mut Vec<u8>) {
        to.reserve(self.table.len() * SUBSAMPLES * 2);
        self.table.iter().flatten().for_each(|units| to.extend(units.to_le_bytes()));
    }

    /// Takes the table from the beginning of what [`Self::write_table`] wrote; gives what follows it.
    ///
    /// # Errors
    /// What was found and expected, if there is not enough.
    pub(crate) fn read_table<'b>(&mut self, from: &'b [u8]) -> Result<&'b [u8], String> {
        let expected = self.n_cells.saturating_mul(SUBSAMPLES * 2);
        let Some((table, rest)) = from.split_at_checked(expected) else {
            return Err(format!("{} bytes are left for a table of {expected} bytes", from.len()));
        };
        let (numbers, _) = table.as_chunks::<2>();
        let (cells, _) = numbers.as_chunks::<SUBSAMPLES>();
        self.table = Arc::new(cells.iter().map(|cell| cell.map(u16::from_le_bytes)).collect());
        Ok(rest)
    }

    /// Refuses what is no division of this background, or not one population's everywhere.
    ///
    /// The table has to hold as many cells as answers and frames have, each divided whole.
    pub(super) fn check(&self, background: &Background, of_frames: usize) -> Result<(), Error> {
        let least = FEWEST_CASES as u64;
        let Self { n_cases, smallest_cell, shares, table, n_cells } = self;
        if !(least..=background.n_rows as u64).contains(n_cases) {
            return Err(invalid(format!("{n_cases} cases, expected {least} to {} rows", background.n_rows)));
        }
        if !(1..=background.n_rows as u64).contains(smallest_cell) {
            let most = background.n_rows;
            return Err(invalid(format!("smallest cell is {smallest_cell}, expected 1 to {most} rows")));
        }
        let sound = shares.iter().all(|share| (0.0..=1.0).contains(share));
        let sum: f64 = shares.iter().sum();
        if shares.len() != SUBSAMPLES || !sound || (sum - 1.0).abs() > 1e-9 {
            let found = shares.len();
            return Err(invalid(format!("{found} shares that add up to {sum}, expected {SUBSAMPLES} and 1")));
        }
        let of_answers: usize = background.answers.iter().map(Vec::len).sum();
        let expected = of_answers + of_frames;
        if table.len() != expected || *n_cells != expected {
            return Err(invalid(format!("{n_cells} cells, expected {expected}")));
        }
        let mut at = 0;
        for (j, answers) in background.answers.iter().enumerate() {
            self.check_division(at, answers, || format!("the answers of indicator {j}"))?;
            at += answers.len();
        }
        Ok(())
    }

    /// Refuses cells from place `first` on that are not divided whole, or whose subsamples do not have their shares.
    pub(super) fn check_division(
        &self,
        first: usize,
        weights: &[f64],
        what: impl Fn() -> String,
    ) -> Result<(), Error> {
        let total: f64 = weights.iter().sum();
        let mut found = [0.0; SUBSAMPLES];
        for (cell, (units, &weight)) in self.table[first..].iter().zip(weights).enumerate() {
            let sum: u32 = units.iter().map(|&units| u32::from(units)).sum();
            let expected = if weight > 0.0 { u32::from(UNITS) } else { 0 };
            if sum != expected {
                let what = what();
                return Err(invalid(format!("cell {cell} of {what} has {sum} units, expected {expected}")));
            }
            let unit = weight / (total * f64::from(UNITS));
            found.iter_mut().zip(units).for_each(|(sum, &units)| *sum += f64::from(units) * unit);
        }
        // Each cell is rounded by less than a unit, and so is their mean.
        let tolerance = 1.0 / f64::from(UNITS) + 1e-9;
        let other = found.iter().zip(&self.shares).position(|(f, s)| (f - s).abs() > tolerance);
        match other {
            Some(k) => {
                let (what, found, expected) = (what(), found[k], self.shares[k]);
                Err(invalid(format!("{what} give subsample {k} a share of {found}, expected {expected}")))
            }
            None => Ok(()),
        }
    }
}

fn invalid(problem: String) -> Error {
    Error::invalid("subsamples", problem)
}

/// A table that grows.
struct GrowingTable {
    units: Vec<Units>,
    smallest_cell: u64,
}

impl GrowingTable {
    fn extend(&mut self, sums: &[Vec<WeightedRows>]) {
        for cells in sums {
            let smallest = WeightedRows::smallest(cells).unwrap_or(u64::MAX);
            self.smallest_cell = self.smallest_cell.min(smallest);
            let (cells, _) = cells.as_chunks::<SUBSAMPLES>();
            self.units.extend(cells.iter().map(units));
        }
    }
}

/// The weights of one cell in units of their sum, by largest remainders; the first subsamples among equal ones.
fn units(cells: &[WeightedRows; SUBSAMPLES]) -> Units {
    let total: f64 = cells.iter().map(|cell| cell.weight).sum();
    let mut units = [0; SUBSAMPLES];
    if total <= 0.0 {
        return units;
    }
    let exact = cells.map(|cell| cell.weight / total * f64::from(UNITS));
    units.iter_mut().zip(exact).for_each(|(units, exact)| *units = exact as u16);
    let mut places: [usize; SUBSAMPLES] = std::array::from_fn(|k| k);
    places.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()));
    let left = UNITS.saturating_sub(units.iter().sum());
    places.iter().take(usize::from(left)).for_each(|&k| units[k] += 1);
    units
}

#[cfg(test)]
mod tests;
