//! For tests: models of files that other programs made, and the sums that these programs gave for rows.

use std::fs;

use amparo_models::probability::sigmoid;
use serde_json::Value as Json;

use crate::ForeignModel;
use crate::foreign::{ForeignNode, Scale, Term, Test, Value};

/// A file of `tests/files`.
pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The largest difference between a model and what its program said of the rows beside the file; `which` is `sums`, `probabilities` or another
/// list.
pub(crate) fn max_error(model: &ForeignModel, name: &str, which: &str) -> f64 {
    let rows: Json = serde_json::from_slice(&file(&format!("{name}.rows.json"))).unwrap();
    let columns: Vec<&str> =
        rows["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    assert_eq!(model.inputs, columns);
    let expected = rows[which].as_array().unwrap().iter().map(|x| x.as_f64().unwrap());
    let values = rows["rows"].as_array().unwrap().iter().map(|row| {
        row.as_array().unwrap().iter().map(|value| match value {
            Json::Null => Value::Missing,
            Json::String(text) => Value::Text(text.clone()),
            number => Value::Number(number.as_f64().unwrap()),
        })
    });
    let said = |row: Vec<Value>| match (model.scale, which) {
        (Scale::LogOdds, "probabilities") => sigmoid(sum(model, &row)),
        _ => sum(model, &row),
    };
    let errors: Vec<f64> = values.zip(expected).map(|(row, x)| (said(row.collect()) - x).abs()).collect();
    assert!(errors.len() >= 20, "{name}");
    errors.into_iter().fold(0.0, f64::max)
}

/// Asserts that a model says what its program said, and that it would not if missing values went the other way.
pub(crate) fn agrees(model: &ForeignModel, name: &str, which: &str, tolerance: f64) {
    let error = max_error(model, name, which);
    assert!(error <= tolerance, "{name}: {error}");
    let wrong = max_error(&missing_elsewhere(model), name, which);
    assert!(wrong > 100.0 * tolerance, "{name}: {wrong} with missing values elsewhere");
}

/// The sum of a model for a row of inputs.
pub(crate) fn sum(model: &ForeignModel, row: &[Value]) -> f64 {
    let row: Vec<Value> = model.columns.iter().map(|of| of.of(&row[of.input]).unwrap()).collect();
    let passes = |test: &Test, column: usize| test.passes(&row[column], model.arithmetic).unwrap();
    let term = |term: &Term| match term {
        Term::Linear { column, coefficient, missing } => match &row[*column] {
            Value::Number(x) => coefficient * model.arithmetic.rounded(*x),
            Value::Missing => missing.unwrap(),
            other => panic!("{other:?}"),
        },
        Term::Table { axes, values } => {
            let place = axes.iter().fold(0, |place, axis| {
                let bin = axis.tests.iter().find(|(test, _)| passes(test, axis.column)).unwrap().1;
                assert!(bin < axis.n_bins);
                place * axis.n_bins + bin
            });
            values[place]
        }
        Term::Tree(tree) => {
            let mut node = 0;
            loop {
                match &tree.nodes[node] {
                    ForeignNode::Leaf(value) => break *value,
                    ForeignNode::Split { column, test, yes, no } => {
                        node = if passes(test, *column) { *yes } else { *no };
                    }
                }
            }
        }
    };
    model.base + model.terms.iter().map(term).sum::<f64>()
}

/// A model that treats missing values otherwise.
pub(crate) fn missing_elsewhere(model: &ForeignModel) -> ForeignModel {
    let mut model = model.clone();
    for term in &mut model.terms {
        match term {
            Term::Linear { missing, .. } => *missing = missing.map(|x| x + 1.0),
            Term::Table { axes, .. } => axes.iter_mut().for_each(|axis| {
                axis.tests.remove(0);
                axis.tests.insert(0, (Test::IsMissing, 1));
            }),
            Term::Tree(tree) => tree.nodes.iter_mut().for_each(|node| {
                if let ForeignNode::Split { test, .. } = node {
                    turned(test);
                }
            }),
        }
    }
    model
}

fn turned(test: &mut Test) {
    match test {
        Test::Below { missing, .. }
        | Test::AtMost { missing, .. }
        | Test::AtMostUnlessZero { missing, .. }
        | Test::Code { missing, .. }
        | Test::OneOf { missing, .. } => *missing = !*missing,
        Test::IsMissing | Test::Always => {}
    }
}

/// That beginnings of a file, and files with one byte changed, are refused or read, without a panic. Gives how many were refused.
pub(crate) fn broken(bytes: &[u8], read: impl Fn(&[u8]) -> bool) -> usize {
    let mut refused = (0..bytes.len()).step_by(7).filter(|&n| !read(&bytes[..n])).count();
    let mut changed = bytes.to_vec();
    for place in (0..bytes.len()).step_by(7) {
        for byte in [0, 0xff, b'9', b'-', bytes[place].wrapping_add(1)] {
            changed[place] = byte;
            refused += usize::from(!read(&changed));
        }
        changed[place] = bytes[place];
    }
    refused
}
