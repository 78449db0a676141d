//! Bins of a numeric column, found by what became of the rows.
//!
//! `draft` proposes quantiles: it makes files that train and judge on the same table, and bins that have seen the outcomes of the rows
//! they are judged on would flatter every model. Here a person asks for them, and is told.

mod choice;
mod counted;
mod cut;
mod optimal;
mod proposed;
mod rank;
mod read;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod written;

use amparo_datasets::{Error as DataError, ForeignTable, MAX_TOLD_APART, Problem, Problems};

use super::bins::suspicious;
use crate::Error;
use choice::{Validated, taken, validated};
use counted::{Cell, Groups, Rows};
pub(super) use cut::written as written_number;
pub use optimal::Direction;
use optimal::{Partition, partitions};
pub use proposed::{BinsPlan, IsotonicFit, ProposedBin, ProposedBins, TriedBins};
use rank::Area;
pub use rank::Estimated;
use read::Read;
pub use read::RowCounts;

/// Most different numbers between which every cut is tried.
pub const MOST_VALUES: usize = 500;

/// Finds the bins of a column that lose least, for each number of bins, and takes one.
///
/// Every bin holds at least `least_events` rows with the event and as many without, and rates rise or fall from each bin to the next. Among
/// all such bins the ones of least log loss are found exactly; beyond [`MOST_VALUES`] different numbers, adjoining ones are merged first.
/// Of 2 bins or more, the fewest are taken whose cross-validated loss is within one standard error of the least. Rows without an
/// outcome or without a number do not count.
///
/// # Errors
/// [`Error::Data`] for a column that is not there; a text that is no number, with its row; a weight that is none; an outcome with one class; too
/// few events for two bins; and if no cut leaves two bins.
pub fn propose_bins(table: &ForeignTable, plan: &BinsPlan<'_>) -> Result<ProposedBins, Error> {
    check(plan)?;
    let read = Read::of(table, plan)?;
    read::check_events(&read.counts, plan)?;
    let rows = &read.rows;
    let groups = Groups::of(rows, MOST_VALUES);
    let cells = groups.cells(rows, |_| true);
    let (direction, found) = found(&cells, plan).ok_or_else(|| refused(plan, "column", no_two(plan)))?;
    let validated = validated(rows, &groups, (plan.least_events, plan.most_bins), direction, plan.seed);
    let there = |n: &usize| found.get(*n - 1).is_some_and(Option::is_some);
    let n_taken = match plan.n_bins {
        Some(n) if !there(&n) => {
            let most = (1..=found.len()).filter(there).max().unwrap_or(1);
            let said = format!(
                "there are no {n} bins of column `{}` with {} events each whose rates {}; there are {most} at most",
                plan.column,
                plan.least_events,
                goes(direction)
            );
            return Err(refused(plan, "n_bins", said));
        }
        Some(n) => n,
        // Where no number of bins could be validated, two are what there surely is.
        None => taken(&validated).filter(there).unwrap_or(2),
    };
    let ranked: Vec<f64> = rows.numbers.iter().map(|number| direction.of(*number)).collect();
    let one_class = || refused(plan, "outcome", "one class".to_owned());
    let number = Area::of(&ranked, rows).ok_or_else(one_class)?;
    let each = Tried { rows, groups: &groups, cells: &cells, number: &number };
    let tried: Option<Vec<TriedBins>> = found
        .iter()
        .zip(&validated)
        .filter_map(|(found, validated)| Some(each.one(found.as_ref()?, validated.as_ref())))
        .collect();
    let least = |(at, of): (usize, &Option<Validated>)| Some((at + 1, of.as_ref()?.loss));
    let best = validated.iter().enumerate().filter_map(least).min_by(|a, b| a.1.total_cmp(&b.1));
    let Some(partition) = found.into_iter().nth(n_taken - 1).flatten() else {
        return Err(refused(plan, "column", no_two(plan)));
    };
    let answers = written::answers(&partition, &groups, &cells, rows);
    let proposed = ProposedBins {
        column: plan.column.to_owned(),
        outcome: plan.outcome.0.to_owned(),
        event: read.event.to_owned(),
        no_event: owned(&read.no_event),
        unknown: owned(&read.unknown),
        rows: read.counts,
        n_values: groups.n_values,
        merged_into: (groups.ends.len() < groups.n_values).then_some(groups.ends.len()),
        direction,
        number_auc: number.estimated(),
        isotonic: best_monotone(rows, direction).ok_or_else(one_class)?,
        tried: tried.ok_or_else(one_class)?,
        best: best.map(|(n, _)| n),
        taken: n_taken,
        stated: plan.n_bins.is_some(),
        bins: bins(&partition, &groups, &cells, rows, &answers),
        stands_apart: suspicious(rows.numbers.iter().copied()),
        ambiguous_numbers: read.ambiguous,
        toml: String::new(),
    };
    let toml = written::toml(&proposed, &answers, plan);
    Ok(ProposedBins { toml, ..proposed })
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn refused(plan: &BinsPlan<'_>, field: &str, message: String) -> Error {
    wrong(plan, Problem::new(field, message))
}

/// What is wrong with the table, or with what is asked of it.
fn wrong(plan: &BinsPlan<'_>, problems: impl Into<Problems>) -> Error {
    Error::Data(DataError::invalid(format!("table `{}`", plan.table), problems))
}

fn goes(direction: Direction) -> &'static str {
    match direction {
        Direction::Rising => "rise",
        Direction::Falling => "fall",
    }
}

fn no_two(plan: &BinsPlan<'_>) -> String {
    format!(
        "no cut of column `{}` leaves {} rows with the outcome and as many without it on either side{}",
        plan.column,
        plan.least_events,
        plan.direction.map_or(String::new(), |direction| format!(", and rates that {}", goes(direction)))
    )
}

/// What is asked for can be done.
fn check(plan: &BinsPlan<'_>) -> Result<(), Error> {
    let mut problems = Problems::default();
    let most = 2..=MAX_TOLD_APART;
    if plan.least_events == 0 {
        problems.push(Problem::new("least_events", "least_events is 0, expected 1 or more"));
    }
    if !most.contains(&plan.most_bins) {
        let message = format!("most_bins is {}, expected 2 to {MAX_TOLD_APART}", plan.most_bins);
        problems.push(Problem::new("most_bins", message));
    }
    if let Some(n) = plan.n_bins.filter(|n| !(2..=plan.most_bins).contains(n)) {
        problems.push(Problem::new("n_bins", format!("n_bins is {n}, expected 2 to {}", plan.most_bins)));
    }
    problems.or("bins", ()).map_err(Error::Data)
}

/// The bins of the direction that is stated, else of the one in which some bins lose less; none if there are no two bins.
fn found(cells: &[Cell], plan: &BinsPlan<'_>) -> Option<(Direction, Vec<Option<Partition>>)> {
    let directions = match plan.direction {
        Some(direction) => vec![direction],
        None => vec![Direction::Rising, Direction::Falling],
    };
    let of = |direction| (direction, partitions(cells, plan.least_events, plan.most_bins, direction));
    let least = |found: &[Option<Partition>]| {
        found.iter().skip(1).flatten().map(|partition| partition.loss).reduce(f64::min)
    };
    let some = directions
        .into_iter()
        .map(of)
        .filter_map(|(direction, found)| Some((least(&found)?, direction, found)));
    some.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, direction, found)| (direction, found))
}

/// What every number of bins is measured by.
struct Tried<'a> {
    rows: &'a Rows,
    groups: &'a Groups,
    cells: &'a [Cell],
    number: &'a Area,
}

impl Tried<'_> {
    /// `None` if there is no AUC.
    fn one(&self, found: &Partition, validated: Option<&Validated>) -> Option<TriedBins> {
        let bins = found.bins(self.cells);
        let rate = |group: &usize| bins[found.bin_of(*group)].rate();
        let scores: Vec<f64> = self.groups.of_rows.iter().map(rate).collect();
        let area = Area::of(&scores, self.rows)?;
        Some(TriedBins {
            n_bins: found.starts.len(),
            cuts: found.starts.iter().skip(1).map(|start| cut_at(self.groups, *start)).collect(),
            log_loss: found.loss / self.rows.weight(),
            cross_validated: validated.map(|of| of.loss),
            behind_best: validated.map(|of| (of.behind, of.error)),
            auc: area.estimated(),
            lost_auc: self.number.above(&area),
        })
    }
}

/// The cut below a group, which is not the first.
fn cut_at(groups: &Groups, group: usize) -> f64 {
    cut::cut(groups.ends[group - 1].1, groups.ends[group].0)
}

/// Between all numbers, also where groups were merged.
fn best_monotone(rows: &Rows, direction: Direction) -> Option<IsotonicFit> {
    let values = Groups::of(rows, usize::MAX);
    let cells = values.cells(rows, |_| true);
    let rates = rank::isotonic(&cells, direction);
    let scores: Vec<f64> = values.of_rows.iter().map(|value| rates[*value]).collect();
    Some(IsotonicFit {
        n_steps: rates.chunk_by(|a, b| (a - b).abs() <= 0.0).count(),
        log_loss: rank::loss(&cells, &rates) / rows.weight(),
        auc: Area::of(&scores, rows)?.estimated().value,
    })
}

fn bins(
    found: &Partition,
    groups: &Groups,
    cells: &[Cell],
    rows: &Rows,
    answers: &super::answers::Answers,
) -> Vec<ProposedBin> {
    let mut squares = vec![0.0; found.starts.len()];
    for (group, weight) in groups.of_rows.iter().zip(&rows.weights) {
        squares[found.bin_of(*group)] += weight * weight;
    }
    let of = found.spans(cells.len()).zip(found.bins(cells)).zip(squares).zip(&answers.answers);
    of.map(|((((start, end), bin), squares), answer)| ProposedBin {
        from: (start > 0).then(|| cut_at(groups, start)),
        smallest: groups.ends[start].0,
        largest: groups.ends[end - 1].1,
        label: answer.en.clone(),
        n_rows: bin.n_rows,
        n_events: bin.n_events,
        rate: rank::rate(&bin, squares),
    })
    .collect()
}
