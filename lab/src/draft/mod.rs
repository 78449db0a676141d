//! A first draft of instrument, source, protocol and config for a foreign table, to be edited by a person.
//!
//! A draft describes what stands in the table and proposes the rest; what it proposes it says, in comments at the place and in
//! [`Draft::decide`]. A note in the source travels with every cohort that is read by it, until a person takes it out.

mod answers;
mod binning;
mod bins;
mod column;
mod days;
mod division;
mod experiment;
mod form;
mod format;
mod instrument;
mod leak;
mod outcome;
mod plan;
mod role;
mod source;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod told;
mod words;
mod written;

use amparo_datasets::{Error as DataError, ForeignTable, Numbers, Problem, Problems};

use crate::Error;
pub use binning::{
    BinsPlan, Direction, Estimated, IsotonicFit, MOST_VALUES, ProposedBin, ProposedBins, RowCounts,
    TriedBins, propose_bins,
};
use column::Column;
pub use form::draft_form;
use outcome::Outcome;
pub use plan::{DraftPlan, Order};
use role::Roles;

/// Files to be edited, and what there is to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Name and text of each file.
    pub files: Vec<(&'static str, String)>,
    /// What a person has to decide before anything rests on it, one sentence or a few each.
    pub decide: Vec<String>,
}

/// Name of the config among the files of a draft.
const CONFIG: &str = "config.toml";
/// Name of the form.
const INSTRUMENT: &str = "instrument.toml";
/// Name of the protocol.
const PROTOCOL: &str = "protocol.toml";
/// Name of the source.
const SOURCE: &str = "source.toml";

/// Drafts the four files that take a table to versions.
///
/// # Errors
/// [`Error::Data`] if no column can be told to be an outcome, the stated one is none, or no column is left for an indicator; with everything
/// that is stated and does not fit the table.
pub fn draft(table: &ForeignTable, plan: &DraftPlan<'_>) -> Result<Draft, Error> {
    let numbers = told::NumbersTold::of(table, plan);
    let columns: Vec<Column<'_>> =
        table.columns.iter().map(|column| Column::of(column, numbers.numbers, plan)).collect();
    let mut problems = Problems::default();
    plan.problems(&columns, &mut problems);
    let candidates = outcome::candidates(&columns);
    let outcome = match outcome::chosen(&columns, &candidates, plan) {
        Ok(outcome) => outcome,
        Err(problem) => {
            problems.push(problem);
            return Err(invalid(plan, problems));
        }
    };
    let roles = Roles::of(&columns, &outcome, &candidates);
    roles.not_asked(&columns).for_each(|problem| problems.push(problem));
    if roles.indicators(&columns).next().is_none() {
        problems
            .push(Problem::new("columns", "no column can be drafted as an indicator, expected one or more"));
    }
    if !problems.0.is_empty() {
        return Err(invalid(plan, problems));
    }
    let drafted =
        Drafted { plan, table, columns: &columns, numbers: &numbers, outcome: Some(&outcome), roles: &roles };
    let form = instrument::Form::of(&drafted);
    Ok(Draft {
        files: vec![
            (INSTRUMENT, form.written(&drafted)),
            (SOURCE, source::written(&drafted, &form)),
            (PROTOCOL, experiment::protocol(&drafted, &outcome)),
            (CONFIG, experiment::config(&drafted, &outcome)?),
        ],
        decide: told::decide(&drafted, &outcome),
    })
}

/// All that the files are written from.
struct Drafted<'a> {
    plan: &'a DraftPlan<'a>,
    table: &'a ForeignTable,
    columns: &'a [Column<'a>],
    numbers: &'a told::NumbersTold,
    /// The proposed outcome; none where only the form is drafted.
    outcome: Option<&'a Outcome<'a>>,
    roles: &'a Roles<'a>,
}

/// Number formats are tried by what they read.
type Read = fn(&Numbers, &str) -> bool;

/// The only test of a text for being a number.
const IS_NUMBER: Read = |numbers, text| numbers.read(text).is_ok();

fn refused(plan: &DraftPlan<'_>, field: &str, message: String) -> Error {
    invalid(plan, Problem::new(field, message))
}

fn invalid(plan: &DraftPlan<'_>, problems: impl Into<Problems>) -> Error {
    Error::Data(DataError::invalid(format!("table `{}`", plan.table), problems))
}
