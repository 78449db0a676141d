//! Sheets of workbooks are read as the CSV table would be that holds the same.

use proptest::prelude::*;

use super::import::{HEADER, read_as, source};
use super::rows::cells;
use super::xlsx::{Cell, Sheet, number, text, write};
use crate::table::{Dialect, import, read_foreign, read_forms};
use crate::testing::form;
use crate::{Cohort, ForeignKind};

type Row = Vec<Option<Cell>>;

fn header() -> Row {
    HEADER.trim_end().split(',').map(text).collect()
}

/// A row of the toy table, but for the day and the number.
fn row(id: &str, day: Option<Cell>, b: Option<Cell>) -> Row {
    let zero = || number("0");
    vec![number(id), day, None, text("yes"), b, text("no"), zero(), zero(), text("f"), number("1.5")]
}

fn day(number: &str) -> Option<Cell> {
    Some(Cell::Number(number.to_owned(), 1))
}

/// 31 January 2025.
const DAY: &str = "45688";

fn read_sheets(changes: &[(&str, &str)], is_1904: bool, sheets: &[Sheet<'_>]) -> Result<Cohort, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    write(&path, is_1904, sheets);
    let place = path.display().to_string();
    import(&source(folder.path(), changes), &path).map_err(|e| e.to_string().replace(&place, "t.xlsx"))
}

/// Reads the rows below the header, of which none is a test.
fn read_rows(rows: impl IntoIterator<Item = Row>) -> Result<Cohort, String> {
    let rows = std::iter::once(header()).chain(rows).collect();
    read_sheets(&[("is_not = [\"test\"]", "is = [\"\"]")], false, &[Sheet::of("cases", rows)])
}

fn read_lines(lines: &str) -> Cohort {
    read_as(&[("is_not = [\"test\"]", "is = [\"\"]")], &format!("{HEADER}{lines}")).unwrap()
}

#[test]
fn cells_are_read_as_csv_would_hold_them() {
    let noted = || Some(Cell::Formatted);
    let rows = vec![
        row("7", day(DAY), number("0.5")),
        // Nothing but blanks and formats.
        vec![noted(), text("  "), noted()],
        row("8", Some(Cell::Number("45689.25".to_owned(), 4)), number("0.99999999999999989")),
        vec![],
        // A day as a text is written as the source says, in the same column.
        row("9", text("02/02/2025"), Some(Cell::Inline("2.5".to_owned()))),
        row("10", Some(Cell::Iso("2025-02-03")), Some(Cell::Formula("A1+1", Some("3")))),
        row("11", Some(Cell::Number(DAY.to_owned(), 2)), None),
        vec![noted(); 10],
    ];
    let found = read_rows(rows).unwrap();
    let expected = read_lines(
        "7,31/01/2025,,yes,0.5,no,0,0,f,1.5\n8,01/02/2025,,yes,1,no,0,0,f,1.5\n9,02/02/2025,,yes,2.5,no,0,0,f,1.5\n\
         10,03/02/2025,,yes,3,no,0,0,f,1.5\n11,31/01/2025,,yes,,no,0,0,f,1.5\n",
    );
    assert_eq!(found.fingerprint(), expected.fingerprint());
    assert_eq!(found.answers(), expected.answers());
    let notes = &found.provenance().notes;
    assert!(notes.contains(&"2 lines of the table hold nothing and are no rows".to_owned()), "{notes:?}");
    let formulas =
        "1 cells of sheet `cases` are formulas: they count as the values that the workbook was saved with";
    assert!(notes.contains(&formulas.to_owned()), "{notes:?}");
    // Another day, another number: another cohort.
    assert_ne!(
        read_rows([row("7", day("45689"), None)]).unwrap().fingerprint(),
        read_lines("7,31/01/2025,,yes,,no,0,0,f,1.5\n").fingerprint()
    );
    // A table need not begin in the corner.
    let shifted = |row: Row| [vec![None, None], row].concat();
    let rows = vec![vec![], shifted(header()), shifted(row("7", day(DAY), None))];
    let found =
        read_sheets(&[("is_not = [\"test\"]", "is = [\"\"]")], false, &[Sheet::of("x", rows)]).unwrap();
    assert_eq!(found.fingerprint(), read_lines("7,31/01/2025,,yes,,no,0,0,f,1.5\n").fingerprint());
}

#[test]
fn a_workbook_says_from_when_it_counts_days() {
    let rows = || vec![header(), row("7", day("44226"), None)];
    let changes = [("is_not = [\"test\"]", "is = [\"\"]")];
    let found = read_sheets(&changes, true, &[Sheet::of("x", rows())]).unwrap();
    assert_eq!(found.fingerprint(), read_lines("7,31/01/2025,,yes,,no,0,0,f,1.5\n").fingerprint());
    let other = read_sheets(&changes, false, &[Sheet::of("x", rows())]).unwrap();
    assert_eq!(other.fingerprint(), read_lines("7,30/01/2021,,yes,,no,0,0,f,1.5\n").fingerprint());
}

#[test]
fn booleans_are_known_however_they_are_written() {
    let boolean = |value| Some(Cell::Boolean(value));
    let rows =
        vec![vec![text("A"), text("B")], vec![boolean(true), text("x")], vec![boolean(false), text("y")]];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("T.XLSX");
    write(&path, false, &[Sheet::of("x", rows)]);
    let table = read_foreign(&path, &Dialect::default()).unwrap();
    assert_eq!(table.columns[0].cells, ["true", "false"]);
    assert_eq!((&table.columns[0].kind, &table.columns[1].kind), (&ForeignKind::Typed, &ForeignKind::Text));
    for written in ["TRUE", "True", "true"] {
        let values = format!("yes = \"present\"\n{written} = \"present\"\n");
        let mut cells = row("7", day(DAY), None);
        cells[3] = boolean(true);
        let changes = [("is_not = [\"test\"]", "is = [\"\"]"), ("yes = \"present\"\n", values.as_str())];
        let found = read_sheets(&changes, false, &[Sheet::of("x", vec![header(), cells])]).unwrap();
        assert_eq!(found.fingerprint(), read_lines("7,31/01/2025,,yes,,no,0,0,f,1.5\n").fingerprint());
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_cell() {
    let rows = [
        row("7", day(DAY), Some(Cell::Error("#N/A"))),
        vec![],
        row("8", day("60"), Some(Cell::Formula("B2*2", None))),
        row(
            "1234567890123456",
            Some(Cell::Number("0.25".to_owned(), 1)),
            Some(Cell::Number("0.5".to_owned(), 3)),
        ),
    ];
    let expected = ", expected text, a number, a boolean or a day";
    let cell = |place: &str, what: &str, column: &str, row: usize| {
        format!("column `{column}` holds {what} in cell {place} of sheet `cases`{expected} (row {row})")
    };
    let all = [
        cell("B4", "the number 60 as a day, which no calendar has", "day", 2),
        cell("E2", "the error `#N/A`", "b", 1),
        cell("E4", "a formula that no program has calculated", "b", 2),
        cell("A5", "the number 1234567890123456, of which a workbook does not keep every digit", "id", 3),
        cell("B5", "a time without a day (0.25 days)", "day", 3),
        cell("E5", "a time without a day (0.5 days)", "b", 3),
    ];
    let found = read_rows(rows.clone()).unwrap_err();
    for one in &all {
        assert!(found.contains(one), "{one}\n{found}");
    }
    assert_eq!(found.lines().count(), 1 + all.len(), "{found}");
    // Many such cells are told once.
    let many = (0..20).map(|id| row(&id.to_string(), day(DAY), Some(Cell::Error("#DIV/0!"))));
    let found = read_rows(many).unwrap_err();
    assert!(
        found.contains(&format!("`b` holds …{expected}: 20 rows, such as the error `#DIV/0!` in cell E2")),
        "{found}"
    );
    // Where nobody reads them, they do not matter; who looks at the table is told.
    let beside = |cells: Row| [cells, vec![Some(Cell::Error("#REF!"))]].concat();
    let rows = vec![[header(), vec![text("unread")]].concat(), beside(row("7", day(DAY), None))];
    let changes = [("is_not = [\"test\"]", "is = [\"\"]")];
    assert!(read_sheets(&changes, false, &[Sheet::of("x", rows)]).is_ok());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    write(&path, false, &[Sheet::of("x", vec![vec![text("a")], vec![Some(Cell::Error("#REF!"))]])]);
    let table = read_foreign(&path, &Dialect::default()).unwrap();
    let expected = ForeignKind::Unreadable("the error `#REF!` in cell A2".to_owned());
    assert_eq!(table.columns[0].kind, expected);
}

#[test]
fn which_of_several_sheets_is_the_table_is_stated() {
    let sheets = || {
        let rows = || vec![header(), row("7", day(DAY), None)];
        let other = vec![vec![text("x")], vec![text("y")]];
        let hidden = Sheet { hidden: true, ..Sheet::of("old", other.clone()) };
        [Sheet::of("about", other), Sheet::of("cases", rows()), hidden]
    };
    let kept = ("is_not = [\"test\"]", "is = [\"\"]");
    let stated = |sheet: &str| format!("[xlsx]\nsheet = \"{sheet}\"\n\n[case]");
    let found = read_sheets(&[kept, ("[case]", &stated("cases"))], false, &sheets()).unwrap();
    assert_eq!(found.fingerprint(), read_lines("7,31/01/2025,,yes,,no,0,0,f,1.5\n").fingerprint());
    assert_eq!(
        read_sheets(&[kept], false, &sheets()).unwrap_err(),
        "table `t.xlsx`: the workbook has 3 sheets, `about`, `cases`, `old` (hidden): it must be stated which of them is the table (the \
         source says which under xlsx.sheet)"
    );
    assert_eq!(
        read_sheets(&[kept, ("[case]", &stated("Cases"))], false, &sheets()).unwrap_err(),
        "table `t.xlsx`: the workbook has no sheet `Cases`, expected one of `about`, `cases`, `old` (hidden) (the source says which under \
         xlsx.sheet)"
    );
    let one = read_sheets(&[kept, ("[case]", &stated("about"))], false, &sheets()).unwrap_err();
    assert!(one.contains("column `id` (case) is missing"), "{one}");
}

#[test]
fn merged_cells_are_refused_where_they_would_be_misread() {
    let read = |merged: &[&str], rows: Vec<Row>| {
        let sheet = Sheet { merged, ..Sheet::of("cases", rows) };
        read_sheets(&[("is_not = [\"test\"]", "is = [\"\"]")], false, &[sheet])
    };
    let rows = || {
        vec![header(), row("7", day(DAY), number("1")), row("8", day(DAY), None), row("9", day(DAY), None)]
    };
    let error = read(&["E2:E3"], rows()).unwrap_err();
    assert!(
        error.contains("column `b` holds nothing, as it is merged with E2 in cell E3 of sheet `cases`"),
        "{error}"
    );
    assert!(!error.contains("E4"), "{error}");
    // Nothing is hidden where nothing is shown, and columns that are not read may look as they like.
    assert!(read(&["C2:C4", "K2:L3"], rows()).is_ok());
    // A title above the names is no header.
    let titled = || [vec![vec![text("Cases of 2025")]], rows()].concat();
    let error = read(&["A1:J1"], titled()).unwrap_err();
    let expected = "cells A1:J1 of sheet `cases` are merged, and the header is row 1: expected one name above each column, and nothing \
                    above the names";
    assert!(error.contains(expected), "{error}");
    let error = read(&["D1:D2"], rows()).unwrap_err();
    assert!(error.contains("cells D1:D2 of sheet `cases` are merged"), "{error}");
}

#[test]
fn a_file_that_is_no_workbook_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.xlsx");
    let read =
        || read_forms(&path, &form()).unwrap_err().to_string().replace(&path.display().to_string(), "t.xlsx");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    assert!(read().starts_with("`t.xlsx` is not a readable .xlsx workbook: "), "{}", read());
    write(&path, false, &[Sheet::of("x", vec![])]);
    assert_eq!(read(), "table `t.xlsx`: sheet `x` is empty, expected a header and rows");
    write(&path, false, &[Sheet::of("x", vec![vec![text("A")]])]);
    assert_eq!(read(), "table `t.xlsx`: no row was found below the header, expected at least one");
    write(
        &path,
        false,
        &[Sheet::of("x", vec![vec![text("A"), Some(Cell::Error("#NAME?"))], vec![text("x")]])],
    );
    assert_eq!(
        read(),
        "table `t.xlsx`: the header holds the error `#NAME?` in cell B1 of sheet `x`, expected a name"
    );
    // Cut anywhere, it is refused, and nothing panics.
    write(&path, false, &[Sheet::of("x", vec![vec![text("A")], vec![text("present")]])]);
    let whole = std::fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(97) {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(read().starts_with("`t.xlsx` is not a readable .xlsx workbook: "), "{}", read());
    }
}

#[test]
fn forms_are_scored_from_a_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forms.xlsx");
    let answers = ["present", "severe", "unknown"];
    let rows = vec![
        ["case", "A", "B", "C", "remark"].map(text).to_vec(),
        [vec![number("12")], answers.map(text).to_vec()].concat(),
        [vec![text("c2")], ["absent", "mild", "absent"].map(text).to_vec(), vec![Some(Cell::Error("#N/A"))]]
            .concat(),
    ];
    write(&path, false, &[Sheet::of("x", rows)]);
    let forms = read_forms(&path, &form()).unwrap();
    assert_eq!(forms.cases.unwrap(), ["12", "c2"]);
    assert_eq!(forms.ignored, ["remark"]);
    let csv = folder.path().join("forms.csv");
    std::fs::write(&csv, "case,A,B,C\n12,present,severe,unknown\nc2,absent,mild,absent\n").unwrap();
    assert_eq!(forms.answers, read_forms(&csv, &form()).unwrap().answers);
}

/// A cell of a property, as it stands in CSV and as it stands in a sheet.
fn cell() -> impl Strategy<Value = (String, Option<Cell>)> {
    prop_oneof![
        Just((String::new(), None)),
        "[a-zñ ,;\"<&]{1,6}".prop_map(|word| (word.clone(), text(&word))),
        (-999_999_i64..999_999).prop_map(|n| (n.to_string(), number(&n.to_string()))),
        // Decimals that binary numbers do not hold, as programs write them: in full.
        (-999_999_i64..999_999).prop_map(|n| {
            let decimal = n as f64 / 1_000.0;
            (decimal.to_string(), number(&format!("{decimal:.17}")))
        }),
        any::<bool>().prop_map(|b| (b.to_string(), Some(Cell::Boolean(b)))),
        (61_i64..2_958_465).prop_map(|n| {
            let day = jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(n)).unwrap();
            (day.to_string(), Some(Cell::Number(n.to_string(), 1)))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever stands in it, a sheet has the rows and the texts of the CSV table that holds the same, wherever a window begins.
    #[test]
    fn a_sheet_is_the_table_that_csv_would_be(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..20),
        window in 1_usize..25,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (csv, xlsx) = (folder.path().join("t.csv"), folder.path().join("t.xlsx"));
        let quoted = |cell: &(String, Option<Cell>)| format!("\"{}\"", cell.0.replace('"', "\"\""));
        let line = |row: &Vec<(String, Option<Cell>)>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
        let lines = rows.iter().map(|row| format!("{}\n", line(row))).collect::<String>();
        std::fs::write(&csv, format!("one,two,three\n{lines}")).unwrap();
        let names = ["one", "two", "three"].map(text).to_vec();
        let below = rows.iter().map(|row| row.iter().map(|(_, cell)| cell.clone()).collect());
        write(&xlsx, false, &[Sheet::of("x", std::iter::once(names).chain(below).collect())]);
        let is_blank = |(text, _): &(String, Option<Cell>)| text.bytes().all(|byte| byte.is_ascii_whitespace());
        prop_assume!(rows.iter().any(|row| !row.iter().all(is_blank)));
        prop_assert_eq!(cells(&xlsx, window), cells(&csv, window));
    }
}
