//! Which rows of a foreign table are kept, and whose they are.

use std::collections::{BTreeSet, HashMap};

use super::raw::Raw;
use crate::error::Causes;
use crate::source::{RowFilter, Spelling};
use crate::{Error, Problem, Problems, Source};

/// Fewest cases, and most rows a case on average, that are imported without a word.
const FEW_CASES: usize = 50;
const MANY_ROWS: usize = 100;

/// Most texts of a column that a message lists.
const LISTED: usize = 10;

/// The rows that every filter keeps, with a note on each filter that leaves some out.
pub(super) fn kept(
    raw: &Raw<'_>,
    source: &Source,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Result<Vec<usize>, Error> {
    let mut rows = (0..raw.n_rows()).collect::<Vec<_>>();
    for filter in &source.rows {
        let RowFilter { column, texts, keeps, reason } = filter;
        let Some(cells) = raw.shown(column, problems)? else { continue };
        let spelling = Spelling::of(source, column);
        let texts_of = cells.texts.iter().enumerate();
        let cells = texts_of.map(|(row, text)| spelling.read(text, cells.kind(row))).collect::<Vec<_>>();
        let occurring = cells.iter().map(AsRef::as_ref).collect::<BTreeSet<&str>>();
        // A typo would change which rows are kept without a word.
        let never = texts.iter().filter(|text| !occurring.contains(text.as_str()));
        for text in never {
            let key = if *keeps { "is" } else { "is_not" };
            let listed = occurring.iter().take(LISTED).map(|text| format!("`{text}`")).collect::<Vec<_>>();
            let more = if occurring.len() > LISTED { ", ..." } else { "" };
            let message = format!(
                "column `{column}` never holds `{text}`, which the source lists under {key}; it holds {}{more}",
                listed.join(", ")
            );
            problems.push(Problem::new(column, message));
        }
        let before = rows.len();
        rows.retain(|row| texts.iter().any(|text| *text == cells[*row]) == *keeps);
        if before > rows.len() {
            notes.push(format!("{} rows left out: {reason}", before - rows.len()));
        }
    }
    Ok(rows)
}

/// Notes every case that has a row already.
pub(super) fn once(column: &str, cases: &[String], rows: &[usize], causes: &mut Causes) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (&row, case) in rows.iter().zip(cases).filter(|(_, case)| !case.is_empty()) {
        if let Some(earlier) = first.insert(case, row) {
            let found = format!("`{case}` was in row {} before", earlier + 1);
            causes.push(column, "case ", found, ", expected once", row + 1);
        }
    }
}

/// A word about a column that seems to hold something else than cases.
pub(super) fn few_cases(column: &str, cases: &[String]) -> Option<String> {
    let n_cases = cases.iter().collect::<BTreeSet<_>>().len();
    let n_rows = cases.len();
    (n_cases < FEW_CASES || n_rows > MANY_ROWS * n_cases).then(|| {
        format!(
            "{n_rows} rows of only {n_cases} cases: all rows of a case are held back together, so little can be fitted \
             or measured; check that column `{column}` names the case"
        )
    })
}
