//! What is wrong in many rows, told once for each reason.

use std::collections::HashMap;

use super::{Problem, Problems};

/// Rows that are told one by one; of more, as many are examples.
const EXAMPLES: usize = 3;

/// Reasons for which rows are wrong, each with the number of such rows and a few of them.
///
/// A reason with up to three rows becomes a [`Problem`] for each row, a reason with more a single one, with three examples: a
/// file of another year is one line, not a thousand. Memory does not grow with the number of rows.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    causes: Vec<Cause>,
    places: HashMap<(String, String), usize>,
    n_rows: usize,
}

#[derive(Debug)]
struct Cause {
    field: String,
    before: String,
    after: String,
    n_rows: usize,
    /// The first rows, with what was found there.
    first: Vec<(String, usize)>,
    /// The first rows in which different things were found.
    different: Vec<(String, usize)>,
}

impl Causes {
    /// Notes that a row (from 1) is wrong: the message is `before`, `found` and `after`, and all but `found` is the reason.
    pub fn push(&mut self, field: &str, before: &str, found: String, after: &str, row: usize) {
        self.n_rows += 1;
        let key = (before.to_owned(), after.to_owned());
        let at = *self.places.entry(key).or_insert_with(|| {
            self.causes.push(Cause {
                field: field.to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
                n_rows: 0,
                first: vec![],
                different: vec![],
            });
            self.causes.len() - 1
        });
        let Some(cause) = self.causes.get_mut(at) else { return };
        cause.n_rows += 1;
        if cause.different.len() < EXAMPLES && cause.different.iter().all(|(other, _)| *other != found) {
            cause.different.push((found.clone(), row));
        }
        if cause.first.len() < EXAMPLES {
            cause.first.push((found, row));
        }
    }

    /// Number of rows that were noted, each as often as it was.
    #[cfg(any(feature = "tables", test))]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// What is wrong: with many rows first, then row by row.
    pub fn into_problems(self) -> Problems {
        let mut problems: Vec<Problem> = self.causes.into_iter().flat_map(Cause::into_problems).collect();
        problems.sort_by_key(|problem| problem.row);
        Problems(problems)
    }
}

impl Cause {
    fn into_problems(self) -> Vec<Problem> {
        let Self { field, before, after, n_rows, first, different } = self;
        if n_rows <= EXAMPLES {
            let of = |(found, row)| Problem::new(&field, format!("{before}{found}{after}")).at_row(row);
            return first.into_iter().map(of).collect();
        }
        let examples: Vec<String> =
            different.iter().map(|(found, row)| format!("{found} (row {row})")).collect();
        let examples = examples.join(", ");
        vec![Problem::new(field, format!("{before}…{after}: {n_rows} rows, such as {examples}"))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: &[&str]) -> Vec<String> {
        let mut causes = Causes::default();
        for (at, found) in found.iter().enumerate() {
            causes.push("a", "column `a` holds ", format!("`{found}`"), ", expected a number", at + 1);
        }
        assert_eq!(causes.n_rows(), found.len());
        causes.into_problems().0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn few_rows_are_told_one_by_one_and_many_once() {
        assert_eq!(told(&[]), Vec::<String>::new());
        assert_eq!(
            told(&["x", "x", "y"]),
            [
                "column `a` holds `x`, expected a number (row 1)",
                "column `a` holds `x`, expected a number (row 2)",
                "column `a` holds `y`, expected a number (row 3)",
            ]
        );
        assert_eq!(
            told(&["x", "x", "y", "", "z"]),
            ["column `a` holds …, expected a number: 5 rows, such as `x` (row 1), `y` (row 3), `` (row 4)"]
        );
        assert_eq!(
            told(&["x"; 1000]),
            ["column `a` holds …, expected a number: 1000 rows, such as `x` (row 1)"]
        );
    }

    #[test]
    fn each_reason_is_told_by_itself() {
        let mut causes = Causes::default();
        for row in 1..=4 {
            causes.push("a", "a holds ", "`x`".to_owned(), ", expected 1", row);
        }
        causes.push("b", "b holds ", "`y`".to_owned(), ", expected 1", 2);
        causes.push("a", "a holds ", "`z`".to_owned(), ", expected 2", 1);
        let told: Vec<String> = causes.into_problems().0.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "a holds …, expected 1: 4 rows, such as `x` (row 1)",
                "a holds `z`, expected 2 (row 1)",
                "b holds `y`, expected 1 (row 2)",
            ]
        );
    }
}
