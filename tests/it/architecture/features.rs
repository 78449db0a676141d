//! What is there for tests is in no build that is used.

use std::process::Command;

use super::tree::root;
use crate::running::ran;

/// The features of `of` as `package` is built; `edges` as `cargo tree` has them.
fn features(of: &str, package: &str, edges: &str) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    let format = ["--prefix", "none", "--format", "{p} [{f}]"];
    cargo.args(["tree", "--frozen", "--package", package, "--edges", edges]).args(format);
    let ran = ran(cargo.current_dir(root())).succeeded();
    let line = ran.out.lines().find(|line| line.starts_with(&format!("{of} v"))).unwrap();
    let listed = line.split_once('[').unwrap().1.split_once(']').unwrap().0;
    listed.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn forms_and_versions_for_tests_are_in_no_build_that_is_used() {
    let all = [
        "amparo",
        "amparo-lab",
        "amparo-reporting",
        "amparo-evaluation",
        "amparo-serving",
        "amparo-stores",
        "amparo-training",
    ];
    for (of, tested, known_by) in [
        ("amparo-datasets", "amparo", &all[..]),
        ("amparo-models", "amparo", &all[..]),
        ("amparo-journal", "amparo-serving", &["amparo", "amparo-lab", "amparo-serving"]),
        ("amparo-evaluation", "amparo-reporting", &all[..3]),
    ] {
        for package in known_by {
            let found = features(of, package, "normal,build");
            assert!(!found.iter().any(|name| name == "testing"), "{of} in {package}: {found:?}");
        }
        // The search finds it where it is.
        assert!(features(of, tested, "normal,dev").iter().any(|name| name == "testing"));
    }
}
