//! Who does what: the command types and prints, the lab joins, and neither takes the other's part.

use std::collections::BTreeSet;

use super::tree::{code, names};

/// What the command may name of the crates that compute: types to hand over and to print, and no function that computes a number.
const MAY_NAME: [(&str, &[&str]); 2] = [
    ("amparo_evaluation", &["Error", "audit", "gates", "measure", "report"]),
    ("amparo_training", &["Error", "Experiment"]),
];

/// Arithmetic that makes one number of many, or no mere difference of two.
const STATISTICS: [&str; 10] =
    [".sum", ".product", ".fold(", ".reduce(", ".sqrt(", ".ln(", ".exp(", ".powi(", ".powf(", "libm::"];

/// Explanations of one case: the rows of a table that are left out are told by their sum.
const ADDS_UP_WHAT_IT_LEAVES_OUT: &str = "src/commands/explain";

/// The names that follow a crate's name and `::`, also in a list.
fn named_of<'a>(text: &'a str, krate: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(krate) {
        let Some(behind) = text[at + krate.len()..].strip_prefix("::") else { continue };
        let list = behind.strip_prefix('{').map_or(behind, |list| list.split(';').next().unwrap_or(list));
        let mut depth = 0;
        let mut expects = true;
        for part in list.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
            let (name, stop) = part.split_at(
                part.len() - usize::from(!part.ends_with(|c: char| c.is_alphanumeric() || c == '_')),
            );
            if expects && depth == 0 && !name.is_empty() {
                found.insert(name);
                expects = false;
            }
            depth += i32::from(stop == "{") - i32::from(stop == "}");
            expects |= depth == 0 && stop == ",";
            if !behind.starts_with('{') || depth < 0 {
                break;
            }
        }
    }
    found
}

/// What is wrong with the text of a file of the command.
fn computes(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (krate, may) in MAY_NAME {
        let foreign = named_of(text, krate).into_iter().filter(|name| !may.contains(name));
        problems.extend(foreign.map(|name| format!("`{file}` names `{krate}::{name}`")));
    }
    let adds_up = file.starts_with(ADDS_UP_WHAT_IT_LEAVES_OUT);
    let found = STATISTICS.iter().filter(|name| text.contains(**name) && !(adds_up && **name == ".sum"));
    problems.extend(found.map(|name| format!("`{file}` computes with `{name}`")));
    problems
}

#[test]
fn the_command_holds_no_statistics() {
    let files = code("");
    assert!(files.len() > 15, "the search finds the command's files");
    let found: Vec<String> = files.iter().flat_map(|(file, text)| computes(file, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The rule catches what it is meant to catch.
    for planted in [
        "use amparo_evaluation::metrics;",
        "use amparo_evaluation::{report::Report, metrics::auc};",
        "let report = amparo_evaluation::evaluate(&input, &scored, context, &done)?;",
        "use amparo_training::{Data, Experiment};",
        "let mean = scores.iter().sum::<f64>() / n;",
        "let odds = (p / (1.0 - p)).ln();",
    ] {
        assert!(!computes("src/planted.rs", planted).is_empty(), "{planted}");
    }
    assert!(
        computes("src/planted.rs", "use amparo_evaluation::{gates::{Gates, Verdict}, report::Report};")
            .is_empty()
    );
}

#[test]
fn the_lab_prints_nothing_and_reads_no_clock() {
    let forbidden = [
        "println",
        "print",
        "eprintln",
        "eprint",
        "dbg",
        "stdout",
        "stderr",
        "indicatif",
        "comfy_table",
        "tracing",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
    ];
    let files = code("lab");
    for (file, text) in &files {
        for name in forbidden {
            assert!(!names(text, name), "`{file}` names `{name}`");
        }
    }
    assert!(files.iter().any(|(_, text)| names(text, "jiff")), "it knows days, and is told them");
    assert!(
        code("").iter().any(|(_, text)| names(text, "now") && names(text, "Timestamp")),
        "the search finds those that do"
    );
}

/// An address is looked at in one place, so that every command and the service take each kind of it.
#[test]
fn registries_are_opened_by_address_only() {
    for krate in ["", "serving"] {
        for (file, text) in code(krate) {
            for name in ["Registry::open", "Registry::create", "Folder"] {
                assert!(!names(&text, name), "`{file}` names `{name}`");
            }
        }
    }
    assert!(code("stores").iter().any(|(_, text)| names(text, "Registry::open")), "the search finds it");
}

#[test]
fn training_knows_no_gate() {
    let gates = ["gates", "Gates", "Verdict", "verdict", "IN_FORCE", "champion"];
    for (file, text) in code("training") {
        for name in gates {
            assert!(!names(&text, name), "`{file}` names `{name}`");
        }
    }
    assert!(code("lab").iter().any(|(_, text)| names(text, "Verdict")), "the search finds those that do");
}
