use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::parquet_in::{self, Span};
use crate::Error;
use crate::table::{Cells, Parts, PartsPlan};

fn plan(input: &str) -> PartsPlan {
    let made_from = [("input", input), ("explain", "true")];
    let made_from = made_from.map(|(name, value)| (name.to_owned(), value.to_owned()));
    PartsPlan { n_rows: 10, rows_per_part: 4, made_from: BTreeMap::from(made_from) }
}

/// Numbers that only survive if every bit does.
fn number(row: usize) -> f64 {
    [0.1 + 0.2, -0.0, f64::MIN_POSITIVE, 1e300, 1.0 / 3.0][row % 5] * (row + 1) as f64
}

fn write(parts: &mut Parts, at: usize) {
    let rows = parts.rows(at);
    let texts = rows.clone().map(|row| format!("row {row}")).collect();
    let columns = vec![
        ("text".to_owned(), Cells::Text(texts)),
        ("number".to_owned(), Cells::Number(rows.map(number).collect())),
    ];
    parts.write(at, columns).unwrap();
}

fn finish(parts: Parts) -> usize {
    let mut n_rows = 0;
    parts.finish(("key", "value".to_owned()), |rows| n_rows += rows).unwrap();
    n_rows
}

/// A directory that is removed afterwards, and a file in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("o.parquet");
    (dir, path)
}

fn refused(path: &Path, plan: PartsPlan) -> String {
    let error = Parts::open(path, plan).err().unwrap();
    error.to_string().replace(&path.display().to_string(), "o")
}

#[test]
fn parts_become_a_file_and_the_folder_goes() {
    let (dir, path) = place();
    let mut parts = Parts::open(&path, plan("a")).unwrap();
    assert_eq!(parts.missing(), [0, 1, 2]);
    [2, 0, 1].into_iter().for_each(|at| write(&mut parts, at));
    assert!(!path.exists());
    assert_eq!(finish(parts), 10);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);

    let file = parquet_in::open(&path).unwrap().unwrap();
    assert_eq!(file.row_groups(), [4, 4, 2]);
    assert!(file.metadata().any(|pair| pair == ("key".to_owned(), "value".to_owned())));
    let leaf = |name: &str| file.columns.iter().find(|leaf| leaf.name == name).unwrap();
    let span = |rows| Span::without(&[], rows);
    let numbers = file.floats(leaf("number"), &span(0..10)).unwrap();
    let bits: Vec<u64> = numbers.into_iter().map(|x| x.unwrap().to_bits()).collect();
    assert_eq!(bits, (0..10).map(|row| number(row).to_bits()).collect::<Vec<_>>());
    assert_eq!(file.texts(leaf("text"), &span(9..10)).unwrap().iter().next(), Some(Some("row 9")));
}

#[test]
fn what_was_finished_is_kept_and_the_bytes_are_the_same() {
    let (_dir, path) = place();
    let mut parts = Parts::open(&path, plan("a")).unwrap();
    (0..3).for_each(|at| write(&mut parts, at));
    finish(parts);
    let whole = std::fs::read(&path).unwrap();

    let mut parts = Parts::open(&path, plan("a")).unwrap();
    write(&mut parts, 1);
    drop(parts);
    // What a process that is killed leaves.
    let folder = path.with_file_name("o.parquet.parts");
    std::fs::write(folder.join(".part-00002.parquet.77.tmp"), "half").unwrap();
    std::fs::write(folder.join("whole.parquet"), "not yet renamed").unwrap();
    let kept = std::fs::metadata(folder.join("part-00001.parquet")).unwrap().modified().unwrap();

    let mut parts = Parts::open(&path, plan("a")).unwrap();
    assert_eq!(parts.missing(), [0, 2]);
    assert!(!folder.join(".part-00002.parquet.77.tmp").exists());
    assert_eq!(std::fs::metadata(folder.join("part-00001.parquet")).unwrap().modified().unwrap(), kept);
    [0, 2].into_iter().for_each(|at| write(&mut parts, at));
    finish(parts);
    assert_eq!(std::fs::read(&path).unwrap(), whole);
}

#[test]
fn parts_of_another_run_are_refused_and_kept() {
    let (_dir, path) = place();
    write(&mut Parts::open(&path, plan("a")).unwrap(), 0);
    let mut other = plan("b");
    other.rows_per_part = 5;
    other.made_from.insert("more".to_owned(), "x".to_owned());
    assert_eq!(
        refused(&path, other),
        "the parts in `o.parts` belong to another run (finish that run, remove the folder or write to another file): 3 problems\n  \
         - rows_per_part `4` found, expected `5`\n  \
         - input `a` found, expected `b`\n  \
         - more `nothing` found, expected `x`"
    );
    assert_eq!(Parts::open(&path, plan("a")).unwrap().missing(), [1, 2]);
}

#[test]
fn a_folder_in_use_and_a_folder_of_others_are_refused() {
    let (_dir, path) = place();
    let parts = Parts::open(&path, plan("a")).unwrap();
    assert_eq!(
        refused(&path, plan("a")),
        "parts `o.parts`: another run is writing into the folder, expected none"
    );
    parts.discard().unwrap();
    let folder = path.with_file_name("o.parquet.parts");
    assert!(!folder.exists());
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("mine.txt"), "keep").unwrap();
    assert_eq!(
        refused(&path, plan("a")),
        "parts `o.parts`: `mine.txt` found and no `progress.json`: not a folder that this command has made"
    );
    assert_eq!(std::fs::read_to_string(folder.join("mine.txt")).unwrap(), "keep");
}

#[test]
fn parts_that_are_damaged_missing_or_of_another_size_are_refused() {
    let (_dir, path) = place();
    let mut parts = Parts::open(&path, plan("a")).unwrap();
    let wrong = parts.write(0, vec![("number".to_owned(), Cells::Number(vec![1.0; 3]))]);
    assert!(wrong.unwrap_err().to_string().ends_with("part-00000.parquet`: 3 rows found, expected 4"));
    write(&mut parts, 0);
    let early = parts.finish(("key", String::new()), |_| ()).unwrap_err();
    assert!(early.to_string().ends_with("part 1 is not there yet"), "{early}");
    let part = path.with_file_name("o.parquet.parts").join("part-00000.parquet");
    assert!(part.exists() && !path.exists());

    let bytes = std::fs::read(&part).unwrap();
    std::fs::copy(&part, part.with_file_name("part-00002.parquet")).unwrap();
    let found = refused(&path, plan("a"));
    assert!(found.contains("part-00002.parquet` is not a part: 4 rows found, expected 2"), "{found}");
    std::fs::remove_file(part.with_file_name("part-00002.parquet")).unwrap();
    std::fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(Parts::open(&path, plan("a")), Err(Error::Format { .. })));
}
