use super::foreign::{self, Foreign};
use crate::table::{read_forms, write_cohort};
use crate::testing::{cohort, form};

/// What comes of reading a table of that text as forms.
fn read(text: &str) -> Result<super::super::Forms, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("f.csv");
    std::fs::write(&path, text).unwrap();
    let place = path.display().to_string();
    read_forms(&path, &form()).map_err(|e| e.to_string().replace(&place, "f.csv"))
}

#[test]
fn forms_are_read_by_name_of_column() {
    let forms =
        read("C,case,B,A,remark\nabsent,x,severe,present,\nunknown,y,mild,absent,\"a, b\"\n").unwrap();
    assert_eq!(forms.cases, Some(vec!["x".to_owned(), "y".to_owned()]));
    assert_eq!(forms.answers.codes(), [1, 2, 0, 0, 1, 2]);
    assert_eq!(forms.ignored, ["remark"]);
    assert_eq!(read("A,B,C\r\npresent,absent,absent\r\n").unwrap().cases, None);
}

#[test]
fn every_bad_cell_is_named_with_its_row() {
    assert_eq!(
        read("case,A,B,C\nx,present,maybe,absent\n,,severe,present\nz,absent,absent,1\n").unwrap_err(),
        "forms `f.csv`: 4 problems\n  \
         - answer `maybe` to indicator `B` is none of absent, mild, severe, unknown (row 1)\n  \
         - the case id is empty (row 2)\n  \
         - answer `` to indicator `A` is none of absent, present, unknown (row 2)\n  \
         - answer `1` to indicator `C` is none of absent, present, unknown (row 3)"
    );
}

#[test]
fn every_missing_column_is_named() {
    assert_eq!(
        read("case,B\nx,absent\n").unwrap_err(),
        "forms `f.csv`: 2 problems\n  \
         - column `A` (indicator `A`) is missing\n  \
         - column `C` (indicator `C`) is missing"
    );
}

#[test]
fn tables_that_hold_nothing_or_too_much_are_refused() {
    let empty = "table `f.csv`: the file is empty, expected a header and rows";
    assert_eq!(read("").unwrap_err(), empty);
    assert_eq!(read("\n  \n").unwrap_err(), empty);
    assert_eq!(
        read("A,B,C\n").unwrap_err(),
        "table `f.csv`: no row was found below the header, expected at least one"
    );
    assert_eq!(
        read("A,B,A,C\nabsent,absent,present,absent\n").unwrap_err(),
        "forms `f.csv`: column `A` (indicator `A`) is in the header 2 times, expected once"
    );
    assert_eq!(
        read("A,B,C\nabsent,absent,absent,absent\n").unwrap_err(),
        "table `f.csv`: the line has 4 cells, expected 3, as many as the header has (row 1)"
    );
    assert_eq!(
        read("A;B;C\nabsent;absent;absent\n").unwrap_err(),
        "table `f.csv`: the header `A;B;C` is one cell: the separator seems to be `;`, expected `,`"
    );
}

#[test]
fn a_line_that_ends_early_is_a_problem_of_its_row() {
    assert_eq!(
        read("A,B,C\nabsent,absent,absent\nabsent,absent\n").unwrap_err(),
        "table `f.csv`: the line has 2 cells, expected 3, as many as the header has (row 2)"
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    assert!(read("\u{feff}A,B,C\nabsent,absent,absent\n").is_ok());
}

#[test]
fn a_cohort_file_can_be_scored_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.parquet");
    let cohort = cohort(6);
    write_cohort(&cohort, &path).unwrap();
    let forms = read_forms(&path, &form()).unwrap();
    assert_eq!(&forms.answers, cohort.answers());
    assert_eq!(forms.cases.as_deref(), Some(cohort.cases()));
    assert_eq!(forms.ignored, ["weight", "outcome.again"]);
}

#[test]
fn another_ending_is_refused() {
    let error = read_forms(std::path::Path::new("f.ods"), &form()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table: `f.ods` ends in none of .csv, .tsv, .csv.gz, .tsv.gz, .parquet and .xlsx"
    );
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_workbook_says_how_to_build_what_reads_it() {
    let error = read_forms(std::path::Path::new("f.xlsx"), &form()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table: `f.xlsx` is a workbook, which this program was built without: build it with `cargo build --release --features xlsx`, or \
         save the sheet as CSV"
    );
}

#[test]
fn columns_of_another_type_are_named_and_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("f.parquet");
    let columns = [
        ("A", Foreign::Int64(vec![Some(1), Some(0)])),
        ("B", Foreign::Float64(vec![Some(0.5), Some(1.0)])),
        ("C", Foreign::Text(vec![Some("absent"), None])),
    ];
    foreign::write(&path, &columns, 2, 2);
    assert_eq!(
        read_forms(&path, &form()).unwrap_err().to_string(),
        format!(
            "forms `{}`: 3 problems\n  \
             - column `A` holds integers, expected text\n  \
             - column `B` holds floats, expected text\n  \
             - answer `` to indicator `C` is none of absent, present, unknown (row 2)",
            path.display()
        )
    );
}
