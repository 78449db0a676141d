//! What no source file holds.

use super::tree::{code, files, names, root, rust};

/// Longest file, in lines, that needs no reason.
const LONG: usize = 400;

#[test]
fn models_ask_no_clock_no_chance_and_no_network() {
    let forbidden = [
        "SystemTime",
        "Instant",
        "Timestamp",
        "jiff",
        "rand",
        "rand_pcg",
        "getrandom",
        "RandomState",
        "std::net",
        "tokio",
        "std::env",
        "std::thread",
    ];
    for (file, text) in code("models") {
        for name in forbidden {
            assert!(!names(&text, name), "`{file}` names `{name}`");
        }
    }
}

#[test]
fn models_touch_files_in_four_places_only() {
    let mut places = 0;
    for (file, text) in code("models") {
        if ["std::fs", "fs", "File", "OpenOptions"].iter().any(|name| names(&text, name)) {
            let may =
                ["models/src/artefact/", "models/src/registry/"].iter().any(|place| file.starts_with(place));
            let named = file == "models/src/protocol/mod.rs" && text.matches("fs::").count() == 1;
            assert!(may || named, "`{file}` touches files");
            places += 1;
        }
    }
    assert_eq!(
        places, 4,
        "the search finds those that do: files of a version, folder of a registry, publishing aside, what is mounted"
    );
}

#[test]
fn groups_and_the_truth_reach_no_model() {
    for krate in ["models", "training"] {
        for (file, text) in code(krate) {
            for name in ["groups", "oracles", "Oracle", "ForeignScore"] {
                assert!(!names(&text, name), "`{file}` names `{name}`");
            }
        }
    }
    assert!(
        code("evaluation").iter().any(|(_, text)| names(text, "groups")),
        "the search finds those that do"
    );
}

#[test]
fn nothing_is_left_undone() {
    let unfinished =
        ["to", "unimple"].map(|start| format!("{start}{}!", if start == "to" { "do" } else { "mented" }));
    let skipped = ["#[ign", "ore"].concat();
    for (file, text) in rust("") {
        for macro_name in &unfinished {
            assert!(!text.contains(macro_name.as_str()), "`{file}` holds `{macro_name}`");
        }
        assert!(!text.contains(&skipped), "`{file}` skips a test");
    }
}

#[test]
fn long_files_say_why() {
    for (file, text) in rust("") {
        let n = text.lines().count();
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let says_why = head.iter().any(|line| names(&line.to_lowercase(), "long"));
        assert!(
            n <= LONG || says_why,
            "`{file}` has {n} lines, expected {LONG} at most or a reason why it is long at its top"
        );
    }
}

#[test]
fn no_file_names_a_place_on_a_machine() {
    // In pieces, so that this file does not name them either.
    let homes = [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"], ["/wo", "rk/"], ["C:\\", "Users"]]
        .map(|p| p.concat());
    let here = root().to_string_lossy().into_owned();
    for (file, text) in files("") {
        for place in homes.iter().chain([&here]) {
            let line = text.lines().zip(1..).find(|(line, _)| line.contains(place.as_str()));
            assert_eq!(line, None, "`{file}` names `{place}`");
        }
    }
}
