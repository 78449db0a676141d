//! Which crate knows which.

use std::collections::BTreeSet;
use std::process::Command;

use super::tree::root;
use crate::running::ran;

/// Crates, each with those of ours that it may know.
const MAY_KNOW: [(&str, &[&str]); 12] = [
    ("signing", &[]),
    ("datasets", &[]),
    ("models", &["amparo-datasets", "amparo-signing"]),
    ("exchange", &["amparo-datasets", "amparo-models", "amparo-signing"]),
    ("training", &["amparo-datasets", "amparo-models", "amparo-signing"]),
    ("evaluation", &["amparo-datasets", "amparo-models", "amparo-signing"]),
    ("reporting", &["amparo-datasets", "amparo-evaluation", "amparo-models", "amparo-signing"]),
    (
        "lab",
        &[
            "amparo-datasets",
            "amparo-evaluation",
            "amparo-exchange",
            "amparo-journal",
            "amparo-models",
            "amparo-reporting",
            "amparo-signing",
            "amparo-training",
        ],
    ),
    ("journal", &["amparo-signing"]),
    ("stores", &["amparo-datasets", "amparo-models", "amparo-signing"]),
    ("serving", &["amparo-datasets", "amparo-journal", "amparo-models", "amparo-signing", "amparo-stores"]),
    ("tracking", &[]),
];

/// Names of all packages that a package is built with, itself among them; `edges` as `cargo tree` has them.
fn tree(package: &str, edges: &str) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "tree",
        "--frozen",
        "--package",
        package,
        "--edges",
        edges,
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let ran = ran(cargo.current_dir(root())).succeeded();
    ran.out.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn ours(tree: &BTreeSet<String>) -> BTreeSet<&str> {
    tree.iter().map(String::as_str).filter(|name| name.starts_with("amparo")).collect()
}

#[test]
fn serving_knows_no_training_no_evaluation_and_no_table() {
    let found = tree("amparo-serving", "normal");
    assert_eq!(
        ours(&found),
        BTreeSet::from([
            "amparo-datasets",
            "amparo-journal",
            "amparo-models",
            "amparo-serving",
            "amparo-signing",
            "amparo-stores"
        ])
    );
    let foreign = |name: &&String| ["parquet", "csv", "rayon"].contains(&name.as_str());
    assert_eq!(found.iter().find(foreign), None);
    // The search finds what is there.
    let whole = tree("amparo", "normal");
    assert!(whole.contains("parquet") && whole.contains("amparo-training"));
}

#[test]
fn dependencies_point_one_way() {
    for (krate, may_know) in MAY_KNOW {
        let package = format!("amparo-{krate}");
        // What its tests know as well: a crate that only its tests bind to another cannot be built apart either.
        let text = std::fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(section) = manifest.get(section) else { continue };
            for name in section.as_table().unwrap().keys().filter(|name| name.starts_with("amparo")) {
                assert!(may_know.contains(&name.as_str()), "`{package}` knows `{name}`");
            }
        }
        let found = tree(&package, "normal,build,dev");
        let mut allowed = BTreeSet::from([package.as_str()]);
        allowed.extend(may_know);
        assert!(ours(&found).is_subset(&allowed), "{found:?}");
    }
}

#[test]
fn only_the_command_reads_tables() {
    for krate in ["models", "training", "evaluation", "reporting", "lab"] {
        let found = tree(&format!("amparo-{krate}"), "normal");
        // `exchange`, which `lab` knows, reads scorecards and writes rows to be scored as CSV.
        let forbidden = |name: &&String| *name == "parquet" || (*name == "csv" && krate != "lab");
        assert_eq!(found.iter().find(forbidden), None, "{krate}");
    }
}

/// Python's half is a workspace of its own: it may know the lab and what the lab is built on, and nothing of ours knows it.
#[test]
fn the_python_package_calls_the_lab() {
    let read =
        |path: &str| -> toml::Table { std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap() };
    let manifest = read("python/Cargo.toml");
    let known = manifest["dependencies"].as_table().unwrap().keys().filter(|name| name.starts_with("amparo"));
    let expected = ["amparo-datasets", "amparo-lab", "amparo-models", "amparo-stores"];
    assert_eq!(known.collect::<Vec<_>>(), expected);
    assert!(manifest.contains_key("workspace"));
    let whole = read("Cargo.toml");
    assert!(
        whole["workspace"]["exclude"].as_array().unwrap().iter().any(|path| path.as_str() == Some("python"))
    );
}

/// polars is a third of a cold build: a feature of `datasets` for those who ask for it, and nothing that the command needs.
#[test]
fn the_command_is_built_without_polars() {
    let found = tree("amparo", "normal,build");
    assert_eq!(found.iter().find(|name| name.starts_with("polars")), None);
}

/// Most keep their log in a file: PostgreSQL and encrypted connections to it are for those who ask for them.
#[test]
fn the_command_is_built_without_postgresql() {
    let found = tree("amparo", "normal,build");
    assert_eq!(found.iter().find(|name| *name == "tokio-postgres" || *name == "rustls"), None);
}

/// Few need workbooks: a feature for those who ask for it.
#[test]
fn the_command_is_built_without_a_reader_of_workbooks() {
    let found = tree("amparo", "normal,build");
    assert_eq!(found.iter().find(|name| *name == "calamine"), None);
}

/// Few keep their registry on an object store: a feature for those who ask for it.
#[test]
fn the_command_is_built_without_a_client_of_object_stores() {
    let found = tree("amparo", "normal,build");
    assert_eq!(
        found.iter().find(|name| ["object_store", "reqwest", "rustls"].contains(&name.as_str())),
        None
    );
    assert!(found.contains("amparo-stores"));
}

/// Runs go to tracking servers from the command only, and without TLS unless it is asked for.
#[test]
fn only_the_command_speaks_to_tracking_servers() {
    for krate in ["serving", "lab", "stores", "journal"] {
        let found = tree(&format!("amparo-{krate}"), "normal");
        // The service sends traces to a collector, if it is told one, by the same client.
        let speaks = |name: &&String| *name == "amparo-tracking" || *name == "ureq" && krate != "serving";
        assert_eq!(found.iter().find(speaks), None, "{krate}");
    }
    assert!(tree("amparo", "normal").contains("ureq"), "the search finds it");
}

/// Families that are only compared are other people's: a feature for those who ask for it.
#[test]
fn the_command_is_built_without_contenders() {
    let found = tree("amparo", "normal,build");
    assert_eq!(found.iter().find(|name| ["linfa", "smartcore", "ndarray"].contains(&name.as_str())), None);
}

/// Few import graphs, and ONNX Runtime is other people's library: a feature for those who ask for it, and never one of the service.
#[test]
fn the_command_is_built_without_onnx_runtime() {
    for package in ["amparo", "amparo-serving"] {
        let found = tree(package, "normal,build");
        assert_eq!(
            found.iter().find(|name| ["ort", "ort-sys", "libloading"].contains(&name.as_str())),
            None,
            "{package}"
        );
    }
    assert!(tree("amparo", "normal").contains("amparo-exchange"), "the search finds it");
}

#[test]
fn models_know_no_clock_no_chance_and_no_network() {
    let text = std::fs::read_to_string(root().join("models/Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let found: Vec<&str> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    // `utoipa`: the feature `openapi` describes what an assessment holds where its types are; it computes nothing.
    let expected = [
        "amparo-datasets",
        "amparo-signing",
        "hmac",
        "libm",
        "serde",
        "serde_json",
        "sha2",
        "thiserror",
        "toml",
        "utoipa",
    ];
    assert_eq!(found, expected, "another dependency of `amparo-models` needs a reason, here");
    assert!(!tree("amparo-models", "normal").contains("utoipa"), "not unless it is asked for");
    assert!(tree("amparo-serving", "normal").contains("utoipa"), "the search finds it");
}
