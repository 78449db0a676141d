#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::foreign::{ForeignNode, Scale, Test};
use crate::testing::{agrees, broken, file, max_error};

/// 64-bit sums of a few terms, and log-odds taken back from a probability.
const TOLERANCE: f64 = 1e-12;

fn model(name: &str) -> ForeignModel {
    read(&file(&format!("lightgbm-{name}.txt"))).unwrap()
}

/// A file in which a text was replaced.
fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(file(&format!("lightgbm-{name}.txt"))).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn models_say_what_their_program_said() {
    for name in ["sigmoid", "no-missing", "zero-as-missing", "forest", "cross-entropy", "codes", "categories"]
    {
        let model = model(name);
        agrees(&model, &format!("lightgbm-{name}.txt"), "sums", TOLERANCE);
        assert_eq!(model.scale, Scale::LogOdds);
    }
    let regression = model("regression");
    agrees(&regression, "lightgbm-regression.txt", "probabilities", TOLERANCE);
    assert_eq!(regression.scale, Scale::Probability);
    let error = max_error(&model("one-leaf"), "lightgbm-one-leaf.txt", "sums");
    assert!(error <= TOLERANCE, "{error}");
}

#[test]
fn lines_may_end_as_on_windows() {
    let text = String::from_utf8(file("lightgbm-categories.txt")).unwrap();
    assert_eq!(read(text.replace('\n', "\r\n").as_bytes()).unwrap(), model("categories"));
}

#[test]
fn the_settings_behind_the_sum_count() {
    let sums = |name: &str, from: &str, to: &str| {
        max_error(&read(&changed(name, from, to)).unwrap(), &format!("lightgbm-{name}.txt"), "sums")
    };
    assert!(sums("sigmoid", "sigmoid:2", "sigmoid:1") > 0.01);
    assert!(sums("forest", "average_output\n", "") > 0.01);
    assert!(sums("zero-as-missing", "decision_type=4 4 6 6", "decision_type=8 8 10 10") > 0.001);
}

#[test]
fn a_missing_value_is_zero_where_none_was_in_training() {
    let tests = |model: &ForeignModel| {
        let mut tests = Vec::new();
        for term in &model.terms {
            let Term::Tree(tree) = term else { continue };
            tests.extend(tree.nodes.iter().filter_map(|node| match node {
                ForeignNode::Split { test, .. } => Some(test.clone()),
                ForeignNode::Leaf(_) => None,
            }));
        }
        tests
    };
    for test in tests(&model("no-missing")) {
        let Test::AtMost { threshold, missing } = test else { panic!("{test:?}") };
        assert_eq!(missing, threshold >= 0.0);
    }
    assert!(
        tests(&model("zero-as-missing")).iter().all(|test| matches!(test, Test::AtMostUnlessZero { .. }))
    );
}

#[test]
fn what_has_no_exact_meaning_is_refused_with_the_reason() {
    for (name, from, to, expected) in [
        ("regression", "objective=regression", "objective=regression sqrt", "`regression sqrt`"),
        ("regression", "objective=regression\n", "", "without an objective"),
        ("sigmoid", "sigmoid:2", "sigmoid:-2", "`binary sigmoid:-2`"),
        ("sigmoid", "objective=binary", "objective=lambdarank", "no probability"),
        ("sigmoid", "num_class=1", "num_class=3", "several classes"),
        ("sigmoid", "version=v4", "version=v9", "`v9`"),
        ("sigmoid", "is_linear=0", "is_linear=1", "tree 0, `is_linear`"),
        ("categories", "[[\"x\"", "[[1, 2], [\"x\"", "3 columns in a model of 2 categorical columns"),
    ] {
        let message = refused(&changed(name, from, to));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn broken_trees_are_refused_with_their_place() {
    let line = |name: &str, file_name: &str, value: &str| {
        let text = String::from_utf8(file(&format!("lightgbm-{file_name}.txt"))).unwrap();
        let start = text.find(&format!("\n{name}=")).unwrap() + 1;
        let end = start + text[start..].find('\n').unwrap();
        refused(format!("{}{name}={value}{}", &text[..start], &text[end..]).as_bytes())
    };
    for (name, value, expected) in [
        ("left_child", "0 0 0 0", "two ways to node 0"),
        ("left_child", "99 -1 -2 -3", "node 0: a child that is not there"),
        ("left_child", "-99 -1 -2 -3", "a leaf that is not finite"),
        ("left_child", "1 2", "`left_child`: 2 numbers, expected 4"),
        ("left_child", "a b c d", "`left_child`: `a`, expected a number"),
        ("leaf_value", "0 0 0 nan inf", "not finite"),
        ("threshold", "nan nan nan nan", "no number"),
        ("split_feature", "3 3 3 3", "a split of column 3"),
        ("decision_type", "12 12 12 12", "the decision type 12"),
        ("decision_type", "1 1 1 1", "a set of categories"),
        ("num_leaves", "0", "at least 1"),
        ("num_leaves", "99999999999", "5 numbers, expected 99999999999"),
        ("tree_sizes", "1 2 3", "2 of them, expected 3"),
        ("max_feature_idx", "7", "`feature_names`"),
    ] {
        let message = line(name, "sigmoid", value);
        assert!(message.contains(expected), "{message}");
    }
    for (name, value) in [
        ("cat_boundaries", "0 99999999"),
        ("cat_boundaries", "3 2"),
        ("cat_threshold", "-1 7"),
        ("num_cat", "18446744073709551615"),
    ] {
        line(name, "codes", value);
    }
}

#[test]
fn broken_files_are_refused_without_a_panic() {
    for name in ["codes", "categories"] {
        let bytes = file(&format!("lightgbm-{name}.txt"));
        let refused = broken(&bytes, |bytes| read(bytes).is_ok());
        assert!(refused > bytes.len() / 7, "{name}: {refused}");
    }
}
