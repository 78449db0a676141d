//! Answers against an outcome, and both against time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Rate, SHOWN};
use crate::{Cohort, Outcome, Status};

/// Most periods that are shown by quarter; a longer time is shown by year.
const QUARTERS: i32 = 16;

/// One outcome by the answer to each indicator, and by the time of the assessment. Rows that the outcome excludes are in none of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossed {
    /// Name of the outcome.
    pub outcome: String,
    /// One an indicator, in the form's order.
    pub indicators: Vec<CrossedIndicator>,
    /// One a quarter or year in which there is a row, in order, then the rows without a day; `None` without days.
    pub periods: Option<Vec<Period>>,
}

/// One outcome by the answer to one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossedIndicator {
    /// Id of the indicator.
    pub id: String,
    /// One an answer, in code order; `unknown` is the last. Of a wide indicator ([`crate::Indicator::is_wide`]) the most frequent
    /// known answers, then all others as one.
    pub answers: Vec<CrossedCell>,
}

/// The rows with one answer, or of one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossedCell {
    /// Id of the answer; `2025-Q3` or `2025` for a period, `unknown` for the rows without a day.
    pub of: String,
    /// Number of rows.
    pub n: usize,
    /// Rows with the event; `None` where it is suppressed.
    pub events: Option<usize>,
    /// How often it happened.
    pub rate: Rate,
}

/// One quarter or year of assessments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Period {
    /// What became of its rows.
    #[serde(flatten)]
    pub cell: CrossedCell,
    /// Share of `unknown` among all answers of its rows, in [0, 1].
    pub share_unknown: f64,
}

impl Crossed {
    /// Crosses one outcome of a cohort.
    ///
    /// Events and rate of a cell with fewer than `smallest_cell` rows or events are suppressed; 1 suppresses none. If this is a single answer (or
    /// period), so are those of the one with the fewest events beside it: else they would follow from the total.
    pub(super) fn of(cohort: &Cohort, outcome: &Outcome, smallest_cell: usize) -> Self {
        let rows: Vec<usize> =
            (0..cohort.n_rows()).filter(|&row| outcome.status[row] != Status::Excluded).collect();
        let cells = |by: Vec<(String, Vec<usize>)>| {
            let of = |(of, rows): (String, Vec<usize>)| CrossedCell::of(cohort, outcome, of, &rows);
            suppressed(by.into_iter().map(of).collect(), smallest_cell)
        };
        let of_indicator = |at: usize| {
            let indicator = &cohort.instrument().indicators()[at];
            let mut by: Vec<(String, Vec<usize>)> =
                indicator.answers().iter().map(|answer| (answer.id.clone(), Vec::new())).collect();
            rows.iter().for_each(|&row| by[usize::from(cohort.answers().row(row)[at])].1.push(row));
            let by = if indicator.is_wide() { gathered(by) } else { by };
            CrossedIndicator { id: indicator.id.clone(), answers: cells(by) }
        };
        let periods = cohort.dates().map(|dates| {
            let by = by_period(dates, &rows);
            let unknown: Vec<f64> = by.iter().map(|(_, rows)| share_unknown(cohort, rows)).collect();
            let cells = cells(by).into_iter().zip(unknown);
            cells.map(|(cell, share_unknown)| Period { cell, share_unknown }).collect()
        });
        Self {
            outcome: outcome.name.clone(),
            indicators: (0..cohort.instrument().indicators().len()).map(of_indicator).collect(),
            periods,
        }
    }
}

impl CrossedCell {
    fn of(cohort: &Cohort, outcome: &Outcome, of: String, rows: &[usize]) -> Self {
        let events = rows.iter().filter(|row| outcome.status[**row] == Status::Event).count();
        Self { of, n: rows.len(), events: Some(events), rate: Rate::among(cohort, outcome, rows) }
    }
}

/// The most frequent known answers as they are, and the rows of all others together; `unknown` stays the last.
fn gathered(mut by: Vec<(String, Vec<usize>)>) -> Vec<(String, Vec<usize>)> {
    let unknown = by.pop();
    by.retain(|(_, rows)| !rows.is_empty());
    let mut order: Vec<usize> = (0..by.len()).collect();
    // Stable: equals stay in the form's order.
    order.sort_by_key(|&at| std::cmp::Reverse(by[at].1.len()));
    let frequent = &order[..order.len().min(SHOWN)];
    let n_others = order.len() - frequent.len();
    let (mut shown, mut others) = (Vec::new(), Vec::new());
    for (at, (answer, rows)) in by.into_iter().enumerate() {
        if frequent.contains(&at) {
            shown.push((answer, rows));
        } else {
            others.extend(rows);
        }
    }
    others.sort_unstable();
    if n_others > 0 {
        shown.push((format!("{n_others} other answers"), others));
    }
    shown.extend(unknown);
    shown
}

/// The cells with the small ones suppressed.
fn suppressed(mut cells: Vec<CrossedCell>, smallest_cell: usize) -> Vec<CrossedCell> {
    let events = |cell: &CrossedCell| cell.events.unwrap_or_default();
    if smallest_cell <= 1 {
        return cells;
    }
    let is_small =
        |cell: &CrossedCell| cell.n > 0 && (cell.n < smallest_cell || events(cell) < smallest_cell);
    let mut hidden: Vec<usize> = (0..cells.len()).filter(|&at| is_small(&cells[at])).collect();
    if let [only] = hidden[..] {
        let others = (0..cells.len()).filter(|at| *at != only && cells[*at].n > 0);
        hidden.extend(others.min_by_key(|&at| events(&cells[at])));
    }
    for at in hidden {
        cells[at].events = None;
        cells[at].rate = Rate::Suppressed { fewer_than: smallest_cell };
    }
    cells
}

/// The rows of each quarter, or of each year where there would be too many quarters; at the end those without a day, if there are any.
fn by_period(dates: &[Option<Date>], rows: &[usize]) -> Vec<(String, Vec<usize>)> {
    let quarter = |day: Date| (i32::from(day.year()), (i32::from(day.month()) - 1) / 3);
    let dated: Vec<(usize, Date)> = rows.iter().filter_map(|&row| Some((row, dates[row]?))).collect();
    let undated: Vec<usize> = rows.iter().copied().filter(|&row| dates[row].is_none()).collect();
    let numbers = || dated.iter().map(|(_, day)| quarter(*day).0 * 4 + quarter(*day).1);
    let (first, last) = (numbers().min(), numbers().max());
    let by_year = first.zip(last).is_some_and(|(first, last)| last - first >= QUARTERS);
    let mut by: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
    for (row, day) in dated {
        let (year, quarter) = quarter(day);
        by.entry((year, if by_year { 0 } else { quarter })).or_default().push(row);
    }
    let name = |(year, quarter): (i32, i32)| match by_year {
        true => format!("{year}"),
        false => format!("{year}-Q{}", quarter + 1),
    };
    let without = (!undated.is_empty()).then(|| ("unknown".to_owned(), undated));
    by.into_iter().map(|(period, rows)| (name(period), rows)).chain(without).collect()
}

fn share_unknown(cohort: &Cohort, rows: &[usize]) -> f64 {
    let indicators = cohort.instrument().indicators();
    let unknown = rows.iter().map(|&row| {
        let codes = cohort.answers().row(row).iter();
        codes.zip(indicators).filter(|(code, indicator)| **code == indicator.unknown()).count()
    });
    unknown.sum::<usize>() as f64 / (rows.len() * indicators.len()) as f64
}

#[cfg(test)]
mod tests;
