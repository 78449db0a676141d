//! Which rows are read, whose they are, and where their cells end.

use super::import::{HEADER, read_as};

const ROW: &str = "31/01/2025,,yes,0,no,0,0,f,1\n";

fn table(cases: &[&str]) -> String {
    cases.iter().fold(HEADER.to_owned(), |text, case| format!("{text}{case},{ROW}"))
}

#[test]
fn a_text_that_never_occurs_is_refused() {
    let rows = format!("{}2,01/02/2025,test,,,,,,,\n", table(&["1"]));
    let typo = [("is_not = [\"test\"]", "is_not = [\"tset\", \"test\", \"tests\"]")];
    assert_eq!(
        read_as(&typo, &rows.replace(",test,,,,,,,", ",test,,,,0,0,f,")).unwrap_err(),
        "table `t.csv` read as `toy`: 2 problems\n  \
         - column `kind` never holds `tset`, which the source lists under is_not; it holds ``, `test`\n  \
         - column `kind` never holds `tests`, which the source lists under is_not; it holds ``, `test`"
    );
    assert!(read_as(&[], &rows).is_ok());
}

#[test]
fn a_filter_keeps_what_it_lists_or_leaves_it_out() {
    let rows = format!("{}2,01/02/2025,test,,,,,,,\n3,01/02/2025,late,,,,,,,\n", table(&["1"]));
    let kept = read_as(&[("is_not = [\"test\"]", "is = [\"\"]")], &rows).unwrap();
    assert_eq!(kept.cases(), ["1"]);
    assert_eq!(kept.provenance().notes[1], "2 rows left out: a test");
    assert_eq!(
        read_as(&[("is_not = [\"test\"]", "is = [\"none\"]")], &rows).unwrap_err(),
        "table `t.csv` read as `toy`: 2 problems\n  \
         - column `kind` never holds `none`, which the source lists under is; it holds ``, `late`, `test`\n  \
         - none of 3 rows is kept by the source, expected at least one"
    );
}

#[test]
fn a_table_without_case_ids_numbers_its_rows() {
    let rows = format!("{}2,01/02/2025,test,,,,,,,\n3,{ROW}", table(&["1"]));
    let numbered = [("column = \"id\"\nunique = true", "row_number = true")];
    let cohort = read_as(&numbered, &rows).unwrap();
    assert_eq!(cohort.cases(), ["row-000001", "row-000003"]);
    let note =
        "the table has no case ids: each row counts as a case of its own, although a person may have several";
    assert!(cohort.provenance().notes.iter().any(|found| found == note));
    assert_eq!(read_as(&numbered, &rows.replace("id,", "other,")).unwrap().n_rows(), 2);
}

#[test]
fn a_column_that_seems_to_name_no_cases_is_noted() {
    let several = [("unique = true", "unique = false"), ("is_not = [\"test\"]", "is = [\"\"]")];
    let notes = |n_rows: usize, n_cases: usize| {
        let cases = (0..n_rows).map(|row| format!("c{}", row % n_cases)).collect::<Vec<_>>();
        let cases = cases.iter().map(String::as_str).collect::<Vec<_>>();
        let cohort = read_as(&several, &table(&cases)).unwrap();
        cohort
            .provenance()
            .notes
            .iter()
            .filter(|note| note.contains("rows of only"))
            .cloned()
            .collect::<Vec<_>>()
    };
    let expected = |n_rows: usize, n_cases: usize| {
        format!(
            "{n_rows} rows of only {n_cases} cases: all rows of a case are held back together, so little can be \
             fitted or measured; check that column `id` names the case"
        )
    };
    assert_eq!(notes(60, 49), [expected(60, 49)]);
    assert_eq!(notes(60, 50), Vec::<String>::new());
    assert_eq!(notes(5001, 50), [expected(5001, 50)]);
    assert_eq!(notes(5000, 50), Vec::<String>::new());
}

#[test]
fn documents_of_identity_are_no_case_ids_and_are_not_repeated() {
    let kept = [("is_not = [\"test\"]", "is = [\"\"]")];
    assert_eq!(
        read_as(&kept, &table(&["12345678Z", "1", "X-1234567-L", "12345678Z", "ana@example.org"]))
            .unwrap_err(),
        "table `t.csv` read as `toy`: column `id` holds …, expected a pseudonym: documents of identity are never accepted: 4 \
         rows, such as what looks like a Spanish DNI (row 1), what looks like a Spanish NIE (row 3), what looks like an \
         e-mail address (row 5)"
    );
    assert!(read_as(&kept, &table(&["12345678", "2024-0001-A"])).is_ok());
}

#[test]
fn case_numbers_as_the_source_writes_them_are_no_documents() {
    let kept = ("is_not = [\"test\"]", "is = [\"\"]");
    // Its control letter is right: without the pattern it is taken for a DNI.
    let rows = table(&["2024-0001-R"]);
    assert!(read_as(&[kept], &rows).unwrap_err().contains("a Spanish DNI"));
    let stated = [kept, ("unique = true", "unique = true\nnumbers = [\"####-####-@\"]")];
    assert_eq!(read_as(&stated, &rows).unwrap().cases(), ["2024-0001-R"]);
    // What is not written like this is still looked at.
    assert!(read_as(&stated, &table(&["12345678Z"])).unwrap_err().contains("a Spanish DNI"));
}

#[test]
fn lines_with_too_many_cells_are_named_with_those_with_too_few() {
    let rows = format!("{}2,{}3,01/02/2025\n", table(&["1"]), ROW.replace('\n', ",x,y\n"));
    assert_eq!(
        read_as(&[], &rows).unwrap_err(),
        "table `t.csv`: 2 problems\n  \
         - the line has 12 cells, expected 10, as many as the header has (row 2)\n  \
         - the line has 2 cells, expected 10, as many as the header has (row 3)"
    );
}

#[test]
fn another_separator_is_seen_and_can_be_named() {
    let rows = table(&["1"]).replace(',', ";");
    assert_eq!(
        read_as(&[], &rows).unwrap_err(),
        "table `t.csv`: the header `id;day;kind;a;b;c;again;ever;sex;sum` is one cell: the separator seems to be `;`, \
         expected `,` (the source says which under csv.separator)"
    );
    let semicolon = [
        ("is_not = [\"test\"]", "is = [\"\"]"),
        ("[case]", "[csv]\nseparator = \";\"\n\n[case]"),
        ("no = \"absent\"", "\"no, never\" = \"absent\""),
    ];
    let cohort = read_as(&semicolon, &rows.replace(";no;", ";no, never;")).unwrap();
    assert_eq!(cohort.answers().codes(), [1, 0, 0]);
    assert!(read_as(&semicolon, &table(&["1"])).unwrap_err().contains("seems to be `,`, expected `;`"));
}

/// A table of another year: a sentence for each cause, with its number of rows, whatever their number.
#[test]
fn one_cause_is_one_sentence() {
    let kept = [("is_not = [\"test\"]", "is = [\"\"]"), ("unique = true", "unique = false")];
    let cells = ["J", "N", "", "J", "?"];
    let row = |at: usize| format!("{},2025-01-31,,{},0,no,0,0,f,1\n", at % 7, cells[at % 5]);
    let rows: String = (0..1000).map(row).collect();
    assert_eq!(
        read_as(&kept, &format!("{HEADER}{rows}")).unwrap_err(),
        "table `t.csv` read as `toy`: 2 problems\n  \
         - column `day` holds …, expected a day written `%d/%m/%Y`: 1000 rows, such as `2025-01-31` (row 1)\n  \
         - column `a` holds …, expected one of ``, `no`, `yes`: 800 rows, such as `J` (row 1), `N` (row 2), `?` (row 5)"
    );
    let short: String = (0..1000).map(|at| format!("{at},{}\n", ",".repeat(at % 3))).collect();
    assert_eq!(
        read_as(&kept, &format!("{HEADER}{short}")).unwrap_err(),
        "table `t.csv`: the line has … cells, expected 10, as many as the header has: 1000 rows, such as 2 (row 1), \
         3 (row 2), 4 (row 3)"
    );
}
