//! Linear terms and tables over columns as tables over answers.

use amparo_models::scorer::Table;

use super::Sum;
use super::question::Question;
use crate::foreign::{Axis, Test, Value};

impl Sum<'_> {
    /// Adds the product of a column and a coefficient, or what a missing value adds.
    pub(super) fn linear(&mut self, number: usize, column: usize, coefficient: f64, missing: Option<f64>) {
        let told = format!("term {number}");
        let Some(question) = self.question(column, &told) else { return };
        for (code, value) in question.values.iter().enumerate() {
            let (answer, name) = (&question.answers[code].id, question.name);
            let adds = match value {
                Value::Number(x) => Some(coefficient * question.arithmetic.rounded(*x)),
                Value::Missing => missing,
                Value::Range { .. } | Value::Text(_) => None,
            };
            match adds.filter(|adds| adds.is_finite()) {
                Some(adds) => self.tables[question.asked][code] += adds,
                None => {
                    let message = format!(
                        "{told}: column `{name}` is multiplied by {coefficient}, but it holds no one finite number for answer `{answer}`"
                    );
                    self.problem(name, message);
                }
            }
        }
    }

    /// Adds a table.
    pub(super) fn table(&mut self, number: usize, axes: &[Axis], values: &[f64]) {
        let told = format!("term {number}");
        let n_cells = axes.iter().map(|axis| axis.n_bins).product::<usize>();
        if n_cells != values.len() || axes.is_empty() || axes.len() > 2 {
            let message = format!(
                "{told}: {} numbers in a table of {n_cells} cells about {} columns",
                values.len(),
                axes.len()
            );
            return self.problem("table", message);
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return self.problem("table", format!("{told}: a number is {value}, expected a finite one"));
        }
        let mut placed = Vec::new();
        for axis in axes {
            let Some(question) = self.question(axis.column, &told) else { return };
            match bins(&question, axis) {
                Ok(bins) => placed.push((question.asked, bins)),
                Err(what) => return self.problem(question.name, format!("{told}: {what}")),
            }
        }
        match placed.as_slice() {
            [(asked, bins)] => {
                bins.iter().enumerate().for_each(|(code, bin)| self.tables[*asked][code] += values[*bin])
            }
            // Both columns ask one indicator, so its answer says which bins they are in.
            [(asked, first), (other, second)] if asked == other => {
                let width = axes[1].n_bins;
                let of_answer = first.iter().zip(second).map(|(a, b)| values[a * width + b]);
                of_answer.enumerate().for_each(|(code, value)| self.tables[*asked][code] += value);
            }
            [(a, first), (b, second)] => {
                let width = axes[1].n_bins;
                let cells: Vec<f64> = first
                    .iter()
                    .flat_map(|one| second.iter().map(move |other| values[one * width + other]))
                    .collect();
                let n_answers = [first.len(), second.len()];
                let tree = Table { indicators: &[*a, *b], n_answers: &n_answers, values: &cells }.tree();
                self.add(number, tree);
            }
            _ => {}
        }
    }
}

/// The bin of each answer.
fn bins(question: &Question<'_>, axis: &Axis) -> Result<Vec<usize>, String> {
    let mut found = vec![None; question.values.len()];
    for (test, bin) in &axis.tests {
        if *bin >= axis.n_bins {
            return Err(format!("bin {bin} is not there, expected one below {}", axis.n_bins));
        }
        // A bin of numbers that no answer has tells of a column that is mapped wrong.
        let set = match test {
            Test::Below { .. } | Test::AtMost { .. } | Test::OneOf { .. } => question.set(test)?,
            _ => question.passing(test)?,
        };
        for code in (0..found.len()).filter(|code| set >> code & 1 == 1) {
            found[code].get_or_insert(*bin);
        }
    }
    let missing = found.iter().position(Option::is_none);
    match missing {
        None => Ok(found.into_iter().flatten().collect()),
        Some(code) => {
            Err(format!("column `{}` is in no bin for answer `{}`", question.name, question.answers[code].id))
        }
    }
}
