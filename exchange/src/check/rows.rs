//! Rows of answers as rows of columns, and back.

use amparo_datasets::{Problem, Problems};

use super::Scored;
use crate::foreign::{Arithmetic, Value};
use crate::mapping::{Column, Columns};

/// What stands for a missing value in a table, besides an empty cell.
const MISSING: [&str; 6] = ["nan", "na", "n/a", "null", "none", "<na>"];

/// The texts of all inputs that are mapped.
pub(crate) fn texts(inputs: &[String], columns: &Columns, rows: &[Vec<u8>]) -> Vec<(String, Vec<String>)> {
    let of = |(at, column): (usize, &Column)| {
        let cells = rows.iter().enumerate();
        let cells = cells.map(|(number, row)| text(&column.values[usize::from(row[column.asked])], number));
        (inputs[at].clone(), cells.collect())
    };
    columns.mapped().map(of).collect()
}

/// How a value is written; of the numbers of a bin the ends take turns.
fn text(value: &Value, turn: usize) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Missing => String::new(),
        Value::Range { from, to, closed } => {
            let ends = [Some(*from), closed.then_some(*to)];
            let finite: Vec<f64> = ends.into_iter().flatten().filter(|end| end.is_finite()).collect();
            // Of a bin that is open below, some number in it.
            let inside = if to.is_finite() { to - 1.0 } else { 0.0 };
            finite.get(turn % finite.len().max(1)).copied().unwrap_or(inside).to_string()
        }
    }
}

/// The answers of each row, by the cells of the columns; what no answer has is noted as a problem.
pub(crate) fn codes(
    inputs: &[String],
    arithmetic: Arithmetic,
    columns: &Columns,
    scored: &Scored<'_>,
    problems: &mut Problems,
) -> Vec<Vec<u8>> {
    let before = problems.0.len();
    let mut of_indicator = vec![Vec::new(); columns.indicators().len()];
    for (at, column) in columns.mapped() {
        let name = inputs[at].as_str();
        let mut found = scored.columns.iter().filter(|(of, _)| *of == name);
        match (found.next(), found.next()) {
            (Some((_, cells)), None) => of_indicator[column.asked].push((name, column, *cells)),
            (None, _) => problems.push(Problem::new(name, format!("the table has no column `{name}`"))),
            (Some(_), Some(_)) => {
                problems.push(Problem::new(
                    name,
                    format!("column `{name}` is in the table twice, expected once"),
                ));
            }
        }
    }
    if problems.0.len() > before {
        return Vec::new();
    }
    let mut rows = vec![vec![0; of_indicator.len()]; scored.predictions.len()];
    for (asked, of) in of_indicator.iter().enumerate() {
        for (number, row) in rows.iter_mut().enumerate() {
            let n_answers = of.first().map_or(0, |(_, column, _)| column.values.len());
            let fits = |code: &usize| {
                of.iter().all(|(_, column, cells)| holds(&column.values[*code], &cells[number], arithmetic))
            };
            match (0..n_answers).find(fits) {
                Some(code) => row[asked] = code as u8,
                None => {
                    let cells = of.iter().map(|(name, _, cells)| format!("`{name}` = `{}`", cells[number]));
                    let message =
                        format!("no answer is mapped to {}", cells.collect::<Vec<_>>().join(" with "));
                    let field = of.first().map_or("", |(name, _, _)| name);
                    problems.push(Problem::new(field, message).at_row(number + 1));
                }
            }
        }
    }
    rows
}

/// Whether a cell holds what a column holds for an answer.
fn holds(value: &Value, cell: &str, arithmetic: Arithmetic) -> bool {
    let cell = cell.trim();
    let is_missing = cell.is_empty() || MISSING.contains(&cell.to_lowercase().as_str());
    let number = || cell.parse::<f64>().ok();
    match value {
        Value::Missing => is_missing,
        Value::Text(text) => text == cell,
        Value::Number(held) => number().is_some_and(|x| {
            x.total_cmp(held).is_eq()
                || arithmetic.rounded(x).total_cmp(&arithmetic.rounded(*held)).is_eq()
                || (x - held).abs() <= 0.0
        }),
        Value::Range { from, to, closed } => {
            number().is_some_and(|x| *from <= x && (x < *to || (*closed && x <= *to)))
        }
    }
}
