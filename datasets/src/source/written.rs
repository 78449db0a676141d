//! The TOML as people write it. What each key means stands at the top of every source file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{ScoreLevel, Status};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub id: String,
    pub title: String,
    pub origin: String,
    pub instrument: String,
    #[serde(default)]
    pub notes: Vec<String>,
    pub never_answers: Vec<String>,
    #[serde(default)]
    pub repeated: Vec<String>,
    pub case: WrittenCase,
    #[serde(default)]
    pub csv: WrittenCsv,
    #[serde(default)]
    pub xlsx: WrittenXlsx,
    #[serde(default)]
    pub numbers: WrittenNumbers,
    #[serde(default)]
    pub columns: BTreeMap<String, Tidying>,
    pub weight: Option<WrittenWeight>,
    pub date: Option<DateColumn>,
    pub split: Option<SplitColumn>,
    pub folds: Option<FoldColumn>,
    #[serde(default)]
    pub rows: Vec<WrittenFilter>,
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    pub indicator: Vec<WrittenIndicator>,
    #[serde(default)]
    pub outcome: Vec<WrittenOutcome>,
    #[serde(default)]
    pub group: Vec<WrittenGroup>,
    #[serde(default)]
    pub score: Vec<WrittenScore>,
}

/// How the lines of a CSV table are written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCsv {
    pub separator: Option<String>,
    pub encoding: Option<String>,
}

/// Which part of a workbook is the table.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenXlsx {
    pub sheet: Option<String>,
}

/// How numbers are written in texts.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenNumbers {
    pub decimal: Option<String>,
    pub thousands: Option<String>,
}

/// How the texts of one column are read before they are looked up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tidying {
    /// Blanks at either end are no part of the text.
    #[serde(default)]
    pub trim: bool,
    /// Capitals and small letters are the same.
    #[serde(default)]
    pub fold_case: bool,
}

/// Which case a row belongs to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCase {
    pub column: Option<String>,
    pub unique: Option<bool>,
    /// How the authority writes its case numbers.
    #[serde(default)]
    pub numbers: Vec<String>,
    #[serde(default)]
    pub row_number: bool,
}

/// The column that holds the sampling weight of each row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenWeight {
    pub column: String,
}

/// The column that holds the day of assessment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DateColumn {
    pub column: String,
    /// As `strptime` writes it.
    pub format: String,
    /// Text put behind each cell before it is read.
    #[serde(default)]
    pub append: String,
    /// The zone whose clocks tell the day, where typed moments do not say theirs.
    pub zone: Option<String>,
    /// Texts that stand for no known day.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// The column that says which side of the table's own split a row is on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitColumn {
    pub column: String,
    /// Texts of rows for learning.
    pub train: Vec<String>,
    /// Texts of rows for judging.
    pub test: Vec<String>,
    /// Texts of rows for neither.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// The column that names the fold of a row; each text that is not left out is a fold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoldColumn {
    pub column: String,
    /// Texts of rows in no fold.
    #[serde(default)]
    pub left_out: Vec<String>,
}

/// Rows that are kept: those whose column holds one of some texts, or none of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenFilter {
    pub column: String,
    pub is: Option<Vec<String>>,
    pub is_not: Option<Vec<String>>,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenIndicator {
    pub id: String,
    pub column: String,
    /// Name of a meaning of texts under `[values]`.
    pub values: Option<String>,
    /// What the numbers of the column count.
    pub unit: Option<String>,
    /// Texts that stand for no number.
    pub unknown: Option<Vec<String>>,
    /// The column with the day on which the answer was known.
    pub known_on: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOutcome {
    pub name: String,
    pub horizon_days: Option<u32>,
    pub time: Option<WrittenTime>,
    pub rules: Vec<WrittenRule>,
    pub classes: Option<WrittenClasses>,
}

/// The classes of an ordered outcome.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenClasses {
    pub column: String,
    /// Names of the classes, from the lowest to the highest.
    pub from_lowest: Vec<String>,
    /// The lowest class that is the event.
    pub from: String,
    pub values: BTreeMap<String, String>,
    /// Texts of rows whose class is not known.
    pub unknown: Vec<String>,
}

/// When an outcome happened, or until when it had not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTime {
    pub column: String,
    pub unit: String,
    pub unit_days: Option<f64>,
    #[serde(default)]
    pub blank: Vec<String>,
    pub followed: Option<f64>,
    pub followed_column: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRule {
    pub when: BTreeMap<String, String>,
    pub status: Status,
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenGroup {
    pub name: String,
    pub column: String,
    pub values: BTreeMap<String, String>,
    /// Texts that say that nothing was recorded.
    #[serde(default)]
    pub unknown: Vec<String>,
    pub reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenScore {
    pub name: String,
    pub column: String,
    pub values: Option<BTreeMap<String, f64>>,
    pub unknown: Vec<String>,
    #[serde(default)]
    pub kind: WrittenScoreKind,
    #[serde(default)]
    pub levels: Vec<ScoreLevel>,
}

/// What a score says.
#[derive(Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrittenScoreKind {
    /// A number that is larger for more risk.
    #[default]
    Value,
    /// The probability of the outcome.
    Probability,
}
