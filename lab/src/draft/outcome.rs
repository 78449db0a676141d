//! Which column says what became of a case.

use amparo_datasets::Problem;

use super::column::{Column, Holds, says};
use super::{DraftPlan, words};

/// A column that may be an outcome: two texts, of which one says that it happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome<'t> {
    /// Place of the column.
    pub at: usize,
    /// The text that says that it happened.
    pub event: &'t str,
    /// What each row says; nothing where the column holds nothing, or a text that says that nobody knows.
    pub of_rows: Vec<Option<bool>>,
}

impl<'t> Outcome<'t> {
    fn of(columns: &[Column<'t>], at: usize, event: &'t str) -> Self {
        let is_known =
            |cell: &String| columns[at].texts.contains_key(cell.as_str()) && !words::is_unknown(cell);
        let happened = |cell: &String| is_known(cell).then_some(cell == event);
        let of_rows = columns[at].cells.iter().map(happened).collect();
        Self { at, event, of_rows }
    }

    /// Rows in which it happened.
    pub fn n_events(&self) -> usize {
        self.of_rows.iter().filter(|event| **event == Some(true)).count()
    }

    /// Rows that say whether it happened.
    pub fn n_known(&self) -> usize {
        self.of_rows.iter().flatten().count()
    }
}

/// Every column that may be an outcome by its name and its texts, the likeliest first: one that is known of every row and whose
/// name says by when.
pub(super) fn candidates<'t>(columns: &[Column<'t>]) -> Vec<Outcome<'t>> {
    let named = columns.iter().enumerate().filter(|(_, column)| words::is_outcome(column.name));
    let mut found: Vec<Outcome<'t>> =
        named.filter_map(|(at, column)| Some(Outcome::of(columns, at, event(column)?))).collect();
    let states_a_period = |outcome: &Outcome<'_>| words::states_a_period(columns[outcome.at].name);
    found.sort_by_key(|outcome| (columns[outcome.at].n_nothing() > 0, !states_a_period(outcome), outcome.at));
    found
}

/// The text that says that it happened, if there is one and one that says that it did not.
fn event<'t>(column: &Column<'t>) -> Option<&'t str> {
    let known = column.texts.keys().copied().filter(|text| !words::is_unknown(text));
    let texts: Vec<&str> = known.collect();
    let [one, other] = texts[..] else { return None };
    match (words::yes(one), words::yes(other)) {
        (Some(false), Some(true)) => Some(other),
        (Some(true), Some(false)) => Some(one),
        _ => None,
    }
}

/// The outcome that is stated, else the likeliest candidate.
pub(super) fn chosen<'t>(
    columns: &[Column<'t>],
    candidates: &[Outcome<'t>],
    plan: &DraftPlan<'_>,
) -> Result<Outcome<'t>, Problem> {
    let refused = |said: String| Problem::new("outcome", said);
    let outcome = match plan.outcome {
        Some((name, event)) => stated(columns, name, event).map_err(refused)?,
        None => candidates.first().cloned().ok_or_else(|| {
            let of_two = |column: &&Column<'_>| event(column).is_some();
            let names: Vec<String> =
                columns.iter().filter(of_two).map(|column| format!("`{}`", column.name)).collect();
            let seen = match names.is_empty() {
                true => "no column says yes or no".to_owned(),
                false => format!("these say yes or no: {}", names.join(", ")),
            };
            let said = format!("no column is named like an outcome, expected one to be stated; {seen}");
            refused(said)
        })?,
    };
    let (events, n) = (outcome.n_events(), outcome.n_known());
    if events == 0 || events == n {
        let name = columns[outcome.at].name;
        let said = format!(
            "outcome `{name}` happened in {events} of {n} rows, expected some with and some without it"
        );
        return Err(refused(said));
    }
    Ok(outcome)
}

/// The outcome of a column by name, and the text that says that it happened, if it is stated; else what is wrong.
pub(super) fn stated<'t>(
    columns: &[Column<'t>],
    name: &str,
    text: Option<&str>,
) -> Result<Outcome<'t>, String> {
    let at = columns.iter().position(|column| column.name == name);
    let Some(at) = at else {
        let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.name)).collect();
        return Err(format!("the table has no column `{name}`, expected one of {}", names.join(", ")));
    };
    let column = &columns[at];
    if column.holds == Holds::Nothing {
        return Err(format!("column `{name}` holds nothing, expected what became of each case"));
    }
    let found = match text {
        Some(text) => column.texts.keys().copied().find(|known| says(column.kind, known, text)),
        None => event(column),
    };
    found.map(|text| Outcome::of(columns, at, text)).ok_or_else(|| match text {
        Some(text) => format!("column `{name}` never holds `{text}`, expected one of its texts: {}", column.listed(10)),
        None => format!(
            "column `{name}` does not say yes or no, expected the text to be stated that says that it happened; it holds {}",
            column.listed(10)
        ),
    })
}
