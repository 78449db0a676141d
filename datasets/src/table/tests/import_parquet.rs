//! Parquet tables are read as the CSV table would be that holds the same.

use std::path::Path;

use super::foreign::{self, Foreign};
use super::import::{HEADER, source};
use crate::Cohort;
use crate::table::import;

/// `again` whole numbers, `b` floats with a gap, the rest texts; `ever` as the test wants it.
fn read(ever: Foreign, name: &str) -> Result<Cohort, String> {
    use Foreign::{Float32, Float64, Int32, Int64, Text};
    let columns = [
        ("id", Int64(vec![Some(7), Some(8), Some(9)])),
        ("day", Text(vec![Some("31/01/2025"), Some("01/02/2025"), Some("02/02/2025")])),
        ("kind", Text(vec![None, Some(""), Some("test")])),
        ("a", Text(vec![Some("yes"), None, Some("no")])),
        ("b", Float64(vec![Some(1.5), None, Some(99.0)])),
        ("c", Text(vec![Some("yes"), Some("no"), Some("no")])),
        ("again", Int32(vec![Some(0), Some(1), Some(0)])),
        ("ever", ever),
        ("sex", Text(vec![Some("f"), Some("m"), Some("m")])),
        ("sum", Float32(vec![Some(0.1), Some(-9.0), Some(2.0)])),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    foreign::write(&path, &columns, 3, 2);
    read_file(folder.path(), &path)
}

fn read_file(folder: &Path, path: &Path) -> Result<Cohort, String> {
    let changes = [("unknown = [\"\", \"-9\"]", "unknown = [\"\", \"-9.0\"]")];
    let place = path.display().to_string();
    import(&source(folder, &changes), path).map_err(|e| e.to_string().replace(&place, "the table"))
}

#[test]
fn cells_are_read_as_csv_would_hold_them() {
    let found = read(Foreign::UInt32(vec![Some(1), Some(1), Some(0)]), "t.parquet").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let rows = "7,31/01/2025,,yes,1.5,yes,0,1,f,0.1\n8,01/02/2025,,,,no,1,1,m,-9.0\n9,02/02/2025,test,no,99.0,no,0,0,m,2.0\n";
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    let expected = read_file(folder.path(), &path).unwrap();
    assert_eq!(found.cases(), ["7", "8"]);
    assert_eq!(found.cases(), expected.cases());
    assert_eq!(found.answers(), expected.answers());
    assert_eq!(found.outcomes(), expected.outcomes());
    assert_eq!(found.scores(), expected.scores());
    assert_eq!(found.scores()[0].values, [Some(0.1), None]);
    assert_eq!(found.dates(), expected.dates());
    assert_ne!(found.provenance().input_digest, expected.provenance().input_digest);
}

#[test]
fn a_boolean_is_read_as_a_word() {
    let error = read(Foreign::Boolean(vec![Some(true), Some(true), Some(false)]), "t.parquet").unwrap_err();
    assert_eq!(
        error,
        "table `the table` read as `toy`: 2 problems\n  \
         - outcome `again` reads `again` = `0` with `ever` = `true`, which no rule allows (row 1)\n  \
         - outcome `again` reads `again` = `1` with `ever` = `true`, which no rule allows (row 2)"
    );
}

#[test]
fn an_unsigned_number_keeps_its_size() {
    let error = read(Foreign::UInt32(vec![Some(u32::MAX), Some(1), Some(0)]), "t.parquet").unwrap_err();
    assert!(error.contains("`ever` = `4294967295`"), "{error}");
}

#[test]
fn a_type_that_is_no_text_is_refused_by_name() {
    let expected = "expected text, booleans, integers or floats";
    let bytes = Foreign::Bytes(vec![Some(b"1"), None, None]);
    let error = read(bytes, "t.parquet").unwrap_err();
    assert!(error.contains(&format!("column `ever` holds bytes, {expected}")), "{error}");
    // A moment is a whole number of nanoseconds inside: as a number it would be read as something else.
    let moments = Foreign::Moment(vec![Some(1), Some(1), Some(0)]);
    let error = read(moments, "t.parquet").unwrap_err();
    assert!(error.contains("column `ever` holds timestamp") && error.contains(expected), "{error}");
    let error = read(Foreign::UInt32(vec![Some(1), Some(1), Some(0)]), "t.xlsx").unwrap_err();
    assert_eq!(error, "table: `the table` ends in none of .csv, .tsv, .csv.gz, .tsv.gz and .parquet");
}
