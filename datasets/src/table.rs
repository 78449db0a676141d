//! Tables on disk: cohorts as Parquet, forms and foreign tables as CSV or Parquet. Feature `tables`; with the feature `xlsx`, also as the
//! sheet of a workbook.
//!
//! A cohort file is a Parquet file that pandas and polars read as it is:
//!
//! | column | type | holds |
//! |---|---|---|
//! | `case` | text | pseudonymous case id |
//! | `date` | text or null | day of assessment, `2025-03-31`; null where it is unknown; only if the day of some row is known |
//! | `weight` | float | sampling weight |
//! | one an indicator: `I05` | text | id of the answer: `severe`, `unknown` |
//! | `assigned.split` | text | `train`, `test`, `left_out`; only if the table has a split of its own |
//! | `assigned.fold` | text or null | name of the fold; only if the table has folds of its own; null in none |
//! | `outcome.NAME` | text | `no_event`, `event`, `censored`, `excluded` |
//! | `outcome.NAME.days` | float or null | days to the event or to the end of follow-up; only if known; null where excluded |
//! | `outcome.NAME.class` | text or null | class; only if the outcome is ordered; null where it is not known |
//! | `group.NAME` | text | label; `unknown` where nothing was recorded |
//! | `score.NAME` | float or null | a score that came with the table |
//! | `oracle.NAME` | float | true probability of an outcome; synthetic cohorts only |
//!
//! The rest (instrument, provenance, horizons, classes in order, labels, reference labels, levels, fingerprint) is JSON under the key `amparo.cohort` of the
//! file's metadata. Reading recomputes the fingerprint and refuses a file whose rows are not the ones that were written.

mod arrow_zones;
mod assigned;
mod blocks;
mod classes;
mod column_text;
mod columns;
mod csv_in;
mod csv_text;
mod day_texts;
mod days;
mod foreign;
mod forms;
#[cfg(feature = "polars")]
mod frame;
mod import;
mod kept;
mod kind;
mod meta;
mod opened;
mod outcomes;
mod parquet_in;
mod parquet_out;
mod parts;
mod raw;
mod read;
mod records;
mod replace;
mod shared_file;
#[cfg(feature = "xlsx")]
mod sheet_cell;
mod shown;
mod texts;
#[cfg(feature = "xlsx")]
mod workbook;
mod write;

pub use crate::dialect::Dialect;
pub use blocks::FormBlocks;
pub use columns::Cells;
pub use day_texts::DayTexts;
pub use foreign::read_foreign;
pub use forms::{Forms, read_forms};
#[cfg(feature = "polars")]
pub use frame::data_frame;
pub use import::import;
pub use parquet_out::Column;
pub use parts::{Parts, PartsPlan};
pub use read::read_cohort;
pub use write::{write_cohort, write_columns};

#[cfg(test)]
mod tests;
