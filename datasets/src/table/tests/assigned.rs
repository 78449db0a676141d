use super::import::{HEADER, read_as};
use crate::table::{read_cohort, write_cohort};
use crate::{Side, Source};

const NO_FILTER: (&str, &str) =
    ("[[rows]]\ncolumn = \"kind\"\nis_not = [\"test\"]\nreason = \"a test\"\n", "");
const SPLIT: (&str, &str) = (
    "[values.yes_no]",
    "[split]\ncolumn = \"kind\"\ntrain = [\"learn\"]\ntest = [\"judge\", \"judge 2\"]\nleft_out = [\"\"]\n\n[values.yes_no]",
);
const FOLDS: (&str, &str) =
    ("[values.yes_no]", "[folds]\ncolumn = \"kind\"\nleft_out = [\"none\"]\n\n[values.yes_no]");
const SEVERAL: (&str, &str) = ("unique = true", "unique = false");

/// A table with these texts in the column `kind`; case `c0` has the first row and the last.
fn table(kinds: &[&str]) -> String {
    let row = |(at, kind): (usize, &&str)| {
        let case = if at + 1 == kinds.len() { 0 } else { at };
        format!("c{case},01/02/2025,{kind},yes,{at},no,{},{},f,1\n", at % 2, at % 2)
    };
    HEADER.to_owned() + &kinds.iter().enumerate().map(row).collect::<String>()
}

#[test]
fn a_split_column_gives_each_row_its_side() {
    let cohort =
        read_as(&[NO_FILTER, SPLIT, SEVERAL], &table(&["learn", "judge", "", "judge 2", "learn", "judge"]))
            .unwrap();
    let expected = [Side::Train, Side::Test, Side::LeftOut, Side::Test, Side::Train, Side::Test];
    assert_eq!(cohort.assigned().sides.as_deref(), Some(&expected[..]));
    let note = "column `kind` divides the rows: 2 for training, 3 for the test, 1 in neither; 1 cases have rows on both sides";
    assert!(cohort.provenance().notes.iter().any(|n| n == note), "{:?}", cohort.provenance().notes);
    let selected = cohort.select(&[3, 0]);
    assert_eq!(selected.assigned().sides.as_deref(), Some(&[Side::Test, Side::Train][..]));
}

#[test]
fn a_text_on_neither_side_is_named() {
    let error = read_as(&[NO_FILTER, SPLIT], &table(&["learn", "valid", "judge", "learn", "x"])).unwrap_err();
    let expected = "expected one of `learn` (train), `judge`, `judge 2` (test), `` (left_out)";
    for found in ["`valid`, ", "`x`, "] {
        assert!(error.contains(&format!("column `kind` holds {found}{expected}")), "{error}");
    }
}

#[test]
fn a_fold_column_names_the_folds() {
    let cohort = read_as(&[NO_FILTER, FOLDS, SEVERAL], &table(&["10", "9", "none", "9", "9"])).unwrap();
    let folds = cohort.assigned().folds.clone().unwrap();
    assert_eq!(folds.names, ["9", "10"]);
    assert_eq!(folds.codes, [Some(1), Some(0), None, Some(0), Some(0)]);
    let note =
        "column `kind` divides the rows into 2 folds (1 rows in none); 1 cases have rows in more than one";
    assert!(cohort.provenance().notes.iter().any(|n| n == note), "{:?}", cohort.provenance().notes);
    let error = read_as(&[NO_FILTER, FOLDS], &table(&["1", "", "2"])).unwrap_err();
    assert!(error.contains("column `kind` holds ``, expected a fold; rows in no fold are stated"), "{error}");
}

#[test]
fn divisions_come_back_from_the_cohort_file_and_count_as_rows_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.parquet");
    let rows = |kinds: [&str; 4]| table(&kinds);
    let split = read_as(&[NO_FILTER, SPLIT, SEVERAL], &rows(["learn", "judge", "", "judge"])).unwrap();
    let folds = read_as(&[NO_FILTER, FOLDS, SEVERAL], &rows(["2", "1", "none", "1"])).unwrap();
    for cohort in [&split, &folds] {
        write_cohort(cohort, &path).unwrap();
        assert_eq!(read_cohort(&path).unwrap(), *cohort);
    }
    // The same rows, divided otherwise.
    let other = read_as(&[NO_FILTER, SPLIT, SEVERAL], &rows(["learn", "judge", "", "learn"])).unwrap();
    assert_ne!(other.fingerprint(), split.fingerprint());
    assert_eq!(
        other.learned_fingerprint("again").unwrap(),
        split.learned_fingerprint("again").unwrap(),
        "what can be learned from is the same"
    );
    let by = |cohort: &crate::Cohort| cohort.divided_fingerprint("again", crate::Division::Sides).unwrap();
    assert_ne!(by(&other), by(&split));
}

#[test]
fn a_split_that_means_two_things_is_refused() {
    let (_, text) = Source::BUILT_IN[1];
    let problems = |split: &str| {
        let text = text.replace("[values.degree]", &format!("{split}\n\n[values.degree]"));
        Source::from_toml(&text, "s.toml".as_ref()).unwrap_err().to_string()
    };
    let error = problems(
        "[split]\ncolumn = \"set\"\ntrain = [\"a\", \"b\"]\ntest = [\"b\"]\nleft_out = [\"c\", \"c\"]",
    );
    assert!(
        error.contains("split lists the text `b` under both train and test, expected one side"),
        "{error}"
    );
    assert!(error.contains("split.left_out lists the text `c` twice"), "{error}");
    assert!(
        problems("[split]\ncolumn = \"set\"\ntrain = [\"a\"]\ntest = []")
            .contains("split.test lists no text")
    );
    let error = problems("[folds]\ncolumn = \"age\"");
    assert!(
        error.contains("reads column `age`, which is never an answer: it is how the table divides"),
        "{error}"
    );
}
