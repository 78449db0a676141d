//! What is there for tests is in no build that is used.

use std::process::Command;

use super::tree::root;
use crate::running::ran;

/// The features of `amparo-models` as `package` is built; `edges` as `cargo tree` has them.
fn features(package: &str, edges: &str) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    let format = ["--prefix", "none", "--format", "{p} [{f}]"];
    cargo.args(["tree", "--frozen", "--package", package, "--edges", edges]).args(format);
    let ran = ran(cargo.current_dir(root())).succeeded();
    let of_models = ran.out.lines().find(|line| line.starts_with("amparo-models v")).unwrap();
    let listed = of_models.split_once('[').unwrap().1.split_once(']').unwrap().0;
    listed.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn versions_for_tests_are_in_no_build_that_is_used() {
    for package in ["amparo", "amparo-serving", "amparo-lab", "amparo-training", "amparo-evaluation"] {
        let found = features(package, "normal,build");
        assert!(!found.iter().any(|name| name == "testing"), "{package}: {found:?}");
    }
    // The search finds it where it is.
    assert!(features("amparo", "normal,dev").iter().any(|name| name == "testing"));
}
