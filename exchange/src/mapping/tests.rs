use amparo_datasets::testing::{self, Question, Scale};
use amparo_datasets::{Instrument, Polarity};

use super::*;
use crate::foreign::{Arithmetic, Derived, ForeignModel, Origin, Step, Term, Value};

fn form() -> std::sync::Arc<Instrument> {
    let questions = [
        Question::new("A", Polarity::Risk, Scale::binary()),
        Question::new("B", Polarity::Neutral, Scale::of(3)),
    ];
    testing::instrument("small", &questions)
}

/// A model that uses all of these columns but the last.
fn model(columns: &[&str]) -> ForeignModel {
    let used = 0..columns.len() - 1;
    ForeignModel {
        origin: Origin { format: "test", program: None, notes: Vec::new() },
        inputs: columns.iter().map(|name| (*name).to_owned()).collect(),
        columns: Derived::plain(columns.len()),
        base: 0.0,
        terms: used.map(|column| Term::Linear { column, coefficient: 1.0, missing: None }).collect(),
        scale: crate::foreign::Scale::LogOdds,
        arithmetic: Arithmetic::Double,
    }
}

fn columns(text: &str, of: &[&str]) -> Result<Columns, String> {
    let mapping = Mapping::from_toml(text).map_err(|error| error.to_string())?;
    Columns::new(&mapping, &model(of), &form()).map_err(|error| error.to_string())
}

#[test]
fn a_draft_reads_names_and_is_refused_where_it_could_not() {
    let drafted = suggested(&model(&["a", "B_a1", "zeal", "unused"]).inputs, &form());
    let refused = columns(&drafted, &["a", "B_a1", "zeal", "unused"]).unwrap_err();
    assert!(refused.contains("column `zeal`: form `small` has no indicator ``"), "{refused}");
    let drafted = suggested(&model(&["a", "B_a1"]).inputs, &form());
    let read = columns(&drafted, &["a", "B_a1"]).unwrap();
    assert_eq!(read.indicators(), [0, 1]);
    let one_hot: Vec<Value> = [0.0, 1.0, 0.0, 0.0].map(Value::Number).into();
    assert_eq!(read.of(1).unwrap().values, one_hot);
    let ordinal = [Value::Number(0.0), Value::Number(1.0), Value::Missing];
    assert_eq!(read.of(0).unwrap().values, ordinal);
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let text = r#"
        instrument = "other"
        [[column]]
        name = "a"
        indicator = "A"
        numbers = { absent = 0, present = nan, maybe = 1 }
        texts = { absent = "no" }
        [[column]]
        name = "a"
        indicator = "A"
        [[column]]
        name = "nowhere"
        indicator = "B"
        [[column]]
        name = "b"
        indicator = "B"
        bins = "whole"
        missing = ["unknown"]
    "#;
    let told = columns(text, &["a", "b", "c", "d"]).unwrap_err();
    for expected in [
        "instrument is `other`, expected `small`",
        "indicator `A` has no answer `maybe`, expected one of absent, present, unknown",
        "answer `present` is NaN, expected a finite number",
        "answer `absent` to indicator `A` is stated 2 times, expected once",
        "answer `unknown` to indicator `A` has no value",
        "the model has no column `nowhere`, expected one of `a`, `b`, `c`, `d`",
        "`bins` is stated, but indicator `B` has none",
        "the model uses column `c`, which the mapping does not have",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert!(!told.contains("column `d`"), "a column that is not used need not be mapped\n{told}");
}

#[test]
fn an_unknown_key_is_refused() {
    let told = columns("instrument = \"small\"\ncolums = []", &["a"]).unwrap_err();
    assert!(told.contains("unknown field `colums`"), "{told}");
}

#[test]
fn a_column_that_the_model_makes_holds_what_it_makes_of_each_answer() {
    let mut made = model(&["a", "b", "unused"]);
    let is = |value| Step::Is { value: Value::Number(value), among: None };
    made.columns = vec![
        Derived { input: 0, steps: vec![Step::Filled(0.5)] },
        Derived { input: 1, steps: vec![is(1.0)] },
        Derived { input: 1, steps: vec![is(2.0)] },
    ];
    made.terms = (0..3).map(|column| Term::Linear { column, coefficient: 1.0, missing: None }).collect();
    let mapping = Mapping::from_toml(&suggested(&model(&["a", "b"]).inputs, &form())).unwrap();
    let columns = Columns::new(&mapping, &made, &form()).unwrap();
    let held = |column: usize| columns.of(column).unwrap().values.clone();
    assert_eq!(held(0), [0.0, 1.0, 0.5].map(Value::Number));
    assert_eq!(held(1), [0.0, 1.0, 0.0, 0.0].map(Value::Number));
    assert_eq!(held(2), [0.0, 0.0, 1.0, 0.0].map(Value::Number));
    // The program is handed the inputs.
    let inputs: Vec<&Column> = columns.mapped().map(|(_, column)| column).collect();
    assert_eq!(inputs[0].values, [Value::Number(0.0), Value::Number(1.0), Value::Missing]);
    // What a step cannot take is told with its answer.
    let strict = Step::Is { value: Value::Number(0.0), among: Some([0.0, 1.0].map(Value::Number).into()) };
    made.columns[1].steps = vec![strict];
    let told = Columns::new(&mapping, &made, &form()).unwrap_err().to_string();
    assert!(
        told.contains("column `b`: what it holds for answer `a2` is no category that the program takes"),
        "{told}"
    );
}

#[test]
fn columns_that_only_have_numbers_are_taken_in_the_order_of_the_form() {
    for names in [["f0", "f1"], ["X[0]", "X[1]"]] {
        let drafted = suggested(&model(&names).inputs, &form());
        let read = columns(&drafted, &names).unwrap();
        let asked = [0, 1].map(|column| read.of(column).unwrap().asked);
        assert_eq!((read.indicators(), asked), (&[0, 1][..], [0, 1]), "{drafted}");
    }
    // Not if there are more of them, or their numbers are not those of their places.
    for names in [&["f0", "f1", "f2"][..], &["f1", "f0"], &["f1", "f2"]] {
        let drafted = suggested(&model(names).inputs, &form());
        assert!(columns(&drafted, names).unwrap_err().contains("has no indicator ``"), "{drafted}");
    }
}
