//! What the fuzz targets share: files of other programs, changed, and what must hold for whatever a reader accepts.
//!
//! Each target changes the files of one format; see `.ci/fuzz`.

use std::sync::LazyLock;

use amparo_exchange::foreign::{ForeignNode, Term, Test, Value};
use amparo_exchange::{ForeignModel, Format, Graph, Trees, read};
use amparo_models_fuzz::{Bytes, edit};

/// With `AMPARO_FUZZ_PLANTED` set, an accepted model with another start counts as a fault, which the fuzzer has to find.
static PLANTED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("AMPARO_FUZZ_PLANTED").is_some());

/// Changes one of the files, or takes the fuzzer's bytes for one: refused, or a model that can be evaluated. Never a panic.
pub fn changed(format: Format, files: &[&[u8]], data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let file = files[bytes.below(files.len())];
    let changed = match bytes.byte() % 8 {
        0 => bytes.take(usize::MAX).to_vec(),
        1..=4 => edit::json(file, &mut bytes),
        _ => edit::splice(file, &mut bytes),
    };
    let _ = Format::of(&changed);
    if format == Format::Onnx
        && let Ok(graph) = Graph::read(changed.clone())
    {
        // Kept as it is: only its ends are read.
        assert_eq!(graph.bytes(), changed);
    }
    let trees = (format == Format::Xgboost).then_some(Trees::Best);
    let Ok(model) = read(&changed, Some(format), trees) else { return };
    if *PLANTED {
        let original = read(file, Some(format), trees).unwrap();
        assert!(model.base.to_bits() == original.base.to_bits(), "a planted fault");
    }
    judge(&model);
}

/// That a model keeps what the types promise.
fn judge(model: &ForeignModel) {
    let n_columns = model.columns.len();
    assert!(model.columns.iter().all(|column| column.input < model.inputs.len()));
    assert!(model.base.is_finite());
    for term in &model.terms {
        match term {
            Term::Linear { column, coefficient, missing } => {
                assert!(*column < n_columns && coefficient.is_finite() && missing.is_none_or(f64::is_finite));
            }
            Term::Table { axes, values } => {
                assert_eq!(axes.iter().map(|axis| axis.n_bins).product::<usize>(), values.len());
                assert!(values.iter().all(|value| value.is_finite()));
                for axis in axes {
                    assert!(axis.column < n_columns && axis.tests.iter().all(|&(_, bin)| bin < axis.n_bins));
                    assert!(axis.tests.last().is_some_and(|(test, _)| *test == Test::Always));
                }
            }
            Term::Tree(tree) => {
                // Children come after their parents, so that every way ends; an odd number of nodes, as in every binary tree.
                assert_eq!(tree.nodes().len() % 2, 1);
                for (i, node) in tree.nodes().iter().enumerate() {
                    match node {
                        ForeignNode::Leaf(value) => assert!(value.is_finite()),
                        ForeignNode::Split { column, test, yes, no } => {
                            assert!(*column < n_columns && i < *yes && yes < no && *no < tree.nodes().len());
                            assert!(test.passes(&Value::Missing, model.arithmetic).is_ok());
                        }
                    }
                }
            }
        }
    }
}
