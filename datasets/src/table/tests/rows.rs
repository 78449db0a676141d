//! What a row of a table is: the same for whoever reads it, in any format.

use std::path::Path;

use proptest::prelude::*;

use super::super::opened::Opened;
use super::foreign::{self, Foreign};
use super::import::{HEADER, read_as};
use crate::Problems;
use crate::table::{Dialect, import, read_forms};
use crate::testing::form;

/// The cells of a table in windows of so many rows, row by row.
pub(super) fn cells(path: &Path, rows_per_window: usize) -> Vec<Vec<String>> {
    let table = Opened::open(path, &Dialect::default()).unwrap();
    let mut rows = Vec::new();
    for start in (0..table.n_rows()).step_by(rows_per_window) {
        let window = table.window(start..table.n_rows().min(start + rows_per_window)).unwrap();
        let columns = table.names().iter().map(|name| {
            let texts = window.text(name, &mut Problems::default()).unwrap().unwrap();
            texts.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect::<Vec<_>>()
        });
        let columns = columns.collect::<Vec<_>>();
        rows.extend(
            (0..window.n_rows()).map(|row| columns.iter().map(|c| c[row].clone()).collect::<Vec<_>>()),
        );
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What is written comes back, however it is quoted, whatever ends its lines, and wherever a window begins.
    #[test]
    fn rows_come_back_as_they_were_written(
        rows in prop::collection::vec([".{0,6}", "[a,\"\n\r ;ñ]{0,5}"], 1..30),
        blank in prop::collection::vec(any::<bool>(), 30),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        quoted in any::<bool>(),
        window in 1_usize..40,
    ) {
        let quote = |text: &str| {
            let needs = text.contains([',', '"', '\n', '\r']) || text.starts_with('"');
            if quoted || needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
        };
        let mut text = format!("\u{feff}one,two{end}");
        for (row, blank) in rows.iter().zip(&blank) {
            if *blank {
                text.push_str(&format!(" ,{end}{end}"));
            }
            text.push_str(&format!("{},{}{end}", quote(&row[0]), quote(&row[1])));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let is_blank = |text: &String| text.bytes().all(|byte| byte.is_ascii_whitespace());
        let expected: Vec<_> = rows.iter().filter(|row| !row.iter().all(is_blank)).map(|r| r.to_vec()).collect();
        prop_assume!(!expected.is_empty());
        prop_assert_eq!(cells(&path, window), expected);
    }
}

/// The smallest case: a spreadsheet saves rows that were once filled as separators alone.
#[test]
fn lines_without_any_text_are_no_cases() {
    let yes_no =
        [("column = \"id\"\nunique = true", "row_number = true"), ("is_not = [\"test\"]", "is = [\"\"]")];
    let without = [
        // What would make cases without the event of them.
        (
            "{ when = { again = \"1\", ever = \"1\" }",
            "{ when = { again = \"\", ever = \"\" }, status = \"no_event\" },\n  { when = { again = \"1\", ever = \"1\" }",
        ),
        (
            "values = { f = \"woman\", m = \"man\" }",
            "values = { f = \"woman\", m = \"man\" }\nunknown = [\"\"]",
        ),
        ("[date]\ncolumn = \"day\"\nformat = \"%d/%m/%Y\"\n", ""),
    ];
    let changes = [&yes_no[..], &without[..]].concat();
    let rows = format!(
        "{HEADER}1,31/01/2025,,yes,0,no,0,0,f,1\n,,,,,,,,,\n\n , ,,,,,,,,\n2,,,no,1,no,1,1,m,1\n,,,,,,,,,\n"
    );
    let cohort = read_as(&changes, &rows).unwrap();
    assert_eq!(cohort.n_rows(), 2);
    assert_eq!(cohort.cases(), ["row-000001", "row-000002"]);
    let notes = &cohort.provenance().notes;
    assert!(
        notes.iter().any(|note| note == "3 lines of the table hold nothing and are no rows"),
        "{notes:?}"
    );
    // A row that holds a single text is one, and its empty cells mean what the source says.
    let cohort = read_as(&changes, &rows.replacen("\n,,,,,,,,,\n", "\n3,,,,,,,,,\n", 1)).unwrap();
    assert_eq!(cohort.n_rows(), 3);
}

#[test]
fn forms_are_made_of_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.csv");
    std::fs::write(&path, "case,A,B,C\rx,present,mild,absent\r,,,\r\ry,absent,severe,absent\r").unwrap();
    let forms = read_forms(&path, &form()).unwrap();
    assert_eq!(forms.cases, Some(vec!["x".to_owned(), "y".to_owned()]));
    assert_eq!(forms.answers.codes(), [1, 1, 0, 0, 2, 0]);
}

#[test]
fn rows_without_any_value_are_none_in_parquet_either() {
    use Foreign::{Float64, Int64, Text};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.parquet");
    let columns = [
        ("A", Text(vec![None, Some("absent"), None, Some(""), Some("present"), None])),
        ("B", Text(vec![Some(" "), Some("mild"), None, None, Some("severe"), None])),
        ("C", Text(vec![None, Some("absent"), None, None, Some("absent"), None])),
        ("n", Float64(vec![None, None, None, None, Some(1.0), None])),
        // The numbers that pandas puts beside its rows say nothing about them.
        ("__index_level_0__", Int64((0..6).map(Some).collect())),
    ];
    foreign::write(&path, &columns, 6, 4);
    let table = Opened::open(&path, &Dialect::default()).unwrap();
    assert_eq!((table.n_rows(), table.n_blank()), (2, 4));
    let forms = read_forms(&path, &form()).unwrap();
    assert_eq!(forms.answers.codes(), [0, 1, 0, 1, 2, 0]);
    for rows in [1, 2] {
        let table =
            crate::table::FormBlocks::open(&path, &Dialect::default(), &form(), rows.try_into().unwrap())
                .unwrap();
        let codes: Vec<u8> =
            (0..table.n_blocks()).flat_map(|at| table.block(at).unwrap().answers.codes().to_vec()).collect();
        assert_eq!(codes, forms.answers.codes());
    }
    let window = table.window(1..2).unwrap();
    let problems = &mut Problems::default();
    assert_eq!(window.float("n", problems).unwrap(), Some(vec![Some(1.0)]));
    assert_eq!(window.shown("n", problems).unwrap().unwrap().texts, ["1.0"]);
    assert_eq!(window.text("B", problems).unwrap().unwrap().iter().collect::<Vec<_>>(), [Some("severe")]);
}

#[test]
fn a_repeated_column_matters_only_where_it_is_read() {
    let kept = ("is_not = [\"test\"]", "is = [\"\"]");
    let row = "1,31/01/2025,,yes,0,no,0,0,f,1";
    let header = HEADER.trim_end();
    let unread = format!("{header},note,note\n{row},x,y\n");
    assert_eq!(read_as(&[kept], &unread).unwrap().n_rows(), 1);
    let twice = format!("{header},sum,b,b\n{row},1,0,0\n2,01/02/2025,,yes,1,no,0,0,f,1,1,1,2\n");
    let listed = ("never_answers = []", "never_answers = []\nrepeated = [\"b\", \"sum\"]");
    assert_eq!(
        read_as(&[kept], &twice).unwrap_err(),
        "table `t.csv` read as `toy`: 2 problems\n  \
         - column `b` (indicator `B`) is in the header 3 times, expected once\n  \
         - column `sum` (score `sum`) is in the header 2 times, expected once"
    );
    assert_eq!(
        read_as(&[kept, listed], &twice).unwrap_err(),
        "table `t.csv` read as `toy`: the columns named `b` hold `1` and `2`, expected the same (row 2)"
    );
    let same = twice.replace(",1,1,2\n", ",1,1,1\n");
    assert_eq!(read_as(&[kept, listed], &same).unwrap().answers().codes(), [1, 0, 0, 1, 1, 0]);
    // A table that names it once is the same table.
    assert!(read_as(&[kept, listed], &format!("{HEADER}{row}\n")).is_ok());
}

/// Two pairs of columns with one name, as ProPublica published its table; the rest of it is not needed here.
#[test]
fn the_published_header_of_compas_is_read() {
    let header = "id,name,compas_screening_date,sex,age,age_cat,race,juv_fel_count,decile_score,juv_misd_count,\
                  juv_other_count,priors_count,c_charge_degree,is_recid,decile_score,priors_count,two_year_recid";
    let rows = "1,a b,2013-08-14,Male,69,Greater than 45,Other,0,1,0,0,0,F,0,1,0,0\n\
                3,\"c, d\",2013-01-27,Male,34,25 - 45,African-American,0,3,0,0,0,F,1,3,0,1\n";
    let folder = tempfile::tempdir().unwrap();
    let read = |text: String| {
        let path = folder.path().join("compas-scores-two-years.csv");
        std::fs::write(&path, text).unwrap();
        import(&crate::Source::named("compas-two-years").unwrap(), &path).map_err(|e| e.to_string())
    };
    let published = read(format!("{header}\n{rows}")).unwrap();
    let by_pandas =
        header.replace("is_recid,decile_score,priors_count", "is_recid,decile_score.1,priors_count.1");
    let by_pandas = read(format!("{by_pandas}\n{rows}")).unwrap();
    assert_eq!(published.fingerprint(), by_pandas.fingerprint());
    assert_eq!(published.scores()[0].values, [Some(1.0), Some(3.0)]);
    let differ = read(format!("{header}\n{}", rows.replace("F,1,3,0,1", "F,1,3,2,1"))).unwrap_err();
    assert!(
        differ.ends_with("the columns named `priors_count` hold `0` and `2`, expected the same (row 2)"),
        "{differ}"
    );
}
