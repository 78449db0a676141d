//! `SECURITY.md` names a test for each threat, and the test is there.

use std::path::Path;

/// What is named in the last column of the table of threats, with its row; problems with rows that name nothing.
fn named(text: &str) -> Result<Vec<(String, String)>, String> {
    let (_, table) = text.split_once("| threat | defence | test |").ok_or("there is no table of threats")?;
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let mut named = Vec::new();
    for row in rows {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let paths: Vec<&str> = cell.split('`').skip(1).step_by(2).filter(|path| path.contains('/')).collect();
        if paths.is_empty() && !cell.contains("compiler") && !cell.contains("crate `journal`") {
            return Err(format!("no test is named in: {row}"));
        }
        named.extend(paths.into_iter().map(|path| (path.to_owned(), row.to_owned())));
    }
    Ok(named)
}

/// What is named and is not there, or holds no test.
fn missing(text: &str) -> Result<Vec<String>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_test = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let of_rust = path.extension().is_some_and(|end| end == "rs");
        // A suite that others run is a test, too.
        !of_rust
            || text.contains("#[test]")
            || text.contains("#[tokio::test")
            || path.to_string_lossy().contains("conformance")
    };
    let found = |path: &str| {
        let path = root.join(path);
        path.is_dir() || path.is_file() && is_test(&path)
    };
    Ok(named(text)?.into_iter().map(|(path, _)| path).filter(|path| !found(path)).collect())
}

fn text() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).unwrap()
}

#[test]
fn every_threat_names_a_test_that_is_there() {
    let text = text();
    assert!(named(&text).unwrap().len() > 30);
    assert_eq!(missing(&text).unwrap(), Vec::<String>::new());
}

#[test]
fn a_test_that_is_not_there_and_a_row_without_one_are_found_out() {
    let table = |cell: &str| format!("| threat | defence | test |\n|---|---|---|\n| a | b | {cell} |\n");
    assert_eq!(
        missing(&table("`serving/tests/http/nothing.rs`")).unwrap(),
        ["serving/tests/http/nothing.rs"]
    );
    assert_eq!(missing(&table("`serving/src/lib.rs`")).unwrap(), ["serving/src/lib.rs"]);
    assert!(missing(&table("we are careful")).is_err() && missing("").is_err());
}
