//! How well one column alone tells an outcome.

use amparo_evaluation::metrics::auc;
use amparo_training::leak::{LEAST_AUC, NEARLY_ALL};

use super::column::{Column, Holds};
use super::outcome::Outcome;

/// Fewest rows with and without the outcome of which a column is judged.
const FEWEST: usize = 10;

/// Most texts of a column that are ranked by how often the outcome goes with each.
const MOST_TEXTS: usize = 15;

/// The AUC with which a column ranks the rows by an outcome, the better way round.
///
/// ```text
/// the largest of  the AUC of its numbers or days, where there are some
///                 the AUC of the share of events of its texts, where there are few of them
///                 the AUC of whether it holds anything
/// ```
/// Shares are taken of the rows that they rank, so a column of rare texts looks a little better than it is. `None` if there are
/// fewer than ten rows with or without the outcome behind every one of these.
pub(super) fn best_auc(column: &Column<'_>, outcome: &Outcome<'_>) -> Option<f64> {
    let filled =
        column.cells.iter().map(|cell| Some(f64::from(u8::from(column.texts.contains_key(cell.as_str())))));
    let numbers: Option<Vec<Option<f64>>> = match &column.holds {
        Holds::Numbers(numbers) => Some(numbers.clone()),
        Holds::Days(_, days) => {
            let number = |day: &jiff::civil::Date| {
                f64::from(i32::from(day.year()) * 366 + i32::from(day.day_of_year()))
            };
            Some(days.iter().map(|day| day.as_ref().map(number)).collect())
        }
        Holds::Texts | Holds::Nothing => None,
    };
    let of_texts = (column.texts.len() + column.nothing.len() <= MOST_TEXTS).then(|| shares(column, outcome));
    [Some(filled.collect()), numbers, of_texts]
        .into_iter()
        .flatten()
        .filter_map(|scores| either_way(&scores, &outcome.of_rows))
        .reduce(f64::max)
}

/// Of the rows in which a column holds something: those in which the outcome happened, and all that say whether it did; if it
/// happened in nearly all of them, and not so in the others.
pub(super) fn only_with(column: &Column<'_>, outcome: &Outcome<'_>) -> Option<(usize, usize)> {
    let (mut filled, mut empty) = ((0, 0), (0, 0));
    for (cell, event) in column.cells.iter().zip(&outcome.of_rows) {
        let Some(event) = event else { continue };
        let side = if column.texts.contains_key(cell.as_str()) { &mut filled } else { &mut empty };
        side.0 += usize::from(*event);
        side.1 += 1;
    }
    let share = |(events, rows): (usize, usize)| events as f64 / rows as f64;
    let judged = filled.0 >= FEWEST && empty.1 >= FEWEST;
    (judged && share(filled) >= NEARLY_ALL && share(empty) < LEAST_AUC).then_some(filled)
}

/// The share of events among the rows that hold the same text.
fn shares(column: &Column<'_>, outcome: &Outcome<'_>) -> Vec<Option<f64>> {
    let mut counts = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    for (cell, event) in column.cells.iter().zip(&outcome.of_rows) {
        if let Some(event) = event {
            let (rows, events) = counts.entry(cell.as_str()).or_default();
            *rows += 1;
            *events += usize::from(*event);
        }
    }
    let share = |cell: &String| counts.get(cell.as_str()).map(|(rows, events)| *events as f64 / *rows as f64);
    column.cells.iter().map(share).collect()
}

fn either_way(scores: &[Option<f64>], events: &[Option<bool>]) -> Option<f64> {
    let rows = scores.iter().zip(events).filter_map(|(score, event)| Some(((*score)?, (*event)?)));
    let (scores, events): (Vec<f64>, Vec<bool>) = rows.unzip();
    let n_events = events.iter().filter(|event| **event).count();
    if n_events < FEWEST || events.len() - n_events < FEWEST {
        return None;
    }
    auc(&scores, &events, &vec![1.0; scores.len()]).map(|area| area.max(1.0 - area))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_datasets::{ForeignColumn, ForeignKind, Numbers};

    use super::*;
    use crate::draft::DraftPlan;

    /// The AUC of a column of 40 rows, of which every second has the event.
    fn of(cell: impl Fn(usize) -> String) -> f64 {
        let cells = (0..40).map(cell).collect();
        let column = ForeignColumn { name: "x".to_owned(), kind: ForeignKind::Text, cells };
        let of_rows = (0..40).map(|row| Some(row % 2 == 1)).collect();
        best_auc(
            &Column::of(&column, Numbers::default(), &DraftPlan::default()),
            &Outcome { at: 0, event: "1", of_rows },
        )
        .unwrap()
    }

    fn is(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-12
    }

    #[test]
    fn a_column_that_tells_the_outcome_has_one() {
        // By its texts, by being filled, and by numbers that fall with the event.
        assert!(is(of(|row| ["low", "high"][row % 2].to_owned()), 1.0));
        assert!(is(of(|row| if row % 2 == 1 { format!("text {row}") } else { String::new() }), 1.0));
        assert!(is(of(|row| (if row % 2 == 1 { row } else { 100 + row }).to_string()), 1.0));
        assert!(is(
            of(|row| ["2013-01-01", "2014-06-30", "2013-02-01", "2014-05-01"][row % 4].to_owned()),
            1.0
        ));
    }

    #[test]
    fn a_column_that_tells_nothing_has_a_half() {
        assert!(is(of(|row| (row / 2 % 2).to_string()), 0.5));
        // Each of 20 numbers once with and once without: pairs of equal numbers count half.
        assert!(is(of(|row| (row / 2).to_string()), 0.5));
        // 5 of 20 with and 10 of 20 without: 0.5 + 0.5 (0.5 - 0.25).
        assert!(is(of(|row| if row % 2 == 1 { row % 8 == 1 } else { row % 4 == 0 }.to_string()), 0.625));
    }

    #[test]
    fn what_is_filled_in_only_afterwards_is_known_however_little_it_ranks() {
        let found = |cell: fn(usize) -> bool| {
            let cells = (0..400).map(|row| if cell(row) { row.to_string() } else { String::new() }).collect();
            let column = ForeignColumn { name: "x".to_owned(), kind: ForeignKind::Text, cells };
            let of_rows = (0..400).map(|row| Some(row % 2 == 1)).collect();
            only_with(
                &Column::of(&column, Numbers::default(), &DraftPlan::default()),
                &Outcome { at: 0, event: "1", of_rows },
            )
        };
        assert_eq!(found(|row| row % 20 == 1), Some((20, 20)));
        // One of 101 without: 99.0 %; one of 21: 95 %.
        assert_eq!(found(|row| row % 2 == 1 && row < 200 || row == 0), Some((100, 101)));
        assert_eq!(found(|row| row % 20 == 1 || row == 0), None);
        // Too few rows; filled in everywhere.
        assert_eq!(found(|row| row % 80 == 1), None);
        assert_eq!(found(|_| true), None);
    }

    #[test]
    fn few_rows_tell_nothing() {
        let cells = (0..19).map(|row| (row % 2).to_string()).collect();
        let column = ForeignColumn { name: "x".to_owned(), kind: ForeignKind::Text, cells };
        let of_rows = (0..19).map(|row| Some(row % 2 == 1)).collect();
        assert_eq!(
            best_auc(
                &Column::of(&column, Numbers::default(), &DraftPlan::default()),
                &Outcome { at: 0, event: "1", of_rows }
            ),
            None
        );
    }
}
