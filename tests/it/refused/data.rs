//! Tables, forms and cohorts.

use std::fs;

use super::refused;
use crate::running::{quickstart, run_in};
use crate::small::{IMPORT, TRAIN, folder, spoil};

#[test]
fn the_folder_is_good_before_it_is_spoilt() {
    let dir = folder();
    let ran = run_in(dir.path(), IMPORT).succeeded();
    assert_eq!(ran.out, "A table made up for a test: 200 rows written to cohort.parquet\n");
    run_in(dir.path(), TRAIN).succeeded();
    assert!(dir.path().join("registry/small/1/manifest.json").is_file());
}

#[test]
fn columns_that_are_missing() {
    let dir = folder();
    spoil(dir.path(), "table.csv", "id,a,b,ever,soon", "id,a,bb,x,soon");
    let message = "table `table.csv` read as `small-table`: 2 problems
  - column `b` (indicator `B`) is missing
  - column `ever` (outcome `assault`) is missing";
    refused(dir.path(), &IMPORT, message);
}

#[test]
fn values_that_the_source_does_not_list() {
    let dir = folder();
    spoil(dir.path(), "table.csv", "c2,no", "c2,maybe");
    let one = "column `a` holds `maybe`, expected one of ``, `no`, `yes` (row 3)";
    refused(dir.path(), &IMPORT, &format!("table `table.csv` read as `small-table`: {one}"));
    spoil(dir.path(), "table.csv", "c5,no,yes", "c5,no,sí");
    let two = "column `b` holds `sí`, expected one of ``, `no`, `yes` (row 6)";
    refused(
        dir.path(),
        &IMPORT,
        &format!("table `table.csv` read as `small-table`: 2 problems\n  - {one}\n  - {two}"),
    );
}

#[test]
fn outcomes_that_contradict_each_other() {
    let dir = folder();
    spoil(dir.path(), "table.csv", "c1,no,no,0,0", "c1,no,no,0,1");
    let message = "table `table.csv` read as `small-table`: outcome `assault` reads `ever` = `0` with `soon` = `1`, \
                   which no rule allows (row 2)";
    refused(dir.path(), &IMPORT, message);
}

#[test]
fn files_without_rows() {
    let dir = folder();
    let put = |text: &str| fs::write(dir.path().join("table.csv"), text).unwrap();
    put("");
    refused(dir.path(), &IMPORT, "table `table.csv`: the file is empty, expected a header and rows");
    put("id,a,b,ever,soon\n");
    let message = "table `table.csv`: no row was found below the header, expected at least one";
    refused(dir.path(), &IMPORT, message);
}

#[test]
fn a_line_that_ends_early() {
    let dir = folder();
    // With the outcome before the answers: what is missing is an answer, which must not be taken for `unknown`.
    fs::write(dir.path().join("table.csv"), "id,ever,soon,a,b\nc1,0,0,no,no\nc2,1,1,yes\n").unwrap();
    let message = "table `table.csv`: the line has 4 cells, expected 5, as many as the header has (row 2)";
    refused(dir.path(), &IMPORT, message);
}

#[test]
fn a_case_that_occurs_twice() {
    let dir = folder();
    spoil(dir.path(), "table.csv", "c7,", "c3,");
    let message =
        "table `table.csv` read as `small-table`: case `c3` was in row 4 before, expected once (row 8)";
    refused(dir.path(), &IMPORT, message);
}

#[test]
fn an_outcome_with_one_class() {
    let dir = folder();
    let table = fs::read_to_string(dir.path().join("table.csv")).unwrap();
    fs::write(dir.path().join("table.csv"), table.replace(",1,1\n", ",0,0\n")).unwrap();
    let ran = run_in(dir.path(), IMPORT).succeeded();
    let note = "note: outcome `assault` has no row with event: nothing can be fitted to it\n";
    assert!(ran.out.ends_with(note), "{}", ran.out);
    let message = "outcome `assault` has 0 events among 100 rows of all folds but 1, expected at least one event \
                   and one non-event";
    refused(dir.path(), &TRAIN, message);
}

#[test]
fn an_instrument_that_lists_an_indicator_twice() {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    spoil(dir.path(), "small.toml", "id = \"B\"", "id = \"A\"");
    let message = "instrument `small.toml`: indicator `A` is listed twice";
    refused(dir.path(), &IMPORT, message);
    refused(dir.path(), &TRAIN, message);
}

#[test]
fn files_that_are_not_there() {
    let dir = folder();
    let import = |source, input| ["data", "import", "--source", source, "--in", input, "--out", "c.parquet"];
    let message = "no source `none`: it is neither built in (catalonia-savry, compas-two-years) nor a file";
    refused(dir.path(), &import("none", "table.csv"), message);
    let message = "cannot read `none.csv`: No such file or directory (os error 2)";
    refused(dir.path(), &import("source.toml", "none.csv"), message);
    refused(dir.path(), &TRAIN, "cannot read `cohort.parquet`: No such file or directory (os error 2)");
    let generate = ["data", "generate", "--rows", "50", "--seed", "1", "--out", "none/c.parquet"];
    let message = "cannot write `none/c.parquet`: No such file or directory (os error 2)";
    refused(dir.path(), &generate, message);
}

#[test]
fn a_cohort_that_was_cut_short_or_changed() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let whole = fs::read(quick.join("cohort.parquet")).unwrap();
    let describe = ["data", "describe", "c.parquet"];
    fs::write(dir.path().join("c.parquet"), &whole[..whole.len() / 2]).unwrap();
    let message = "`c.parquet` is not a Parquet table: Parquet error: Invalid Parquet file. Corrupt footer";
    refused(dir.path(), &describe, message);

    // Wherever a bit turns over, the cohort is refused, or all that it holds is as it was.
    let expected = run_in(quick, ["data", "describe", "cohort.parquet", "--json"]).succeeded().json();
    let mut n_refused = 0;
    for part in 1..16 {
        let mut bytes = whole.clone();
        bytes[whole.len() * part / 16] ^= 1;
        fs::write(dir.path().join("c.parquet"), bytes).unwrap();
        let ran = run_in(dir.path(), ["data", "describe", "c.parquet", "--json"]);
        match ran.code {
            Some(2) => {
                n_refused += 1;
                assert!(ran.out.is_empty() && ran.err.contains("error: "), "{ran:?}");
            }
            _ => assert_eq!(ran.succeeded().json(), expected),
        }
    }
    assert!(n_refused > 5, "{n_refused}");
}
