//! The form alone: every column is a question, and no outcome is looked for.

use amparo_datasets::{ForeignKind, ForeignTable, MAX_KNOWN_ANSWERS, Problem, Problems};

use super::column::{Column, Holds};
use super::role::Roles;
use super::{Draft, DraftPlan, Drafted, INSTRUMENT, SOURCE, instrument, invalid, source, told};
use crate::Error;

/// Drafts a form in which every column of a table is a question, and the source that reads the columns as its answers: without outcome, groups,
/// days or cases. A column of one text or number is asked too; its second answer is one that no row has.
///
/// # Errors
/// [`Error::Data`] with every column that cannot be a question and everything that is stated and does not fit.
pub fn draft_form(table: &ForeignTable, plan: &DraftPlan<'_>) -> Result<Draft, Error> {
    let numbers = told::NumbersTold::of(table, plan);
    let columns: Vec<Column<'_>> =
        table.columns.iter().map(|column| Column::of(column, numbers.numbers, plan)).collect();
    let mut problems = Problems::default();
    plan.problems(&columns, &mut problems);
    if columns.is_empty() || table.n_rows == 0 {
        let found = format!("{} columns and {} rows", columns.len(), table.n_rows);
        problems.push(Problem::new("", format!("the table has {found}, expected one or more of both")));
    }
    for (at, column) in columns.iter().enumerate() {
        let named = columns[..at].iter().any(|before| before.name == column.name);
        let twice = named.then(|| "has the name of a column before it, expected each name once".to_owned());
        if let Some(why) = twice.or_else(|| no_question(column)) {
            problems.push(Problem::new(column.name, format!("column `{}` {why}", column.name)));
        }
    }
    if !problems.0.is_empty() {
        return Err(invalid(plan, problems));
    }
    let roles = Roles::all_asked(&columns);
    let drafted = Drafted { plan, table, columns: &columns, numbers: &numbers, outcome: None, roles: &roles };
    let form = instrument::Form::of(&drafted);
    Ok(Draft {
        files: vec![(INSTRUMENT, form.written(&drafted)), (SOURCE, source::written(&drafted, &form))],
        decide: told::decide_form(&drafted),
    })
}

/// Why a column cannot be a question, and what to do.
fn no_question(column: &Column<'_>) -> Option<String> {
    if let ForeignKind::Unreadable(name) = column.kind {
        return Some(format!("holds {name}, which cannot be read, expected texts, numbers or booleans"));
    }
    if let Some(what) = column.document() {
        return Some(format!(
            "holds what looks like {what}, expected nothing that identifies a person: leave it out"
        ));
    }
    match column.holds {
        Holds::Days(..) => Some(
            "holds days, expected answers: make a number or categories of them, or leave it out".to_owned(),
        ),
        Holds::Nothing => Some("holds nothing in any row, expected answers: leave it out".to_owned()),
        Holds::Numbers(_) => None,
        Holds::Texts => match column.known().len() {
            0 => Some(
                "holds nothing but texts that say that nobody knows, expected answers: leave it out"
                    .to_owned(),
            ),
            n if n > MAX_KNOWN_ANSWERS => Some(format!(
                "holds {n} different texts, expected at most {MAX_KNOWN_ANSWERS} answers: group them, or leave it out"
            )),
            _ => None,
        },
    }
}
