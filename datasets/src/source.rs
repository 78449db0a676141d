//! Foreign tables: which column answers which indicator, what its values mean, what became of each row.
//!
//! A source is a TOML file that a person can read and dispute. Nothing about a table is guessed: each text that a column
//! may hold is listed with its meaning, the empty one too, and a text that is not listed is an error with its row.

mod assigned;
mod cell;
mod check;
mod classes;
mod pattern;
mod reader;
mod rows;
mod spelling;
mod time;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::dialect::Dialect;
use crate::identity::CaseNumber;
use crate::instrument::hex;
use crate::{
    EXAMPLE_SOURCE, Error, Indicator, Instrument, Name, Numbers, ScoreLevel, Status, built_in_or_file,
};

pub use cell::CellKind;
pub(crate) use cell::CellText;
pub(crate) use classes::ClassColumn;
pub use reader::{AnswerReader, CaseReader, GroupReader, StatusReader};
pub(crate) use reader::{case_id, code, listed};
pub(crate) use spelling::Spelling;
pub(crate) use time::{Blank, Followed, TimeColumn};
pub(crate) use written::{DateColumn, FoldColumn, SplitColumn, Tidying};

/// A checked description of a foreign table, ready to import it.
///
/// ```
/// let source = amparo_datasets::Source::named("catalonia-savry")?;
/// assert_eq!(source.instrument().id(), "savry");
/// # Ok::<(), amparo_datasets::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Source {
    pub(crate) id: String,
    /// SHA-256 (hex) of the TOML.
    pub(crate) digest: String,
    pub(crate) title: String,
    pub(crate) origin: String,
    pub(crate) notes: Vec<String>,
    pub(crate) instrument: Arc<Instrument>,
    pub(crate) case: CaseIds,
    /// How the text of a CSV table is written, and which sheet of a workbook the table is.
    pub(crate) dialect: Dialect,
    /// How numbers are written in texts.
    pub(crate) numbers: Numbers,
    /// How texts are read before they are looked up, by column.
    pub(crate) tidying: BTreeMap<String, Tidying>,
    /// Columns that the header may name more than once, which then must hold the same.
    pub(crate) repeated: Vec<String>,
    /// Column of the sampling weights, if the rows have any.
    pub(crate) weight: Option<String>,
    pub(crate) date: Option<DateColumn>,
    /// The table's own split into rows for learning and for judging, if it has one.
    pub(crate) split: Option<SplitColumn>,
    /// The table's own folds, if it has any.
    pub(crate) folds: Option<FoldColumn>,
    pub(crate) rows: Vec<RowFilter>,
    /// One an indicator, in the instrument's order.
    pub(crate) indicators: Vec<IndicatorColumn>,
    pub(crate) outcomes: Vec<OutcomeColumns>,
    pub(crate) groups: Vec<GroupColumn>,
    pub(crate) scores: Vec<ScoreColumn>,
}

impl Source {
    /// The sources that are built in, by id.
    pub const BUILT_IN: &[(&str, &str)] = &[
        ("catalonia-savry", include_str!("../sources/catalonia-savry.toml")),
        ("compas-two-years", EXAMPLE_SOURCE),
    ];

    /// A built-in source by its id, else the TOML file of that path.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Io`], or all that is wrong with the file.
    pub fn named<'a>(name: impl Into<Name<'a>>) -> Result<Self, Error> {
        let name = name.into();
        let text = built_in_or_file("source", name, Self::BUILT_IN)?;
        Self::from_toml(&text, &name.path())
    }

    /// Reads a source from TOML; `path` is named in errors, and a relative path of its instrument starts at its folder.
    ///
    /// # Errors
    /// [`Error::Format`] if it is not such TOML; [`Error::NotFound`] if its instrument is not there; [`Error::Invalid`] with all problems otherwise, among them an indicator
    /// or a group that reads a column which holds an outcome.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, Error> {
        let written = parsed(text, path)?;
        let named = Name::written_in(&written.instrument, Some(path));
        let instrument = Arc::new(Instrument::named(named)?);
        check::check(written, instrument, hex(&Sha256::digest(text)), path)
    }

    /// The same for a form that is held already, whatever the source names.
    ///
    /// # Errors
    /// As [`Self::from_toml`], but for the form.
    pub fn of_form(text: &str, path: &Path, instrument: Arc<Instrument>) -> Result<Self, Error> {
        check::check(parsed(text, path)?, instrument, hex(&Sha256::digest(text)), path)
    }

    /// Short name: `catalonia-savry`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// SHA-256 (hex) of the file that describes the source, without the form that it names.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Name for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Who published the table, and on what terms.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Names of the outcomes, as the source lists them.
    pub fn outcome_names(&self) -> impl Iterator<Item = &str> {
        self.outcomes.iter().map(|outcome| outcome.name.as_str())
    }

    /// The form that the table answers.
    pub fn instrument(&self) -> &Arc<Instrument> {
        &self.instrument
    }

    /// Every column that scoring reads, with what it is read for: the case and the indicators, nothing that came later.
    pub(crate) fn columns_of_forms(&self) -> Vec<(&str, String)> {
        let mut columns = Vec::new();
        if let CaseIds::Column { column, .. } = &self.case {
            columns.push((column.as_str(), "case".to_owned()));
        }
        columns.extend(self.indicators.iter().map(|i| (i.column.as_str(), format!("indicator `{}`", i.id))));
        columns
    }

    /// The indicators whose answers have a day, each with the column of it.
    pub(crate) fn days_of_answers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.indicators.iter().filter_map(|i| Some((i.id.as_str(), i.known_on.as_deref()?)))
    }

    /// Every column of days, which are all written as `date` says.
    pub(crate) fn day_columns(&self) -> impl Iterator<Item = &str> {
        let of_assessments = self.date.iter().map(|date| date.column.as_str());
        of_assessments.chain(self.days_of_answers().map(|(_, column)| column))
    }

    /// Every column that an import reads, with what it is read for: `indicator S01`.
    pub fn columns(&self) -> Vec<(&str, String)> {
        let mut columns = Vec::new();
        if let CaseIds::Column { column, .. } = &self.case {
            columns.push((column.as_str(), "case".to_owned()));
        }
        columns.extend(self.weight.iter().map(|column| (column.as_str(), "weight".to_owned())));
        columns.extend(self.date.iter().map(|d| (d.column.as_str(), "date".to_owned())));
        columns.extend(self.split.iter().map(|split| (split.column.as_str(), "split".to_owned())));
        columns.extend(self.folds.iter().map(|folds| (folds.column.as_str(), "folds".to_owned())));
        columns.extend(self.rows.iter().map(|r| (r.column.as_str(), "rows".to_owned())));
        columns.extend(self.indicators.iter().map(|i| (i.column.as_str(), format!("indicator `{}`", i.id))));
        columns
            .extend(self.days_of_answers().map(|(id, column)| (column, format!("day of indicator `{id}`"))));
        for outcome in &self.outcomes {
            let read_for = format!("outcome `{}`", outcome.name);
            columns.extend(outcome.columns().into_iter().map(|column| (column, read_for.clone())));
        }
        columns.extend(self.groups.iter().map(|g| (g.column.as_str(), format!("group `{}`", g.name))));
        columns.extend(self.scores.iter().map(|s| (s.column.as_str(), format!("score `{}`", s.name))));
        columns
    }
}

impl Source {
    /// Every text that the source lists for a column, whatever it is read for.
    pub(crate) fn listed(&self, column: &str) -> BTreeSet<&str> {
        let mut texts: Vec<&String> = Vec::new();
        if self.day_columns().any(|day| day == column) {
            self.date.iter().for_each(|date| texts.extend(&date.unknown));
        }
        for split in self.split.iter().filter(|split| split.column == column) {
            texts.extend(split.train.iter().chain(&split.test).chain(&split.left_out));
        }
        self.folds
            .iter()
            .filter(|folds| folds.column == column)
            .for_each(|folds| texts.extend(&folds.left_out));
        self.rows
            .iter()
            .filter(|filter| filter.column == column)
            .for_each(|filter| texts.extend(&filter.texts));
        for indicator in self.indicators.iter().filter(|indicator| indicator.column == column) {
            match &indicator.reading {
                Reading::Values(values) => texts.extend(values.keys()),
                Reading::Number { unknown, .. } => texts.extend(unknown),
            }
        }
        let rules = self.outcomes.iter().flat_map(|outcome| &outcome.rules);
        texts.extend(rules.filter_map(|rule| rule.when.get(column)));
        self.outcomes.iter().for_each(|outcome| texts.extend(outcome.blank_texts(column)));
        let classes = self.outcomes.iter().filter_map(|outcome| outcome.classes.as_ref());
        for classes in classes.filter(|classes| classes.column == column) {
            texts.extend(classes.values.keys().chain(&classes.unknown));
        }
        for group in self.groups.iter().filter(|group| group.column == column) {
            texts.extend(group.values.keys().chain(&group.unknown));
        }
        for score in self.scores.iter().filter(|score| score.column == column) {
            texts.extend(score.values.iter().flat_map(BTreeMap::keys).chain(&score.unknown));
        }
        texts.into_iter().map(String::as_str).collect()
    }
}

fn parsed(text: &str, path: &Path) -> Result<written::Written, Error> {
    toml::from_str(text).map_err(|e| Error::Format {
        path: path.to_owned(),
        expected: "a source",
        message: e.to_string(),
    })
}

/// Where the ids of cases come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseIds {
    /// A column holds them.
    Column {
        column: String,
        /// Whether a case may have one row only.
        unique: bool,
        /// How case numbers are written that some would take for documents of identity.
        numbers: Vec<CaseNumber>,
    },
    /// There are none: each row is a case of its own.
    RowNumber,
}

/// Which rows are kept.
#[derive(Debug, Clone)]
pub(crate) struct RowFilter {
    pub column: String,
    pub texts: Vec<String>,
    /// Whether rows with these texts are the ones that are kept, or the ones that are left out.
    pub keeps: bool,
    pub reason: String,
}

/// How one indicator is read.
#[derive(Debug, Clone)]
pub(crate) struct IndicatorColumn {
    pub id: String,
    pub column: String,
    pub reading: Reading,
    /// The column with the day on which the answer was known, written as the days of assessment are.
    pub known_on: Option<String>,
}

/// What the text of a cell means, as an answer code.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// Each text has its answer.
    Values(BTreeMap<String, u8>),
    /// A number has the answer of the bin it falls into.
    Number {
        /// The indicator, whose bins are stated on the form.
        indicator: Box<Indicator>,
        /// Texts that stand for no number.
        unknown: Vec<String>,
    },
}

/// How one outcome is read: rules over one or more columns, and the time where there is one.
///
/// Without a time, the rules say what is known at the horizon. With one they say whether it happened at all, and the time and the
/// horizon say the rest.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeColumns {
    pub name: String,
    pub horizon_days: Option<u32>,
    pub time: Option<TimeColumn>,
    pub rules: Vec<StatusRule>,
    /// The class of each row, where the outcome is ordered.
    pub classes: Option<ClassColumn>,
}

impl OutcomeColumns {
    /// The columns it reads, each once.
    pub fn columns(&self) -> BTreeSet<&str> {
        let of_time = self.time.iter().flat_map(TimeColumn::columns);
        let of_classes = self.classes.iter().map(|classes| classes.column.as_str());
        self.rule_columns().into_iter().chain(of_time).chain(of_classes).collect()
    }

    /// The columns its rules read, each once.
    pub fn rule_columns(&self) -> BTreeSet<&str> {
        self.rules.iter().flat_map(|rule| rule.when.keys().map(String::as_str)).collect()
    }
}

/// A status, and the texts that all of some columns must hold for it.
#[derive(Debug, Clone)]
pub(crate) struct StatusRule {
    pub when: BTreeMap<String, String>,
    pub status: Status,
    /// A sentence for the cohort's notes, if any row falls under the rule.
    pub note: Option<String>,
}

/// How one group is read: text -> label.
#[derive(Debug, Clone)]
pub(crate) struct GroupColumn {
    pub name: String,
    pub column: String,
    pub values: BTreeMap<String, String>,
    /// Texts that say that nothing was recorded.
    pub unknown: Vec<String>,
    /// The label that the others are compared with, if stated.
    pub reference: Option<String>,
}

/// How one foreign score is read.
#[derive(Debug, Clone)]
pub(crate) struct ScoreColumn {
    pub name: String,
    pub column: String,
    /// Text -> number; `None` where the column holds numbers.
    pub values: Option<BTreeMap<String, f64>>,
    /// Texts that stand for no score.
    pub unknown: Vec<String>,
    pub levels: Vec<ScoreLevel>,
    pub is_probability: bool,
}

#[cfg(test)]
mod tests;
