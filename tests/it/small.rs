//! A form of three questions, a table that answers it and an experiment on it, as files that a test may spoil.

use std::fs;
use std::path::Path;

use amparo_models::testing::two_questions::{instrument_text, protocol};
use tempfile::TempDir;

const SOURCE: &str = r#"
id = "small-table"
title = "A table made up for a test"
origin = "nobody"
instrument = "small.toml"
never_answers = []

[case]
column = "id"
unique = true

[values.binary]
no = "absent"
yes = "present"
"" = "unknown"

[[indicator]]
id = "A"
column = "a"
values = "binary"

[[indicator]]
id = "B"
column = "b"
values = "binary"

[[outcome]]
name = "assault"
rules = [
  { when = { ever = "0", soon = "0" }, status = "no_event" },
  { when = { ever = "1", soon = "0" }, status = "no_event" },
  { when = { ever = "1", soon = "1" }, status = "event" },
]
"#;

const CONFIG: &str = r#"
name = "small"
instrument = "small.toml"
protocol = "small-1.toml"
outcome = "assault"
seed = 1
inner_folds = 2
least_rows = 1
calibration = "platt"

[holdout]
kind = "cross_fit"
folds = 2
repeats = 1

[[candidate]]
name = "points"
family = "points"
unit = 0.1
"#;

/// 200 rows; those with `yes` have the outcome more often.
fn table() -> String {
    let mut text = "id,a,b,ever,soon\n".to_owned();
    for row in 0..200 {
        let answer = |yes: bool| if yes { "yes" } else { "no" };
        let (a, b) = (row % 3 == 0, row % 5 == 0);
        let event = row % 7 < 1 + 2 * u32::from(a) + 2 * u32::from(b);
        let soon = u8::from(event);
        text.push_str(&format!("c{row},{},{},{soon},{soon}\n", answer(a), answer(b)));
    }
    text
}

/// The folder with all files: `small.toml`, `small-1.toml`, `source.toml`, `config.toml`, `table.csv`.
pub fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put("small.toml", &instrument_text());
    put("small-1.toml", &protocol());
    put("source.toml", SOURCE);
    put("config.toml", CONFIG);
    put("table.csv", &table());
    dir
}

/// Replaces text in a file of a folder; the text must be there.
pub fn spoil(dir: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    assert!(text.contains(from), "`{from}` is not in `{file}`");
    fs::write(dir.join(file), text.replacen(from, to, 1)).unwrap();
}

/// The import of the folder's table.
pub const IMPORT: [&str; 8] =
    ["data", "import", "--source", "source.toml", "--in", "table.csv", "--out", "cohort.parquet"];

/// What is judged: the version that was trained first, on the imported cohort.
pub const FIRST: [&str; 6] = ["--registry", "registry", "--model", "small@1", "--cohort", "cohort.parquet"];

/// The training on the imported cohort.
pub const TRAIN: [&str; 7] =
    ["train", "--config", "config.toml", "--cohort", "cohort.parquet", "--registry", "registry"];
