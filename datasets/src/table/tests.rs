#![expect(clippy::unwrap_used, reason = "tests")]

mod cohort_file;
mod forms;
mod import;
mod real;
