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
mod instrument;
mod leak;
mod outcome;
mod role;
mod source;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod told;
mod words;
mod written;

use amparo_datasets::{Error as DataError, ForeignTable, Numbers, Problem};

use crate::Error;
pub use binning::{
    BinsPlan, Direction, Estimated, IsotonicFit, MOST_VALUES, ProposedBin, ProposedBins, RowCounts,
    TriedBins, propose_bins,
};
use column::Column;
use outcome::Outcome;
use role::Roles;

/// What a caller states about a table that is drafted for.
#[derive(Debug, Clone, Default)]
pub struct DraftPlan<'a> {
    /// Name of the table for people, such as its file name.
    pub table: &'a str,
    /// Name of the model, the form and the source.
    pub name: &'a str,
    /// The column of the outcome, and the text that says that it happened; without it, one is proposed.
    pub outcome: Option<(&'a str, Option<&'a str>)>,
    /// The separator of a CSV table, if it has to be stated.
    pub separator: Option<&'a str>,
    /// Its encoding, by its WHATWG name, if it has to be stated.
    pub encoding: Option<&'a str>,
    /// The sheet of a workbook, if it has to be stated.
    pub sheet: Option<&'a str>,
}

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
/// [`Error::Data`] if no column can be told to be an outcome, the stated one is none, or no column is left for an indicator.
pub fn draft(table: &ForeignTable, plan: &DraftPlan<'_>) -> Result<Draft, Error> {
    let numbers = told::NumbersTold::of(table);
    let columns: Vec<Column<'_>> =
        table.columns.iter().map(|column| Column::of(column, numbers.numbers)).collect();
    let candidates = outcome::candidates(&columns);
    let outcome = outcome::chosen(&columns, &candidates, plan)?;
    let roles = Roles::of(&columns, &outcome, &candidates);
    if roles.indicators(&columns).next().is_none() {
        return Err(refused(plan, "columns", "no column can be drafted as an indicator".to_owned()));
    }
    let drafted =
        Drafted { plan, table, columns: &columns, numbers: &numbers, outcome: &outcome, roles: &roles };
    let form = instrument::Form::of(&drafted);
    Ok(Draft {
        files: vec![
            (INSTRUMENT, form.written(&drafted)),
            (SOURCE, source::written(&drafted, &form)),
            (PROTOCOL, experiment::protocol(&drafted)),
            (CONFIG, experiment::config(&drafted)?),
        ],
        decide: told::decide(&drafted),
    })
}

/// All that the files are written from.
struct Drafted<'a> {
    plan: &'a DraftPlan<'a>,
    table: &'a ForeignTable,
    columns: &'a [Column<'a>],
    numbers: &'a told::NumbersTold,
    outcome: &'a Outcome<'a>,
    roles: &'a Roles<'a>,
}

/// Number formats are tried by what they read.
type Read = fn(&Numbers, &str) -> bool;

/// The only test of a text for being a number.
const IS_NUMBER: Read = |numbers, text| numbers.read(text).is_ok();

fn refused(plan: &DraftPlan<'_>, field: &str, message: String) -> Error {
    Error::Data(DataError::invalid(format!("table `{}`", plan.table), Problem::new(field, message)))
}
