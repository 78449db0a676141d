//! How a number is spread over the population: what places the number of one case among the others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Error;

/// Fewest rows behind any number of a distribution.
pub const FEWEST_ROWS: u64 = 10;

/// Values this close are one.
const EQUAL: f64 = 1e-9;

/// Values are told apart within cells of this width, 2^-16, so that a population of any size takes little room.
const CELL: f64 = 1.0 / 65_536.0;

/// Share of the population between two points, at least.
const STEP: f64 = 0.01;

/// Values that stand for themselves, if there are no more; else those of at least [`STEP`] of the population.
const MOST_VALUES: usize = 64;

/// The distribution of a number over a weighted population, in points.
///
/// A point is a value that at least [`FEWEST_ROWS`] rows share, or a limit between them; and so are what lies between two
/// points, 1 % of the population or more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// Fewest rows at a point, or between two.
    pub smallest_cell: u64,
    /// The percentile of any number is exact within this: 0 if all rows are at points.
    pub resolution: f64,
    /// `[value, share of the population below it, share below or at it]`, ascending in all three.
    pub points: Vec<[f64; 3]>,
}

/// Where a number stands among those of the population of the version.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Percentile {
    /// Share of the population with a lower number, and half of those with the same.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub percentile: f64,
    /// It is exact within this.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub resolution: f64,
}

impl Distribution {
    /// The mid-rank of a number.
    ///
    /// ```text
    /// percentile(v) = P(value < v) + P(value = v) / 2          the middle of what is possible between two points
    /// ```
    pub fn percentile(&self, value: f64) -> Percentile {
        let of = |percentile| Percentile { percentile, resolution: self.resolution };
        let mut reached = 0.0;
        for &[at, below, upto] in &self.points {
            if upto > below && (value - at).abs() <= EQUAL {
                return of(f64::midpoint(below, upto));
            }
            if value < at {
                return of(f64::midpoint(reached, below));
            }
            reached = upto;
        }
        of(f64::midpoint(reached, 1.0))
    }

    /// Refuses what is no distribution.
    pub(super) fn check(&self, n_rows: u64, what: impl Fn() -> String) -> Result<(), Error> {
        let problem = if !(FEWEST_ROWS..=n_rows).contains(&self.smallest_cell) {
            format!("smallest cell is {}, expected {FEWEST_ROWS} to {n_rows} rows", self.smallest_cell)
        } else if !(0.0..=1.0).contains(&self.resolution) {
            format!("resolution is {}, expected 0 to 1", self.resolution)
        } else if !self.ascends() {
            "points do not ascend from 0 to 1".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::invalid("distribution", format!("{}: {problem}", what())))
    }

    fn ascends(&self) -> bool {
        let mut before = [f64::NEG_INFINITY, 0.0, 0.0];
        self.points.iter().all(|&[at, below, upto]| {
            let sound =
                at.is_finite() && at > before[0] && before[2] <= below && below <= upto && upto <= 1.0;
            before = [at, below, upto];
            sound
        })
    }
}

/// Numbers of a population on their way into a [`Distribution`], in any order.
#[derive(Debug, Default)]
pub(super) struct DistributionBuilder(BTreeMap<i64, GridCell>);

/// The numbers of one cell, and among them the commonest.
#[derive(Debug, Clone, Copy)]
struct GridCell {
    rows: u64,
    weight: f64,
    /// The commonest value; certainly so if more than half of the rows have it.
    value: f64,
    /// Rows of that value less others, since it was taken for the commonest.
    lead: u64,
    /// Rows of that value.
    rows_of_value: u64,
    weight_of_value: f64,
}

impl DistributionBuilder {
    pub(super) fn add(&mut self, value: f64, weight: f64) {
        let place = (value / CELL + 0.5).floor() as i64;
        let new = GridCell { rows: 0, weight: 0.0, value, lead: 0, rows_of_value: 0, weight_of_value: 0.0 };
        self.0.entry(place).or_insert(new).add(value, weight);
    }

    /// The distribution; `None` for fewer than [`FEWEST_ROWS`] rows.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let Self(cells) = self;
        if cells.values().map(|cell| cell.rows).sum::<u64>() < FEWEST_ROWS {
            return None;
        }
        let total: f64 = cells.values().map(|cell| cell.weight).sum();
        let many = cells.values().filter(|cell| cell.is_shared(total)).count() > MOST_VALUES;
        let mut points = Points::new(total);
        let mut between: Vec<(i64, GridCell)> = Vec::new();
        for (&place, cell) in cells {
            if cell.is_shared(total) && !(many && cell.weight < STEP * total) {
                points.between(&between);
                between.clear();
                points.value(cell);
            } else {
                between.push((place, *cell));
            }
        }
        points.between(&between);
        Some(points.distribution())
    }
}

impl GridCell {
    /// Counts a row and keeps the commonest value.
    ///
    /// # References
    /// Boyer and Moore, "MJRTY: a fast majority vote algorithm", in Automated Reasoning, Kluwer, 1991.
    fn add(&mut self, value: f64, weight: f64) {
        self.rows += 1;
        self.weight += weight;
        if (value - self.value).abs() <= EQUAL {
            self.lead += 1;
            self.rows_of_value += 1;
            self.weight_of_value += weight;
        } else if self.lead == 0 {
            (self.value, self.lead) = (value, 1);
            (self.rows_of_value, self.weight_of_value) = (1, weight);
        } else {
            self.lead -= 1;
        }
    }

    /// Whether many rows share a value, and so few others are this close that they can be counted with it.
    fn is_shared(&self, total: f64) -> bool {
        self.rows_of_value >= FEWEST_ROWS && self.weight - self.weight_of_value <= STEP / 2.0 * total
    }
}

/// Points in the making, in weights.
struct Points {
    total: f64,
    reached: f64,
    /// Rows and weight to be counted to the next point.
    carried: (u64, f64),
    /// Weight counted to the last point without having its value.
    absorbed: f64,
    /// The most that was counted to any point.
    most_absorbed: f64,
    smallest_cell: u64,
    points: Vec<[f64; 3]>,
}

impl Points {
    fn new(total: f64) -> Self {
        Self {
            total,
            reached: 0.0,
            carried: (0, 0.0),
            absorbed: 0.0,
            most_absorbed: 0.0,
            smallest_cell: u64::MAX,
            points: Vec::new(),
        }
    }

    /// A value that many rows share.
    fn value(&mut self, cell: &GridCell) {
        let (carried_rows, carried) = std::mem::take(&mut self.carried);
        let upto = self.reached + carried + cell.weight;
        self.points.push([cell.value, self.reached, upto]);
        self.smallest_cell = self.smallest_cell.min(cell.rows + carried_rows);
        self.reached = upto;
        self.absorbed = 0.0;
        self.absorb(carried + cell.weight - cell.weight_of_value);
    }

    fn absorb(&mut self, weight: f64) {
        self.absorbed += weight;
        self.most_absorbed = self.most_absorbed.max(self.absorbed);
    }

    /// Cells between two shared values, in order, cut where enough has come together.
    fn between(&mut self, cells: &[(i64, GridCell)]) {
        let mut rest: u64 = cells.iter().map(|(_, cell)| cell.rows).sum();
        if rest == 0 {
            return;
        }
        if rest < FEWEST_ROWS {
            // Too few to be told of: they count as if they had the value before, or else the next one.
            let weight: f64 = cells.iter().map(|(_, cell)| cell.weight).sum();
            match self.points.last_mut() {
                Some(point) => {
                    point[2] += weight;
                    self.reached += weight;
                    self.absorb(weight);
                }
                None => self.carried = (rest, weight),
            }
            return;
        }
        let (mut rows, mut weight) = (0, 0.0);
        for (place, cell) in cells {
            rows += cell.rows;
            weight += cell.weight;
            rest -= cell.rows;
            let enough = rows >= FEWEST_ROWS && weight >= STEP * self.total && rest >= FEWEST_ROWS;
            if enough || rest == 0 {
                self.smallest_cell = self.smallest_cell.min(rows);
                self.reached += weight;
                (rows, weight) = (0, 0.0);
            }
            if enough {
                self.points.push([(*place as f64 + 0.5) * CELL, self.reached, self.reached]);
            }
        }
    }

    fn distribution(self) -> Distribution {
        let share = |weight: f64| weight / self.reached;
        let points: Vec<[f64; 3]> =
            self.points.iter().map(|&[at, below, upto]| [at, share(below), share(upto)]).collect();
        let starts = std::iter::once(0.0).chain(points.iter().map(|point| point[2]));
        let ends = points.iter().map(|point| point[1]).chain([1.0]);
        let widest = starts.zip(ends).map(|(start, end)| end - start).fold(0.0, f64::max);
        let resolution = (widest / 2.0).max(share(self.most_absorbed));
        Distribution { smallest_cell: self.smallest_cell, resolution, points }
    }
}

#[cfg(test)]
mod tests;
