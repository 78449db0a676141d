//! What a caller states about a table, and whether it fits the table.

use amparo_datasets::{ForeignColumn, MAX_TOLD_APART, Problem, Problems};

use super::column::{Column, Holds, says};
use super::words;

/// What a caller states about a table that is drafted for.
#[derive(Debug, Clone, Default)]
pub struct DraftPlan<'a> {
    /// Name of the table for people, such as its file name.
    pub table: &'a str,
    /// Name of the model, the form and the source.
    pub name: &'a str,
    /// The column of the outcome, and the text that says that it happened; without it, one is proposed.
    pub outcome: Option<(&'a str, Option<&'a str>)>,
    /// Columns whose answers have an order that means more risk or less.
    pub ordered: &'a [(&'a str, Order<'a>)],
    /// Texts that say, in any column, that nobody knows, beside those that are known to say so.
    pub unknown: &'a [&'a str],
    /// The separator of a CSV table, if it has to be stated.
    pub separator: Option<&'a str>,
    /// Its encoding, by its WHATWG name, if it has to be stated.
    pub encoding: Option<&'a str>,
    /// The sheet of a workbook, if it has to be stated.
    pub sheet: Option<&'a str>,
}

/// What the order of a column's answers means for the risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order<'a> {
    /// These texts, from least to most risk: all that the column holds but those that say that nobody knows.
    Texts(Vec<&'a str>),
    /// More means more risk: of numbers, of no and yes, of categories in their own order.
    Rising,
    /// More means less risk.
    Falling,
}

impl<'a> DraftPlan<'a> {
    /// Whether a cell of a column stands for nothing, or was stated to say that nobody knows.
    pub(super) fn is_nothing(&self, column: &ForeignColumn, cell: &str) -> bool {
        words::is_nothing(cell) || self.unknown.iter().any(|stated| says(&column.kind, cell, stated))
    }

    /// The order that is stated for a column.
    pub(super) fn order(&self, column: &str) -> Option<&'a Order<'a>> {
        self.ordered.iter().find(|(name, _)| *name == column).map(|(_, order)| order)
    }

    /// Everything that is stated and does not fit the columns.
    pub(super) fn problems(&self, columns: &[Column<'_>], problems: &mut Problems) {
        for (at, (name, order)) in self.ordered.iter().enumerate() {
            let mut say = |message: String| problems.push(Problem::new(*name, message));
            if self.ordered[..at].iter().any(|(before, _)| before == name) {
                say(format!("the order of column `{name}` is stated twice, expected once"));
                continue;
            }
            match columns.iter().find(|column| column.name == *name) {
                None => say(format!(
                    "the table has no column `{name}`, for which an order is stated, expected one of {}",
                    columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
                )),
                Some(column) => misfits(column, order).into_iter().for_each(say),
            }
        }
        for stated in self.unknown {
            let holds =
                |column: &Column<'_>| column.nothing.keys().any(|text| says(column.kind, text, stated));
            if !columns.iter().any(holds) {
                let message = format!(
                    "no column holds `{stated}`, which is stated to be unknown, expected a text of the table"
                );
                problems.push(Problem::new("unknown", message));
            }
        }
    }
}

/// What does not fit between a column and the order that is stated for it.
fn misfits(column: &Column<'_>, order: &Order<'_>) -> Vec<String> {
    let name = column.name;
    let mut found = Vec::new();
    if matches!(column.holds, Holds::Numbers(_)) {
        return found;
    }
    let known = column.known();
    match order {
        Order::Texts(texts) => {
            let holds = |stated: &str| known.iter().any(|text| says(column.kind, text, stated));
            for (at, text) in texts.iter().enumerate() {
                if texts[..at].contains(text) {
                    found.push(format!("the order of column `{name}` names `{text}` twice, expected once"));
                } else if words::is_unknown(text) || column.nothing.keys().any(|other| other == text) {
                    found.push(format!(
                        "the order of column `{name}` names `{text}`, which says that nobody knows, expected known answers only"
                    ));
                } else if !holds(text) {
                    found.push(format!(
                        "column `{name}` never holds `{text}`, which its order names, expected its texts: {}",
                        column.listed(10)
                    ));
                }
            }
            let listed = |text: &&str| texts.iter().any(|stated| says(column.kind, text, stated));
            let missing: Vec<String> =
                known.iter().filter(|text| !listed(text)).map(|text| format!("`{text}`")).collect();
            if !missing.is_empty() {
                found.push(format!(
                    "the order of column `{name}` leaves out {}, expected all of its texts",
                    missing.join(", ")
                ));
            }
        }
        Order::Rising | Order::Falling if !column.has_an_order() => found.push(format!(
            "column `{name}` holds texts without an order of their own ({}), expected them to be stated from least to most risk",
            column.listed(10)
        )),
        Order::Rising | Order::Falling => {}
    }
    if known.len() > MAX_TOLD_APART {
        found.push(format!(
            "column `{name}` has {} answers and a stated order, expected at most {MAX_TOLD_APART}: no direction is enforced over more",
            known.len()
        ));
    }
    found
}
