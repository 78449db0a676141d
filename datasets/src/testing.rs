//! What the tests of this crate share.

use std::path::Path;
use std::sync::Arc;

use crate::{Answers, Cohort, CohortParts, Instrument, Outcome, Provenance, Status};

/// A form with a binary, a graded and a protective question.
pub(crate) const FORM: &str = r#"
id = "small"
title = { es = "pequeño", en = "small" }
source = "a test"

[[factor]]
id = "all"
label = { es = "todo", en = "all" }

[answers]
binary = [{ id = "absent", es = "ausente", en = "absent" }, { id = "present", es = "presente", en = "present" }]
graded = [{ id = "absent", es = "ausente", en = "absent" }, { id = "mild", es = "leve", en = "mild" }, { id = "severe", es = "grave", en = "severe" }]

[[indicator]]
id = "A"
factor = "all"
polarity = "risk"
correctable = false
answers = "binary"
label = { es = "a", en = "a" }

[[indicator]]
id = "B"
factor = "all"
polarity = "risk"
correctable = true
answers = "graded"
label = { es = "b", en = "b" }

[[indicator]]
id = "C"
factor = "all"
polarity = "protective"
correctable = false
answers = "binary"
label = { es = "c", en = "c" }
"#;

/// The form as an instrument.
pub(crate) fn form() -> Arc<Instrument> {
    Arc::new(Instrument::from_toml(FORM, Path::new("small.toml")).unwrap())
}

/// Parts of a cohort with one outcome `again`, answers that differ from row to row, and nothing else.
pub(crate) fn parts(cases: &[&str], status: &[Status]) -> CohortParts {
    let form = form();
    let codes = (0..cases.len()).flat_map(|row| [(row % 3) as u8, (row % 4) as u8, (row % 2) as u8]);
    let again = Outcome { name: "again".into(), horizon_days: None, status: status.to_vec(), days: None };
    CohortParts {
        answers: Answers::from_codes(form, codes.collect()).unwrap(),
        cases: cases.iter().map(|case| (*case).to_owned()).collect(),
        dates: None,
        weights: vec![1.0; cases.len()],
        outcomes: vec![again],
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance: Provenance {
            title: "a test".into(),
            synthetic: None,
            source: None,
            input_digest: None,
            notes: vec![],
        },
    }
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
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).join(name);
    if path.is_file() {
        return Some(path);
    }
    let required = std::env::var("AMPARO_REAL_DATA").is_ok_and(|value| value == "required");
    assert!(!required, "`{name}` is required (AMPARO_REAL_DATA) and not there");
    eprintln!("skipped: `{name}` is not there");
    None
}
