//! Cases by number.

use std::collections::HashMap;

/// Numbers the cases of rows from 0, in the order in which they first appear: the number of each row's case, and how many
/// cases there are.
///
/// ```
/// use amparo_datasets::number_cases;
///
/// assert_eq!(number_cases(["b", "a", "b"]), (vec![0, 1, 0], 2));
/// ```
///
/// Rows are fewer than 2^32.
pub fn number_cases<'a>(cases: impl IntoIterator<Item = &'a str>) -> (Vec<u32>, usize) {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let of_rows = cases
        .into_iter()
        .map(|case| {
            let next = numbers.len() as u32;
            *numbers.entry(case).or_insert(next)
        })
        .collect();
    (of_rows, numbers.len())
}

/// What the ids of cases begin with that an import makes of row numbers.
const ROW: &str = "row-";

/// The id of a case in a table that has no ids: the number of its row, from 1.
#[must_use]
pub fn row_case(row: usize) -> String {
    format!("{ROW}{row:06}")
}

/// Whether an id is the number of a row, which names nobody in another table.
pub(crate) fn is_row_case(case: &str) -> bool {
    case.strip_prefix(ROW)
        .is_some_and(|number| number.len() >= 6 && number.bytes().all(|b| b.is_ascii_digit()))
}
