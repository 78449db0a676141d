//! Parquet tables are read as the CSV table would be that holds the same.

use std::path::Path;

use polars_core::prelude::{Column, DataFrame, NamedFrom, Series};
use polars_io::parquet::write::ParquetWriter;

use super::import::{HEADER, source};
use crate::Cohort;
use crate::table::import;

/// `again` whole numbers, `b` floats with a gap, the rest texts; `ever` as the test wants it.
fn frame(ever: Series) -> DataFrame {
    let text =
        |name: &str, cells: [Option<&str>; 3]| -> Column { Series::new(name.into(), cells.to_vec()).into() };
    let columns = vec![
        Series::new("id".into(), vec![7_i64, 8, 9]).into(),
        text("day", [Some("31/01/2025"), Some("01/02/2025"), Some("02/02/2025")]),
        text("kind", [None, Some(""), Some("test")]),
        text("a", [Some("yes"), None, Some("no")]),
        Series::new("b".into(), vec![Some(1.5), None, Some(99.0)]).into(),
        text("c", [Some("yes"), Some("no"), Some("no")]),
        Series::new("again".into(), vec![0_i32, 1, 0]).into(),
        ever.into(),
        text("sex", [Some("f"), Some("m"), Some("m")]),
        Series::new("sum".into(), vec![0.1_f32, -9.0, 2.0]).into(),
    ];
    DataFrame::new(3, columns).unwrap()
}

fn read(ever: Series, name: &str) -> Result<Cohort, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame(ever)).unwrap();
    read_file(folder.path(), &path)
}

fn read_file(folder: &Path, path: &Path) -> Result<Cohort, String> {
    let changes = [("unknown = [\"\", \"-9\"]", "unknown = [\"\", \"-9.0\"]")];
    let place = path.display().to_string();
    import(&source(folder, &changes), path).map_err(|e| e.to_string().replace(&place, "the table"))
}

#[test]
fn cells_are_read_as_csv_would_hold_them() {
    let found = read(Series::new("ever".into(), vec![1_u32, 1, 0]), "t.parquet").unwrap();
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
    let error = read(Series::new("ever".into(), vec![true, true, false]), "t.parquet").unwrap_err();
    assert_eq!(
        error,
        "table `the table` read as `toy`: 2 problems\n  \
         - outcome `again` reads `again` = `0` with `ever` = `true`, which no rule allows (row 1)\n  \
         - outcome `again` reads `again` = `1` with `ever` = `true`, which no rule allows (row 2)"
    );
}

#[test]
fn a_type_that_is_no_text_is_refused_by_name() {
    let bytes = vec![Some(b"1".as_slice()), None, None];
    let error = read(Series::new("ever".into(), bytes), "t.parquet").unwrap_err();
    let expected = "expected text, booleans, integers of 32 or 64 bits or floats";
    assert!(error.contains("column `ever` holds ") && error.contains(expected), "{error}");
    let error = read(Series::new("ever".into(), vec![1_u32, 1, 0]), "t.xlsx").unwrap_err();
    assert_eq!(error, "table: `the table` ends in neither .csv nor .parquet");
}
