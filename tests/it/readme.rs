//! The commands of README and of the pages in `docs/` are run.
//!
//! A block of `sh` below a line `<!-- tested -->` is run, and all such blocks of a page in order, by one shell. README's start
//! in an empty folder, those of any other page in a folder that holds the result of a quickstart, `amparo-quickstart`. So
//! that this takes seconds and meets no other service, what is run differs from what is read in five ways:
//! - `cargo run --release --` is this build of the program;
//! - `quickstart` without `--rows` draws 2,000 rows;
//! - a command that serves runs beside the next ones, which wait until it is ready;
//! - `127.0.0.1:8080` is a free port;
//! - `cargo test` is left out.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::running::{Ran, copy, program, quickstart, ran};

const MARK: &str = "<!-- tested -->";

/// The marked blocks of `sh`, or why they cannot be told.
fn blocks(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if line.trim() != MARK {
            continue;
        }
        match lines.find(|(line, _)| !line.trim().is_empty()) {
            Some(("```sh", _)) => {}
            other => {
                return Err(format!(
                    "`{MARK}` in line {number} stands before {other:?}, expected a block of sh"
                ));
            }
        }
        let block: Vec<&str> =
            lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").collect();
        found.push(block.join("\n"));
    }
    if found.is_empty() { Err(format!("no `{MARK}` found, expected at least one")) } else { Ok(found) }
}

/// What is run in the place of a block.
fn script(block: &str, address: &str) -> String {
    let mut script = String::new();
    for command in block.replace("\\\n", " ").lines() {
        let mut command =
            command.replace("cargo run --release --", "amparo").replace("127.0.0.1:8080", address);
        let words: Vec<&str> = command.split_whitespace().collect();
        if words.starts_with(&["cargo", "test"]) {
            continue;
        }
        let is = |name: &str| words.iter().skip_while(|word| **word != "amparo").nth(1) == Some(&name);
        let serves = is("serve") || (is("quickstart") && !words.contains(&"--no-serve"));
        if is("quickstart") && !words.contains(&"--rows") {
            command = command.replacen("quickstart", "quickstart --rows 2000", 1);
        }
        if serves {
            let command = command.trim_end_matches([' ', '&']);
            script.push_str(&format!("{command} & waited=0\n"));
            script.push_str(&format!("until curl -sf http://{address}/health/ready > ready; do\n"));
            script.push_str("  waited=$((waited + 1)); test $waited -lt 1500; sleep 0.2\ndone; rm ready\n");
        } else {
            script.push_str(&command);
            script.push('\n');
        }
    }
    script
}

/// Runs the marked blocks of a text in an empty folder.
fn run(text: &str) -> Ran {
    run_in(tempfile::tempdir().unwrap().path(), text)
}

/// Runs the marked blocks of a text in a folder.
fn run_in(dir: &Path, text: &str) -> Ran {
    let blocks = blocks(text).unwrap_or_else(|problem| panic!("{problem}"));
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = program();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    // What runs beside ends with the shell.
    let mut whole = "set -e\ntrap 'kill $(jobs -p) 2> stop || true; wait || true' EXIT\n".to_owned();
    blocks.iter().for_each(|block| whole.push_str(&script(block, &address)));
    let mut shell = Command::new("bash");
    let ran =
        ran(shell.args(["-c", &whole]).current_dir(dir).env("PATH", path).env("AMPARO_LISTEN", &address));
    Ran { err: format!("{whole}\n{}", ran.err), ..ran }
}

/// A page of the project, by its path from the root.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("`{name}`: {e}"));
    assert!(!text.contains("@@"), "a place in `{name}` was never filled in");
    text
}

#[test]
fn readmes_commands_run_in_order() {
    run(&page("README.md")).succeeded();
}

#[test]
fn the_commands_of_each_page_run_after_a_quickstart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut n_tested = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".md") {
            continue;
        }
        let text = page(&format!("docs/{name}"));
        if text.lines().any(|line| line.trim() == MARK) {
            let dir = tempfile::tempdir().unwrap();
            copy(&quickstart().0, &dir.path().join("amparo-quickstart"));
            let ran = run_in(dir.path(), &text);
            assert_eq!(ran.code, Some(0), "`docs/{name}`\n{}\n{}", ran.out, ran.err);
            n_tested += 1;
        }
    }
    assert!(n_tested >= 5, "{n_tested} pages have tested commands, expected at least 5");
}

#[test]
fn a_service_is_asked_by_the_next_command() {
    let ask = "curl -sf http://127.0.0.1:8080/v1/assessments -H 'content-type: application/json' \\\n  -d @amparo-quickstart/case.json";
    let text = format!(
        "{MARK}\n```sh\ncargo run --release -- quickstart\n```\nThen:\n\n{MARK}\n```sh\n{ask}\n```\n"
    );
    let ran = run(&text).succeeded();
    assert!(ran.out.starts_with("SYNTHETIC") && ran.out.contains("{\"proposal_id\":\""), "{}", ran.out);
    // A command that fails, in whatever block, is noticed.
    assert_ne!(run(&text.replace("case.json", "cake.json")).code, Some(0));
}

#[test]
fn blocks_are_found_where_they_are_marked() {
    let text = "a\n```sh\nnot this\n```\n<!-- tested -->\n\n```sh\none \\\n  two\n```\nb\n<!-- tested -->\n```sh\nthree\n```\n";
    assert_eq!(blocks(text), Ok(vec!["one \\\n  two".to_owned(), "three".to_owned()]));
    assert_eq!(
        blocks("```sh\na\n```\n"),
        Err("no `<!-- tested -->` found, expected at least one".to_owned())
    );
    assert!(blocks("<!-- tested -->\n```json\n{}\n```").unwrap_err().contains("expected a block of sh"));
}

#[test]
fn commands_are_run_as_said_above() {
    let of = |block: &str| script(block, "127.0.0.1:9");
    assert_eq!(of("cargo test --workspace"), "");
    assert_eq!(of("cargo run --release -- data assumptions"), "amparo data assumptions\n");
    let short = "cargo run --release -- quickstart --no-serve";
    assert_eq!(of(short), "amparo quickstart --rows 2000 --no-serve\n");
    assert_eq!(of("curl -s \\\n  http://127.0.0.1:8080/docs"), "curl -s    http://127.0.0.1:9/docs\n");
    assert!(
        of("amparo serve --registry r &").starts_with("amparo serve --registry r & waited=0\nuntil curl")
    );
    assert!(
        of("cargo run --release -- quickstart").starts_with("amparo quickstart --rows 2000 & waited=0\n")
    );
    assert_eq!(of("amparo models list --registry serve"), "amparo models list --registry serve\n");
}
