//! What only the tests of this crate share.

use std::sync::Arc;

use super::{Question, Scale, form_text, instrument, one_outcome};
use crate::{Answers, Cohort, CohortParts, Instrument, Polarity, Status};

/// A binary question, a graded one and a protective one.
fn questions() -> [Question; 3] {
    [
        Question::new("A", Polarity::Risk, Scale::binary()),
        Question::new("B", Polarity::Risk, Scale::graded()).correctable(),
        Question::new("C", Polarity::Protective, Scale::binary()),
    ]
}

/// Their form as a file.
pub(crate) fn form_file() -> String {
    form_text("small", &questions())
}

/// The form as an instrument.
pub(crate) fn form() -> Arc<Instrument> {
    instrument("small", &questions())
}

/// Parts of a cohort with one outcome `again`, answers that differ from row to row, and nothing else.
pub(crate) fn parts(cases: &[&str], status: &[Status]) -> CohortParts {
    let form = form();
    let codes = (0..cases.len()).flat_map(|row| [(row % 3) as u8, (row % 4) as u8, (row % 2) as u8]);
    let answers = Answers::from_codes(form, codes.collect()).unwrap();
    one_outcome(answers, cases.iter().map(|case| (*case).to_owned()).collect(), "again", status.to_vec())
}

/// A cohort of `n` cases, a row each, of which every fourth has the event.
pub(crate) fn cohort(n: usize) -> Cohort {
    let cases = (0..n).map(|row| format!("c{row}")).collect::<Vec<_>>();
    let status = (0..n).map(|row| if row % 4 == 0 { Status::Event } else { Status::NoEvent });
    let names = cases.iter().map(String::as_str).collect::<Vec<_>>();
    Cohort::new(parts(&names, &status.collect::<Vec<_>>())).unwrap()
}

/// Whether max |found - expected| <= tolerance; false for NaN and for other lengths.
pub(crate) fn close(found: &[f64], expected: &[f64], tolerance: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= tolerance)
}

/// A file of real data, or `None` (and a word about it) where there is none and none is required.
#[cfg(feature = "tables")]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn real_data(name: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).join(name);
    if path.is_file() {
        return Some(path);
    }
    let required = std::env::var("AMPARO_REAL_DATA").is_ok_and(|value| value == "required");
    assert!(!required, "`{name}` is required (AMPARO_REAL_DATA) and not there");
    eprintln!("skipped: `{name}` is not there");
    None
}
