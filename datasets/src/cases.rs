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
