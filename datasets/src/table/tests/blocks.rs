use std::num::NonZeroUsize;
use std::path::Path;

use super::super::parquet_out::{Column, Packing, ParquetOut};
use crate::table::{Dialect, FormBlocks, Forms};
use crate::testing::form;

const A: [&str; 3] = ["absent", "present", "unknown"];
const B: [&str; 4] = ["absent", "mild", "severe", "unknown"];

/// The answers of a row to A, B and C, and their codes, by a rule of its own.
fn row(at: usize) -> ([&'static str; 3], [u8; 3]) {
    let codes = [at % 3, at / 3 % 4, at / 7 % 3];
    ([A[codes[0]], B[codes[1]], A[codes[2]]], codes.map(|code| code as u8))
}

/// A table of so many rows, some cells of it replaced: (row, column, text).
fn texts(n_rows: usize, bad: &[(usize, usize, &'static str)]) -> Vec<[String; 4]> {
    let of = |at| {
        let [a, b, c] = row(at).0;
        [format!("case {at}"), a.to_owned(), b.to_owned(), c.to_owned()]
    };
    let mut rows: Vec<_> = (0..n_rows).map(of).collect();
    bad.iter().for_each(|&(at, column, text)| rows[at - 1][column] = text.to_owned());
    rows
}

fn csv(dir: &Path, rows: &[[String; 4]]) -> std::path::PathBuf {
    let path = dir.join("f.csv");
    let lines: String = rows.iter().map(|row| format!("\"{}\",{}\r\n", row[0], row[1..].join(","))).collect();
    std::fs::write(&path, format!("case,A,B,C\r\n{lines}")).unwrap();
    path
}

fn parquet(dir: &Path, rows: &[[String; 4]], row_group: usize) -> std::path::PathBuf {
    let path = dir.join("f.parquet");
    let columns = |rows| {
        let of = |at: usize| Column::Texts(<[[String; 4]]>::iter(rows).map(|row| row[at].as_str()).collect());
        let names = [("C", 3), ("case", 0), ("A", 1), ("B", 2), ("more", 0)];
        names.map(|(name, at)| (name.to_owned(), of(at)))
    };
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ParquetOut::new(file, &columns(rows), &Packing::Fast, None).unwrap();
    rows.chunks(row_group).for_each(|rows| writer.write(&columns(rows)).unwrap());
    writer.finish().unwrap();
    path
}

fn open(path: &Path, rows_per_block: usize) -> Result<FormBlocks, String> {
    FormBlocks::open(path, &Dialect::default(), &form(), NonZeroUsize::new(rows_per_block).unwrap())
        .map_err(|e| said(path, &e))
}

fn said(path: &Path, error: &crate::Error) -> String {
    error.to_string().replace(&path.display().to_string(), "f")
}

/// All blocks, the last one first.
fn blocks(path: &Path, rows_per_block: usize) -> Vec<Forms> {
    let table = open(path, rows_per_block).unwrap();
    let mut blocks: Vec<_> = (0..table.n_blocks()).rev().map(|at| table.block(at).unwrap()).collect();
    blocks.reverse();
    for (at, block) in blocks.iter().enumerate() {
        assert_eq!(block.answers.n_rows(), table.rows(at).len());
    }
    blocks
}

#[test]
fn blocks_together_are_the_table() {
    let dir = tempfile::tempdir().unwrap();
    for (n_rows, row_group) in [(1, 1), (10, 3), (100, 7), (100, 1000)] {
        let rows = texts(n_rows, &[]);
        let codes: Vec<u8> = (0..n_rows).flat_map(|at| row(at).1).collect();
        let cases: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
        for path in [csv(dir.path(), &rows), parquet(dir.path(), &rows, row_group)] {
            for rows_per_block in [1, 3, 7, 10, 64, usize::MAX] {
                let blocks = blocks(&path, rows_per_block);
                assert_eq!(blocks.len(), n_rows.div_ceil(rows_per_block));
                assert_eq!(blocks.iter().flat_map(|b| b.answers.codes()).copied().collect::<Vec<_>>(), codes);
                assert_eq!(blocks.iter().flat_map(|b| b.cases.clone().unwrap()).collect::<Vec<_>>(), cases);
            }
        }
    }
}

#[test]
fn lines_of_a_csv_table_that_are_empty_or_quoted_do_not_shift_its_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.csv");
    let text = "\u{feff}\"A\",B,C,\"a\nnote\"\n\nabsent,mild,absent,\"1\n2, \"\"3\"\"\"\n\n\r\n\
                \"present\",severe,absent,\nabsent,unknown,present,4";
    std::fs::write(&path, text).unwrap();
    for rows_per_block in [1, 2, 3, 4] {
        let blocks = blocks(&path, rows_per_block);
        let codes: Vec<u8> = blocks.iter().flat_map(|b| b.answers.codes()).copied().collect();
        assert_eq!(codes, [0, 1, 0, 1, 2, 0, 0, 3, 1]);
        assert_eq!(blocks[0].ignored, ["a\nnote"]);
        assert_eq!(blocks[0].cases, None);
    }
}

#[test]
fn a_bad_cell_far_below_is_reported_with_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let rows = texts(70_010, &[(70_001, 2, "maybe")]);
    for path in
        [csv(dir.path(), &rows), parquet(dir.path(), &rows, 50_000), parquet(dir.path(), &rows, 100_000)]
    {
        let table = open(&path, 1 << 16).unwrap();
        assert_eq!(table.n_blocks(), 2);
        assert!(table.block(0).is_ok());
        assert_eq!(
            said(&path, &table.block(1).unwrap_err()),
            "forms `f`: answer `maybe` to indicator `B` is none of absent, mild, severe, unknown (row 70001)"
        );
    }
}

#[test]
fn bad_cells_of_later_blocks_are_in_the_same_list() {
    let dir = tempfile::tempdir().unwrap();
    let rows = texts(40, &[(12, 1, "1"), (13, 2, ""), (29, 0, ""), (40, 3, "no")]);
    for path in [csv(dir.path(), &rows), parquet(dir.path(), &rows, 9)] {
        assert!(open(&path, 5).unwrap().block(0).is_ok());
        assert_eq!(
            said(&path, &open(&path, 5).unwrap().block(2).unwrap_err()),
            "forms `f`: 4 problems\n  \
             - answer `1` to indicator `A` is none of absent, present, unknown (row 12)\n  \
             - answer `` to indicator `B` is none of absent, mild, severe, unknown (row 13)\n  \
             - the case id is empty (row 29)\n  \
             - answer `no` to indicator `C` is none of absent, present, unknown (row 40)"
        );
    }
}

#[test]
fn a_list_of_bad_cells_ends_and_says_how_far_it_looked() {
    let dir = tempfile::tempdir().unwrap();
    let bad: Vec<_> = (1..=400).map(|row| (row, 1, "x")).collect();
    let path = parquet(dir.path(), &texts(400, &bad), 1000);
    let found = said(&path, &open(&path, 60).unwrap().block(1).unwrap_err());
    let wrong = "answer … to indicator `A` is none of absent, present, unknown";
    // Two blocks of sixty rows are enough.
    assert_eq!(
        found,
        format!("forms `f`, looked at up to row 180 of 400: {wrong}: 120 rows, such as `x` (row 61)")
    );
    let whole = said(&path, &open(&path, 1000).unwrap().block(0).unwrap_err());
    assert_eq!(whole, format!("forms `f`: {wrong}: 400 rows, such as `x` (row 1)"));
}

#[test]
fn short_lines_are_found_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.csv");
    std::fs::write(&path, "A,B,C\nabsent,mild,absent\nabsent,mild\nabsent,mild,absent\nabsent\n").unwrap();
    let expected = "table `f`: 2 problems\n  \
                    - the line has 2 cells, expected 3, as many as the header has (row 2)\n  \
                    - the line has 1 cells, expected 3, as many as the header has (row 4)";
    for rows_per_block in [1, 3, 100] {
        assert_eq!(open(&path, rows_per_block).err().unwrap(), expected);
    }
}

#[test]
fn tables_without_rows_are_refused_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let none = "table `f`: no row was found below the header, expected at least one";
    assert_eq!(open(&csv(dir.path(), &[]), 5).err().unwrap(), none);
    assert_eq!(open(&parquet(dir.path(), &[], 5), 5).err().unwrap(), none);
    let path = dir.path().join("f.csv");
    std::fs::write(&path, "").unwrap();
    assert_eq!(open(&path, 5).err().unwrap(), "table `f`: the file is empty, expected a header and rows");
    std::fs::write(&path, "A,B,C\nabsent,mild,\"absent\n").unwrap();
    assert!(open(&path, 5).is_err());
}

#[test]
fn a_file_that_changes_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = csv(dir.path(), &texts(4, &[]));
    let table = open(&path, 2).unwrap();
    assert!(table.check_unchanged().is_ok());
    let digest = table.digest().to_owned();
    csv(dir.path(), &texts(5, &[]));
    let expected = "table `f`: the file has changed while it was read, expected one that stays as it is";
    assert_eq!(said(&path, &table.check_unchanged().unwrap_err()), expected);
    assert_ne!(open(&path, 2).unwrap().digest(), digest);
    csv(dir.path(), &texts(4, &[]));
    assert_eq!(open(&path, 3).unwrap().digest(), digest);
}
