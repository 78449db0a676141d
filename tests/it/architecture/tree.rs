//! The project's files, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are made, not written.
const MADE: [&str; 5] = [".git", ".venv", "__pycache__", "amparo-quickstart", "target"];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every written file below a folder of the project that is text, by its path from the root.
pub fn files(below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(below)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !MADE.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no file below `{below}`");
    found
}

/// The Rust files below a folder.
pub fn rust(below: &str) -> Vec<(String, String)> {
    files(below).into_iter().filter(|(name, _)| name.ends_with(".rs")).collect()
}

/// The code of a crate (of the command, if it has no name) that is not there for tests only, without comments.
pub fn code(krate: &str) -> Vec<(String, String)> {
    let is_test = |name: &str| {
        name.ends_with("/tests.rs")
            || name.ends_with("/testing.rs")
            || ["/tests/", "/testing/"].iter().any(|folder| name.contains(folder))
    };
    let below = if krate.is_empty() { "src".to_owned() } else { format!("{krate}/src") };
    let files = rust(&below).into_iter();
    files.filter(|(name, _)| !is_test(name)).map(|(name, text)| (name, bare(&text))).collect()
}

/// A text without comments and without a module of tests that stands at its end.
fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_tests = |at: usize| {
        let opens = lines[at..].iter().find(|line| !line.trim_start().starts_with("#["));
        lines[at] == "#[cfg(test)]"
            && opens.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    let end = (0..lines.len()).find(|&at| is_tests(at)).unwrap_or(lines.len());
    let code = lines[..end].iter().map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// Whether a text holds a name: not as a part of a longer one.
pub fn names(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

#[test]
fn names_are_whole_words() {
    assert!(
        names("use rand::Rng;", "rand") && names("std::net", "std::net") && names("(Instant)", "Instant")
    );
    assert!(!names("operand random rand_pcg", "rand") && !names("std::network", "std::net"));
}

#[test]
fn comments_and_tests_are_no_code() {
    let text = "//! rand\nfn a() {} // rand\n#[cfg(test)]\nmod b;\nfn c() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n rand\n}\n";
    let bare = bare(text);
    assert!(!names(&bare, "rand") && bare.contains("fn a() {}") && bare.contains("fn c() {}"), "{bare}");
}
