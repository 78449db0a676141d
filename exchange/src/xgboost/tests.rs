#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};

use super::*;
use crate::foreign::{Scale, Term, Value};
use crate::testing::{agrees, broken, file, max_error, sum};

/// 32-bit sums of a few terms.
const TOLERANCE: f64 = 1e-6;

fn model(name: &str) -> ForeignModel {
    read(&file(name), None).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes, None).unwrap_err().to_string()
}

/// The file of two trees, changed.
fn changed(edit: impl Fn(&mut Json)) -> Vec<u8> {
    changed_of("xgboost-3.2-logistic.json", edit)
}

fn changed_of(name: &str, edit: impl Fn(&mut Json)) -> Vec<u8> {
    let mut document: Json = serde_json::from_slice(&file(name)).unwrap();
    edit(&mut document);
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn models_of_four_versions_say_what_their_program_said() {
    for version in ["2.1", "3.0", "3.2", "3.4"] {
        for name in ["logistic.json", "logistic.ubj", "dart.ubj", "logitraw.ubj"] {
            let name = format!("xgboost-{version}-{name}");
            let model = model(&name);
            agrees(&model, &name, "sums", TOLERANCE);
            assert_eq!(model.scale, Scale::LogOdds);
            assert!(model.origin.program.unwrap().starts_with(&format!("xgboost {version}.")));
        }
    }
    for name in ["pruned.ubj", "linear.json", "squared.json", "codes.json", "categories.json"] {
        let name = format!("xgboost-3.2-{name}");
        agrees(&model(&name), &name, "sums", TOLERANCE);
    }
    for name in ["xgboost-3.4-linear.json", "xgboost-3.4-categories.json"] {
        agrees(&model(name), name, "sums", TOLERANCE);
    }
    agrees(&model("xgboost-2.1-categories.json"), "xgboost-2.1-categories.json", "sums", TOLERANCE);
    assert_eq!(model("xgboost-3.2-squared.json").scale, Scale::Probability);
}

#[test]
fn both_encodings_hold_one_model() {
    let [mut json, ubjson] = ["json", "ubj"].map(|kind| model(&format!("xgboost-3.2-logistic.{kind}")));
    assert_ne!(json.origin.format, ubjson.origin.format);
    json.origin = ubjson.origin.clone();
    assert_eq!(json, ubjson);
}

#[test]
fn weights_of_dart_are_found_where_later_versions_keep_them() {
    let later = ubjson::document(UBJSON, &file("xgboost-3.4-dart.ubj")).unwrap();
    let booster = &later["learner"]["gradient_booster"];
    assert!(booster["name"] == "gbtree" && booster["model"]["weight_drop"].as_array().is_some());
    let bytes = file("xgboost-3.2-dart.ubj");
    let mut document = ubjson::document(UBJSON, &bytes).unwrap();
    let booster = document["learner"]["gradient_booster"].take();
    assert!(booster["weight_drop"].as_array().unwrap().iter().any(|w| w.as_f64().unwrap() < 0.9));
    let mut moved = json!({"name": "gbtree", "model": booster["gbtree"]["model"]});
    moved["model"]["weight_drop"] = booster["weight_drop"].clone();
    document["learner"]["gradient_booster"] = moved;
    let read_moved = |document: &Json| read(&serde_json::to_vec(document).unwrap(), None);
    agrees(&read_moved(&document).unwrap(), "xgboost-3.2-dart.ubj", "sums", TOLERANCE);
    document["learner"]["gradient_booster"]["model"].as_object_mut().unwrap().remove("weight_drop");
    let without = max_error(&read_moved(&document).unwrap(), "xgboost-3.2-dart.ubj", "sums");
    assert!(without > 0.01, "{without}");
    document["learner"]["gradient_booster"]["name"] = "dart".into();
    assert!(read_moved(&document).unwrap_err().to_string().contains("weight_drop"));
}

#[test]
fn a_model_that_was_stopped_early_needs_a_choice() {
    let name = "xgboost-3.2-stopped.ubj";
    let message = refused(&file(name));
    assert!(message.contains("a model of 6 rounds whose best is the one with number 3"), "{message}");
    let [all, best] = ["all", "best"].map(|trees| read(&file(name), Some(trees.parse().unwrap())).unwrap());
    assert!("first".parse::<Trees>().unwrap_err().contains("`first`"));
    assert_eq!([all.terms.len(), best.terms.len()], [12, 8]);
    agrees(&all, name, "sums", TOLERANCE);
    agrees(&best, name, "best", TOLERANCE);
    assert!(max_error(&best, name, "sums") > 0.01);
    assert_eq!(best.origin.notes, ["of 12 trees the first 8 are used, which end with the best iteration"]);
    let plain = read(&file("xgboost-3.2-logistic.json"), Some(Trees::Best)).unwrap();
    assert_eq!(plain.terms.len(), 2);
}

#[test]
fn categories_have_names_or_codes() {
    let named = model("xgboost-3.2-categories.json");
    let text = |a: &str| [Value::Text(a.to_owned()), Value::Number(2.0), Value::Number(5.0)];
    assert!((sum(&named, &text("w")) - sum(&named, &text("x"))).abs() > 0.01);
    let coded = model("xgboost-2.1-categories.json");
    assert_eq!(coded.origin.notes, ["some columns hold categories of which the file has codes and no names"]);
    let Term::Tree(tree) = &coded.terms[0] else { panic!() };
    let crate::foreign::ForeignNode::Split { test, .. } = &tree.nodes[0] else { panic!() };
    assert!(test.passes(&Value::Text("w".to_owned()), coded.arithmetic).is_err());
}

#[test]
fn the_start_may_be_written_in_two_ways() {
    let start = |text: &str| {
        read(&changed(|d| d["learner"]["learner_model_param"]["base_score"] = text.into()), None)
    };
    let quarter = start("[2.5E-1]").unwrap().base;
    assert!((quarter - f64::ln(0.25 / 0.75)).abs() <= 1e-6);
    assert!((start("0.25").unwrap().base - quarter).abs() <= 1e-12);
    assert!((start("[5E-1]").unwrap().base - quarter).abs() > 0.1);
    for wrong in ["[0E0]", "1", "[0.5,0.5]", "[nan]", "[]", "x", "[1e99]"] {
        assert!(start(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_has_no_exact_meaning_is_refused_with_the_reason() {
    type Edit = fn(&mut Json);
    let cases: [(Edit, &str); 9] = [
        (
            |d| d["learner"]["objective"]["name"] = "multi:softprob".into(),
            "learner.objective.name: the objective",
        ),
        (|d| d["learner"]["objective"]["name"] = "count:poisson".into(), "no probability"),
        (|d| d["learner"]["learner_model_param"]["num_class"] = "3".into(), "several classes"),
        (|d| d["learner"]["learner_model_param"]["num_target"] = "2".into(), "several outputs"),
        (|d| d["version"] = json!([1, 7, 6]), "XGBoost 1.7"),
        (|d| d["learner"]["learner_model_param"]["num_feature"] = "4000000000".into(), "4000000000 columns"),
        (
            |d| {
                d["learner"]["gradient_booster"]["model"]["trees"][1]["tree_param"]["size_leaf_vector"] =
                    "2".into();
            },
            "trees[1].tree_param.size_leaf_vector",
        ),
        (|d| d["learner"]["gradient_booster"]["model"]["tree_info"] = json!([0, 1]), "several classes"),
        (|d| d["learner"]["attributes"] = json!({"best_iteration": "7"}), "one of 2 rounds"),
    ];
    for (edit, expected) in cases {
        let message = refused(&changed(edit));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn broken_trees_are_refused_with_their_place() {
    let cases: [(&str, Json, &str); 11] = [
        ("left_children", json!([1, 0, 5, -1, -1, -1, -1]), "two ways to node 0"),
        ("left_children", json!([1, 3, 700, -1, -1, -1, -1]), "trees[0], node 700"),
        ("left_children", json!([-7, 3, 5, -1, -1, -1, -1]), "node 0: a child with number -7"),
        ("left_children", json!([1, 3]), "split_conditions: 7 items, expected 2"),
        ("left_children", json!([]), "items, expected 0"),
        ("left_children", json!("x"), "left_children: the text `x`"),
        ("split_indices", json!([3, 0, 0, 0, 0, 0, 0]), "another column"),
        ("split_indices", json!([0.5, 0, 0, 0, 0, 0, 0]), "`0.5`, expected a whole number"),
        ("split_type", json!([2, 0, 0, 0, 0, 0, 0]), "a split of type 2"),
        ("split_type", json!([1, 0, 0, 0, 0, 0, 0]), "without categories"),
        ("split_conditions", json!([2, 0, 0, null, 1e300, 0, 0]), "not finite"),
    ];
    for (name, value, expected) in cases {
        let bytes = changed(|d| d["learner"]["gradient_booster"]["model"]["trees"][0][name] = value.clone());
        let message = refused(&bytes);
        assert!(message.contains(expected), "{message}");
    }
    for weights in [json!([1, 2, 3]), json!([1, 1e300, 1, 1]), json!([1, 2, 3, 1e39]), json!([1, 2, 3, null])]
    {
        let linear = changed_of("xgboost-3.2-linear.json", |d| {
            d["learner"]["gradient_booster"]["model"]["weights"] = weights.clone();
        });
        assert!(refused(&linear).contains("gradient_booster.model.weights"), "{}", refused(&linear));
    }
    let codes = |name: &str, value: Json| {
        refused(&changed_of("xgboost-3.2-codes.json", |d| {
            d["learner"]["gradient_booster"]["model"]["trees"][0][name] = value.clone();
        }))
    };
    assert!(codes("categories_segments", json!([0, 0, 0])).contains("categories"));
    assert!(codes("categories_sizes", json!([1, 9_000_000_000_000_000_000_u64, 1])).contains("categories"));
    let named = changed_of("xgboost-3.2-categories.json", |d| {
        d["learner"]["gradient_booster"]["model"]["cats"]["enc"][0]["offsets"] = json!([0, 1]);
    });
    assert!(refused(&named).contains("the category 2, which has no name"), "{}", refused(&named));
}

#[test]
fn broken_files_are_refused_without_a_panic() {
    for name in ["xgboost-3.2-categories.json", "xgboost-3.2-dart.ubj", "xgboost-3.2-linear.json"] {
        let bytes = file(name);
        let refused = broken(&bytes, |bytes| read(bytes, None).is_ok());
        assert!(refused > bytes.len() / 7, "{name}: {refused}");
    }
}
