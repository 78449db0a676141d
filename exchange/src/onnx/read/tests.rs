#![expect(clippy::unwrap_used, reason = "tests")]

use prost::Message;

use super::*;
use crate::foreign::{Arithmetic, Scale, Step, Term, Test};
use crate::onnx::proto::{AttributeProto, ModelProto, NodeProto, TensorProto};
use crate::testing::{agrees, broken, file, max_error, missing_elsewhere};

/// Probabilities as graphs give them, in 32 bits.
const OF_32_BITS: f64 = 1e-6;

fn model(name: &str) -> ForeignModel {
    read(&file(&format!("onnx-{name}.onnx"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn error(name: &str, which: &str) -> f64 {
    max_error(&model(name), &format!("onnx-{name}.onnx"), which)
}

/// A file after a change.
fn changed(name: &str, change: impl Fn(&mut ModelProto)) -> Vec<u8> {
    let mut model = ModelProto::decode(file(&format!("onnx-{name}.onnx")).as_slice()).unwrap();
    change(&mut model);
    model.encode_to_vec()
}

fn node<'a>(model: &'a mut ModelProto, op: &str) -> &'a mut NodeProto {
    model.graph.as_mut().unwrap().node.iter_mut().find(|node| node.op_type == op).unwrap()
}

fn setting<'a>(node: &'a mut NodeProto, name: &str) -> &'a mut AttributeProto {
    node.attribute.iter_mut().find(|attribute| attribute.name == name).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn linear_models_say_what_onnx_runtime_said() {
    for name in ["logistic", "logistic-zipmap", "logistic-double", "sgd", "calibrated", "one-hot"] {
        let found = error(name, "probabilities");
        assert!(found <= OF_32_BITS, "{name}: {found}");
        assert_eq!(model(name).scale, Scale::LogOdds);
        let mut wrong = model(name);
        let Some(Term::Linear { coefficient, .. }) = wrong.terms.first_mut() else { panic!("{name}") };
        *coefficient *= -1.0;
        assert!(max_error(&wrong, &format!("onnx-{name}.onnx"), "probabilities") > 0.01, "{name}");
    }
    let raw = error("logistic-raw", "sums");
    assert!(raw <= 1e-5, "{raw}");
    assert_eq!(model("logistic-raw").scale, Scale::LogOdds);
    assert!(model("logistic-raw").origin.notes.iter().any(|note| note.contains("log-odds, no probability")));
    assert_eq!(model("logistic-double").arithmetic, Arithmetic::Double);
}

#[test]
fn columns_are_filled_in_scaled_and_encoded_as_the_graph_does() {
    for name in ["scaled", "minmax", "columns"] {
        let found = error(name, "probabilities");
        assert!(found <= OF_32_BITS, "{name}: {found}");
        // Another number for missing values shows.
        let mut wrong = model(name);
        for step in wrong.columns.iter_mut().flat_map(|column| &mut column.steps) {
            if let Step::Filled(number) = step {
                *number -= 2.0;
            }
        }
        assert!(max_error(&wrong, &format!("onnx-{name}.onnx"), "probabilities") > 1e-3, "{name}");
    }
    let ordinal = error("columns-ordinal", "probabilities");
    assert!(ordinal <= 1e-6, "{ordinal}");
    assert_eq!(model("columns").inputs, ["kind", "age", "calls"]);
}

#[test]
fn trees_say_what_onnx_runtime_said() {
    for name in ["tree", "forest", "forest-double", "forest-regressor", "extra", "questions", "questions-5"] {
        let found = error(name, "probabilities");
        assert!(found <= 1e-6, "{name}: {found}");
        assert_eq!(model(name).scale, Scale::Probability, "{name}");
        let wrong =
            max_error(&missing_elsewhere(&model(name)), &format!("onnx-{name}.onnx"), "probabilities");
        assert!(wrong > 1e-3, "{name}: {wrong}");
    }
    for name in ["histogram", "xgboost", "lightgbm"] {
        agrees(&model(name), &format!("onnx-{name}.onnx"), "probabilities", OF_32_BITS);
    }
    for name in ["boosted", "columns-strict", "lightgbm-categories"] {
        let found = error(name, "probabilities");
        assert!(found <= OF_32_BITS, "{name}: {found}");
        let wrong = max_error(
            &ForeignModel { base: model(name).base + 0.01, ..model(name) },
            &format!("onnx-{name}.onnx"),
            "probabilities",
        );
        assert!(wrong > 1e-3, "{name}");
    }
}

#[test]
fn directions_that_the_exporter_loses_are_told() {
    for (name, told) in
        [("forest", true), ("tree", true), ("extra", true), ("histogram", false), ("xgboost", false)]
    {
        assert_eq!(
            model(name).origin.notes.iter().any(|note| note.contains("skl2onnx writes so")),
            told,
            "{name}"
        );
    }
}

#[test]
fn what_does_not_reduce_is_refused_with_its_node() {
    for (name, expected) in [
        ("bagging", "operator Reshape"),
        ("calibrated-mean", "operator Sum: a sum of two columns, or of two probabilities,"),
        ("calibrated-isotonic", "operator Clip"),
        ("network", "operator Relu"),
        ("indicator", "12 in `coefficients`, expected 6"),
    ] {
        let message = refused(&file(&format!("onnx-{name}.onnx")));
        assert!(message.starts_with("ONNX, at node ") && message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn what_runtimes_or_readers_could_take_otherwise_is_refused() {
    let ints = |name: &'static str, values: Vec<i64>| {
        move |model: &mut ModelProto| {
            setting(node(model, "TreeEnsembleClassifier"), name).ints = values.clone()
        }
    };
    let post = |op: &'static str, name: &'static str| {
        move |model: &mut ModelProto| {
            setting(node(model, op), "post_transform").s = Some(name.as_bytes().to_vec())
        }
    };
    for (name, bytes, expected) in [
        (
            "the classes turned",
            changed("boosted", ints("classlabels_int64s", vec![1, 0])),
            "the class 0 behind the class 1",
        ),
        (
            "three classes",
            changed("boosted", ints("classlabels_int64s", vec![0, 1, 2])),
            "a model of 3 classes",
        ),
        ("probit", changed("boosted", post("TreeEnsembleClassifier", "PROBIT")), "the transformation PROBIT"),
        (
            "shares of one sum",
            changed("boosted", post("TreeEnsembleClassifier", "SOFTMAX")),
            "shares of one sum",
        ),
        (
            "logistic of one output",
            changed("forest-regressor", |model| {
                setting(node(model, "TreeEnsembleRegressor"), "post_transform").s =
                    Some(b"LOGISTIC".to_vec());
            }),
            "runtimes do not agree",
        ),
        (
            "the largest tree",
            changed("questions", |model| {
                setting(node(model, "TreeEnsembleRegressor"), "aggregate_function").s = Some(b"MAX".to_vec());
            }),
            "the least or the largest",
        ),
        (
            "another edition",
            changed("boosted", |model| {
                model
                    .opset_import
                    .iter_mut()
                    .filter(|set| set.domain == "ai.onnx.ml")
                    .for_each(|set| set.version = 9);
            }),
            "`ai.onnx.ml` 9",
        ),
        (
            "an unknown operator",
            changed("logistic", |model| node(model, "LinearClassifier").op_type = "SVMClassifier".to_owned()),
            "operator SVMClassifier",
        ),
        (
            "a filled-in number",
            changed("scaled", |model| setting(node(model, "Imputer"), "replaced_value_float").f = Some(-1.0)),
            "another value than a missing one",
        ),
    ] {
        let message = refused(&bytes);
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn broken_graphs_are_refused_with_their_place() {
    let tree = |name: &'static str, change: fn(&mut Vec<i64>)| {
        changed("boosted", move |model| {
            change(&mut setting(node(model, "TreeEnsembleClassifier"), name).ints)
        })
    };
    for (name, bytes, expected) in [
        ("a short list", tree("nodes_treeids", |ids| ids.truncate(3)), "3 in `nodes_treeids`"),
        ("a node twice", tree("nodes_nodeids", |ids| ids[1] = 0), "node 0 of tree 0 twice"),
        ("a circle", tree("nodes_truenodeids", |ids| ids[1] = 1), "two beginnings of tree 0"),
        (
            "a circle without a beginning",
            tree("nodes_truenodeids", |ids| ids[1] = 0),
            "no way leads from the beginnings",
        ),
        ("a way to nowhere", tree("nodes_falsenodeids", |ids| ids[0] = 99), "a way to node 99 of tree 0"),
        (
            "a column that is not there",
            tree("nodes_featureids", |ids| ids[0] = 3),
            "a question about column 3",
        ),
        ("a weight of a split", tree("class_nodeids", |ids| ids[0] = 0), "a weight of node 0"),
        ("a weight twice", tree("class_nodeids", |ids| ids[0] = ids[1]), "two weights of node"),
        ("a class that is not there", tree("class_ids", |ids| ids[0] = 7), "a weight of class 7"),
        (
            "a missing constant",
            changed("sgd", |model| model.graph.as_mut().unwrap().initializer.clear()),
            "which nothing gives",
        ),
        (
            "a constant of another length",
            changed("sgd", |model| {
                model
                    .graph
                    .as_mut()
                    .unwrap()
                    .initializer
                    .iter_mut()
                    .for_each(|tensor| tensor.dims = vec![9, 9]);
            }),
            "81, as its shape says",
        ),
        (
            "constants elsewhere",
            changed("sgd", |model| {
                model
                    .graph
                    .as_mut()
                    .unwrap()
                    .initializer
                    .iter_mut()
                    .for_each(|tensor| tensor.data_location = 1);
            }),
            "in another file",
        ),
        (
            "nodes in another order",
            changed("scaled", |model| model.graph.as_mut().unwrap().node.reverse()),
            "before it is computed",
        ),
        (
            "a value that is given twice",
            changed("scaled", |model| {
                let again = node(model, "Scaler").clone();
                model.graph.as_mut().unwrap().node.push(again);
            }),
            "a second value",
        ),
        (
            "no width",
            changed("logistic", |model| {
                model.graph.as_mut().unwrap().input.iter_mut().for_each(|info| {
                    let Some(crate::onnx::proto::Type::Tensor(tensor)) =
                        &mut info.r#type.as_mut().unwrap().value
                    else {
                        panic!()
                    };
                    tensor.shape.as_mut().unwrap().dim[1].value = None;
                })
            }),
            "without a stated number of columns",
        ),
        (
            "no output",
            changed("logistic", |model| model.graph.as_mut().unwrap().output.clear()),
            "no output of numbers",
        ),
        ("no graph", changed("logistic", |model| model.graph = None), "no graph"),
    ] {
        let message = refused(&bytes);
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn long_graphs_take_bounded_room() {
    // 100,000 nodes of which every one scales what the one before it gave.
    let long = changed("scaled", |model| {
        let scaler = node(model, "Scaler").clone();
        let graph = model.graph.as_mut().unwrap();
        let place = graph.node.iter().position(|node| node.op_type == "Scaler").unwrap();
        let last = graph.node.pop().unwrap();
        for number in 0..100_000 {
            let mut next = scaler.clone();
            next.input = vec![if number == 0 {
                graph.node[place].output[0].clone()
            } else {
                format!("v{}", number - 1)
            }];
            next.output = vec![format!("v{number}")];
            next.attribute.clear();
            graph.node.push(next);
        }
        graph.node.push(NodeProto { input: vec!["v99999".to_owned()], ..last });
    });
    assert!(refused(&long).contains("more than 64 steps"));
    // Messages of two bytes each, which take hundreds in memory.
    let mut hollow = vec![0x08, 0x08, 0x3a];
    prost::encoding::encode_varint(3 << 20, &mut hollow);
    hollow.extend([0x2a, 0x00].repeat((3 << 20) / 2));
    assert!(refused(&hollow).contains("more nodes, settings and constants"));
    // A width that is only stated.
    let wide = changed("logistic", |model| {
        model.graph.as_mut().unwrap().input.iter_mut().for_each(|info| {
            let Some(crate::onnx::proto::Type::Tensor(tensor)) = &mut info.r#type.as_mut().unwrap().value
            else {
                panic!()
            };
            tensor.shape.as_mut().unwrap().dim[1].value = Some(crate::onnx::proto::Size::Value(1 << 40));
        })
    });
    assert!(refused(&wide).contains("train it on at most 65536"));
    // A shape that is only stated.
    let tensor = TensorProto { dims: vec![1 << 40], data_type: 1, ..TensorProto::default() };
    let [found, expected] = constant::Constant::of(&tensor).unwrap_err();
    assert_eq!((found.as_str(), expected.starts_with("1099511627776")), ("0 elements", true));
}

#[test]
fn a_missing_value_that_is_unlike_every_number_is_so() {
    // `x != 2` of a missing value holds, whatever `nodes_missing_value_tracks_true` says.
    let model = model("questions");
    let equals: Vec<bool> = model
        .terms
        .iter()
        .filter_map(|term| match term {
            Term::Tree(tree) => match tree.nodes().first() {
                Some(crate::foreign::ForeignNode::Split { test: Test::OneOf { missing, .. }, .. }) => {
                    Some(*missing)
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(equals, [false, false, true, false]);
}

#[test]
fn broken_files_are_refused_without_a_panic() {
    for name in ["columns", "histogram", "questions-5"] {
        let bytes = file(&format!("onnx-{name}.onnx"));
        let refused = broken(&bytes, |bytes| read(bytes).is_ok());
        assert!(refused > bytes.len() / 14, "{name}: {refused}");
    }
}
