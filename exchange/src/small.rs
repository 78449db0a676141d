//! For tests: a form, a model over columns, and what it says of rows without any of the code that brings it to the form.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use amparo_datasets::testing::{self, Question, Scale as Answers};
use amparo_datasets::{Instrument, Polarity};

use crate::foreign::{
    Arithmetic, Axis, Derived, ForeignModel, ForeignNode, ForeignTree, Origin, Scale, Term, Test, Value,
};
use crate::mapping::{Columns, Mapping};

/// `A`: absent, present; `B`: three answers, a0 to a2; `C`: absent, present.
pub fn form() -> Arc<Instrument> {
    let questions = [
        Question::new("A", Polarity::Risk, Answers::binary()),
        Question::new("B", Polarity::Risk, Answers::of(3)),
        Question::new("C", Polarity::Neutral, Answers::binary()),
    ];
    testing::instrument("small", &questions)
}

/// `a` asks `A`, two one-hot columns and an ordinal one ask `B`, and `c` asks `C`.
pub const MAPPING: &str = r#"
    instrument = "small"
    [[column]]
    name = "a"
    indicator = "A"
    numbers = { absent = 0, present = 1 }
    missing = ["unknown"]
    [[column]]
    name = "b1"
    indicator = "B"
    numbers = { a0 = 0, a1 = 1, a2 = 0, unknown = 0 }
    [[column]]
    name = "b"
    indicator = "B"
    numbers = { a0 = 10, a1 = 20.1, a2 = 30 }
    missing = ["unknown"]
    [[column]]
    name = "c"
    indicator = "C"
    texts = { absent = "no", present = "yes" }
    missing = ["unknown"]
"#;

/// A tree of these nodes, whose children are numbered by their places here.
pub fn tree(nodes: Vec<ForeignNode>) -> ForeignTree {
    ForeignTree::grown("test", "tree 0", 0, |at| Ok(nodes[at].clone())).unwrap()
}

/// A model with terms of all kinds over these columns, and one that it does not use.
pub fn model() -> ForeignModel {
    let split = |column, test, yes| ForeignNode::Split { column, test, yes, no: yes + 1 };
    // Two questions about one indicator.
    let tree = tree(vec![
        split(0, Test::Below { threshold: 0.5, missing: true }, 1),
        split(2, Test::AtMost { threshold: 20.5, missing: false }, 3),
        ForeignNode::Leaf(0.4),
        split(1, Test::Below { threshold: 1.0, missing: false }, 5),
        ForeignNode::Leaf(-0.1),
        ForeignNode::Leaf(0.2),
        ForeignNode::Leaf(0.3),
    ]);
    let yes = Test::OneOf { values: vec![Value::Text("yes".to_owned())], missing: false };
    let of_c = Axis { column: 3, n_bins: 3, tests: vec![(Test::IsMissing, 0), (yes, 2), (Test::Always, 1)] };
    let below = |threshold| Test::Below { threshold, missing: false };
    let of_b =
        Axis { column: 2, n_bins: 3, tests: vec![(Test::IsMissing, 0), (below(25.0), 1), (Test::Always, 2)] };
    ForeignModel {
        origin: Origin { format: "test", program: None, notes: Vec::new() },
        inputs: ["a", "b1", "b", "c", "unused"].map(str::to_owned).to_vec(),
        columns: Derived::plain(5),
        base: -1.0,
        terms: vec![
            Term::Tree(tree),
            Term::Linear { column: 1, coefficient: 0.25, missing: None },
            Term::Table { axes: vec![of_c.clone()], values: vec![0.01, 0.02, 0.03] },
            Term::Table {
                axes: vec![of_b, of_c],
                values: (0..9).map(|cell| f64::from(cell) / 100.0).collect(),
            },
        ],
        scale: Scale::LogOdds,
        arithmetic: Arithmetic::Double,
    }
}

/// The columns of that model.
pub fn columns() -> Columns {
    Columns::new(&Mapping::from_toml(MAPPING).unwrap(), &model(), &form()).unwrap()
}

/// What the inputs of a model hold for a row of codes; those that nobody has mapped hold nothing.
pub fn held(columns: &Columns, n_inputs: usize, row: &[u8]) -> Vec<Value> {
    let of = |at| {
        let found = columns.mapped().find(|(input, _)| *input == at);
        found.map_or(Value::Missing, |(_, column)| column.values[usize::from(row[column.asked])].clone())
    };
    (0..n_inputs).map(of).collect()
}

/// The codes of a table of probes, found by brute force: the first answer whose values stand in the columns `a`, `b` and `c`.
pub fn codes(table: &[(String, Vec<String>)]) -> Vec<Vec<u8>> {
    let of = |name: &str, texts: &[&str]| -> Vec<u8> {
        let (_, cells) = table.iter().find(|(column, _)| column == name).unwrap();
        cells.iter().map(|cell| texts.iter().position(|text| text == cell).unwrap() as u8).collect()
    };
    let (a, b, c) =
        (of("a", &["0", "1", ""]), of("b", &["10", "20.1", "30", ""]), of("c", &["no", "yes", ""]));
    (0..a.len()).map(|row| vec![a[row], b[row], c[row]]).collect()
}
