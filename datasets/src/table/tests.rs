#![expect(clippy::unwrap_used, reason = "tests")]

mod assigned;
mod blocks;
mod by_source;
mod classes;
mod cohort_file;
mod foreign;
mod forms;
mod import;
mod import_parquet;
mod import_rows;
mod parts;
mod real;
mod rows;
mod texts;
mod times;
#[cfg(feature = "xlsx")]
mod workbook;
#[cfg(feature = "xlsx")]
mod xlsx;
